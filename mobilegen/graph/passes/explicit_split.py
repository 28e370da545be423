"""Split into equal parts: the sizes of the parts are written out.

pnnx makes a layer without sizes of a Split that gives none, and ncnn crashes on it.
"""

from __future__ import annotations

from collections.abc import Mapping

import onnx

from mobilegen.artifacts import TensorSpec
from mobilegen.graph import walk
from mobilegen.graph.passes import edit

# From this operator set on the sizes are an input, before that an attribute.
_SIZES_ARE_INPUT = 13


def apply(model: onnx.ModelProto, tensors: Mapping[str, TensorSpec]) -> int:
    """Write the sizes of the parts where the input's shape is known."""
    count = 0
    for node in model.graph.node:
        spec = tensors.get(node.input[0]) if node.op_type == "Split" else None
        if spec is None or edit.attribute(node, "split") or any(node.input[1:]):
            continue
        axis = edit.attribute(node, "axis", 0)
        if not -len(spec.shape) <= axis < len(spec.shape):
            continue
        sizes = _sizes(spec.shape[axis], len(node.output))
        if walk.opset(model) < _SIZES_ARE_INPUT:
            edit.set_attribute(node, "split", sizes)
        else:
            edit.remove_attributes(node, "num_outputs")
            name = edit.add_constant(model, f"{node.output[0]}_sizes", sizes)
            node.input[:] = [node.input[0], name]
        count += 1
    return count


def _sizes(total: int, parts: int) -> list[int]:
    """Return equal sizes; the last part is smaller when they do not divide (opset 18)."""
    size = -(-total // parts)
    return [min(size, max(total - size * index, 0)) for index in range(parts)]
