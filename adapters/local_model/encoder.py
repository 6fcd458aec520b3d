"""An encoder: multilingual-e5-small tuned on notes and questions, int8, run by onnxruntime."""

from functools import cached_property

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from adapters.local_model.weights_files import mapped_weights, read_weights

TOKENIZER_FILE = "encoder-tokenizer.json"
WORDS_FILE = "encoder-words.npy"
WORD_SCALES_FILE = "encoder-word-scales.npy"
DIMENSIONS = 384

Mean = NDArray[np.float32]
"""What a text was encoded to, not scaled: the mean over its tokens, shape (384,)."""

_BEGIN, _END = 0, 2

# 192 tokens are about 800 characters of prose; what lies beyond need not even be split.
_MAX_TOKENS = 192
_MAX_SECOND_TOKENS = 48
_MAX_QUESTION_TOKENS = 48
_MAX_JUDGED_TOKENS = 96
_MAX_CHARACTERS = 3_000


def ids_of(
    tokenizer: Tokenizer, first: str, second: str, most: int, most_of_second: int
) -> list[int]:
    """The token ids of a text, cut to `most`, and of what it is read with."""
    ids = [_BEGIN, *_tokens(tokenizer, first)[:most], _END]
    return [*ids, *_tokens(tokenizer, second)[:most_of_second], _END] if second else ids


def ids_together(tokenizer: Tokenizer, question: str, passage: str, parent: str) -> list[int]:
    """The token ids of a question and of what may answer it."""
    asked = ids_of(tokenizer, question, "", _MAX_QUESTION_TOKENS, 0)
    return asked + ids_of(tokenizer, passage, parent, _MAX_JUDGED_TOKENS, _MAX_SECOND_TOKENS)[1:]


def _tokens(tokenizer: Tokenizer, text: str) -> list[int]:
    readable = text[:_MAX_CHARACTERS].encode("utf-8", "replace").decode("utf-8")
    ids: list[int] = tokenizer.encode(readable, add_special_tokens=False).ids
    return ids


class WordTable:
    """The tokenizer, and the vectors of its pieces as a file that is looked into, not read.

    Two encoders share one table.
    """

    def ids(self, first: str, second: str = "") -> list[int]:
        """The token ids of a text, and of what it is read with."""
        return ids_of(self._tokenizer, first, second, _MAX_TOKENS, _MAX_SECOND_TOKENS)

    def ids_together(self, question: str, passage: str, parent: str) -> list[int]:
        """The token ids of a question and of what may answer it, to be read at once."""
        return ids_together(self._tokenizer, question, passage, parent)

    def vectors(self, ids: list[int]) -> NDArray[np.float32]:
        """Shape (1, tokens, 384)."""
        rows = self._rows[ids].astype(np.float32)
        return np.asarray((rows * self._scales[ids, None])[None], np.float32)

    @cached_property
    def _tokenizer(self) -> Tokenizer:
        return Tokenizer.from_buffer(read_weights(TOKENIZER_FILE).content)

    @cached_property
    def _rows(self) -> NDArray[np.int8]:
        rows: NDArray[np.int8] = np.load(
            mapped_weights(WORDS_FILE), mmap_mode="r", allow_pickle=False
        )
        return rows

    @cached_property
    def _scales(self) -> NDArray[np.float32]:
        scales: NDArray[np.float32] = np.load(mapped_weights(WORD_SCALES_FILE), allow_pickle=False)
        return scales


class LocalEncoder:
    """Reads texts one at a time: a batch would round each text by its neighbours.

    The weights are loaded at the first use. May be used from several threads.
    """

    def __init__(self, model_file: str, words: WordTable | None = None) -> None:
        """Take the table that another encoder has, so that it is loaded once."""
        self._words = words or WordTable()
        self._model_file = model_file

    def mean(self, first: str, second: str = "") -> Mean:
        """Encode a text, with what it is read with. Raises ModelUnavailable."""
        return self.mean_of(self._words.ids(first, second))

    def mean_together(self, question: str, passage: str, parent: str) -> Mean:
        """Encode a question at once with what may answer it. Raises ModelUnavailable."""
        return self.mean_of(self._words.ids_together(question, passage, parent))

    def mean_of(self, ids: list[int]) -> Mean:
        """Encode token ids. Raises ModelUnavailable."""
        found: Mean = self._session.run(["mean"], {"words": self._words.vectors(ids)})[0][0]
        return found

    @cached_property
    def _session(self) -> onnxruntime.InferenceSession:
        weights = read_weights(self._model_file).content
        return onnxruntime.InferenceSession(
            weights, _session_options(), providers=["CPUExecutionProvider"]
        )


def _session_options() -> onnxruntime.SessionOptions:
    """One thread, which a short text does not outgrow, and no spinning between texts."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.enable_cpu_mem_arena = False
    return options
