"""Runs ARM libraries in the emulite emulator; the only module that knows emulite."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from numpy.typing import NDArray

from mobilegen import toolboxes
from mobilegen.errors import DownloadError, ProcessError
from mobilegen.executors import tensors
from mobilegen.executors.base import (
    TO_BE_MADE,
    Execution,
    ExecutionError,
    Picture,
    Request,
    Unavailable,
)
from mobilegen.executors.files import model_files
from mobilegen.platforms.android.executors.toolbox import EMULATOR
from mobilegen.platforms.android.jni import CLASS_NAME, jni_prefix
from mobilegen.run import Run
from mobilegen.toolboxes import worker
from mobilegen.toolboxes.create import existing

BITS = {"arm64-v8a": 64, "armeabi-v7a": 32}
_WORKER = Path(__file__).with_name("emulite_worker.py")
_FACTS = (
    "hwcap",
    "hwcap2",
    "constructors",
    "constructors_ran",
    "threads_started",
    "thread_signals",
)


def state(abi: str) -> str:
    """Say whether the emulator's toolbox is there."""
    found = existing(EMULATOR)
    return str(found.root) if found else TO_BE_MADE


def prepare(abi: str, *, offline: bool) -> str:
    """Make the emulator's toolbox.

    Raises:
        Unavailable: It cannot be had.
    """
    return f"emulite at {_toolbox(offline).root}"


def execute(abi: str, request: Request, *, offline: bool, timeout: float) -> Execution:
    """Run an ARM library; the emulator's toolbox is made on first use.

    Raises:
        Unavailable: The emulator cannot be had.
        ExecutionError: The library failed, crashed in the emulator or ran out of time.
    """
    inputs = tensors.flat_inputs(request)
    toolbox = _toolbox(offline)
    arrays: dict[str, NDArray[Any]] = {
        f"{s}/{i}": array for s, sample in enumerate(inputs) for i, array in enumerate(sample)
    }
    arrays |= {f"image/{s}": pixels for s, pixels in request.images.items()}
    title = f"the {abi} library in the emulator"
    try:
        answer = worker.call(
            toolbox, _WORKER, _question(abi, request), title=title, timeout=timeout, arrays=arrays
        )
    except ProcessError as error:
        lines = [line for text in error.seen for line in text.splitlines()]
        raise ExecutionError(error.what, seen=lines) from error
    outputs = range(len(request.artifact.outputs))
    raw = [[answer["arrays"][f"{s}/{i}"] for i in outputs] for s in range(len(inputs))]
    return Execution(
        tensors.named_outputs(request, raw),
        float(answer["load_seconds"]),
        tuple(answer["predict_seconds"]),
        "emulite (ARM emulator)",
        {name: answer[name] for name in _FACTS},
        {sample: _picture(answer, sample) for sample in request.images},
    )


def _picture(answer: dict[str, Any], sample: int) -> Picture:
    best, probability = answer["classes"].get(str(sample), (None, 0.0))
    return Picture(answer["arrays"][f"input/{sample}"], best, probability)


def _toolbox(offline: bool) -> toolboxes.Toolbox:
    try:
        return toolboxes.ensure(EMULATOR, Run(offline=offline))
    except DownloadError as error:
        raise Unavailable(f"no ARM emulator: {error.what}", error.hint) from error


def _question(abi: str, request: Request) -> dict[str, Any]:
    return {
        "bits": BITS[abi],
        "library": str(request.library.resolve()),
        "companions": [str(path.resolve()) for path in request.companions],
        "interface": "jni" if request.interface == "jni" and tensors.natives_fit(request) else "c",
        "java_class": f"{request.bridge.package}.{CLASS_NAME}".replace(".", "/"),
        "jni_prefix": jni_prefix(request.bridge.package),
        "files": [str(path) for path in model_files(request)],
        "threads": request.threads,
        "dims": tensors.dims(request),
        "samples": len(request.samples),
        "inputs": [binding.tensor.name for binding in request.artifact.inputs],
        "outputs": [binding.tensor.name for binding in request.artifact.outputs],
        "images": list(request.images),
        "input_size": math.prod(tensors.dims(request)),
        "classify": request.classify,
    }
