"""Labelled notes as arrays, without a word of them; and the set of them that ships."""

from collections.abc import Sequence
from dataclasses import dataclass
from io import BytesIO

import numpy as np
from numpy.typing import NDArray

from adapters.local_model.adjustment import weights_id
from adapters.local_model.encoder import DIMENSIONS
from adapters.local_model.linear_model import Head, Layout, Scores
from adapters.local_model.weights_files import read_weights
from bot.errors import ModelUnavailable

HELD_OUT_FILE = "held_out.npz"

SILENT = -1
"""The label of a note that says nothing on a head."""

Labels = NDArray[np.int8]
"""For every head of a layout the place of its label, or 0 for no and 1 for yes, or SILENT."""


@dataclass(frozen=True, slots=True)
class Labelled:
    """What the model is given for notes, and what is right: (notes, …) each."""

    of_words: Scores
    means: NDArray[np.float32]
    labels: Labels

    def __len__(self) -> int:
        return len(self.labels)

    def at(self, places: NDArray[np.intp]) -> "Labelled":
        """Some of them."""
        return Labelled(self.of_words[places], self.means[places], self.labels[places])


def label_places(layout: Layout, answers: Sequence[str | bool | None]) -> list[int]:
    """The labels of a note from its answer to each head; None where it says nothing."""
    return [_label_place(head, answer) for head, answer in zip(layout.heads, answers, strict=True)]


def _label_place(head: Head, answer: str | bool | None) -> int:
    """A label that the head was never taught is nothing it could be wrong on."""
    if answer is None:
        return SILENT
    if not head.labels:
        return int(bool(answer))
    return head.labels.index(str(answer)) if answer in head.labels else SILENT


def held_out_file(held_out: Labelled) -> bytes:
    """What to write into `held_out.npz`, beside the weights that are there now."""
    content = BytesIO()
    np.savez_compressed(
        content,
        weights=weights_id(),
        of_words=held_out.of_words.astype(np.float16),
        means=held_out.means.astype(np.float16),
        labels=held_out.labels.astype(np.int8),
    )
    return content.getvalue()


def read_held_out(layout: Layout) -> Labelled:
    """The notes of companies that nothing was learned from, as the shipped weights read them.

    Raises ModelUnavailable where the file belongs to other weights.
    """
    with np.load(BytesIO(read_weights(HELD_OUT_FILE).content), allow_pickle=False) as arrays:
        weights = str(arrays["weights"])
        held_out = Labelled(
            arrays["of_words"].astype(np.float32),
            arrays["means"].astype(np.float32),
            arrays["labels"],
        )
    notes = len(held_out)
    shapes = (held_out.of_words.shape, held_out.means.shape, held_out.labels.shape)
    expected = ((notes, layout.columns), (notes, DIMENSIONS), (notes, len(layout.heads)))
    if weights != weights_id() or shapes != expected:
        raise ModelUnavailable(f"{HELD_OUT_FILE} belongs to other weights; install Earshot again")
    return held_out
