"""Compiles the small programs that executors need, once, into the cache."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mobilegen.errors import ProcessError, ToolchainError
from mobilegen.executors.base import Unavailable
from mobilegen.resources import native_dir
from mobilegen.system import process
from mobilegen.system.files import cache_dir, kept_dir, sha256_bytes
from mobilegen.toolchains.linux import linux_identity, linux_tools
from mobilegen.toolchains.static import static_identity, static_tools
from mobilegen.toolchains.zig import Zig, find_zig

_TIMEOUT_SECONDS = 300.0
_COMMON = ("-O2", "-g0", "-std=gnu11", "-fno-sanitize=all", "-fno-builtin")


@dataclass(frozen=True)
class Program:
    """A program or shared library for this computer.

    Attributes:
        name: File name of the result.
        sources: C files below native/tools.
        options: Further options of the compiler.
        target: zig's target triple, when it finds its C library on this computer.
        static_for: The ABI whose instructions it has, when it holds its C library.
        linux_for: The ABI that it is for, when it takes the C library of the system there.
    """

    name: str
    sources: tuple[str, ...]
    options: tuple[str, ...] = ()
    target: str = ""
    static_for: str = ""
    linux_for: str = ""


def build(folder_name: str, programs: Sequence[Program]) -> Path:
    """Return the folder that holds the compiled programs.

    Raises:
        Unavailable: There is no compiler, or it failed.
    """
    try:
        zig = find_zig()
        folder = cache_dir() / "executors" / f"{folder_name}-{_identity(zig, programs)[:16]}"
        names = [program.name for program in programs]
        return kept_dir(folder, names, lambda new: _compile_all(zig, programs, new))
    except (ToolchainError, ProcessError) as error:
        raise Unavailable(f"{folder_name} cannot be compiled: {error}") from error


def tools_dir() -> Path:
    """Folder of the sources."""
    return native_dir() / "tools"


def _identity(zig: Zig, programs: Sequence[Program]) -> str:
    header = (native_dir() / "include" / "mobilegen" / "engine.h").read_bytes()
    tools = [static_identity(program.static_for) for program in programs if program.static_for]
    tools += [linux_identity(program.linux_for) for program in programs if program.linux_for]
    parts = [zig.version.encode(), repr((_COMMON, *programs, *tools)).encode(), header]
    folders = {(tools_dir() / source).parent for program in programs for source in program.sources}
    parts += [path.read_bytes() for folder in sorted(folders) for path in sorted(folder.iterdir())]
    return sha256_bytes(b"".join(sha256_bytes(part).encode() for part in parts))


def _compile_all(zig: Zig, programs: Sequence[Program], folder: Path) -> None:
    for program in programs:
        _compile(zig, program, folder)


def _compile(zig: Zig, program: Program, folder: Path) -> None:
    sources = [tools_dir() / source for source in program.sources]
    if program.static_for or program.linux_for:
        _compile_apart(program, sources, folder)
        return
    cache = str(cache_dir() / "zig-cache")
    process.run(
        [
            zig.path, "cc", "-target", program.target, "-s", *_COMMON, *_includes(), *sources,
            *program.options, "-o", folder / program.name,
        ],
        title=f"compiling {program.name}",
        timeout=_TIMEOUT_SECONDS,
        cwd=folder,
        env={"ZIG_GLOBAL_CACHE_DIR": cache, "ZIG_LOCAL_CACHE_DIR": cache},
    )  # fmt: skip


def _compile_apart(program: Program, sources: Sequence[Path], folder: Path) -> None:
    """Compile and link in steps, with headers and libraries of our own choice."""
    linux, static = program.linux_for, program.static_for
    tools = linux_tools(linux) if linux else static_tools(static)
    with tempfile.TemporaryDirectory(prefix="mobilegen-") as temporary:
        objects = [Path(temporary) / source.with_suffix(".o").name for source in sources]
        options = [*_COMMON, *_includes(), *program.options]
        commands = [
            [*tools.compiler(), *options, "-c", source, "-o", to]
            for source, to in zip(sources, objects, strict=True)
        ]
        for command in (*commands, tools.linker(folder / program.name, objects)):
            process.run(command, title=f"compiling {program.name}", timeout=_TIMEOUT_SECONDS)


def _includes() -> list[str]:
    folders = (native_dir() / "include", tools_dir() / "bionic_shim", tools_dir() / "elfrun")
    return [f"-I{folder}" for folder in folders]
