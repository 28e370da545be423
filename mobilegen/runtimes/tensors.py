"""Between the source model's arrays and a runtime's: element type, order of the axes, batch.

A runtime's array holds exactly the numbers of the source's, or there is an error: whole numbers
become float32 up to 2^24, where float32 has them all. float64 is rounded to float32.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from mobilegen.arrays import unfit
from mobilegen.artifacts import Artifact, TensorBinding
from mobilegen.errors import ConversionError, UsageError

Array = npt.NDArray[Any]
Arrays = Mapping[str, Array]


class UnexplainedError(ConversionError):
    """A failure that names no node: a wrong answer, or a converter that crashed."""


def to_runtime(artifact: Artifact, sample: Arrays) -> list[dict[str, Array]]:
    """Return what the runtime is fed for one sample: by blob, once for each item of the batch.

    Args:
        sample: By the source model's input names.

    Raises:
        UsageError: An input is missing, has another shape or type, or a number that the runtime's
            type cannot hold.
    """
    fed = {binding.blob: _fed(binding, sample, artifact.batch) for binding in artifact.inputs}
    return [{blob: items[i] for blob, items in fed.items()} for i in range(artifact.batch)]


def to_source(artifact: Artifact, runs: Sequence[Arrays]) -> dict[str, Array]:
    """Return what the source model would have answered, by its output names.

    Args:
        runs: What the runtime gave by blob, once for each item of the batch.

    Raises:
        ConversionError: An array has another shape, or a number that is none of the output's type.
    """
    return {
        binding.tensor.name: np.concatenate([_made(binding, run, artifact.batch) for run in runs])
        if artifact.batch > 1
        else _made(binding, runs[0], 1)
        for binding in artifact.outputs
    }


def observe(binding: TensorBinding, shape: Sequence[int]) -> TensorBinding:
    """Return the binding with the shape that the runtime gave.

    It may differ from the expected one by axes of size 1, which do not change the order of the
    elements; anything else is another tensor, or the same one transposed.

    Raises:
        ConversionError: It is another shape.
    """
    if _without_ones(shape) != _without_ones(binding.runtime_shape):
        raise UnexplainedError(
            f"output {binding.tensor.name!r} has another shape",
            seen=[f"the runtime {list(shape)}, the model {list(binding.tensor.shape)}"],
        )
    return replace(binding, runtime_shape=tuple(shape))


def _fed(binding: TensorBinding, sample: Arrays, batch: int) -> list[Array]:
    name, spec = binding.tensor.name, binding.tensor
    if name not in sample:
        raise UsageError(f"input {name!r} is missing", seen=[f"given: {sorted(sample)}"])
    array = np.asarray(sample[name])
    if array.shape != spec.shape or str(array.dtype) != spec.dtype:
        raise UsageError(
            f"input {name!r} does not fit",
            seen=[
                f"given {list(array.shape)} {array.dtype}, "
                f"the model takes {list(spec.shape)} {spec.dtype}"
            ],
        )
    items = np.split(array, batch) if batch > 1 else [array]
    return [_laid_out(binding, item) for item in items]


def _laid_out(binding: TensorBinding, array: Array) -> Array:
    wanted = np.dtype(binding.runtime_dtype)
    if problem := unfit(array, wanted):
        raise UsageError(
            f"input {binding.tensor.name!r} has a number that the runtime cannot take",
            seen=[f"{problem}; it computes in {wanted}"],
            hint="give smaller numbers",
        )
    ordered = array.transpose(binding.permutation) if binding.permutation else array
    return ordered.astype(wanted).reshape(binding.runtime_shape)


def _made(binding: TensorBinding, run: Arrays, batch: int) -> Array:
    name, spec = binding.tensor.name, binding.tensor
    shape = (spec.shape[0] // batch, *spec.shape[1:]) if batch > 1 else spec.shape
    array = run[binding.blob]
    observe(binding, array.shape)
    if problem := unfit(array, np.dtype(spec.dtype)):
        raise ConversionError(f"output {name!r} is not of {spec.dtype}", seen=[problem])
    typed = array.astype(spec.dtype)
    if not binding.permutation:
        return typed.reshape(shape)
    ordered = typed.reshape([shape[axis] for axis in binding.permutation])
    back: Array = ordered.transpose(np.argsort(binding.permutation))
    return back


def _without_ones(shape: Sequence[int]) -> tuple[int, ...]:
    return tuple(size for size in shape if size != 1)
