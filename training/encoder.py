"""Makes the sentence encoder's weights: the published model, turned into int8 ONNX."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import onnxruntime
from tokenizers import Tokenizer

from adapters.local_model.embedder import MAX_TOKENS, MODEL_FILE, TOKENIZER_FILE, LocalEmbedder
from training.minilm_calibration import channel_peaks
from training.minilm_graph import build_minilm
from training.minilm_source import fetch_minilm
from training.weights_folder import write_weights

_CALIBRATION_NOTES = 200
_CHECKED_NOTES = 300
_LOWEST_AGREEMENT = 0.99


def make_encoder(notes: Sequence[str], cache: Path) -> float:
    """Write model and tokenizer; returns the mean cosine of int8 to fp32 vectors on other notes."""
    source = fetch_minilm(cache)
    tokenizer = Tokenizer.from_buffer(source.tokenizer)
    tokenizer.no_padding()
    tokenizer.enable_truncation(MAX_TOKENS)
    fp32_model = build_minilm(source.tensors)
    seen, unseen = notes[::2], notes[1::2]
    peaks = channel_peaks(fp32_model, tokenizer, _spread(seen, _CALIBRATION_NOTES))
    write_weights(MODEL_FILE, build_minilm(source.tensors, peaks))
    write_weights(TOKENIZER_FILE, source.tokenizer)
    agreement = _agreement(fp32_model, tokenizer, _spread(unseen, _CHECKED_NOTES))
    if agreement < _LOWEST_AGREEMENT:
        raise SystemExit(f"int8 agrees with fp32 only to a cosine of {agreement:.4f}.")
    return agreement


def _spread(notes: Sequence[str], count: int) -> Sequence[str]:
    return notes[:: max(1, len(notes) // count)][:count]


def _agreement(fp32_model: bytes, tokenizer: Tokenizer, notes: Sequence[str]) -> float:
    session = onnxruntime.InferenceSession(fp32_model, providers=["CPUExecutionProvider"])
    cosines = []
    for note, vector in zip(notes, LocalEmbedder().embed(notes), strict=True):
        ids = np.array([tokenizer.encode(note).ids], dtype=np.int64)
        inputs = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
        cosines.append(float(session.run(["sentence"], inputs)[0][0] @ vector))
    return float(np.mean(cosines))
