"""Pooling with dilations of 1, as PyTorch writes it: the attribute is left out.

Converters that know no dilated pooling refuse the attribute whatever its value.
"""

from __future__ import annotations

from collections.abc import Mapping

import onnx

from mobilegen.artifacts import TensorSpec
from mobilegen.graph.passes import edit


def apply(model: onnx.ModelProto, tensors: Mapping[str, TensorSpec]) -> int:
    """Remove dilations that are all 1 from pooling nodes."""
    count = 0
    for node in model.graph.node:
        if node.op_type not in ("AveragePool", "LpPool", "MaxPool"):
            continue
        dilations = edit.attribute(node, "dilations")
        if dilations and set(dilations) == {1}:
            edit.remove_attributes(node, "dilations")
            count += 1
    return count
