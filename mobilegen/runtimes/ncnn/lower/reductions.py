"""Reductions in the form that pnnx reads: axes as an attribute, one axis at a time for extremes.

From operator set 18 on axes are an input, of which pnnx takes a single one for none; of ReduceMax
and ReduceMin over several axes it makes something else. Such a model is declared to be of operator
set 17, unless it has an operator that means something else there.
"""

from __future__ import annotations

from collections.abc import Sequence

import onnx
from onnx import NodeProto, helper, numpy_helper

from mobilegen.graph import walk
from mobilegen.graph.passes import edit

_LAST_WITH_ATTRIBUTE = 17
_EXTREMES = frozenset(("ReduceMax", "ReduceMin"))
# ReduceSum has had its axes as an input since operator set 13.
_OTHERS = frozenset(
    {
        *("ReduceL1", "ReduceL2", "ReduceLogSum", "ReduceLogSumExp", "ReduceMean", "ReduceProd"),
        "ReduceSumSquare",
    }
)
# Operators that are new, or attributes that make a difference, after operator set 17.
_NEW = frozenset(
    {
        *("AffineGrid", "Attention", "BitwiseAnd", "BitwiseNot", "BitwiseOr", "BitwiseXor"),
        *("CenterCropPad", "Col2Im", "DFT", "DeformConv", "Gelu", "GridSample"),
        *("GroupNormalization", "ImageDecoder", "Mish", "RMSNormalization", "RotaryEmbedding"),
        *("Swish", "TensorScatter"),
    }
)
_NEW_ATTRIBUTES = frozenset(
    {"antialias", "axes", "dilations", "keep_aspect_ratio_policy", "num_outputs", "reduction"}
)
_CHANGED = frozenset(("AveragePool", "Resize", "ScatterElements", "ScatterND", "Split"))
_PAD_INPUTS = 3


def apply(model: onnx.ModelProto) -> int:
    """Rewrite reductions over constant axes in place; returns their number."""
    constants = edit.constants(model)
    found = []
    for node in [n for n in model.graph.node if n.op_type in _EXTREMES | _OTHERS]:
        axes = list(edit.attribute(node, "axes", []))
        if len(node.input) > 1 and node.input[1] in constants:
            axes = [int(axis) for axis in numpy_helper.to_array(constants[node.input[1]]).ravel()]
        found.append((node, axes))
    if not any(_is_misread(node, axes) for node, axes in found) or not _declare_older(model):
        return 0
    for node, axes in found:
        if axes:
            edit.replace_node(model, node, _chain(model, node, axes))
    return len(found)


def _is_misread(node: NodeProto, axes: Sequence[int]) -> bool:
    if node.op_type in _EXTREMES and len(axes) > 1:
        return len({axis < 0 for axis in axes}) == 1
    return len(axes) == 1 and len(node.input) > 1


def _declare_older(model: onnx.ModelProto) -> bool:
    """Declare operator set 17 if that changes the meaning of no node; False if it would."""
    if walk.opset(model) <= _LAST_WITH_ATTRIBUTE:
        return True
    reductions = [n for n in walk.nodes(model) if n.op_type in _EXTREMES | _OTHERS]
    constants = edit.constants(model)
    if any(len(n.input) > 1 and n.input[1] not in constants for n in reductions):
        return False
    if any(_is_newer(node) for node in walk.nodes(model)) or model.functions:
        return False
    for opset in model.opset_import:
        if opset.domain in ("", "ai.onnx"):
            opset.version = _LAST_WITH_ATTRIBUTE
    return True


def _is_newer(node: NodeProto) -> bool:
    if node.op_type == "Pad" and len(node.input) > _PAD_INPUTS:
        return True
    attributes = {attribute.name for attribute in node.attribute}
    return node.op_type in _NEW or (node.op_type in _CHANGED and bool(attributes & _NEW_ATTRIBUTES))


def _chain(model: onnx.ModelProto, node: NodeProto, axes: Sequence[int]) -> list[NodeProto]:
    """The reduction with its axes as an attribute; of an extreme, one for each axis."""
    keep = int(edit.attribute(node, "keepdims", 1))
    groups = [list(axes)]
    if node.op_type in _EXTREMES and len({axis < 0 for axis in axes}) == 1:
        # The outermost of those counted from the end, or the innermost, goes first: the others
        # keep their numbers.
        groups = [[axis] for axis in sorted(axes, reverse=axes[0] >= 0)]
    inner = [edit.free_name(model, f"{node.output[0]}_{i}") for i in range(len(groups) - 1)]
    names = [node.input[0], *inner, node.output[0]]
    return [
        helper.make_node(node.op_type, [names[i]], [names[i + 1]], axes=group, keepdims=keep)
        for i, group in enumerate(groups)
    ]
