"""The C++ library of the ziglang wheel, compiled once per target, to be linked in.

What decides about it is in native/libcxx: how it is configured, which of its sources are compiled,
and what stands in place of those that print.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from mobilegen.artifacts import Target, Toolchain
from mobilegen.resources import native_dir
from mobilegen.system import process
from mobilegen.system.files import kept_dir, sha256_bytes
from mobilegen.toolchains.zig import Zig

ARCHIVE = "libcxx.a"
CONFIG = "config.h"
_SECONDS = 1200.0
# What is not used is left out when a library is linked.
_FLAGS = (
    "-std=c++23", "-Os", "-DNDEBUG", "-w", "-fPIC", "-fvisibility=hidden",
    "-fvisibility-inlines-hidden", "-ffunction-sections", "-fdata-sections",
    "-fno-unwind-tables", "-fno-asynchronous-unwind-tables", "-fno-exceptions", "-fno-rtti",
    "-fno-threadsafe-statics", "-fno-addrsig", "-nostdlibinc", "-nostdinc++",
    "-D_LIBCPP_BUILDING_LIBRARY", "-D_LIBCXXABI_BUILDING_LIBRARY", "-DLIBCXX_BUILDING_LIBCXXABI",
    "-DLIBCXXABI_NON_DEMANGLING_TERMINATE", "-D_LIBCXXABI_DISABLE_VISIBILITY_ANNOTATIONS",
)  # fmt: skip
_OWN_HEADERS = ("libcxx/src", "libcxxabi/include", "libcxxabi/src", "libcxx/libc")


def add_libcxx(
    toolchain: Toolchain, zig: Zig, target: Target, flags: Sequence[str | Path], root: Path
) -> Toolchain:
    """Return an embedded toolchain with the C++ library, which is compiled on first use.

    Args:
        flags: Processor and headers of the C library, for clang; the toolchain's identity stands
            for them.
        root: Folder for the libraries of all targets.

    Raises:
        ProcessError: The compiler failed.
    """
    identity = sha256_bytes(json.dumps([toolchain.identity, _texts()]).encode())
    folder = root / f"libcxx-{target.id}-{identity[:16]}"
    kept_dir(folder, (ARCHIVE, CONFIG), lambda new: _make(zig, target.id, flags, new))
    variables = (*toolchain.variables, ("MOBILEGEN_CXX", folder.as_posix()))
    return replace(toolchain, variables=variables, identity=identity)


def _folder() -> Path:
    return native_dir() / "libcxx"


def _texts() -> list[str]:
    files = [*_folder().iterdir(), Path(__file__)]
    return [path.read_text("utf-8") for path in sorted(files)]


def sources() -> list[str]:
    """Return the sources of the C++ library that are compiled, below zig's folder lib/."""
    lines = (_folder() / "sources.txt").read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def _make(zig: Zig, name: str, flags: Sequence[str | Path], folder: Path) -> None:
    shutil.copyfile(_folder() / CONFIG, folder / CONFIG)
    # The headers of the C++ library include those of C, which come after them.
    flags = [*_FLAGS, *_include_flags(zig, folder), *flags]
    paths = [zig.lib / name for name in sources()]
    objects = folder / "objects"
    objects.mkdir()
    _compile(zig, flags, [*paths, _folder() / "support.cpp"], objects, name)
    # In one order, or the bytes of what is linked with it change.
    files = sorted(objects.glob("*.o"))
    process.run(
        [zig.path, "ar", "qcsD", folder / ARCHIVE, *files],
        title=f"archiving the C++ library for {name}",
        timeout=_SECONDS,
    )
    shutil.rmtree(objects)


def _include_flags(zig: Zig, folder: Path) -> list[str | Path]:
    own = [f"-I{zig.lib / name}" for name in _OWN_HEADERS]
    prefixes = {zig.lib: "zig/lib", folder: "cxx", _folder(): "libcxx"}
    return [
        "-include", folder / CONFIG, "-isystem", zig.lib / "libcxx" / "include",
        "-resource-dir", zig.lib, *own,
        *(f"-ffile-prefix-map={path}={name}" for path, name in prefixes.items()),
    ]  # fmt: skip


def _compile(
    zig: Zig, flags: Sequence[str | Path], paths: Sequence[Path], folder: Path, name: str
) -> None:
    process.run(
        [zig.path, "clang", "--driver-mode=g++", *flags, "-c", *paths],
        title=f"compiling the C++ library for {name}",
        timeout=_SECONDS,
        cwd=folder,
    )
