"""Runs an archive of the toy platform: a program takes it in, as apps would."""

import platform
import sys
import tempfile
from pathlib import Path

from mobilegen.errors import ProcessError
from mobilegen.executors import files
from mobilegen.executors.base import Execution, ExecutionError, Request, Unavailable
from mobilegen.native_build.header import NAMES, render_names
from mobilegen.native_build.run import build_type, configure, ninja
from mobilegen.resources import native_dir
from mobilegen.system import process
from mobilegen.system.files import write_text
from mobilegen.toolchains import linux

_PROGRAM = Path(__file__).with_name("program")


def state(abi: str) -> str:
    return f"{sys.platform} {platform.machine()}"


def prepare(abi: str, *, offline: bool) -> str:
    if state(abi) != "linux x86_64":
        raise Unavailable(f"{abi} programs run on x86_64 Linux only")
    return "a program that takes the archive in"


def execute(abi: str, request: Request, *, offline: bool, timeout: float) -> Execution:
    prepare(abi, offline=offline)
    with tempfile.TemporaryDirectory(prefix="mobilegen-") as temporary:
        folder = Path(temporary)
        program = _link(abi, request.library, folder / "cmake")
        files.write_inputs(request, folder)
        counts = [len(request.artifact.inputs), len(request.artifact.outputs)]
        argv = [program, files.model_folder(request), len(request.samples), *counts]
        try:
            process.run(list(map(str, argv)), title="the toy", timeout=timeout, cwd=folder)
        except ProcessError as error:
            raise ExecutionError(error.what, seen=error.seen) from error
        outputs = files.read_outputs(request, folder)
        return Execution(outputs, 0.0, (0.0,) * len(outputs), "a program around the archive")


def _link(abi: str, library: Path, folder: Path) -> Path:
    target = linux.linux_target(abi)
    write_text(folder / "names" / NAMES, render_names(library.stem.removeprefix("lib")))
    variables = [
        *build_type(("-O1",)),
        ("TOY_LIBRARY", library.resolve().as_posix()),
        ("TOY_INCLUDES", f"{native_dir().as_posix()}/include;{(folder / 'names').as_posix()}"),
    ]
    configure(_PROGRAM, folder, target, linux.prepare(target), variables)
    ninja(folder, ["run"], jobs=1, title="linking the archive")
    return folder / "run"
