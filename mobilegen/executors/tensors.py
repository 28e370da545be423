"""Between arrays by name and the flat arrays that cross the library's interface."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mobilegen.artifacts import TensorSpec
from mobilegen.errors import UsageError
from mobilegen.executors.base import ExecutionError, Request

Flat = NDArray[Any]


def natives_fit(request: Request) -> bool:
    """Say whether `ImageRecognition.predictImage` takes the model's input and gives its output."""
    artifact = request.artifact
    bindings = (*artifact.inputs, *artifact.outputs)
    floats = all(binding.tensor.dtype == "float32" for binding in bindings)
    return floats and len(artifact.inputs) == len(artifact.outputs) == 1


def dims(request: Request) -> list[int]:
    """Return the sizes that `predictImage` wants: the source model's."""
    return [int(size) for size in request.artifact.inputs[0].tensor.shape]


def layout(spec: TensorSpec) -> np.dtype[Any]:
    """Return how the elements of a tensor lie in memory and files: little-endian."""
    dtype: np.dtype[Any] = np.dtype(spec.dtype).newbyteorder("<")
    return dtype


def flat_inputs(request: Request) -> list[list[Flat]]:
    """Return the inputs in the order and the types of the artifact, [sample][input].

    Raises:
        UsageError: Other names, sizes or types than the model's.
    """
    specs = [binding.tensor for binding in request.artifact.inputs]
    return [[_flat(sample, spec) for spec in specs] for sample in request.samples]


def _flat(sample: Mapping[str, NDArray[Any]], spec: TensorSpec) -> Flat:
    array = sample.get(spec.name)
    wanted = layout(spec)
    if (
        array is None
        or array.shape != spec.shape
        or not np.can_cast(array.dtype, wanted, "same_kind")
    ):
        seen = {name: f"{each.dtype}{list(each.shape)}" for name, each in sample.items()}
        raise UsageError(
            f"the sample does not fit input {spec.name!r} of {spec.dtype}{list(spec.shape)}",
            seen=[f"sample: {seen}"],
        )
    return np.ascontiguousarray(array, dtype=wanted).ravel()


def named_outputs(
    request: Request, raw: Sequence[Sequence[NDArray[Any]]]
) -> tuple[dict[str, NDArray[Any]], ...]:
    """Give the outputs, [sample][output], their names and shapes.

    Raises:
        ExecutionError: An output has another type or number of elements than the model's.
    """
    specs = [binding.tensor for binding in request.artifact.outputs]
    return tuple(
        {spec.name: _shaped(array, spec) for spec, array in zip(specs, arrays, strict=True)}
        for arrays in raw
    )


def _shaped(array: NDArray[Any], spec: TensorSpec) -> NDArray[Any]:
    if array.size != math.prod(spec.shape) or array.dtype != layout(spec):
        raise ExecutionError(
            f"the library gave {array.size} elements of {array.dtype} for output {spec.name!r}",
            seen=[f"the model has {spec.dtype}{list(spec.shape)}"],
        )
    return array.astype(spec.dtype).reshape(spec.shape)
