"""Makes the classifier: its two halves, and what they are worth on companies they never saw."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from io import BytesIO

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from adapters.local_model.linear_model import (
    ARRAYS_FILE,
    LAYOUT_FILE,
    Layout,
    Scores,
    mixed,
)
from training.fitting import Fitted, fit
from training.labelled_notes import LabelledNote, as_bare
from training.questions import head_questions
from training.tuning import HeadLayer, Material, Tuned, read_notes, tune
from training.weights_folder import write_weights

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class NoteClassifier:
    """Both halves, fitted on the same notes; and the encoder for searching, tuned with them."""

    words: Fitted
    tuned: Tuned

    def scores(self, notes: Sequence[LabelledNote], tokenizer: Tokenizer) -> Scores:
        """Score notes as the run-time model does, but for rounding."""
        of_meaning = (
            read_notes(self.tuned.tensors, tokenizer, notes) @ self.meaning + self.meaning_intercept
        )
        return mixed(self.words.layout, self.words.scores(notes), of_meaning)

    @property
    def meaning(self) -> NDArray[np.float32]:
        """The heads' weights, in the order of the layout's columns; shape (384, columns)."""
        return np.hstack([layer.weight for layer in self._layers()])

    @property
    def meaning_intercept(self) -> NDArray[np.float32]:
        """Their biases; shape (columns,)."""
        return np.concatenate([layer.bias for layer in self._layers()])

    def _layers(self) -> list[HeadLayer]:
        by_name = {layer.name: layer for layer in self.tuned.heads}
        layers = [by_name[head.name] for head in self.words.layout.heads]
        for head, layer in zip(self.words.layout.heads, layers, strict=True):
            if head.labels != layer.labels:
                raise ValueError(f"the labels of {head.name} differ between the halves")
        return layers


def learn(material: Material, say: Say) -> NoteClassifier:
    """Fit both halves.

    The n-grams learn each note twice, with its names masked and bare: a workspace without
    registered customers then loses almost nothing.
    """
    questions = head_questions()
    words = fit(questions, [*material.notes, *map(as_bare, material.notes)])
    tuned = tune(material, questions, say)
    return NoteClassifier(words, tuned)


def write_classifier(classifier: NoteClassifier, layout: Layout) -> None:
    """Write both halves' heads; the encoder under them is written by itself."""
    arrays = BytesIO()
    np.savez_compressed(
        arrays,
        hashes=classifier.words.vocabulary.hashes,
        rarity=classifier.words.vocabulary.rarity.astype(np.float16),
        features=classifier.words.coefficients.astype(np.float16),
        intercept=classifier.words.intercept,
        meaning=classifier.meaning,
        meaning_intercept=classifier.meaning_intercept,
    )
    write_weights(ARRAYS_FILE, arrays.getvalue())
    write_weights(LAYOUT_FILE, json.dumps(asdict(layout), indent=1).encode())
