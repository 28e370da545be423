"""Element types of the tensors that depend on a model's inputs."""

from __future__ import annotations

from collections.abc import Mapping

import onnx
from onnx import NodeProto, TensorProto

from mobilegen.graph.passes import edit

FLOATS = frozenset((TensorProto.FLOAT, TensorProto.FLOAT16, TensorProto.DOUBLE))

# Fixed by the operator, whatever its inputs are.
_FIXED: dict[str, int] = {
    **dict.fromkeys(("And", "Equal", "Greater", "GreaterOrEqual", "IsInf"), TensorProto.BOOL),
    **dict.fromkeys(("IsNaN", "Less", "LessOrEqual", "Not", "Or", "Xor"), TensorProto.BOOL),
    **dict.fromkeys(("ArgMax", "ArgMin", "NonMaxSuppression", "NonZero"), TensorProto.INT64),
}
# Their results are constants: the sizes of a model are fixed.
_SIZES = frozenset(("Shape", "Size"))
_INDEXED_OUTPUTS = frozenset(("MaxPool", "TopK"))


def data_types(model: onnx.ModelProto) -> dict[str, int]:
    """Return the element type of every tensor that is computed from the inputs."""
    constants = edit.constants(model)
    weights = {tensor.name for tensor in model.graph.initializer}
    types = {
        value.name: value.type.tensor_type.elem_type
        for value in model.graph.input
        if value.name not in weights
    }
    for node in model.graph.node:
        if node.op_type in _SIZES or not any(name in types for name in node.input):
            continue
        for place, name in enumerate(node.output):
            if name:
                types[name] = _type(node, place, types, constants)
    return types


def _type(
    node: NodeProto,
    place: int,
    types: Mapping[str, int],
    constants: Mapping[str, TensorProto],
) -> int:
    if node.op_type == "Cast":
        return int(edit.attribute(node, "to"))
    if place == 1 and node.op_type in _INDEXED_OUTPUTS:
        return int(TensorProto.INT64)
    if node.op_type in _FIXED:
        return _FIXED[node.op_type]
    values = {"Where": node.input[1:], "Gather": node.input[:1]}.get(node.op_type, node.input)
    known = [types[name] for name in values if name in types]
    known += [constants[name].data_type for name in values if name in constants]
    return known[0] if known else int(TensorProto.FLOAT)
