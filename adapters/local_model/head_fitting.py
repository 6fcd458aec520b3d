"""Fits what is added to the heads, by gradient descent, and tells what heads are worth.

Each head is a problem of its own, and a convex one: the logarithm of its own model's probability of
what is right, and a penalty on everything that is added.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from adapters.local_model.encoder import DIMENSIONS
from adapters.local_model.labelled import SILENT, Labelled
from adapters.local_model.linear_model import Head, Heads, Layout, Scores, mixed

Penalties = NDArray[np.float64]
"""How dear an addition is, for each head of a layout; infinity where nothing is to be added."""

_MOST_STEPS = 400
_SETTLED = 1e-4  # the length of a step, beside which the smallest change of a score is large


@dataclass(frozen=True, slots=True)
class Scale:
    """Where the encoder's means lie and how far apart, so that a penalty means the same for any."""

    centre: NDArray[np.float32]
    spread: float

    @classmethod
    def of(cls, means: NDArray[np.float32]) -> "Scale":
        """That of these means."""
        centre = means.mean(axis=0)
        return cls(centre, float(np.sqrt(((means - centre) ** 2).sum(axis=1).mean())) or 1.0)

    def scaled(self, means: NDArray[np.float32]) -> NDArray[np.float32]:
        """The means as steps from the centre, with a one for the intercept."""
        steps = (means - self.centre) / np.float32(self.spread)
        return np.hstack([steps, np.ones((len(means), 1), np.float32)])

    def unscaled(self, added: NDArray[np.float32]) -> Heads:
        """Heads for means as they are, from heads for scaled ones."""
        weight = added[:-1] / np.float32(self.spread)
        return Heads(weight, added[-1] - self.centre @ weight)


def fit(
    layout: Layout, shipped: Heads, notes: Labelled, scale: Scale, penalties: Penalties
) -> Heads:
    """What to add to the shipped heads, so that they are right on these notes."""
    columns = _ColumnTargets.of(layout, notes)
    dear = np.repeat(penalties, columns.widths)
    is_open = np.isfinite(dear)
    if len(notes) == 0 or not is_open.any():
        return scale.unscaled(np.zeros((DIMENSIONS + 1, layout.columns), np.float32))
    base, inputs = shipped.scores(notes.means), scale.scaled(notes.means)
    # Nothing is ever added across the directions that the notes lie in, so a few notes take less.
    directions = np.linalg.qr(inputs.T).Q
    inputs = inputs @ directions
    penalty = np.where(is_open, dear, 0).astype(np.float32)
    # No slope changes faster than this, so that steps of its inverse cannot overshoot.
    steepest = np.float32(0.5 * (inputs**2).sum(axis=1).mean()) + penalty
    root = np.sqrt(penalty / steepest)
    rate, momentum = is_open / steepest, is_open * (1 - root) / (1 + root)
    added = ahead = np.zeros((inputs.shape[1], layout.columns), np.float32)
    for _ in range(_MOST_STEPS):
        slope = inputs.T @ columns.excess(base + inputs @ ahead) / np.float32(len(notes))
        moved = ahead - rate * (slope + penalty * ahead)
        step, added, ahead = moved - added, moved, moved + momentum * (moved - added)
        if np.abs(step).max() < _SETTLED:
            break
    return scale.unscaled(directions @ added)


def scores_with(layout: Layout, heads: Heads, notes: Labelled) -> Scores:
    """How the whole model scores notes with these heads."""
    return mixed(layout, notes.of_words, heads.scores(notes.means))


def are_right(layout: Layout, scores: Scores, notes: Labelled) -> NDArray[np.bool_]:
    """Whether each head's answer to each note is the label; no where there is no label."""
    return np.asarray((answers(layout, scores) == notes.labels) & (notes.labels != SILENT))


def answers(layout: Layout, scores: Scores) -> NDArray[np.intp]:
    """The place of the label that each head gives each note; (notes, heads)."""
    return np.stack([_answers(head, scores[:, _columns(head)]) for head in layout.heads], axis=1)


def surprise(layout: Layout, scores: Scores, notes: Labelled) -> NDArray[np.float64]:
    """For each head how little probability the right answers were given; the less the better."""
    rows = np.arange(len(notes))
    lost = []
    for place, head in enumerate(layout.heads):
        own, labels = scores[:, _columns(head)].astype(np.float64), notes.labels[:, place]
        right = own[rows, labels] if head.labels else -np.logaddexp(0, (1 - 2 * labels) * own[:, 0])
        lost.append(-right[labels != SILENT].sum())
    return np.array(lost)


def macro_f1(layout: Layout, scores: Scores, notes: Labelled) -> NDArray[np.float64]:
    """For each head the mean over labels of F1, on the notes that it applies to."""
    given = answers(layout, scores)
    return np.array(
        [
            _macro_f1(labels[labels != SILENT], own[labels != SILENT])
            for labels, own in zip(notes.labels.T, given.T, strict=True)
        ]
    )


def _macro_f1(right: NDArray[np.int8], given: NDArray[np.intp]) -> float:
    """Over the labels that were right or given at all, as is usual."""
    worth = [
        2
        * np.sum((right == label) & (given == label))
        / (np.sum(right == label) + np.sum(given == label))
        for label in np.union1d(right, given)
    ]
    return float(np.mean(worth)) if worth else 1.0


@dataclass(frozen=True, slots=True)
class _ColumnTargets:
    """What each column's probability ought to be, where a note tells; (notes, columns) each."""

    wanted: NDArray[np.float32]
    told: NDArray[np.bool_]
    starts: NDArray[np.intp]
    widths: NDArray[np.intp]
    are_labels: NDArray[np.bool_]

    @classmethod
    def of(cls, layout: Layout, notes: Labelled) -> "_ColumnTargets":
        wanted = np.zeros((len(notes), layout.columns), np.float32)
        for head, labels in zip(layout.heads, notes.labels.T, strict=True):
            wanted[:, _columns(head)] = (
                labels[:, None] == np.arange(_width(head)) if head.labels else labels[:, None] == 1
            )
        widths = np.array([_width(head) for head in layout.heads], np.intp)
        return cls(
            wanted,
            np.repeat(notes.labels != SILENT, widths, axis=1),
            np.array([head.column for head in layout.heads], np.intp),
            widths,
            np.repeat([bool(head.labels) for head in layout.heads], widths),
        )

    def excess(self, scores: Scores) -> Scores:
        """By how much each column's probability is too high; nothing where a note is silent."""
        highest = np.maximum.reduceat(scores, self.starts, axis=1)
        likely = np.exp(scores - np.repeat(highest, self.widths, axis=1))
        total = np.add.reduceat(likely, self.starts, axis=1)
        shares = likely / np.repeat(total, self.widths, axis=1)
        chances = 0.5 * (1 + np.tanh(scores / 2))
        probabilities = np.where(self.are_labels, shares, chances)
        return np.asarray((probabilities - self.wanted) * self.told, np.float32)


def _answers(head: Head, scores: Scores) -> NDArray[np.intp]:
    if head.labels:
        return np.asarray(scores.argmax(axis=1), np.intp)
    return np.asarray(1 / (1 + np.exp(-scores[:, 0])) >= head.threshold).astype(np.intp)


def _columns(head: Head) -> slice:
    return slice(head.column, head.column + _width(head))


def _width(head: Head) -> int:
    return len(head.labels) or 1
