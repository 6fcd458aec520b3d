"""Makes the classifier's weights, after measuring them on companies they were not fitted on."""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from io import BytesIO

import numpy as np
from numpy.typing import NDArray

from adapters.local_model.embedder import DIMENSIONS, LocalEmbedder
from adapters.local_model.linear_model import ARRAYS_FILE, LAYOUT_FILE, Layout
from training.fitting import Fitted, Scores, fit
from training.labelled_notes import LabelledNote, as_bare
from training.questions import head_questions
from training.scoring import Calibration, HeadScore, calibration, score_head, with_thresholds
from training.weights_folder import write_weights

# Companies of one fold are held out together: the two whole corpora each by itself, the rest by
# threes, which takes a third of the time that holding out each would.
FOLDS = (
    ("cmo",),
    ("saas",),
    ("agri", "bld", "chem"),
    ("food", "hrs", "ins"),
    ("log", "med", "msp"),
    ("nrg", "pack", "tel"),
)


@dataclass(frozen=True, slots=True)
class FoldScores:
    """The scores on these companies of a classifier that saw only the others."""

    companies: tuple[str, ...]
    heads: tuple[HeadScore, ...]


@dataclass(frozen=True, slots=True)
class ClassifierReport:
    """What was measured on held-out companies.

    By fold, on all together, on all together where no customer is registered, and what the
    confidence is worth.
    """

    version: str
    features: int
    folds: tuple[FoldScores, ...]
    together: tuple[HeadScore, ...]
    together_bare: tuple[HeadScore, ...]
    confidence: tuple[Calibration, ...]


@dataclass(frozen=True, slots=True)
class _Examples:
    """Notes with the embeddings of their masked texts, in step."""

    notes: Sequence[LabelledNote]
    vectors: NDArray[np.float32]

    def of(self, companies: Sequence[str]) -> "_Examples":
        places = [p for p, labelled in enumerate(self.notes) if labelled.company in companies]
        return _Examples([self.notes[place] for place in places], self.vectors[places])

    def joined(self, other: "_Examples") -> "_Examples":
        vectors = np.concatenate([self.vectors, other.vectors])
        return _Examples([*self.notes, *other.notes], vectors)


@dataclass(frozen=True, slots=True)
class _Held:
    """Held-out notes, and the scores they got from a classifier that saw none of their company."""

    notes: Sequence[LabelledNote]
    scores: Scores

    def of(self, companies: Sequence[str]) -> "_Held":
        places = [p for p, labelled in enumerate(self.notes) if labelled.company in companies]
        return _Held([self.notes[place] for place in places], self.scores[places])


def make_classifier(notes: Sequence[LabelledNote]) -> ClassifierReport:
    """Measure, then fit on every note and write the weights.

    Each note is learned from twice, with its names masked and bare: a workspace without registered
    customers then loses almost nothing.
    """
    if {labelled.company for labelled in notes} != {name for fold in FOLDS for name in fold}:
        raise SystemExit("List every company under evals/ in one of the folds of this module.")
    masked, bare = _embedded(notes), _embedded([as_bare(labelled) for labelled in notes])
    held, held_bare, layout = _held_out(masked, bare)
    questions = head_questions()
    layout = with_thresholds(layout, questions, held.notes, held.scores)
    both = masked.joined(bare)
    fitted = fit(questions, both.notes, both.vectors)
    _write(fitted, layout)
    return ClassifierReport(
        version=layout.version,
        features=len(fitted.vocabulary.hashes),
        folds=tuple(FoldScores(fold, _scored(held.of(fold), layout)) for fold in FOLDS),
        together=_scored(held, layout),
        together_bare=_scored(held_bare, layout),
        confidence=calibration(held.notes, held.scores, layout),
    )


def _embedded(notes: Sequence[LabelledNote]) -> _Examples:
    vectors = LocalEmbedder().embed([labelled.note.text for labelled in notes])
    return _Examples(notes, np.array(vectors, np.float32))


def _held_out(masked: _Examples, bare: _Examples) -> tuple[_Held, _Held, Layout]:
    """Each fold's notes as the others' classifier scores them, masked and bare."""
    held: list[_Held] = []
    held_bare: list[_Held] = []
    for fold in FOLDS:
        others = [name for other in FOLDS if other != fold for name in other]
        seen = masked.of(others).joined(bare.of(others))
        fitted = fit(head_questions(), seen.notes, seen.vectors)
        held.append(_held(fitted, masked.of(fold)))
        held_bare.append(_held(fitted, bare.of(fold)))
    return _together(held), _together(held_bare), fitted.layout


def _held(fitted: Fitted, unseen: _Examples) -> _Held:
    return _Held(unseen.notes, fitted.scores(unseen.notes, unseen.vectors))


def _together(parts: Sequence[_Held]) -> _Held:
    notes = [labelled for part in parts for labelled in part.notes]
    return _Held(notes, np.concatenate([part.scores for part in parts]))


def _scored(held: _Held, layout: Layout) -> tuple[HeadScore, ...]:
    return tuple(score_head(q, held.notes, held.scores, layout) for q in head_questions())


def _write(fitted: Fitted, layout: Layout) -> None:
    arrays = BytesIO()
    np.savez_compressed(
        arrays,
        hashes=fitted.vocabulary.hashes,
        rarity=fitted.vocabulary.rarity.astype(np.float16),
        features=fitted.coefficients[:-DIMENSIONS].astype(np.float16),
        meaning=fitted.coefficients[-DIMENSIONS:],
        intercept=fitted.intercept,
    )
    write_weights(ARRAYS_FILE, arrays.getvalue())
    write_weights(LAYOUT_FILE, json.dumps(asdict(layout), indent=1).encode())
