"""The encoder as an ONNX graph, against the same encoder worked out by hand."""

import numpy as np
import onnxruntime
import pytest
from numpy.typing import NDArray

from adapters.local_model.encoder import WordTable
from tests.unit.training.tiny_encoder import INNER, forward, tiny_tensors
from training.calibration import channel_peaks
from training.e5_source import Tensors
from training.encoder_graph import WIDTH, Peaks, build_encoder, count_layers

TEXTS = [[0, 4, 5, 2], [0, 6, 2], [0, 7, 5, 4, 6, 7, 3, 2, 4, 2], [0, 2]]


class Rows(WordTable):
    """The words of a tiny encoder."""

    def __init__(self, tensors: Tensors) -> None:
        self._table = tensors["words"]

    def vectors(self, ids: list[int]) -> NDArray[np.float32]:
        return self._table[ids][None]


@pytest.fixture(scope="module")
def tensors() -> Tensors:
    return tiny_tensors()


@pytest.fixture(scope="module")
def fp32_model(tensors: Tensors) -> bytes:
    return build_encoder(tensors)


@pytest.fixture(scope="module")
def peaks(tensors: Tensors, fp32_model: bytes) -> Peaks:
    return channel_peaks(fp32_model, Rows(tensors), TEXTS)


def means(model: bytes, tensors: Tensors) -> list[NDArray[np.float32]]:
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    words = Rows(tensors)
    return [session.run(["mean"], {"words": words.vectors(ids)})[0][0] for ids in TEXTS]


def cosines(model: bytes, tensors: Tensors) -> list[float]:
    """How well a model agrees with the encoder worked out by hand."""
    exact = [forward(tensors, tensors["words"][ids]) for ids in TEXTS]
    return [
        float(one @ other / np.linalg.norm(one) / np.linalg.norm(other))
        for one, other in zip(exact, means(model, tensors), strict=True)
    ]


def test_the_fp32_graph_computes_the_encoder(tensors: Tensors, fp32_model: bytes) -> None:
    """Attention, both norms, the wide layer and the mean, for texts of any length."""
    for mean, ids in zip(means(fp32_model, tensors), TEXTS, strict=True):
        assert mean == pytest.approx(forward(tensors, tensors["words"][ids]), abs=1e-4)


def test_the_int8_graph_agrees_closely(tensors: Tensors, peaks: Peaks) -> None:
    """Rounding turns a vector by no more than a hair."""
    model = build_encoder(tensors, peaks)
    assert min(cosines(model, tensors)) > 0.9999
    assert not np.array_equal(means(model, tensors), means(build_encoder(tensors), tensors))


def test_smoothing_is_what_makes_it_agree(tensors: Tensors, peaks: Peaks) -> None:
    """Without it the channels that run far above the others would coarsen the rounding."""
    level = {name: np.ones_like(values) for name, values in peaks.items()}
    smoothed = cosines(build_encoder(tensors, peaks), tensors)
    plain = cosines(build_encoder(tensors, level), tensors)
    assert min(smoothed) > max(plain)


def test_int8_weights_take_less_room(tensors: Tensors, fp32_model: bytes, peaks: Peaks) -> None:
    """A quarter of the bytes, but for scales and positions."""
    assert len(build_encoder(tensors, peaks)) < 0.4 * len(fp32_model)


def test_equal_arguments_give_equal_bytes(tensors: Tensors, peaks: Peaks) -> None:
    """So that a pinned sum can be made again."""
    again = tiny_tensors()
    assert build_encoder(again) == build_encoder(tensors)
    assert build_encoder(again, peaks) == build_encoder(tensors, peaks)
    assert build_encoder(tiny_tensors(seed=8)) != build_encoder(tensors)


def test_layers_are_counted(tensors: Tensors) -> None:
    """Whatever their number."""
    first = {name: value for name, value in tensors.items() if not name.startswith("layers.1")}
    assert (count_layers(tensors), count_layers(first)) == (2, 1)


def test_peaks_are_the_largest_magnitudes_of_every_input(tensors: Tensors, peaks: Peaks) -> None:
    """Of four products a layer; the first one's inputs are known by hand."""
    assert sorted({len(values) for values in peaks.values()}) == [INNER, WIDTH]
    assert len(peaks) == 8
    inputs = []
    for ids in TEXTS:
        words = tensors["words"][ids] + tensors["positions"][: len(ids)]
        centred = words - words.mean(axis=1, keepdims=True)
        scaled = centred / centred.std(axis=1, keepdims=True)
        inputs.append(scaled * tensors["norm.weight"] + tensors["norm.bias"])
    assert peaks["norm.out"] == pytest.approx(np.abs(np.concatenate(inputs)).max(axis=0), rel=1e-3)
