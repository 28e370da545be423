"""Runs ncnn models on this computer, in a process of their own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy.typing as npt

from mobilegen.artifacts import Artifact
from mobilegen.errors import ConversionError, ProcessError
from mobilegen.run import Run
from mobilegen.runtimes.ncnn import TOOLBOX
from mobilegen.runtimes.ncnn.param import read_param
from mobilegen.toolboxes import ensure
from mobilegen.toolboxes.worker import call

Array = npt.NDArray[Any]
Arrays = Mapping[str, Array]
_WORKER = Path(__file__).with_name("worker.py")


def execute(artifact: Artifact, calls: Sequence[Arrays], run: Run) -> list[dict[str, Array]]:
    """Run an ncnn artifact; see `mobilegen.runtimes.base.Runtime.execute`."""
    outputs = [binding.blob for binding in artifact.outputs]
    answer = _ask(artifact, {"outputs": outputs, "count": len(calls)}, calls, run)
    try:
        found = answer["arrays"]
        return [{blob: found[f"{i}/{blob}"] for blob in outputs} for i in range(len(calls))]
    except (KeyError, TypeError) as error:
        raise ConversionError("running ncnn gave no outputs", seen=[str(error)]) from error


def blob_shapes(
    artifact: Artifact, blobs: Sequence[str], inputs: Arrays, run: Run
) -> dict[str, tuple[int, ...]]:
    """Return the sizes of blobs anywhere in a network: of the batch, then in ncnn's order.

    Args:
        inputs: By blob, in ncnn's shapes.

    Raises:
        ConversionError: ncnn crashed, ran out of time or refused the model.
    """
    answer = _ask(artifact, {"shapes": list(blobs)}, [inputs], run)
    try:
        return {blob: tuple(int(size) for size in answer["shapes"][blob]) for blob in blobs}
    except (KeyError, TypeError, ValueError) as error:
        raise ConversionError("running ncnn gave no shapes", seen=[str(error)]) from error


def _ask(
    artifact: Artifact, wanted: dict[str, Any], calls: Sequence[Arrays], run: Run
) -> dict[str, Any]:
    paths = {role: (artifact.folder / file.path).resolve() for role, file in artifact.files}
    read_param(paths["params"])
    request = {
        "param": str(paths["params"]),
        "weights": str(paths["weights"]),
        "inputs": [binding.blob for binding in artifact.inputs],
        **wanted,
    }
    arrays = {f"{i}/{blob}": a for i, each in enumerate(calls) for blob, a in each.items()}
    toolbox, title = ensure(TOOLBOX, run), "running ncnn"
    try:
        return call(toolbox, _WORKER, request, title=title, timeout=run.timeout, arrays=arrays)
    except ProcessError as error:
        raise ConversionError(error.what, seen=error.seen) from error
