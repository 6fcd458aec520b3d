"""Vectors of notes and questions, near to each other where the one answers the other."""

from collections.abc import Sequence

import numpy as np

from adapters.local_model.encoder import DIMENSIONS, LocalEncoder, Mean, WordTable
from adapters.local_model.passages import passage_text, question_text
from adapters.local_model.weights_files import pinned_sha256
from bot.domain.answer import Vector
from bot.ports import Passage

MODEL_FILE = "search-encoder-int8.onnx"


class LocalEmbedder:
    """An Embedder that needs no network. The weights are loaded at the first use, or by `warm`.

    May be used from several threads.
    """

    dimensions = DIMENSIONS

    def __init__(self, words: WordTable | None = None) -> None:
        """Take the table that the classifier has, so that it is loaded once."""
        self._encoder = LocalEncoder(MODEL_FILE, words)

    @property
    def model_id(self) -> str:
        """The model and the first 12 digits of its weights' sha256."""
        return f"local/e5-small-notes-int8@{pinned_sha256(MODEL_FILE)[:12]}"

    def warm(self) -> None:
        """Load the weights and run them once. Raises ModelUnavailable when they are damaged."""
        self.embed_question("warm")

    def embed(self, passages: Sequence[Passage]) -> list[Vector]:
        """One vector a statement, in order. Raises ModelUnavailable for damaged weights."""
        return [
            _unit(
                self._encoder.mean(
                    passage_text(one.statement, one.customers, one.conversation_name), one.parent
                )
            )
            for one in passages
        ]

    def embed_question(self, question: str, earlier: str = "") -> Vector:
        """The vector of a question. Raises ModelUnavailable for damaged weights."""
        return _unit(self._encoder.mean(question_text(question, earlier)))


def _unit(mean: Mean) -> Vector:
    return np.asarray(mean / np.linalg.norm(mean), np.float32)
