"""An encoder of random weights, small enough to be worked out by hand."""

from math import erf

import numpy as np
from numpy.typing import NDArray

from training.e5_source import Tensors
from training.encoder_graph import HEADS, WIDTH

INNER = 48
_LAYERS = 2
_PLACES = 64
_LOUD = 4


def tiny_tensors(pieces: int = 8, seed: int = 7) -> Tensors:
    """Two layers; a few channels run far above the others and weigh less, as in a real encoder."""
    chance = np.random.default_rng(seed)

    def some(*shape: int, spread: float = 0.05) -> NDArray[np.float32]:
        return np.asarray(chance.normal(scale=spread, size=shape), np.float32)

    def norm(name: str) -> Tensors:
        weight = 1 + some(WIDTH, spread=0.1)
        weight[:_LOUD] *= 0.05 if name == f"layers.{_LAYERS - 1}.norm" else 20
        return {f"{name}.weight": weight, f"{name}.bias": some(WIDTH)}

    tensors = {"words": some(pieces, WIDTH, spread=1.0), "positions": some(_PLACES, WIDTH)}
    tensors |= norm("norm")
    for layer in range(_LAYERS):
        prefix = f"layers.{layer}"
        shapes = dict.fromkeys(("query", "key", "value", "attended"), (WIDTH, WIDTH))
        for part, shape in (shapes | {"wide": (INNER, WIDTH), "narrow": (WIDTH, INNER)}).items():
            weight = some(*shape)
            weight[:, :_LOUD] /= 20
            tensors[f"{prefix}.{part}.weight"] = weight
            tensors[f"{prefix}.{part}.bias"] = some(shape[0])
        tensors |= norm(f"{prefix}.attention_norm") | norm(f"{prefix}.norm")
    return tensors


def forward(tensors: Tensors, words: NDArray[np.float32]) -> NDArray[np.float32]:
    """The mean of the last hidden states of one text, from its words of shape (tokens, WIDTH)."""
    hidden = _normalised(words + tensors["positions"][: len(words)], tensors, "norm")
    for layer in range(_LAYERS):
        hidden = _layer(hidden, tensors, f"layers.{layer}")
    return np.asarray(hidden.mean(axis=0), np.float32)


def _layer(hidden: NDArray[np.float32], tensors: Tensors, prefix: str) -> NDArray[np.float32]:
    heads = []
    for start in range(0, WIDTH, WIDTH // HEADS):
        part = slice(start, start + WIDTH // HEADS)
        query, key, value = (
            _linear(hidden, tensors, f"{prefix}.{name}")[:, part]
            for name in ("query", "key", "value")
        )
        weights = np.exp(query @ key.T / np.sqrt(WIDTH // HEADS))
        heads.append(weights / weights.sum(axis=1, keepdims=True) @ value)
    attended = _linear(np.concatenate(heads, axis=1), tensors, f"{prefix}.attended")
    middle = _normalised(hidden + attended, tensors, f"{prefix}.attention_norm")
    wide = _linear(middle, tensors, f"{prefix}.wide")
    active = wide * (1 + np.vectorize(erf)(wide / np.sqrt(2))) / 2
    narrow = _linear(active, tensors, f"{prefix}.narrow")
    return _normalised(middle + narrow, tensors, f"{prefix}.norm")


def _linear(values: NDArray[np.float32], tensors: Tensors, name: str) -> NDArray[np.float32]:
    return np.asarray(values @ tensors[f"{name}.weight"].T + tensors[f"{name}.bias"])


def _normalised(values: NDArray[np.float32], tensors: Tensors, name: str) -> NDArray[np.float32]:
    centred = values - values.mean(axis=1, keepdims=True)
    scaled = centred / np.sqrt((centred**2).mean(axis=1, keepdims=True) + 1e-12)
    return np.asarray(scaled * tensors[f"{name}.weight"] + tensors[f"{name}.bias"])
