"""Runs x86 and x86_64 libraries as a native process, with a loader of our own."""

from __future__ import annotations

import math
import platform
import sys
import tempfile
from pathlib import Path

from mobilegen.errors import ProcessError, UsageError
from mobilegen.executors import files, programs, tensors
from mobilegen.executors.base import Execution, ExecutionError, Request, Unavailable
from mobilegen.platforms.android.jni import jni_prefix
from mobilegen.system import process

_SOURCES = (
    "elfrun/main.c",
    "elfrun/elf_image.c",
    "elfrun/imports.c",
    "elfrun/bionic_layouts.c",
    "elfrun/bionic_system.c",
    "elfrun/jni_env.c",
    "elfrun/images.c",
    "elfrun/model.c",
    "bionic_shim/bionic.c",
)
_OPTIONS = ("-Wall", "-Wextra", "-Werror", "-Wno-cast-function-type")
_HOSTS = ("x86_64", "amd64")


def state(abi: str) -> str:
    """Say which computer this is."""
    return f"{sys.platform} {platform.machine()}"


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
        if request.images:
            files.write_images(request, folder)
            _run([program, *_image_arguments(request)], abi, folder, timeout)
        return Execution(
            files.read_outputs(request, folder),
            report.load_seconds,
            report.predict_seconds,
            "elfrun (native process)",
            {**report.facts, "constructors_ran": True},
            files.read_pictures(request, folder),
        )


def _program(abi: str) -> Path:
    if not sys.platform.startswith("linux") or platform.machine().lower() not in _HOSTS:
        raise Unavailable(
            f"{abi} libraries run natively on x86_64 Linux only", "prove the build on such a host"
        )
    name = f"elfrun-{abi}"
    program = programs.Program(name, _SOURCES, _OPTIONS, static_for=abi)
    return programs.build(name, [program]) / name


def _arguments(request: Request) -> list[str]:
    """Return the arguments as native/tools/elfrun/main.c describes them."""
    library = str(request.library.resolve())
    counts = [str(request.threads), str(len(request.samples))]
    if request.interface == "jni" and tensors.natives_fit(request):
        prefix = f"{jni_prefix(request.bridge.package)}_"
        sizes = [str(size) for size in tensors.dims(request)]
        return ["jni", library, *counts, prefix, files.model_folder(request), *sizes]
    inputs = [binding.tensor.name for binding in request.artifact.inputs]
    outputs = [binding.tensor.name for binding in request.artifact.outputs]
    names = [*_counted(inputs), *_counted(outputs)]
    if any("\0" in name for name in names):
        raise UsageError("a name of a tensor has a null character", seen=[repr(names)])
    return ["c", library, *counts, *_model_files(request), *names]


def _image_arguments(request: Request) -> list[str]:
    library = str(request.library.resolve())
    size = str(math.prod(tensors.dims(request)))
    samples = map(str, request.images)
    classify = str(int(request.classify))
    return ["images", library, size, classify, *_model_files(request), *samples]


def _model_files(request: Request) -> list[str]:
    return _counted([str(path) for path in files.model_files(request)])


def _counted(words: list[str]) -> list[str]:
    return [str(len(words)), *words]


def _run(argv: list[str | Path], abi: str, folder: Path, timeout: float) -> None:
    title = f"the {abi} library in a process of its own"
    try:
        process.run(argv, title=title, timeout=timeout, cwd=folder)
    except ProcessError as error:
        if isinstance(error.__cause__, OSError):
            raise Unavailable(f"this computer does not run {abi} programs: {error}") from error
        lines = [line for line in error.seen if line.startswith("elfrun: ")] or error.seen
        raise ExecutionError(error.what, seen=lines) from error
