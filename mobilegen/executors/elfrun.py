"""Runs x86 and x86_64 libraries as a native process, with a loader of our own."""

from __future__ import annotations

import platform
import sys
import tempfile
from pathlib import Path

from mobilegen.errors import ProcessError, UsageError
from mobilegen.executors import files, programs, tensors
from mobilegen.executors.base import Execution, ExecutionError, Request, Unavailable
from mobilegen.platforms.android.jni import jni_prefix
from mobilegen.system import process

_TARGETS = {"x86": "x86-linux-musl", "x86_64": "x86_64-linux-musl"}
_SOURCES = (
    "elfrun/main.c",
    "elfrun/elf_image.c",
    "elfrun/imports.c",
    "elfrun/bionic_layouts.c",
    "elfrun/jni_env.c",
    "bionic_shim/bionic.c",
)
_HOSTS = ("x86_64", "amd64")


def prepare(abi: str, *, offline: bool) -> str:
    """Compile the loader.

    Raises:
        Unavailable: This is no x86_64 Linux.
    """
    return _program(abi).name


def execute(abi: str, request: Request, *, offline: bool, timeout: float) -> Execution:
    """Run an x86 or x86_64 library; the loader is compiled on first use.

    Raises:
        Unavailable: This is no x86_64 Linux.
        UsageError: A tensor has a name that C cannot hold.
        ExecutionError: The library cannot be loaded, failed, crashed or ran out of time.
    """
    program = _program(abi)
    with tempfile.TemporaryDirectory(prefix="mobilegen-") as temporary:
        folder = Path(temporary)
        files.write_inputs(request, folder)
        _run([program, *_arguments(request)], abi, folder, timeout)
        report = files.read_report(folder)
        return Execution(
            files.read_outputs(request, folder),
            report.load_seconds,
            report.predict_seconds,
            "elfrun (native process)",
            {**report.facts, "constructors_ran": True},
        )


def _program(abi: str) -> Path:
    if not sys.platform.startswith("linux") or platform.machine().lower() not in _HOSTS:
        raise Unavailable(
            f"{abi} libraries run natively on x86_64 Linux only", "prove the build on such a host"
        )
    name = f"elfrun-{abi}"
    options = ("-static", "-Wall", "-Wextra", "-Werror", "-Wno-cast-function-type")
    return programs.build(name, [programs.Program(name, _TARGETS[abi], _SOURCES, options)]) / name


def _arguments(request: Request) -> list[str]:
    """Return the arguments as native/tools/elfrun/main.c describes them."""
    library = str(request.library.resolve())
    counts = [str(request.threads), str(len(request.samples))]
    if request.interface == "jni":
        folder = model_folder(request)
        dims = [str(size) for size in tensors.dims(request)]
        return ["jni", library, f"{jni_prefix(request.package)}_", folder, *counts, *dims]
    model = [str(files.model_file(request, role)) for role in ("params", "weights")]
    inputs = [binding.tensor.name for binding in request.artifact.inputs]
    outputs = [binding.tensor.name for binding in request.artifact.outputs]
    names = [str(len(inputs)), *inputs, str(len(outputs)), *outputs]
    if any("\0" in name for name in names):
        raise UsageError("a name of a tensor has a null character", seen=[repr(names)])
    return ["c", library, *model, *counts, *names]


def model_folder(request: Request) -> str:
    """Return the folder that the natives load the model from."""
    return str(files.model_file(request, "params").parent)


def _run(argv: list[str | Path], abi: str, folder: Path, timeout: float) -> None:
    title = f"the {abi} library in a process of its own"
    try:
        process.run(argv, title=title, timeout=timeout, cwd=folder)
    except ProcessError as error:
        if isinstance(error.__cause__, OSError):
            raise Unavailable(f"this computer does not run {abi} programs: {error}") from error
        lines = [line for line in error.seen if line.startswith("elfrun: ")] or error.seen
        raise ExecutionError(error.what, seen=lines) from error
