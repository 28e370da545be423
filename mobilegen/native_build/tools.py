"""CMake and ninja, as their Python packages bring them."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import cmake
import ninja

from mobilegen.system.files import cache_dir

_SUFFIX = ".exe" if os.name == "nt" else ""

# Variables that would let the caller's shell change what is built.
_UNWANTED = (
    "CC", "CXX", "CPP", "CFLAGS", "CXXFLAGS", "CPPFLAGS", "ASMFLAGS", "LDFLAGS", "CPATH",
    "C_INCLUDE_PATH", "CPLUS_INCLUDE_PATH", "LIBRARY_PATH", "CMAKE_GENERATOR",
    "CMAKE_TOOLCHAIN_FILE", "CMAKE_BUILD_TYPE", "CMAKE_PREFIX_PATH", "NINJA_STATUS",
)  # fmt: skip


def cmake_program() -> Path:
    """Path of the cmake program."""
    return Path(cmake.CMAKE_BIN_DIR) / f"cmake{_SUFFIX}"


def ninja_program() -> Path:
    """Path of the ninja program."""
    return Path(ninja.BIN_DIR) / f"ninja{_SUFFIX}"


def clean_environment() -> dict[str, str]:
    """Changes to the environment for `system.process.run`: nothing of the caller's compilers.

    What zig compiles of its own accord, a C library, goes into our cache.
    """
    cache = str(cache_dir() / "zig-cache")
    caches = {"ZIG_GLOBAL_CACHE_DIR": cache, "ZIG_LOCAL_CACHE_DIR": cache}
    return {**dict.fromkeys(_UNWANTED, ""), **caches}


def defines(variables: Iterable[tuple[str, str]]) -> list[str]:
    """Return cache variables as arguments of cmake."""
    return [f"-D{name}={value}" for name, value in variables]
