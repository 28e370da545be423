"""ConvTranspose with different pads on two sides: equal pads, and the rest made another way.

Converters have one pad per axis. A smaller pad at the end is the same as `output_padding`, and
what is too much is cut off by a Slice. The formula of the sizes is the operator's own:
https://onnx.ai/onnx/operators/onnx__ConvTranspose.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import onnx
from onnx import NodeProto, helper

from mobilegen.artifacts import TensorSpec
from mobilegen.graph import walk
from mobilegen.graph.passes import edit

# From here on Slice takes its bounds as inputs.
_FIRST_OPSET = 10


def apply(model: onnx.ModelProto, tensors: Mapping[str, TensorSpec]) -> int:
    """Rewrite where pads are written out and the size of the output is known."""
    count = 0
    for node in [n for n in model.graph.node if n.op_type == "ConvTranspose"]:
        pads = edit.attribute(node, "pads") or []
        axes = len(pads) // 2
        begins, ends = pads[:axes], pads[axes:]
        if begins == ends or node.output[0] not in tensors or walk.opset(model) < _FIRST_OPSET:
            continue
        starts = _even_pads(node, begins, ends)
        if any(starts) or any(b < e for b, e in zip(begins, ends, strict=True)):
            _crop(model, node, starts, tensors[node.output[0]].shape[2:])
        count += 1
    return count


def _even_pads(node: NodeProto, begins: Sequence[int], ends: Sequence[int]) -> list[int]:
    """Give the node equal pads; returns where in its result the wanted one starts."""
    ones, zeros = [1] * len(begins), [0] * len(begins)
    extra = list(edit.attribute(node, "output_padding") or zeros)
    strides = edit.attribute(node, "strides") or ones
    dilations = edit.attribute(node, "dilations") or ones
    pads, starts = [], []
    for axis, (begin, end) in enumerate(zip(begins, ends, strict=True)):
        more = extra[axis] + begin - end
        # onnxruntime refuses a larger output_padding.
        if extra[axis] <= more < max(strides[axis], dilations[axis]):
            extra[axis] = more
            pads.append(begin)
        else:
            pads.append(min(begin, end))
        starts.append(begin - pads[-1])
    edit.set_attribute(node, "pads", pads * 2)
    if any(extra):
        edit.set_attribute(node, "output_padding", extra)
    return starts


def _crop(
    model: onnx.ModelProto, node: NodeProto, starts: Sequence[int], sizes: Sequence[int]
) -> None:
    result = node.output[0]
    whole = edit.free_name(model, f"{result}_whole")
    ends = [start + size for start, size in zip(starts, sizes, strict=True)]
    axes = list(range(2, 2 + len(starts)))
    bounds = [
        edit.add_constant(model, f"{result}_{name}", values)
        for name, values in (("starts", starts), ("ends", ends), ("axes", axes))
    ]
    larger = NodeProto()
    larger.CopyFrom(node)
    larger.output[0] = whole
    edit.replace_node(model, node, [larger, helper.make_node("Slice", [whole, *bounds], [result])])
