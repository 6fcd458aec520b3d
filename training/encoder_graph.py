"""Writes an encoder as an ONNX graph, in fp32 or with int8 weights.

The int8 form is dynamic quantisation: weights are rounded once, a scale for each output channel;
activations are rounded on the fly, one scale a tensor. A few channels that run far above the others
would coarsen that one scale, so each linear layer's input is first divided by a factor a channel,
and its weights multiplied by it (SmoothQuant, Xiao et al. 2023): cosine to fp32 .9955 on notes
instead of .9906.

One text goes in as the vectors of its words, `words` (float32, shape (1, tokens, width)), and the
mean of its last hidden states comes out, `mean` (float32, shape (1, width)). The table of words is
no part of it: two encoders share one.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

HEADS = 12
WIDTH = 384
HEAD_WIDTH = WIDTH // HEADS
NORM_EPSILON = 1e-12
OPSET = 20

# Seven bits, not eight: processors without VNNI add pairs of products in 16 bits, and would clip.
WEIGHT_LIMIT = 63
SMOOTHING = 0.75  # of .5 to 1, the best on notes

Tensors = dict[str, NDArray[np.float32]]

Peaks = dict[str, NDArray[np.float32]]
"""The largest magnitude seen in each channel of a linear layer's input, by the input's name."""


class _Graph:
    """Nodes and constants as they are added; every method returns the name of its result."""

    def __init__(self, peaks: Peaks | None) -> None:
        self.peaks = peaks
        self.nodes: list[onnx.NodeProto] = []
        self.constants: dict[str, onnx.TensorProto] = {}

    def constant(self, name: str, value: NDArray[np.generic]) -> str:
        self.constants.setdefault(name, numpy_helper.from_array(np.ascontiguousarray(value), name))
        return name

    def node(self, operator: str, inputs: Sequence[str], name: str, **attributes: Any) -> str:
        self.nodes.append(helper.make_node(operator, list(inputs), [name], name, **attributes))
        return name

    def linear(self, source: str, weight: NDArray[np.float32], bias: NDArray[np.float32]) -> str:
        """`source` times `weight` (inputs by outputs) plus `bias`."""
        name = f"{source}.linear"
        if self.peaks is None:
            weight_name = self.constant(f"{name}.weight", weight)
            product = self.node("MatMul", [source, weight_name], f"{name}.product")
        else:
            factor = _smoothing(self.peaks[source], weight)
            inverse = self.constant(f"{name}.smoothing", 1 / factor)
            smooth = self.node("Mul", [source, inverse], f"{name}.smooth")
            product = self._int8_product(smooth, weight * factor[:, None], name)
        bias_name = self.constant(f"{name}.bias", bias)
        return self.node("Add", [product, bias_name], f"{name}.out")

    def _int8_product(self, source: str, weight: NDArray[np.float32], name: str) -> str:
        scale = np.abs(weight).max(axis=0) / WEIGHT_LIMIT
        rounded = np.round(weight / scale).astype(np.int8)
        rounded_name = self.constant(f"{name}.weight", rounded)
        scale_name = self.constant(f"{name}.scale", scale.astype(np.float32))
        zero_name = self.constant("zero_int8", np.zeros((), np.int8))
        source_int8, source_scale, source_zero = self._rounded(source)
        operands = [source_int8, rounded_name, source_zero, zero_name]
        total = self.node("MatMulInteger", operands, f"{name}.total")
        total_float = self.node("Cast", [total], f"{name}.float", to=TensorProto.FLOAT)
        both_scales = self.node("Mul", [source_scale, scale_name], f"{name}.scales")
        return self.node("Mul", [total_float, both_scales], f"{name}.product")

    def _rounded(self, source: str) -> tuple[str, str, str]:
        names = (f"{source}.int8", f"{source}.scale", f"{source}.zero")
        self.nodes.append(helper.make_node("DynamicQuantizeLinear", [source], list(names)))
        return names

    def normalised(self, source: str, tensors: Tensors, prefix: str) -> str:
        """Layer normalisation with the weights under this prefix."""
        weight = self.constant(f"{prefix}.weight", tensors[f"{prefix}.weight"])
        bias = self.constant(f"{prefix}.bias", tensors[f"{prefix}.bias"])
        shape = {"axis": -1, "epsilon": NORM_EPSILON}
        return self.node("LayerNormalization", [source, weight, bias], f"{prefix}.out", **shape)


def build_encoder(tensors: Tensors, peaks: Peaks | None = None) -> bytes:
    """The encoder as a serialised ONNX file, int8 where `peaks` are given, else fp32.

    Equal arguments give equal bytes.
    """
    graph = _Graph(peaks)
    hidden = _embeddings(graph, tensors)
    for layer in range(count_layers(tensors)):
        hidden = _encoder_layer(graph, tensors, f"layers.{layer}", hidden)
    tokens = graph.constant("tokens.axis", np.array([1], np.int64))
    graph.node("ReduceMean", [hidden, tokens], "mean", keepdims=0)
    return _serialised(graph)


def count_layers(tensors: Tensors) -> int:
    """How many layers there are weights for."""
    return sum(name.endswith(".query.bias") for name in tensors)


def _embeddings(graph: _Graph, tensors: Tensors) -> str:
    shape = graph.node("Shape", ["words"], "tokens", start=1, end=2)
    start = graph.constant("positions.start", np.array([0], np.int64))
    table = graph.constant("positions", tensors["positions"])
    used = graph.node("Slice", [table, start, shape], "positions.used")
    total = graph.node("Add", ["words", used], "embeddings.total")
    return graph.normalised(total, tensors, "norm")


def _encoder_layer(graph: _Graph, tensors: Tensors, prefix: str, hidden: str) -> str:
    attended = _attention(graph, tensors, prefix, hidden)
    summed = graph.node("Add", [attended, hidden], f"{prefix}.attention.sum")
    middle = graph.normalised(summed, tensors, f"{prefix}.attention_norm")
    wide = graph.linear(middle, *_weights(tensors, f"{prefix}.wide"))
    active = graph.node("Gelu", [wide], f"{prefix}.gelu")
    narrow = graph.linear(active, *_weights(tensors, f"{prefix}.narrow"))
    total = graph.node("Add", [narrow, middle], f"{prefix}.sum")
    return graph.normalised(total, tensors, f"{prefix}.norm")


def _attention(graph: _Graph, tensors: Tensors, prefix: str, hidden: str) -> str:
    # One product for queries, keys and values: their input is rounded once.
    parts = (
        _weights(tensors, f"{prefix}.query", HEAD_WIDTH**-0.5),
        _weights(tensors, f"{prefix}.key"),
        _weights(tensors, f"{prefix}.value"),
    )
    weight = np.concatenate([weight for weight, _ in parts], axis=1)
    bias = np.concatenate([bias for _, bias in parts])
    together = graph.linear(hidden, weight, bias)
    queries, keys, values = (f"{prefix}.{part}" for part in ("queries", "keys", "values"))
    graph.nodes.append(
        helper.make_node("Split", [together], [queries, keys, values], axis=-1, num_outputs=3)
    )
    query_heads = _heads(graph, queries, (0, 2, 1, 3))
    key_heads = _heads(graph, keys, (0, 2, 3, 1))
    scores = graph.node("MatMul", [query_heads, key_heads], f"{prefix}.scores")
    shares = graph.node("Softmax", [scores], f"{prefix}.shares", axis=-1)
    value_heads = _heads(graph, values, (0, 2, 1, 3))
    mixed = graph.node("MatMul", [shares, value_heads], f"{prefix}.mixed")
    ordered = graph.node("Transpose", [mixed], f"{prefix}.ordered", perm=(0, 2, 1, 3))
    joined_shape = graph.constant("joined.shape", np.array([0, 0, WIDTH], np.int64))
    joined = graph.node("Reshape", [ordered, joined_shape], f"{prefix}.joined")
    return graph.linear(joined, *_weights(tensors, f"{prefix}.attended"))


def _weights(
    tensors: Tensors, prefix: str, factor: float = 1.0
) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Weight (inputs by outputs) and bias, both times `factor`."""
    scale = np.float32(factor)
    return tensors[f"{prefix}.weight"].T * scale, tensors[f"{prefix}.bias"] * scale


def _heads(graph: _Graph, source: str, order: tuple[int, ...]) -> str:
    shape = graph.constant("heads.shape", np.array([0, 0, HEADS, HEAD_WIDTH], np.int64))
    split = graph.node("Reshape", [source, shape], f"{source}.split")
    return graph.node("Transpose", [split], f"{source}.heads", perm=order)


def _smoothing(peaks: NDArray[np.float32], weight: NDArray[np.float32]) -> NDArray[np.float32]:
    inputs = np.maximum(peaks, 1e-5) ** SMOOTHING
    outputs = np.maximum(np.abs(weight).max(axis=1), 1e-5) ** (1 - SMOOTHING)
    return np.asarray(inputs / outputs, np.float32)


def _serialised(graph: _Graph) -> bytes:
    words = helper.make_tensor_value_info("words", TensorProto.FLOAT, [1, "tokens", WIDTH])
    mean = helper.make_tensor_value_info("mean", TensorProto.FLOAT, [1, WIDTH])
    constants = list(graph.constants.values())
    model = helper.make_model(
        helper.make_graph(graph.nodes, "encoder", [words], [mean], constants),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=9,
        producer_name="earshot",
    )
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString(deterministic=True))
