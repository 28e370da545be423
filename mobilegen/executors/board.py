"""Runs libraries for Linux as boards do: with the system's own loader, here or under qemu.

A library of this computer's processor runs in a process. One of another processor runs under
qemu's user mode, as one of the oldest models that the ABI is for, with a glibc of that processor
from this computer: Debian's packages libc6-arm64-cross and libc6-armhf-cross have it, or
QEMU_LD_PREFIX names the folder with another one.
"""

from __future__ import annotations

import math
import os
import platform
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from mobilegen.artifacts import TensorSpec
from mobilegen.errors import ProcessError, ToolchainError
from mobilegen.executors import files, programs
from mobilegen.executors.base import Execution, ExecutionError, Request, Unavailable
from mobilegen.system import process
from mobilegen.toolchains.linux import linux_abi

_OPTIONS = ("-Wall", "-Wextra", "-Werror")
# Models that qemu can be, the weakest first: those of Raspberry Pi 3, 4 and 2, and the oldest
# computers with SSE 4.2.
CPUS = {
    "aarch64": ("cortex-a53", "cortex-a72"),
    "armv7hf": ("cortex-a7",),
    "x86_64": ("Nehalem",),
}
_EMULATORS = {"aarch64": "qemu-aarch64", "armv7hf": "qemu-arm", "x86_64": "qemu-x86_64"}
_MACHINES = {
    "aarch64": ("aarch64", "arm64"),
    "armv7hf": ("armv7l", "armv8l"),
    "x86_64": ("x86_64", "amd64"),
}
# Debian's cross packages have a folder of this name in /usr; Fedora's one inside of it.
_SYSROOTS = {
    "aarch64": "aarch64-linux-gnu",
    "armv7hf": "arm-linux-gnueabihf",
    "x86_64": "x86_64-linux-gnu",
}
_PACKAGES = {"aarch64": "arm64", "armv7hf": "armhf", "x86_64": "amd64"}
_PREFIX = "QEMU_LD_PREFIX"
_VERSION_SECONDS = 30.0


@dataclass(frozen=True)
class Board:
    """How programs of an ABI run on this computer.

    Attributes:
        command: What comes before the program; () where it runs as it is.
        title: For people, for example "qemu-arm 7.2 as cortex-a7".
    """

    command: tuple[str, ...]
    title: str


def state(abi: str) -> str:
    """Name what is found on this computer: processor, emulator, C library."""
    emulator = shutil.which(_EMULATORS[abi])
    return f"{sys.platform} {platform.machine()} {emulator} {_sysroot(abi)}"


def prepare(abi: str, *, offline: bool) -> str:
    """Compile the program that loads libraries.

    Raises:
        Unavailable: This computer runs no programs of the ABI.
    """
    board = find_board(abi)
    _driver(abi)
    return board.title


def execute(abi: str, request: Request, *, offline: bool, timeout: float) -> Execution:
    """Run a library, emulated as the weakest processor of its ABI.

    Raises:
        Unavailable: This computer runs no programs of the ABI.
        UsageError: A sample does not fit the model.
        ExecutionError: The library cannot be loaded, failed, crashed or ran out of time.
    """
    return execute_as(abi, request, "", timeout=timeout)


def execute_as(abi: str, request: Request, cpu: str, *, timeout: float) -> Execution:
    """Run a library, emulated as a model of processor that qemu knows.

    Args:
        cpu: For example "cortex-a72"; "" takes the first of `CPUS`.

    Raises:
        As `execute`.
    """
    board, program = find_board(abi, cpu), _driver(abi)
    with tempfile.TemporaryDirectory(prefix="mobilegen-") as temporary:
        folder = Path(temporary)
        files.write_inputs(request, folder)
        files.write_images(request, folder)
        argv: list[str | Path] = [*board.command, program, *_arguments(request)]
        run_on_board(argv, f"the {abi} library, {board.title}", folder, timeout)
        report = files.read_report(folder)
        return Execution(
            files.read_outputs(request, folder),
            report.load_seconds,
            report.predict_seconds,
            board.title,
            report.facts,
            files.read_pictures(request, folder),
        )


def find_board(abi: str, cpu: str = "") -> Board:
    """Say how programs of an ABI run on this computer.

    Args:
        cpu: A model of processor that qemu knows; "" takes the first of `CPUS`.

    Raises:
        Unavailable: They do not; the missing part is named.
    """
    if not sys.platform.startswith("linux"):
        raise Unavailable(f"{abi} programs run on Linux only", "prove the build on such a computer")
    loader = linux_abi(abi).loader
    if _is_native(abi) and not cpu and Path(loader).exists():
        return Board((), "a process of its own")
    name, root = _EMULATORS[abi], _sysroot(abi)
    emulator = shutil.which(name)
    if emulator is None:
        raise Unavailable(f"{name} is not installed", _hint(abi))
    if root is None:
        raise Unavailable(f"there is no glibc for {abi} ({loader})", _hint(abi))
    model = cpu or CPUS[abi][0]
    title = f"{name} {_version(emulator)} as {model}"
    return Board((emulator, "-L", str(root), "-cpu", model), title)


def run_on_board(argv: list[str | Path], title: str, folder: Path, timeout: float) -> str:
    """Run a program in a folder and return what it printed.

    Raises:
        ExecutionError: It failed, crashed or ran out of time.
    """
    try:
        return process.run(argv, title=title, timeout=timeout, cwd=folder).stdout
    except ProcessError as error:
        lines = [line for line in error.seen if line.startswith("board: ")] or error.seen
        raise ExecutionError(error.what, seen=lines) from error


def _hint(abi: str) -> str:
    packages = f"qemu-user libc6-{_PACKAGES[abi]}-cross"
    return f"apt-get install {packages}, or set {_PREFIX} to a folder with such a system"


def _is_native(abi: str) -> bool:
    return platform.machine().lower() in _MACHINES[abi]


def _sysroot(abi: str) -> Path | None:
    """Find a folder with a glibc of the ABI."""
    loader = linux_abi(abi).loader.lstrip("/")
    named, own = os.environ.get(_PREFIX, ""), Path("/usr") / _SYSROOTS[abi]
    places = [*([Path(named)] if named else []), own, own / "sys-root"]
    places += [Path("/")] if _is_native(abi) else []
    return next((place for place in places if (place / loader).exists()), None)


def _version(emulator: str) -> str:
    """Return qemu's version; "" if it does not tell."""
    try:
        text = process.run([emulator, "--version"], title=emulator, timeout=_VERSION_SECONDS).stdout
    except ProcessError:
        return ""
    words = text.split()
    return words[words.index("version") + 1] if "version" in words[:-1] else ""


def _driver(abi: str) -> Path:
    """Return the program that loads libraries; it is compiled on first use."""
    try:
        name = f"board-{linux_abi(abi).name}"
    except ToolchainError as error:
        raise Unavailable(error.what, error.hint) from error
    program = programs.Program(name, ("board/main.c",), _OPTIONS, linux_for=abi)
    return programs.build(name, [program]) / name


def _arguments(request: Request) -> list[str]:
    """Return the arguments as native/tools/board/main.c describes them."""
    inputs = [binding.tensor for binding in request.artifact.inputs]
    outputs = [binding.tensor for binding in request.artifact.outputs]
    paths = files.model_files(request)
    sizes = [str(_size(spec)) for spec in outputs]
    return [
        str(request.library.resolve()), str(request.threads), str(len(request.samples)),
        str(len(paths)), *map(str, paths), str(len(inputs)), str(len(outputs)), *sizes,
        str(_size(inputs[0])), str(int(request.classify)), *map(str, request.images),
    ]  # fmt: skip


def _size(spec: TensorSpec) -> int:
    """Bytes of an array."""
    return math.prod(spec.shape) * np.dtype(spec.dtype).itemsize
