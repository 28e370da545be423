"""Gather with a constant vector of positions (a channel flip): slices put together again.

ncnn keeps only one of the positions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import onnx
from onnx import NodeProto, helper, numpy_helper

from mobilegen.artifacts import TensorSpec
from mobilegen.graph import walk
from mobilegen.graph.passes import edit

# Larger vectors are tables, which slices would only bloat.
_MOST_SLICES = 16
# From here on Slice takes its bounds as inputs.
_FIRST_OPSET = 10


def apply(model: onnx.ModelProto, tensors: Mapping[str, TensorSpec]) -> int:
    """Rewrite Gather of float data, not of a weight, by a constant vector with few runs."""
    if walk.opset(model) < _FIRST_OPSET:
        return 0
    constants = edit.constants(model)
    count = 0
    for node in [n for n in model.graph.node if n.op_type == "Gather"]:
        data, positions = tensors.get(node.input[0]), constants.get(node.input[1])
        if data is None or positions is None or node.input[0] in constants:
            continue
        if not data.dtype.startswith("float") or len(positions.dims) != 1:
            continue
        axis = int(edit.attribute(node, "axis", 0)) % len(data.shape)
        size = data.shape[axis]
        runs = _runs([int(p) % size for p in numpy_helper.to_array(positions)])
        if 0 < len(runs) <= _MOST_SLICES:
            _rewrite(model, node, axis, runs)
            count += 1
    return count


def _runs(positions: Sequence[int]) -> list[tuple[int, int]]:
    """Return (start, end) of each stretch of positions that follow one another."""
    runs: list[tuple[int, int]] = []
    for position in positions:
        if runs and runs[-1][1] == position:
            runs[-1] = (runs[-1][0], position + 1)
        else:
            runs.append((position, position + 1))
    return runs


def _rewrite(
    model: onnx.ModelProto, node: NodeProto, axis: int, runs: Sequence[tuple[int, int]]
) -> None:
    result = node.output[0]
    axes = edit.add_constant(model, f"{result}_axes", [axis])
    new = []
    for index, (start, end) in enumerate(runs):
        starts = edit.add_constant(model, f"{result}_start{index}", [start])
        ends = edit.add_constant(model, f"{result}_end{index}", [end])
        bounds = [node.input[0], starts, ends, axes]
        new.append(helper.make_node("Slice", bounds, [f"{result}_part{index}"]))
    parts = [part.output[0] for part in new]
    new.append(helper.make_node("Concat", parts, [result], name=node.name, axis=axis))
    edit.replace_node(model, node, new)
