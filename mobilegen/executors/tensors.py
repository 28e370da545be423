"""Between arrays by name and the flat float32 arrays that cross the library's interface."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mobilegen.artifacts import TensorBinding, TensorSpec
from mobilegen.errors import UsageError
from mobilegen.executors.base import ExecutionError, Request

Flat = NDArray[np.float32]


def used_outputs(request: Request) -> tuple[TensorBinding, ...]:
    """Return the outputs that the interface gives: the Java natives give the first one."""
    outputs = request.artifact.outputs
    return outputs[:1] if request.interface == "jni" else outputs


def dims(request: Request) -> list[int]:
    """Return the sizes that `predictImage` wants: the source model's."""
    return [int(size) for size in request.artifact.inputs[0].tensor.shape]


def flat_inputs(request: Request) -> list[list[Flat]]:
    """Return the inputs in the order of the artifact, [sample][input].

    Raises:
        UsageError: Other names or sizes than the model's, or several inputs for the Java natives.
    """
    specs = [binding.tensor for binding in request.artifact.inputs]
    if request.interface == "jni" and len(specs) != 1:
        raise UsageError(
            "the Java natives take one input",
            seen=[f"inputs of the model: {', '.join(spec.name for spec in specs)}"],
            hint='interface="c"',
        )
    return [[_flat(sample, spec) for spec in specs] for sample in request.samples]


def _flat(sample: Mapping[str, NDArray[Any]], spec: TensorSpec) -> Flat:
    if spec.name not in sample or sample[spec.name].shape != spec.shape:
        seen = {name: array.shape for name, array in sample.items()}
        raise UsageError(
            f"the sample does not fit input {spec.name!r} of {spec.shape}", seen=[f"sample: {seen}"]
        )
    return np.ascontiguousarray(sample[spec.name], dtype="<f4").ravel()


def named_outputs(
    request: Request, raw: Sequence[Sequence[NDArray[Any]]]
) -> tuple[dict[str, NDArray[Any]], ...]:
    """Give the outputs, [sample][output], their names and shapes.

    Raises:
        ExecutionError: An output has another number of elements than the model's.
    """
    specs = [binding.tensor for binding in used_outputs(request)]
    return tuple(
        {spec.name: _shaped(array, spec) for spec, array in zip(specs, arrays, strict=True)}
        for arrays in raw
    )


def _shaped(array: NDArray[Any], spec: TensorSpec) -> NDArray[Any]:
    if array.size != math.prod(spec.shape):
        raise ExecutionError(
            f"the library gave {array.size} elements for output {spec.name!r}",
            seen=[f"the model has {spec.shape}"],
        )
    return array.astype(np.float32).reshape(spec.shape)
