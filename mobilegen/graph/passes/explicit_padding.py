"""`auto_pad` and ConvTranspose's `output_shape`: the pads they stand for are written out.

Converters ignore `output_shape`, and differ in how they round `auto_pad`. The formulas are those
of the operators' own pages: https://onnx.ai/onnx/operators/
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import onnx
from onnx import NodeProto

from mobilegen.artifacts import TensorSpec
from mobilegen.graph.passes import edit

_FORWARD = ("AveragePool", "Conv", "LpPool", "MaxPool")


def apply(model: onnx.ModelProto, tensors: Mapping[str, TensorSpec]) -> int:
    """Write explicit pads where input and kernel sizes are known."""
    weights = {name: tuple(tensor.dims) for name, tensor in edit.constants(model).items()}
    count = 0
    for node in model.graph.node:
        if node.op_type not in (*_FORWARD, "ConvTranspose") or node.input[0] not in tensors:
            continue
        sizes = tensors[node.input[0]].shape[2:]
        kernel = edit.attribute(node, "kernel_shape") or _kernel(node, weights)
        pads = _pads(node, sizes, kernel) if len(kernel) == len(sizes) else None
        if pads is not None and min(pads, default=0) < 0:
            pads = _reach_further(node, pads)
        if pads is not None:
            edit.remove_attributes(node, "auto_pad", "output_shape")
            edit.set_attribute(node, "pads", pads)
            count += 1
    return count


def _kernel(node: NodeProto, weights: Mapping[str, tuple[int, ...]]) -> Sequence[int]:
    return weights.get(node.input[1], ())[2:] if len(node.input) > 1 else ()


def _pads(node: NodeProto, sizes: Sequence[int], kernel: Sequence[int]) -> list[int] | None:
    """Return the pads, begins first, or None when the node says them already."""
    mode = edit.attribute(node, "auto_pad", b"NOTSET").decode()
    if node.op_type == "ConvTranspose":
        totals = _transposed_totals(node, sizes, kernel, mode)
        # Here everything but SAME_UPPER puts the odd one at the beginning.
        odd_first = mode != "SAME_UPPER"
    else:
        totals = _forward_totals(node, sizes, kernel, mode)
        odd_first = mode == "SAME_LOWER"
    if totals is None:
        return None
    small, large = [t // 2 for t in totals], [t - t // 2 for t in totals]
    return large + small if odd_first else small + large


def _forward_totals(
    node: NodeProto, sizes: Sequence[int], kernel: Sequence[int], mode: str
) -> list[int] | None:
    if mode == "VALID":
        return [0] * len(sizes)
    if mode not in ("SAME_UPPER", "SAME_LOWER"):
        return None
    strides, dilations = _per_axis(node, "strides", sizes), _per_axis(node, "dilations", sizes)
    return [
        max((-(-size // stride) - 1) * stride + dilation * (width - 1) + 1 - size, 0)
        for size, width, stride, dilation in zip(sizes, kernel, strides, dilations, strict=True)
    ]


def _transposed_totals(
    node: NodeProto, sizes: Sequence[int], kernel: Sequence[int], mode: str
) -> list[int] | None:
    strides, dilations = _per_axis(node, "strides", sizes), _per_axis(node, "dilations", sizes)
    wanted = edit.attribute(node, "output_shape")
    if wanted:
        wanted = wanted[-len(sizes) :]
    elif mode in ("SAME_UPPER", "SAME_LOWER"):
        wanted = [size * stride for size, stride in zip(sizes, strides, strict=True)]
    else:
        return [0] * len(sizes) if mode == "VALID" else None
    extra = edit.attribute(node, "output_padding") or [0] * len(sizes)
    totals = [
        stride * (size - 1) + more + dilation * (width - 1) + 1 - out
        for size, width, stride, dilation, more, out in zip(
            sizes, kernel, strides, dilations, extra, wanted, strict=True
        )
    ]
    # Only output_shape makes onnxruntime enlarge the output.
    return totals if edit.attribute(node, "output_shape") else [max(t, 0) for t in totals]


def _reach_further(node: NodeProto, pads: Sequence[int]) -> list[int] | None:
    """Pads below 0, of an output larger than what the kernel reaches: output_padding instead.

    Returns:
        The pads, or None where `output_padding` cannot be that large.
    """
    axes = len(pads) // 2
    totals = [begin + end for begin, end in zip(pads[:axes], pads[axes:], strict=True)]
    extra = edit.attribute(node, "output_padding") or [0] * axes
    wanted = [more - min(total, 0) for more, total in zip(extra, totals, strict=True)]
    limits = map(max, _per_axis(node, "strides", extra), _per_axis(node, "dilations", extra))
    if any(more >= limit for more, limit in zip(wanted, limits, strict=True)):
        return None
    edit.set_attribute(node, "output_padding", wanted)
    return [pad if total >= 0 else 0 for pad, total in zip(pads, totals * 2, strict=True)]


def _per_axis(node: NodeProto, name: str, sizes: Sequence[int]) -> Sequence[int]:
    values: Sequence[int] = edit.attribute(node, name) or [1] * len(sizes)
    return values
