"""The classifier's weights at work: a note's features in, a probability for every label out."""

import json
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from io import BytesIO
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from adapters.local_model.features import NoteText, extract
from adapters.local_model.weights_files import read_weights
from bot.domain.answer import Vector

LAYOUT_FILE = "classifier.json"
ARRAYS_FILE = "classifier.npz"

# How much each group of features weighs against the sentence vector, which has length 1.
GROUP_WEIGHTS = (1.0, 1.0, 0.5, 0.5)

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

    def head(self, name: str) -> Head:
        """The head of this name. Raises KeyError."""
        for head in self.heads:
            if head.name == name:
                return head
        raise KeyError(name)


@dataclass(frozen=True, slots=True)
class Choice:
    """The likeliest label of a head, and its probability."""

    label: str
    probability: float


@dataclass(frozen=True, slots=True)
class Reading:
    """The model's scores for one note, to be asked head by head."""

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


class LinearModel:
    """Logistic regression over n-grams and a sentence vector. Loaded at the first use."""

    def read(self, note: NoteText, vector: Vector) -> Reading:
        """Score a masked note; `vector` is the embedding of its masked text.

        Raises ModelUnavailable when the weights are damaged.
        """
        weights = self._weights
        places, values = weights.vocabulary.row(note)
        scores = values @ weights.features[places].astype(np.float32)
        scores = scores + vector @ weights.meaning + weights.intercept
        return Reading(self.layout, scores)

    @cached_property
    def layout(self) -> Layout:
        """Version and heads."""
        raw = json.loads(read_weights(LAYOUT_FILE).content)
        heads = tuple(
            Head(h["name"], h["column"], tuple(h["labels"]), h["threshold"]) for h in raw["heads"]
        )
        return Layout(raw["version"], heads)

    @cached_property
    def _weights(self) -> "_Weights":
        with np.load(BytesIO(read_weights(ARRAYS_FILE).content), allow_pickle=False) as arrays:
            return _Weights(
                Vocabulary(arrays["hashes"], arrays["rarity"].astype(np.float32)),
                features=arrays["features"],
                meaning=arrays["meaning"],
                intercept=arrays["intercept"],
            )


@dataclass(frozen=True, slots=True)
class _Weights:
    """`features`: float16, (known features, columns); `meaning`: (384, columns)."""

    vocabulary: Vocabulary
    features: NDArray[np.float16]
    meaning: NDArray[np.float32]
    intercept: NDArray[np.float32]
