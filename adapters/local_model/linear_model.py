"""The classifier's weights at work: a note's features in, a probability for every label out.

Two models read a note: logistic regression over n-grams, which knows the turns of phrase, and the
encoder's heads, which know what is meant. They err in different places, so the mean of their
probabilities is better than either.
"""

import json
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from adapters.local_model.encoder import Mean
from adapters.local_model.features import NoteText, extract
from adapters.local_model.weights_files import read_weights

LAYOUT_FILE = "classifier.json"
ARRAYS_FILE = "classifier.npz"

# How much each group of features weighs.
GROUP_WEIGHTS = (1.0, 1.0, 0.5, 0.5)

# The share of the encoder's heads in the mean. From a third to two thirds little changes.
_SHARE_OF_MEANING = 0.5
_LEAST = 1e-6

Scores: TypeAlias = NDArray[np.float32]
"""A score for every column of a layout; shape (columns,), or (notes, columns)."""

Row: TypeAlias = tuple[NDArray[np.intp], NDArray[np.float32]]
"""A note's known features: their places in the vocabulary, and their values."""


@dataclass(frozen=True, slots=True)
class Head:
    """What one question to the model is called, and where its answers' scores begin.

    A head without labels is a yes/no question of one column; `threshold` is the probability from
    which the answer is yes. With labels it has a column each, and one of them is right.
    """

    name: str
    column: int
    labels: tuple[str, ...] = ()
    threshold: float = 0.5


@dataclass(frozen=True, slots=True)
class Layout:
    """The classifier's version and its heads."""

    version: str
    heads: tuple[Head, ...]

    @classmethod
    def parsed(cls, text: str | bytes) -> "Layout":
        """Read a layout from JSON."""
        raw = json.loads(text)
        heads = (
            Head(h["name"], h["column"], tuple(h["labels"]), h["threshold"]) for h in raw["heads"]
        )
        return cls(raw["version"], tuple(heads))

    def head(self, name: str) -> Head:
        """The head of this name. Raises KeyError."""
        for head in self.heads:
            if head.name == name:
                return head
        raise KeyError(name)

    @property
    def columns(self) -> int:
        """How many scores a note gets."""
        return sum(len(head.labels) or 1 for head in self.heads)


@dataclass(frozen=True, slots=True)
class Choice:
    """The likeliest label of a head, and its probability."""

    label: str
    probability: float


@dataclass(frozen=True, slots=True)
class Reading:
    """The model's scores for one note, to be asked head by head.

    A yes/no head's score is the logarithm of its odds, a label's that of its probability.
    """

    layout: Layout
    scores: NDArray[np.float32]

    def probability(self, name: str) -> float:
        """How likely the answer to a yes/no question is yes."""
        return float(1 / (1 + np.exp(-self.scores[self.layout.head(name).column])))

    def says_yes(self, name: str) -> bool:
        """Whether that is likely enough."""
        return self.probability(name) >= self.layout.head(name).threshold

    def choice(self, name: str) -> Choice:
        """The likeliest label of a head."""
        head = self.layout.head(name)
        scores = self.scores[head.column : head.column + len(head.labels)]
        shares = np.exp(scores - scores.max())
        best = int(shares.argmax())
        return Choice(head.labels[best], float(shares[best] / shares.sum()))


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The features that are known, by hash (sorted), and how rare each was in training."""

    hashes: NDArray[np.uint32]
    rarity: NDArray[np.float32]

    def row(self, note: NoteText) -> Row:
        """The note's known features; each group scaled to its own length."""
        features = extract(note)
        parts = [
            self._group_row(counts, weight)
            for counts, weight in zip(features.counts, GROUP_WEIGHTS, strict=True)
        ]
        places = np.concatenate([places for places, _ in parts])
        return places, np.concatenate([values for _, values in parts])

    def _group_row(self, counts: Counter[int], weight: float) -> Row:
        hashes = np.fromiter(counts.keys(), dtype=np.uint32, count=len(counts))
        occurrences = np.fromiter(counts.values(), dtype=np.float32, count=len(counts))
        places = np.minimum(np.searchsorted(self.hashes, hashes), len(self.hashes) - 1)
        known = self.hashes[places] == hashes
        places = places[known]
        values = (1 + np.log(occurrences[known])) * self.rarity[places]
        length = float(np.linalg.norm(values)) or 1.0
        return places, (values * np.float32(weight / length)).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Heads:
    """Linear heads on the encoder's mean: weights (384, columns), and intercepts (columns,)."""

    weight: NDArray[np.float32]
    intercept: NDArray[np.float32]

    def scores(self, means: NDArray[np.float32]) -> Scores:
        """Score what the encoder made of a note, or of several."""
        return np.asarray(means @ self.weight + self.intercept, np.float32)

    def __add__(self, other: "Heads") -> "Heads":
        return Heads(self.weight + other.weight, self.intercept + other.intercept)


@dataclass(frozen=True, slots=True)
class Adjustment:
    """What a firm's own corrections add to the heads. `name` tells one from the next."""

    name: str
    heads: Heads


def mixed(layout: Layout, of_words: Scores, of_meaning: Scores) -> Scores:
    """The scores of the mean of both models' probabilities; arrays of shape (..., columns)."""
    found = np.empty(of_words.shape, np.float32)
    for head in layout.heads:
        columns = slice(head.column, head.column + (len(head.labels) or 1))
        to_shares = _shares if head.labels else _chances
        by_words, by_meaning = (
            to_shares(of_words[..., columns]),
            to_shares(of_meaning[..., columns]),
        )
        mean = (1 - _SHARE_OF_MEANING) * by_words + _SHARE_OF_MEANING * by_meaning
        mean = np.clip(mean, _LEAST, 1 - _LEAST)
        found[..., columns] = np.log(mean) if head.labels else np.log(mean / (1 - mean))
    return found


def _shares(scores: Scores) -> Scores:
    shares = np.exp(scores - scores.max(axis=-1, keepdims=True))
    return np.asarray(shares / shares.sum(axis=-1, keepdims=True), np.float32)


def _chances(scores: Scores) -> Scores:
    return np.asarray(1 / (1 + np.exp(-scores)), np.float32)


class NoteModel:
    """Reads a masked note by its words and by its meaning. Loaded at the first use."""

    def __init__(self, adjustment: Adjustment | None = None) -> None:
        self._adjustment = adjustment

    def read(self, note: NoteText, mean: Mean) -> Reading:
        """Score a masked note; `mean` is what the encoder made of it.

        Raises ModelUnavailable when the weights are damaged.
        """
        of_meaning = self.heads.scores(mean)
        return Reading(self.layout, mixed(self.layout, self.of_words(note), of_meaning))

    def glance(self, note: NoteText) -> Reading:
        """Score a masked note by its words alone: a tenth of the time, and less sure."""
        return Reading(self.layout, self.of_words(note))

    def of_words(self, note: NoteText) -> Scores:
        """The first model's scores, before they are mixed with the second's."""
        places, values = self._weights.vocabulary.row(note)
        features = self._weights.features[places].astype(np.float32)
        return np.asarray(values @ features + self._weights.intercept, np.float32)

    @property
    def version(self) -> str:
        """The weights' version, and the adjustment's name where there is one."""
        own = f"+{self._adjustment.name}" if self._adjustment else ""
        return f"{self.layout.version}{own}"

    @cached_property
    def heads(self) -> Heads:
        """The second model's heads: the shipped ones, and what the adjustment adds."""
        shipped = Heads(self._weights.meaning, self._weights.meaning_intercept)
        return shipped + self._adjustment.heads if self._adjustment else shipped

    @cached_property
    def layout(self) -> Layout:
        """Version and heads."""
        return Layout.parsed(read_weights(LAYOUT_FILE).content)

    @cached_property
    def _weights(self) -> "_Weights":
        with np.load(BytesIO(read_weights(ARRAYS_FILE).content), allow_pickle=False) as arrays:
            return _Weights(
                Vocabulary(arrays["hashes"], arrays["rarity"].astype(np.float32)),
                features=arrays["features"],
                intercept=arrays["intercept"],
                meaning=arrays["meaning"],
                meaning_intercept=arrays["meaning_intercept"],
            )


@dataclass(frozen=True, slots=True)
class _Weights:
    """`features`: float16, (known features, columns); `meaning`: (384, columns)."""

    vocabulary: Vocabulary
    features: NDArray[np.float16]
    intercept: NDArray[np.float32]
    meaning: NDArray[np.float32]
    meaning_intercept: NDArray[np.float32]
