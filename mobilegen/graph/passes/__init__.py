"""Repairs: rewrites that help converters and change no number.

Each pass is a module with `apply(model, tensors) -> int`: it rewrites the model in place, as far
as its preconditions hold, and returns how many nodes it changed. The result is only a further
candidate: it is dropped when onnxruntime does not compute the original's numbers from it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import onnx

from mobilegen.artifacts import TensorSpec
from mobilegen.graph.passes import (
    arg_extremes,
    computed_outputs,
    explicit_padding,
    explicit_split,
    explicit_strides,
    float64_to_float32,
    fold_identity,
    gather_to_slices,
    legacy_softmax,
    transposed_padding,
    unit_dilations,
)


class Pass(Protocol):
    """What every pass module offers."""

    def __call__(self, model: onnx.ModelProto, tensors: Mapping[str, TensorSpec]) -> int:
        """Rewrite `model` in place; returns the number of changed nodes."""


PASSES: tuple[tuple[str, Pass], ...] = (
    # First: the others look for constants, which an Identity hides.
    ("fold-identity", fold_identity.apply),
    ("computed-outputs", computed_outputs.apply),
    ("explicit-split", explicit_split.apply),
    # Before the passes that read attributes of pooling and convolution.
    ("explicit-strides", explicit_strides.apply),
    ("unit-dilations", unit_dilations.apply),
    # Needs the strides written out.
    ("explicit-padding", explicit_padding.apply),
    ("transposed-padding", transposed_padding.apply),
    ("legacy-softmax", legacy_softmax.apply),
    ("gather-to-slices", gather_to_slices.apply),
    ("arg-extremes", arg_extremes.apply),
    # Last: it makes the known element types wrong.
    ("float64-to-float32", float64_to_float32.apply),
)


def repair(model: onnx.ModelProto, tensors: Mapping[str, TensorSpec]) -> tuple[str, ...]:
    """Apply every pass in order, in place.

    Args:
        model: Fixed shapes.
        tensors: Types and sizes of its tensors.

    Returns:
        "name (count)" of the passes that changed something.
    """
    counts = [(name, apply(model, tensors)) for name, apply in PASSES]
    return tuple(f"{name} ({count})" for name, count in counts if count)
