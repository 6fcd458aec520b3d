"""Sentence vectors from all-MiniLM-L6-v2, run by onnxruntime with int8 weights."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from adapters.local_model.weights_files import pinned_sha256, read_weights
from bot.domain.answer import Vector

MODEL_FILE = "minilm-int8.onnx"
TOKENIZER_FILE = "minilm-tokenizer.json"
DIMENSIONS = 384
MAX_TOKENS = 256

# 256 tokens are about 1 000 characters of prose; what lies beyond need not even be split.
_MAX_CHARACTERS = 4_000


@dataclass(frozen=True, slots=True)
class _Model:
    tokenizer: Tokenizer
    session: onnxruntime.InferenceSession


class LocalEmbedder:
    """An Embedder that needs no network. The weights are loaded at the first use, or by `warm`.

    A text's first 256 tokens count. Texts are run one at a time: rounding looks at a whole batch,
    so a text's vector would depend on its neighbours there; and a batch is only a fifth faster.
    May be used from several threads.
    """

    dimensions = DIMENSIONS

    @property
    def model_id(self) -> str:
        """The model and the first 12 digits of its weights' sha256."""
        return f"local/all-MiniLM-L6-v2-int8@{pinned_sha256(MODEL_FILE)[:12]}"

    def warm(self) -> None:
        """Load the weights and run them once. Raises ModelUnavailable when they are damaged."""
        self.embed(["warm"])

    def embed(self, texts: Sequence[str]) -> list[Vector]:
        """One vector a text, in order. Raises ModelUnavailable when the weights are damaged."""
        return [self._vector(text) for text in texts]

    def _vector(self, text: str) -> Vector:
        model = self._model
        ids = np.array([model.tokenizer.encode(_readable(text)).ids], dtype=np.int64)
        inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
        sentences: list[Vector] = model.session.run(["sentence"], inputs)[0]
        return sentences[0]

    @cached_property
    def _model(self) -> _Model:
        tokenizer = Tokenizer.from_buffer(read_weights(TOKENIZER_FILE).content)
        tokenizer.no_padding()
        tokenizer.enable_truncation(MAX_TOKENS)
        weights = read_weights(MODEL_FILE).content
        session = onnxruntime.InferenceSession(
            weights, _session_options(), providers=["CPUExecutionProvider"]
        )
        return _Model(tokenizer, session)


def _session_options() -> onnxruntime.SessionOptions:
    """One thread, which a short text does not outgrow, and no spinning between texts."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.inter_op_num_threads = 1
    options.log_severity_level = 3
    options.enable_cpu_mem_arena = False
    return options


def _readable(text: str) -> str:
    """The part that can count, with what no encoder takes (lone surrogates) replaced."""
    return text[:_MAX_CHARACTERS].encode("utf-8", "replace").decode("utf-8")
