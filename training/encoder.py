"""Writes an encoder's weights: the table of words, the tokenizer, and the layers as int8 ONNX."""

import io
from collections.abc import Sequence

import numpy as np
import onnxruntime
from numpy.typing import NDArray
from tokenizers import Tokenizer

from adapters.local_model.encoder import (
    TOKENIZER_FILE,
    WORD_SCALES_FILE,
    WORDS_FILE,
    LocalEncoder,
    WordTable,
)
from training.calibration import channel_peaks
from training.e5_source import E5Source, Tensors, tokenizer_json
from training.encoder_graph import build_encoder
from training.weights_folder import write_weights

_ROW_LIMIT = 127
_CALIBRATION_TEXTS = 300
_CHECKED_TEXTS = 300
_LOWEST_AGREEMENT = 0.97

Texts = Sequence[list[int]]
"""Token ids of what an encoder will read."""


def write_words(source: E5Source) -> Tokenizer:
    """Write the tokenizer, and its table with eight bits a value and a scale a row."""
    tokenizer = tokenizer_json(source.pieces)
    write_weights(TOKENIZER_FILE, tokenizer)
    table = source.tensors["words"]
    scales = np.abs(table).max(axis=1) / _ROW_LIMIT
    scales[scales == 0] = 1
    write_weights(WORDS_FILE, _npy(np.round(table / scales[:, None]).astype(np.int8)))
    write_weights(WORD_SCALES_FILE, _npy(scales.astype(np.float32)))
    return Tokenizer.from_buffer(tokenizer)


def with_rounded_words(source: E5Source) -> Tensors:
    """The tensors with the table of words as it is shipped, so that it is tuned with."""
    words = WordTable()
    rounded = words.vectors(list(range(len(source.pieces))))[0]
    return source.tensors | {"words": rounded}


def write_encoder(file_name: str, tensors: Tensors, texts: Texts) -> float:
    """Write the layers; returns the mean cosine of int8 to fp32 on texts not calibrated with."""
    words = WordTable()
    fp32_model = build_encoder(tensors)
    seen = _spread(texts[::2], _CALIBRATION_TEXTS)
    write_weights(file_name, build_encoder(tensors, channel_peaks(fp32_model, words, seen)))
    agreement = _agreement(fp32_model, file_name, _spread(texts[1::2], _CHECKED_TEXTS))
    if agreement < _LOWEST_AGREEMENT:
        raise SystemExit(f"int8 agrees with fp32 only to a cosine of {agreement:.4f}.")
    return agreement


def _spread(texts: Texts, count: int) -> Texts:
    return texts[:: max(1, len(texts) // count)][:count]


def _agreement(fp32_model: bytes, file_name: str, texts: Texts) -> float:
    session = onnxruntime.InferenceSession(fp32_model, providers=["CPUExecutionProvider"])
    words = WordTable()
    encoder = LocalEncoder(file_name, words)
    cosines = []
    for ids in texts:
        exact = session.run(["mean"], {"words": words.vectors(ids)})[0][0]
        rounded = encoder.mean_of(ids)
        cosines.append(float(exact @ rounded / np.linalg.norm(exact) / np.linalg.norm(rounded)))
    return float(np.mean(cosines))


def _npy(values: NDArray[np.generic]) -> bytes:
    content = io.BytesIO()
    np.save(content, values, allow_pickle=False)
    return content.getvalue()
