"""Runs CMake and ninja and turns their failures into readable errors."""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from mobilegen.artifacts import Target, Toolchain
from mobilegen.errors import NativeBuildError, ProcessError
from mobilegen.native_build.tools import clean_environment, cmake_program, defines, ninja_program
from mobilegen.system.process import Completed, run

# A build type of our own: "Release" would make ncnn add -ffast-math, and the results would no
# longer be those that were verified.
_BUILD_TYPE = "Compact"

_CONFIGURE_SECONDS = 600.0
_BUILD_SECONDS = 3600.0
# Best first: what a compiler, linker or CMake says, then what ninja says.
_ERRORS = (re.compile(r"(?i)\berror: |CMake Error|undefined symbol"), re.compile("FAILED|ninja: "))
_TOOL_ERROR = re.compile(r"(?i)\berror: ")
_SHOWN_LINES = 12


def build_type(flags: Sequence[str]) -> tuple[tuple[str, str], ...]:
    """Return the CMake variables that make `flags` the compile flags of C and C++."""
    joined = " ".join(flags)
    return (
        ("CMAKE_BUILD_TYPE", _BUILD_TYPE),
        (f"CMAKE_C_FLAGS_{_BUILD_TYPE.upper()}", joined),
        (f"CMAKE_CXX_FLAGS_{_BUILD_TYPE.upper()}", joined),
    )


def configure(
    source: Path,
    build: Path,
    target: Target,
    toolchain: Toolchain,
    variables: Sequence[tuple[str, str]],
) -> Completed:
    """Configure a CMake project for ninja.

    Args:
        variables: Cache variables beyond those of the toolchain.

    Raises:
        ProcessError: CMake failed.
    """
    build.mkdir(parents=True, exist_ok=True)
    settings = [
        ("CMAKE_MAKE_PROGRAM", str(ninja_program())),
        ("CMAKE_TOOLCHAIN_FILE", str(toolchain.cmake_file)),
        ("CMAKE_EXPORT_COMPILE_COMMANDS", "ON"),
        *toolchain.variables,
        *variables,
    ]
    argv: list[str | Path] = [
        cmake_program(),
        "-S",
        source,
        "-B",
        build,
        "-G",
        "Ninja",
        *defines(settings),
    ]
    return run(
        argv,
        title=f"configuring for {target.abi}",
        timeout=_CONFIGURE_SECONDS,
        env=clean_environment(),
    )


def ninja(build: Path, targets: Sequence[str], *, jobs: int, title: str) -> Completed:
    """Build targets of a configured tree.

    Raises:
        ProcessError: A command failed.
    """
    argv: list[str | Path] = [ninja_program(), "-C", build, "-j", str(max(jobs, 1)), *targets]
    return run(argv, title=title, timeout=_BUILD_SECONDS, env=clean_environment())


def build_error(what: str, error: ProcessError) -> NativeBuildError:
    """Say what a failed CMake or ninja run was about: the first lines that name an error."""
    lines = error.output.splitlines()
    matches = (i for e in _ERRORS for i, line in enumerate(lines) if e.search(line))
    first = next(matches, None)
    seen = lines[first : first + _SHOWN_LINES] if first is not None else list(error.seen)
    # CMake reports that a compiler does not work long before what the compiler said.
    said = [line for line in lines if _TOOL_ERROR.search(line)]
    if said and not any(_TOOL_ERROR.search(line) for line in seen):
        seen += said[:2]
    return NativeBuildError(
        f"{what} failed",
        seen=[line[:400] for line in seen if line.strip()] or [error.what],
        hint="mobilegen doctor",
    )
