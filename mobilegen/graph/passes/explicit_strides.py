"""Pooling and convolution without `strides`: the default 1 is written out.

MNN divides by zero on such a pooling, although it is legal.
"""

from __future__ import annotations

from collections.abc import Mapping

import onnx

from mobilegen.artifacts import TensorSpec
from mobilegen.graph.passes import edit

KINDS = ("AveragePool", "Conv", "ConvTranspose", "LpPool", "MaxPool")


def apply(model: onnx.ModelProto, tensors: Mapping[str, TensorSpec]) -> int:
    """Write strides of 1 where the input's number of axes is known."""
    count = 0
    for node in model.graph.node:
        spec = tensors.get(node.input[0]) if node.op_type in KINDS else None
        if spec is None or edit.attribute(node, "strides"):
            continue
        edit.set_attribute(node, "strides", [1] * (len(spec.shape) - 2))
        count += 1
    return count
