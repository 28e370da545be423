"""Arithmetic in float64 inside the model becomes float32.

Box arithmetic of detection heads is often written in double precision, which phone runtimes do
not have; some converters abort on it.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import onnx
from onnx import TensorProto, numpy_helper

from mobilegen.artifacts import TensorSpec
from mobilegen.graph import walk
from mobilegen.graph.passes import edit

_LARGEST = float(np.finfo(np.float32).max)


def apply(model: onnx.ModelProto, tensors: Mapping[str, TensorSpec]) -> int:
    """Convert constants and casts, unless inputs or outputs are float64 themselves."""
    outside = [*model.graph.input, *model.graph.output]
    if any(v.type.tensor_type.elem_type == TensorProto.DOUBLE for v in outside):
        return 0
    count = sum(_convert(tensor) for _, tensor in walk.tensors(model))
    for node in walk.nodes(model):
        if node.op_type == "Cast" and edit.attribute(node, "to") == TensorProto.DOUBLE:
            edit.set_attribute(node, "to", int(TensorProto.FLOAT))
            count += 1
    if count:
        _redeclare(model)
    return count


def _convert(tensor: TensorProto) -> int:
    if tensor.data_type != TensorProto.DOUBLE:
        return 0
    values = numpy_helper.to_array(tensor)
    # The largest float64 stands for "no limit": it becomes the largest float32.
    finite = np.where(np.isfinite(values), np.clip(values, -_LARGEST, _LARGEST), values)
    tensor.CopyFrom(numpy_helper.from_array(finite.astype(np.float32), tensor.name))
    return 1


def _redeclare(model: onnx.ModelProto) -> None:
    for graph in walk.graphs(model):
        values = [*graph.value_info, *graph.input, *graph.output]
        for value in values:
            if value.type.tensor_type.elem_type == TensorProto.DOUBLE:
                value.type.tensor_type.elem_type = TensorProto.FLOAT
