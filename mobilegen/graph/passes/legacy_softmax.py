"""Softmax before operator set 13: one softmax over all axes from `axis` on.

Converters take it for the later meaning (over `axis` alone), which gives other numbers. Here the
flattening is written out; on the last axis of a matrix both meanings agree.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import onnx
from onnx import NodeProto, helper

from mobilegen.artifacts import TensorSpec
from mobilegen.graph import walk
from mobilegen.graph.passes import edit

_KINDS = ("Hardmax", "LogSoftmax", "Softmax")
_FIRST_NEW_MEANING = 13


def apply(model: onnx.ModelProto, tensors: Mapping[str, TensorSpec]) -> int:
    """Write Reshape, Softmax on a matrix, Reshape where the old meaning differs from the new."""
    if walk.opset(model) >= _FIRST_NEW_MEANING:
        return 0
    count = 0
    for node in [n for n in model.graph.node if n.op_type in _KINDS and n.input[0] in tensors]:
        shape = tensors[node.input[0]].shape
        axis = int(edit.attribute(node, "axis", 1)) % max(len(shape), 1)
        # With sizes of 1 after it, the axis alone is all there is.
        if math.prod(shape[axis + 1 :]) > 1:
            _rewrite(model, node, shape, axis)
            count += 1
    return count


def _rewrite(model: onnx.ModelProto, node: NodeProto, shape: tuple[int, ...], axis: int) -> None:
    result = node.output[0]
    matrix = [math.prod(shape[:axis]), math.prod(shape[axis:])]
    flat = edit.add_constant(model, f"{result}_flat_shape", matrix)
    back = edit.add_constant(model, f"{result}_shape", list(shape))
    first, second = f"{result}_flat", f"{result}_flat_{node.op_type.lower()}"
    edit.replace_node(
        model,
        node,
        [
            helper.make_node("Reshape", [node.input[0], flat], [first]),
            helper.make_node(node.op_type, [first], [second], name=node.name, axis=1),
            helper.make_node("Reshape", [second, back], [result]),
        ],
    )
