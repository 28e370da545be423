"""Runs ncnn models on this computer, in a process of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from mobilegen import console
from mobilegen.artifacts import Artifact, TensorBinding
from mobilegen.errors import ConversionError, ProcessError, UsageError
from mobilegen.runtimes.base import Report
from mobilegen.runtimes.ncnn.param import read_param
from mobilegen.toolboxes import Toolbox, ensure
from mobilegen.toolboxes.worker import call

Array = npt.NDArray[Any]
_WORKER = Path(__file__).with_name("worker.py")


def run_host(
    artifact: Artifact,
    inputs: Sequence[Mapping[str, Array]],
    *,
    offline: bool = False,
    timeout: float = 180.0,
    report: Report = console.note,
) -> list[dict[str, Array]]:
    """Run an ncnn artifact; see `mobilegen.runtimes.base.Runtime.run_host`."""
    toolbox = ensure("ncnn", offline=offline, report=report)
    paths = {role: artifact.folder / record.path for role, record in artifact.files}
    read_param(paths["params"])
    raw = execute(
        toolbox,
        (paths["params"], paths["weights"]),
        artifact.inputs,
        artifact.outputs,
        inputs,
        order=range(len(inputs)),
        timeout=timeout,
    )
    return [
        {b.tensor.name: outputs[b.tensor.name].reshape(b.tensor.shape) for b in artifact.outputs}
        for outputs in raw
    ]


def execute(
    toolbox: Toolbox,
    model: tuple[Path, Path],
    inputs: Sequence[TensorBinding],
    outputs: Sequence[TensorBinding],
    samples: Sequence[Mapping[str, Array]],
    *,
    order: Sequence[int],
    timeout: float,
) -> list[dict[str, Array]]:
    """Run samples in `order` on one loaded network.

    Args:
        model: Paths of the .param and the .bin file.
        samples: For each sample the inputs by the source model's names.

    Returns:
        For each place in `order` the outputs by the source model's names, in ncnn's shapes.

    Raises:
        UsageError: A sample does not fit the inputs.
        ConversionError: ncnn crashed, ran out of time or refused the model.
    """
    request = {
        **_request(model, inputs),
        "outputs": [binding.blob for binding in outputs],
        "order": list(order),
    }
    answer = _ask(toolbox, request, _arrays(samples, inputs), timeout)
    try:
        found = answer["arrays"]
        return [
            {binding.tensor.name: found[f"{place}/{binding.blob}"] for binding in outputs}
            for place in range(len(order))
        ]
    except (KeyError, TypeError) as error:
        raise ConversionError("running ncnn gave no outputs", seen=[str(error)]) from error


def blob_shapes(
    toolbox: Toolbox,
    model: tuple[Path, Path],
    inputs: Sequence[TensorBinding],
    blobs: Sequence[str],
    sample: Mapping[str, Array],
    *,
    timeout: float,
) -> dict[str, tuple[int, ...]]:
    """Return the sizes of blobs anywhere in a network: of the batch, then in ncnn's order.

    Raises:
        UsageError: The sample does not fit the inputs.
        ConversionError: ncnn crashed, ran out of time or refused the model.
    """
    request = {**_request(model, inputs), "shapes": list(blobs)}
    answer = _ask(toolbox, request, _arrays([sample], inputs), timeout)
    try:
        return {blob: tuple(int(size) for size in answer["shapes"][blob]) for blob in blobs}
    except (KeyError, TypeError, ValueError) as error:
        raise ConversionError("running ncnn gave no shapes", seen=[str(error)]) from error


def _request(model: tuple[Path, Path], inputs: Sequence[TensorBinding]) -> dict[str, Any]:
    return {
        "param": str(model[0].resolve()),
        "weights": str(model[1].resolve()),
        "inputs": [binding.blob for binding in inputs],
    }


def _arrays(
    samples: Sequence[Mapping[str, Array]], inputs: Sequence[TensorBinding]
) -> dict[str, Array]:
    return {
        f"{index}/{binding.blob}": _input(sample, binding)
        for index, sample in enumerate(samples)
        for binding in inputs
    }


def _ask(
    toolbox: Toolbox, request: dict[str, Any], arrays: dict[str, Array], timeout: float
) -> dict[str, Any]:
    try:
        return call(toolbox, _WORKER, request, title="running ncnn", timeout=timeout, arrays=arrays)
    except ProcessError as error:
        raise ConversionError(error.what, seen=error.seen) from error


def _input(sample: Mapping[str, Array], binding: TensorBinding) -> Array:
    name = binding.tensor.name
    if name not in sample:
        raise UsageError(f"input {name!r} is missing", seen=[f"given: {sorted(sample)}"])
    array = np.asarray(sample[name])
    if array.shape != binding.tensor.shape or array.dtype != np.float32:
        raise UsageError(
            f"input {name!r} does not fit",
            seen=[
                f"given {list(array.shape)} {array.dtype}, "
                f"the model takes {list(binding.tensor.shape)} float32"
            ],
        )
    return array.reshape(binding.runtime_shape)
