"""ArgMax and ArgMin as arithmetic: the least i + n * Sign(max - x_i) over the n places.

At the largest number the sign is 0, elsewhere 1, so that the first place with it wins, as the
operator has it. ncnn's converter knows neither operator.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import onnx
from onnx import NodeProto, TensorProto, helper

from mobilegen.artifacts import TensorSpec
from mobilegen.graph import walk
from mobilegen.graph.passes import edit

# From here on ReduceMax and ReduceMin take their axes as an input.
_FIRST_AXES_INPUT = 18
_LARGEST = 1 << 24


def apply(model: onnx.ModelProto, tensors: Mapping[str, TensorSpec]) -> int:
    """Rewrite those over an axis of float32 numbers of which the first is asked for."""
    count = 0
    for node in [n for n in model.graph.node if n.op_type in ("ArgMax", "ArgMin")]:
        x = tensors.get(node.input[0])
        if x is None or x.dtype != "float32" or not x.shape:
            continue
        axis = int(edit.attribute(node, "axis", 0)) % len(x.shape)
        if not edit.attribute(node, "select_last_index", 0) and x.shape[axis] < _LARGEST:
            edit.replace_node(model, node, _nodes(model, node, axis, x.shape))
            count += 1
    return count


def _nodes(
    model: onnx.ModelProto, node: NodeProto, axis: int, shape: tuple[int, ...]
) -> list[NodeProto]:
    x, result, size = node.input[0], node.output[0], shape[axis]
    row = [size if each == axis else 1 for each in range(len(shape))]
    places = edit.add_constant(model, f"{result}_places", np.arange(size).reshape(row), np.float32)
    count = edit.add_constant(model, f"{result}_count", size, np.float32)
    extreme, distance, sign, far, score, best = (
        edit.free_name(model, f"{result}_{name}")
        for name in ("extreme", "distance", "sign", "far", "score", "best")
    )
    reduction = "ReduceMax" if node.op_type == "ArgMax" else "ReduceMin"
    difference = [extreme, x] if node.op_type == "ArgMax" else [x, extreme]
    keep = int(edit.attribute(node, "keepdims", 1))
    return [
        _reduce(model, reduction, x, extreme, axis, 1),
        helper.make_node("Sub", difference, [distance]),
        helper.make_node("Sign", [distance], [sign]),
        helper.make_node("Mul", [sign, count], [far]),
        helper.make_node("Add", [far, places], [score]),
        _reduce(model, "ReduceMin", score, best, axis, keep),
        helper.make_node("Cast", [best], [result], name=node.name, to=int(TensorProto.INT64)),
    ]


def _reduce(
    model: onnx.ModelProto, operator: str, x: str, result: str, axis: int, keep: int
) -> NodeProto:
    if walk.opset(model) < _FIRST_AXES_INPUT:
        return helper.make_node(operator, [x], [result], axes=[axis], keepdims=keep)
    axes = edit.add_constant(model, f"{result}_axes", [axis])
    return helper.make_node(operator, [x, axes], [result], keepdims=keep)
