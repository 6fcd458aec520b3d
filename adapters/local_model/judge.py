"""Tells whether a statement answers a question: an encoder that reads both at once."""

from collections.abc import Sequence
from functools import cached_property
from io import BytesIO

import numpy as np
from numpy.typing import NDArray

from adapters.local_model.encoder import LocalEncoder, WordTable
from adapters.local_model.passages import passage_text, question_text
from adapters.local_model.weights_files import read_weights
from bot.ports import Passage

MODEL_FILE = "judge-encoder-int8.onnx"
HEAD_FILE = "judge-head.npy"


class LocalAnswerJudge:
    """An AnswerJudge that needs no network; a statement takes about as long as embedding one.

    The weights are loaded at the first use, or by `warm`. May be used from several threads.
    """

    def __init__(self, words: WordTable | None = None) -> None:
        """Take the table that the embedder has, so that it is loaded once."""
        self._encoder = LocalEncoder(MODEL_FILE, words)

    def warm(self) -> None:
        """Load the weights and run them once. Raises ModelUnavailable when they are damaged."""
        self.judge("warm", [Passage("warm")])

    def judge(self, question: str, passages: Sequence[Passage], earlier: str = "") -> list[float]:
        """How surely each statement answers it, as the logarithm of the odds, in order."""
        asked = question_text(question, earlier)
        return [self._score(asked, passage) for passage in passages]

    def _score(self, asked: str, passage: Passage) -> float:
        text = passage_text(passage.statement, passage.customers, passage.conversation_name)
        mean = self._encoder.mean_together(asked, text, passage.parent)
        return float(mean @ self._head[:-1] + self._head[-1])

    @cached_property
    def _head(self) -> NDArray[np.float32]:
        """The weights of the mean's values, then the intercept; shape (385,)."""
        content = BytesIO(read_weights(HEAD_FILE).content)
        head: NDArray[np.float32] = np.load(content, allow_pickle=False)
        return head
