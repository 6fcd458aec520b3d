"""Watches the fp32 model at work, to learn how large each channel of its layers gets."""

from collections.abc import Sequence

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper

from adapters.local_model.encoder import WordTable
from training.encoder_graph import Peaks


def channel_peaks(fp32_model: bytes, words: WordTable, texts: Sequence[list[int]]) -> Peaks:
    """The largest magnitude in each channel of each linear layer's input over these token ids."""
    model = onnx.load_from_string(fp32_model)
    watched = [
        node.input[0]
        for node in model.graph.node
        if node.op_type == "MatMul" and node.input[1].endswith(".weight")
    ]
    for name in watched:
        model.graph.output.append(helper.make_tensor_value_info(name, TensorProto.FLOAT, None))
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"]
    )
    peaks: Peaks = {}
    for ids in texts:
        inputs = {"words": words.vectors(ids)}
        for name, values in zip(watched, session.run(watched, inputs), strict=True):
            highest = np.abs(values).max(axis=(0, 1))
            peaks[name] = np.maximum(peaks.get(name, np.zeros_like(highest)), highest)
    return peaks
