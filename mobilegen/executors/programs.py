"""Compiles the small programs that executors need, once, into the cache."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from mobilegen.errors import ProcessError, ToolchainError
from mobilegen.executors.base import Unavailable
from mobilegen.resources import native_dir
from mobilegen.system import process
from mobilegen.system.files import cache_dir, file_lock, new_dir, sha256_bytes
from mobilegen.toolchains.embedded import Zig, find_zig

_TIMEOUT_SECONDS = 300.0
_COMMON = ("-O2", "-g0", "-s", "-std=gnu11", "-fno-sanitize=all", "-fno-builtin")


@dataclass(frozen=True)
class Program:
    """A program or shared library for this computer.

    Attributes:
        name: File name of the result.
        target: zig's target triple.
        sources: C files below native/tools.
        options: Further options of the compiler.
    """

    name: str
    target: str
    sources: tuple[str, ...]
    options: tuple[str, ...] = ()


def build(folder_name: str, programs: Sequence[Program]) -> Path:
    """Return the folder that holds the compiled programs.

    Raises:
        Unavailable: There is no compiler, or it failed.
    """
    try:
        zig = find_zig()
        folder = cache_dir() / "executors" / f"{folder_name}-{_identity(zig, programs)[:16]}"
        with file_lock(folder.with_suffix(".lock")):
            if not all((folder / program.name).is_file() for program in programs):
                with new_dir(folder) as temporary:
                    for program in programs:
                        _compile(zig, program, temporary)
    except (ToolchainError, ProcessError) as error:
        raise Unavailable(f"{folder_name} cannot be compiled: {error}") from error
    return folder


def tools_dir() -> Path:
    """Folder of the sources."""
    return native_dir() / "tools"


def _identity(zig: Zig, programs: Sequence[Program]) -> str:
    header = (native_dir() / "include" / "mobilegen" / "engine.h").read_bytes()
    parts = [zig.version.encode(), repr((_COMMON, *programs)).encode(), header]
    folders = {(tools_dir() / source).parent for program in programs for source in program.sources}
    parts += [path.read_bytes() for folder in sorted(folders) for path in sorted(folder.iterdir())]
    return sha256_bytes(b"".join(sha256_bytes(part).encode() for part in parts))


def _compile(zig: Zig, program: Program, folder: Path) -> None:
    include = [
        f"-I{native_dir() / 'include'}",
        f"-I{tools_dir() / 'bionic_shim'}",
        f"-I{tools_dir() / 'elfrun'}",
    ]
    sources = [str(tools_dir() / source) for source in program.sources]
    cache = cache_dir() / "zig-cache"
    process.run(
        [
            zig.path, "cc", "-target", program.target, *_COMMON, *include,
            *sources, *program.options, "-o", folder / program.name,
        ],
        title=f"compiling {program.name}",
        timeout=_TIMEOUT_SECONDS,
        cwd=folder,
        env={"ZIG_GLOBAL_CACHE_DIR": str(cache), "ZIG_LOCAL_CACHE_DIR": str(cache)},
    )  # fmt: skip
