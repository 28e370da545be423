"""Which axis of each tensor ncnn does without, and so which shape it sees.

An ncnn tensor has no batch axis. pnnx finds out which axis that is, if any, and says so only in
the Python example that it writes beside the model: `batch_index=0`, or 233 for "none".
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from mobilegen.artifacts import TensorBinding, TensorSpec
from mobilegen.errors import ConversionError

_NO_BATCH = 233
_MAX_AXES = 4
_INPUT = re.compile(r'ex\.input\("(in\d{1,4})", ncnn\.Mat\(.{0,80}?batch_index=(-?\d{1,4})\)')
_OUTPUT = re.compile(r"\b(out\d{1,4})\.numpy\(batch_index=(-?\d{1,4})\)")


def read_batch_axes(example: str) -> dict[str, int | None]:
    """Return the batch axis of each blob that is named in pnnx's Python example."""
    found = [*_INPUT.findall(example), *_OUTPUT.findall(example)]
    return {blob: None if int(axis) == _NO_BATCH else int(axis) for blob, axis in found}


def bind(
    tensors: Sequence[TensorSpec], prefix: str, axes: dict[str, int | None], batch: int = 1
) -> tuple[TensorBinding, ...]:
    """Return the blob and the shape of each tensor; blobs are numbered in the model's order.

    Args:
        prefix: "in" or "out".
        axes: From `read_batch_axes`.
        batch: How many parts along axis 0 the tensors have, of which ncnn sees one at a time.

    Raises:
        ConversionError: A tensor has no blob, several samples in its batch, or too many axes.
    """
    return tuple(
        TensorBinding(tensor, f"{prefix}{index}", _shape(tensor, f"{prefix}{index}", axes, batch))
        for index, tensor in enumerate(tensors)
    )


def _shape(
    tensor: TensorSpec, blob: str, axes: dict[str, int | None], batch: int
) -> tuple[int, ...]:
    if blob not in axes:
        raise ConversionError(f"the converter made no {blob} for {tensor.name!r}")
    sizes = list(tensor.shape)
    if batch > 1:
        sizes[0] //= batch
    axis = axes[blob]
    if axis is not None:
        if not -len(sizes) <= axis < len(sizes):
            raise ConversionError(f"{tensor.name!r} has no axis {axis}", seen=[f"shape {sizes}"])
        if (several := sizes.pop(axis)) != 1:
            raise _several(tensor, axis % len(tensor.shape), several)
    if len(sizes) > _MAX_AXES:
        raise ConversionError(
            f"{tensor.name!r} has {len(sizes)} axes besides the batch; ncnn has {_MAX_AXES}",
            seen=[f"shape {list(tensor.shape)}"],
        )
    return tuple(sizes) or (1,)


def _several(tensor: TensorSpec, axis: int, count: int) -> ConversionError:
    what = f"{tensor.name!r} holds {count} samples"
    if axis:
        return ConversionError(
            f"{what} along axis {axis}; ncnn takes one at a time",
            seen=[f"shape {list(tensor.shape)}: the network computes along the others"],
            hint="export the model with the batch in front and a size of 1, and keep it there",
        )
    return ConversionError(
        f"{what}; ncnn takes one at a time",
        seen=[f"shape {list(tensor.shape)}"],
        hint=f"give the input a batch size of 1 instead of {count}",
    )
