"""Brings a graph to what ncnn computes: float32 from end to end, and exact where it matters.

Each step is a module with `apply(model) -> int` that rewrites the model in place and returns how
many nodes it changed. That the result has the source model's numbers is proved afterwards.
"""

from __future__ import annotations

from collections.abc import Callable

import onnx

from mobilegen.runtimes.ncnn.lower import exact_division, floats, reductions

STEPS: tuple[Callable[[onnx.ModelProto], int], ...] = (
    reductions.apply,
    floats.apply,
    # After it: whole numbers are divided in float32 then.
    exact_division.apply,
)


def lower(model: onnx.ModelProto) -> None:
    """Apply every step in order, in place."""
    for step in STEPS:
        step(model)
