"""Outputs that no operator computes: a Reshape to the same shape computes them.

An output may be an input, a weight, or another output once more, with Identity nodes between
them or not. pnnx drops such nodes and crashes on what is left.
"""

from __future__ import annotations

from collections.abc import Mapping

import onnx
from onnx import helper

from mobilegen.artifacts import TensorSpec
from mobilegen.graph import walk
from mobilegen.graph.outputs import bare_outputs
from mobilegen.graph.passes import edit

# From here on Reshape takes the shape as an input.
_FIRST_OPSET = 5


def apply(model: onnx.ModelProto, tensors: Mapping[str, TensorSpec]) -> int:
    """Rewrite where the name of the output is not also that of an input."""
    if walk.opset(model) < _FIRST_OPSET:
        return 0
    makers = {name: node for node in model.graph.node for name in node.output}
    inputs = {value.name for value in model.graph.input}
    count = 0
    for name in bare_outputs(model):
        node = makers.get(name)
        if name not in tensors or not tensors[name].shape or name in inputs:
            continue
        if node is not None and len(node.output) > 1:
            continue
        sizes = edit.add_constant(model, f"{name}_shape", tensors[name].shape)
        if node is None or node.op_type == "Constant":
            _compute_constant(model, name, sizes)
        else:
            same = helper.make_node("Reshape", [node.input[0], sizes], [name], name=node.name)
            edit.replace_node(model, node, [same])
        count += 1
    return count


def _compute_constant(model: onnx.ModelProto, name: str, sizes: str) -> None:
    """Give a constant another name; a node makes it under the old one."""
    other = edit.free_name(model, f"{name}_value")
    for tensor in model.graph.initializer:
        if tensor.name == name:
            tensor.name = other
    for node in model.graph.node:
        # Users of the constant go on seeing a constant.
        for names in (node.input, node.output):
            names[:] = [other if each == name else each for each in names]
    position = max((i + 1 for i, n in enumerate(model.graph.node) if other in n.output), default=0)
    model.graph.node.insert(position, helper.make_node("Reshape", [other, sizes], [name]))
