"""Writes all-MiniLM-L6-v2 as an ONNX graph, in fp32 or with int8 weights.

The int8 form is dynamic quantisation: weights are rounded once, a scale for each output channel;
activations are rounded on the fly, one scale a tensor. A few channels that run far above the others
would coarsen that one scale, so each linear layer's input is first divided by a factor a channel,
and its weights multiplied by it (SmoothQuant, Xiao et al. 2023): cosine to fp32 .9955 on notes
instead of .9906.

Sentences go in as token ids with a mask (both int64, shape (batch, tokens)) and come out pooled
over the mask and of unit length (float32, shape (batch, 384)).
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
import onnx
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

LAYERS = 6
HEADS = 12
WIDTH = 384
HEAD_WIDTH = WIDTH // HEADS
NORM_EPSILON = 1e-12
OPSET = 20

# Seven bits, not eight: processors without VNNI add pairs of products in 16 bits, and would clip.
WEIGHT_LIMIT = 63
ROW_LIMIT = 127
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

    def rows(self, table: NDArray[np.float32], name: str, ids: str) -> str:
        """The table's rows for these ids; with int8 weights, each row has a scale of its own."""
        if self.peaks is None:
            return self.node("Gather", [self.constant(name, table), ids], f"{name}.rows")
        scale = np.abs(table).max(axis=1, keepdims=True) / ROW_LIMIT
        scale[scale == 0] = 1
        rounded = self.constant(name, np.round(table / scale).astype(np.int8))
        scales = self.constant(f"{name}.scales", scale.astype(np.float32))
        row = self.node("Gather", [rounded, ids], f"{name}.rounded")
        row_scale = self.node("Gather", [scales, ids], f"{name}.scale")
        row_float = self.node("Cast", [row], f"{name}.float", to=TensorProto.FLOAT)
        return self.node("Mul", [row_float, row_scale], f"{name}.rows")

    def normalised(self, source: str, tensors: Tensors, prefix: str) -> str:
        """Layer normalisation with the weights under this prefix."""
        weight = self.constant(f"{prefix}.weight", tensors[f"{prefix}.weight"])
        bias = self.constant(f"{prefix}.bias", tensors[f"{prefix}.bias"])
        shape = {"axis": -1, "epsilon": NORM_EPSILON}
        return self.node("LayerNormalization", [source, weight, bias], f"{prefix}.out", **shape)


def build_minilm(tensors: Tensors, peaks: Peaks | None = None) -> bytes:
    """The model as a serialised ONNX file, int8 where `peaks` are given, else fp32.

    Equal arguments give equal bytes.
    """
    graph = _Graph(peaks)
    attention_bias = _attention_bias(graph)
    hidden = _embeddings(graph, tensors)
    for layer in range(LAYERS):
        hidden = _encoder_layer(graph, tensors, f"encoder.layer.{layer}", hidden, attention_bias)
    _pooled(graph, hidden)
    return _serialised(graph)


def _smoothing(peaks: NDArray[np.float32], weight: NDArray[np.float32]) -> NDArray[np.float32]:
    inputs = np.maximum(peaks, 1e-5) ** SMOOTHING
    outputs = np.maximum(np.abs(weight).max(axis=1), 1e-5) ** (1 - SMOOTHING)
    return np.asarray(inputs / outputs, np.float32)


def _attention_bias(graph: _Graph) -> str:
    """0 where a token may be looked at, a large negative number where it is padding."""
    mask = graph.node("Cast", ["attention_mask"], "mask.float", to=TensorProto.FLOAT)
    one = graph.constant("one", np.array(1, np.float32))
    absent = graph.node("Sub", [one, mask], "mask.absent")
    large = graph.constant("minus_large", np.array(-1e4, np.float32))
    flat = graph.node("Mul", [absent, large], "mask.flat")
    axes = graph.constant("mask.axes", np.array([1, 2], np.int64))
    return graph.node("Unsqueeze", [flat, axes], "mask.bias")


def _embeddings(graph: _Graph, tensors: Tensors) -> str:
    words = graph.rows(tensors["embeddings.word_embeddings.weight"], "words", "input_ids")
    # Every sentence is of the first of BERT's two kinds, so that row is added to the positions.
    kind = tensors["embeddings.token_type_embeddings.weight"][0]
    positions = tensors["embeddings.position_embeddings.weight"] + kind
    shape = graph.node("Shape", ["input_ids"], "tokens", start=1, end=2)
    start = graph.constant("positions.start", np.array([0], np.int64))
    table = graph.constant("positions", positions)
    used = graph.node("Slice", [table, start, shape], "positions.used")
    total = graph.node("Add", [words, used], "embeddings.total")
    return graph.normalised(total, tensors, "embeddings.LayerNorm")


def _encoder_layer(
    graph: _Graph, tensors: Tensors, prefix: str, hidden: str, attention_bias: str
) -> str:
    attended = _attention(graph, tensors, f"{prefix}.attention", hidden, attention_bias)
    summed = graph.node("Add", [attended, hidden], f"{prefix}.attention.sum")
    middle = graph.normalised(summed, tensors, f"{prefix}.attention.output.LayerNorm")
    wide = graph.linear(middle, *_weights(tensors, f"{prefix}.intermediate.dense"))
    active = graph.node("Gelu", [wide], f"{prefix}.gelu")
    narrow = graph.linear(active, *_weights(tensors, f"{prefix}.output.dense"))
    total = graph.node("Add", [narrow, middle], f"{prefix}.sum")
    return graph.normalised(total, tensors, f"{prefix}.output.LayerNorm")


def _attention(
    graph: _Graph, tensors: Tensors, prefix: str, hidden: str, attention_bias: str
) -> str:
    # One product for queries, keys and values: their input is rounded once.
    parts = (
        _weights(tensors, f"{prefix}.self.query", HEAD_WIDTH**-0.5),
        _weights(tensors, f"{prefix}.self.key"),
        _weights(tensors, f"{prefix}.self.value"),
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
    masked = graph.node("Add", [scores, attention_bias], f"{prefix}.masked")
    shares = graph.node("Softmax", [masked], f"{prefix}.shares", axis=-1)
    value_heads = _heads(graph, values, (0, 2, 1, 3))
    mixed = graph.node("MatMul", [shares, value_heads], f"{prefix}.mixed")
    ordered = graph.node("Transpose", [mixed], f"{prefix}.ordered", perm=(0, 2, 1, 3))
    joined_shape = graph.constant("joined.shape", np.array([0, 0, WIDTH], np.int64))
    joined = graph.node("Reshape", [ordered, joined_shape], f"{prefix}.joined")
    return graph.linear(joined, *_weights(tensors, f"{prefix}.output.dense"))


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


def _pooled(graph: _Graph, hidden: str) -> str:
    last = graph.constant("pool.axis", np.array([2], np.int64))
    tokens = graph.constant("pool.tokens", np.array([1], np.int64))
    mask = graph.node("Unsqueeze", ["mask.float", last], "pool.mask")
    kept = graph.node("Mul", [hidden, mask], "pool.kept")
    # The mean and the sum have the same direction, and only the direction is kept.
    total = graph.node("ReduceSum", [kept, tokens], "pool.total", keepdims=0)
    return graph.node("LpNormalization", [total], "sentence", axis=-1, p=2)


def _serialised(graph: _Graph) -> bytes:
    sizes = ["batch", "tokens"]
    inputs = [
        helper.make_tensor_value_info(name, TensorProto.INT64, sizes)
        for name in ("input_ids", "attention_mask")
    ]
    output = helper.make_tensor_value_info("sentence", TensorProto.FLOAT, ["batch", WIDTH])
    model = helper.make_model(
        helper.make_graph(
            graph.nodes, "all-MiniLM-L6-v2", inputs, [output], list(graph.constants.values())
        ),
        opset_imports=[helper.make_opsetid("", OPSET)],
        ir_version=9,
        producer_name="earshot",
    )
    onnx.checker.check_model(model)
    return bytes(model.SerializeToString(deterministic=True))
