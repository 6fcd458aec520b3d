"""Learns from a firm's own corrections what to add to the classifier's heads."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from adapters.local_model.adjustment import adjustment_file, adjustment_name
from adapters.local_model.classifier import LocalClassifier
from adapters.local_model.head_fitting import (
    Penalties,
    Scale,
    are_right,
    fit,
    macro_f1,
    scores_with,
    surprise,
)
from adapters.local_model.labelled import SILENT, Labelled, label_places, read_held_out
from adapters.local_model.linear_model import Heads, Layout, NoteModel, Scores
from bot.domain.insight import Facets
from bot.domain.taxonomy import Topic, UseKind
from bot.ports import CorrectedExample, Measured, NoteContext, Proposal

CAPTURED = "captured"

_FOLDS = 5

# From hardly anything to as much as a few dozen examples can bear.
_PENALTIES = (1.0, 0.3, 0.1, 0.03, 0.01, 0.003)

Answer = str | bool | None
"""A label, a yes or a no, or nothing said."""

_ANSWERS: dict[str, Callable[[Facets], Answer]] = {
    # Every correction is of something that was captured, so they teach nothing on chatter.
    CAPTURED: lambda _: None,
    "knowledge_type": lambda facets: facets.knowledge_type,
    "process_stage": lambda facets: facets.process_stage,
    "action_oriented": lambda facets: (
        None if facets.use_kind is None else facets.use_kind is UseKind.ACTION_ORIENTED
    ),
    "signal": lambda facets: facets.signal or "none",
    "certainty": lambda facets: facets.certainty,
    "has_moment": lambda facets: facets.moment is not None,
    "moment": lambda facets: facets.moment,
    "moment_direction": lambda facets: facets.moment_direction,
}
_TOPIC = "topic "
_TOPICS = "topics"


class LocalRetrainer:
    """A Retrainer for the local classifier, always from the weights that ship."""

    def __init__(self, classifier: LocalClassifier | None = None) -> None:
        self._classifier = classifier or LocalClassifier()

    def retrain(self, examples: Sequence[CorrectedExample]) -> Proposal:
        """Fit, and measure. Raises ModelUnavailable when the weights are damaged."""
        model = NoteModel()
        learning = Learning(model.layout, model.heads, read_held_out(model.layout))
        told = [example for example in examples if example.facets is not None]
        notes = self._labelled(model.layout, told)
        folds = folds_of([example.note_id for example in told])
        return learning.proposal(notes, folds)

    def _labelled(self, layout: Layout, examples: Sequence[CorrectedExample]) -> Labelled:
        seen = [
            self._classifier.impression(one.text, one.statement, _context(one)) for one in examples
        ]
        labels = [labels_of(layout, one.facets) for one in examples if one.facets is not None]
        return Labelled(
            np.array([one.of_words for one in seen], np.float32),
            np.array([one.mean for one in seen], np.float32),
            np.array(labels, np.int8),
        )


def labels_of(layout: Layout, facets: Facets) -> list[int]:
    """What a person's word on the facets says on each head."""
    given: dict[str, Answer] = {name: answer(facets) for name, answer in _ANSWERS.items()}
    given |= {f"{_TOPIC}{topic.value}": topic in facets.topics for topic in Topic}
    return label_places(layout, [given[head.name] for head in layout.heads])


def folds_of(note_ids: Sequence[str]) -> NDArray[np.intp]:
    """Which fold each example is left out with; the insights of one note are left out together."""
    notes = sorted(set(note_ids), key=lambda note_id: (crc32(note_id.encode()), note_id))
    fold = {note_id: place % _FOLDS for place, note_id in enumerate(notes)}
    return np.array([fold[note_id] for note_id in note_ids], np.intp)


def _context(example: CorrectedExample) -> NoteContext:
    """As it was read: with the customers that the product itself had linked."""
    linked = example.read_as.labels.customer_ids
    customers = [c for c in example.context.customers if c.id in linked]
    customers.sort(key=lambda customer: linked.index(customer.id))
    return replace(example.context, linked=tuple(customers))


_Learned = Callable[[Labelled, NDArray[np.intp]], Heads]
"""What some notes teach, in these folds: the heads to add."""


@dataclass(frozen=True)
class Learning:
    """Chooses how much each head may change, by what it is worth on notes it did not learn from.

    A head changes only where its macro-F1 on the held-out notes stays as good, and its answers to
    corrections that were left out become better: more of them right, and less surprised by them.
    """

    layout: Layout
    shipped: Heads
    held_out: Labelled

    def proposal(self, notes: Labelled, folds: NDArray[np.intp]) -> Proposal:
        """The heads to add, with what they are worth; `folds` tells notes apart."""
        added = self._learned(notes, folds)
        content = adjustment_file(added)
        before = scores_with(self.layout, self.shipped, notes)
        after = self._left_out(notes, folds, self._learned)
        return Proposal(
            name=adjustment_name(content),
            content=content,
            corrections=self._shares(notes, before, after),
            held_out=self._f1(macro_f1(self.layout, self._held_scores(added), self.held_out)),
        )

    # --- choosing -------------------------------------------------------------------------------

    def _learned(self, notes: Labelled, folds: NDArray[np.intp]) -> Heads:
        return self._fitted(notes, self.chosen(notes, folds))

    def chosen(self, notes: Labelled, folds: NDArray[np.intp]) -> Penalties:
        """The best penalty for each head; infinity where no addition is worth it."""
        scores = scores_with(self.layout, self.shipped, notes)
        best_right = are_right(self.layout, scores, notes).sum(axis=0)
        surprised = surprise(self.layout, scores, notes)
        chosen = np.full(len(self.layout.heads), np.inf)
        for penalty in _PENALTIES:
            penalties = np.full(len(chosen), penalty)
            added = self._fitted(notes, penalties)
            f1 = macro_f1(self.layout, self._held_scores(added), self.held_out)
            scores = self._left_out(notes, folds, self._with(penalties))
            right = are_right(self.layout, scores, notes).sum(axis=0)
            is_better = (
                (right > best_right)
                & (surprise(self.layout, scores, notes) < surprised)
                & (f1 >= self._shipped_f1)
            )
            chosen[is_better] = penalty
            best_right = np.where(is_better, right, best_right)
        return chosen

    def _with(self, penalties: Penalties) -> _Learned:
        return lambda notes, _folds: self._fitted(notes, penalties)

    def _fitted(self, notes: Labelled, penalties: Penalties) -> Heads:
        return fit(self.layout, self.shipped, notes, self._scale, penalties)

    def _left_out(
        self,
        notes: Labelled,
        folds: NDArray[np.intp],
        learned: _Learned,
    ) -> Scores:
        """Scores of each note by heads that learned from the notes of the other folds only."""
        scores = np.empty((len(notes), self.layout.columns), np.float32)
        for fold in np.unique(folds):
            inside, outside = np.flatnonzero(folds == fold), np.flatnonzero(folds != fold)
            heads = self.shipped + learned(notes.at(outside), folds[outside])
            scores[inside] = scores_with(self.layout, heads, notes.at(inside))
        return scores

    # --- measuring ------------------------------------------------------------------------------

    @cached_property
    def _scale(self) -> Scale:
        return Scale.of(self.held_out.means)

    def _held_scores(self, added: Heads) -> Scores:
        return scores_with(self.layout, self.shipped + added, self.held_out)

    @cached_property
    def _shipped_f1(self) -> NDArray[np.float64]:
        scores = scores_with(self.layout, self.shipped, self.held_out)
        return macro_f1(self.layout, scores, self.held_out)

    def _shares(self, notes: Labelled, before: Scores, after: Scores) -> tuple[Measured, ...]:
        told = (notes.labels != SILENT).sum(axis=0)
        right = [are_right(self.layout, scores, notes).sum(axis=0) for scores in (before, after)]
        return tuple(
            Measured(
                facet,
                int(told[places].max()),
                *(float(one[places].sum() / told[places].sum()) for one in right),
            )
            for facet, places in self._facets()
            if told[places].any()
        )

    def _f1(self, after: NDArray[np.float64]) -> tuple[Measured, ...]:
        told = (self.held_out.labels != SILENT).sum(axis=0)
        return tuple(
            Measured(
                facet,
                int(told[places].max()),
                *(float(one[places].mean()) for one in (self._shipped_f1, after)),
            )
            for facet, places in self._facets()
        )

    def _facets(self) -> Iterator[tuple[str, list[int]]]:
        """Each facet with its heads: one, but for the topics."""
        names = [_TOPICS if h.name.startswith(_TOPIC) else h.name for h in self.layout.heads]
        for name in dict.fromkeys(names):
            yield name, [place for place, own in enumerate(names) if own == name]
