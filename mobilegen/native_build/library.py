"""Builds the shared library of one model for one target."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from mobilegen import console
from mobilegen.artifacts import Companion, Library
from mobilegen.errors import NativeBuildError, ProcessError
from mobilegen.native_build.elf import read_elf
from mobilegen.native_build.header import EMBEDDED, NAMES, render_names, write_generated
from mobilegen.native_build.parts import EngineParts, engine_parts
from mobilegen.native_build.request import LibraryRequest
from mobilegen.native_build.run import build_error, build_type, configure, ninja
from mobilegen.native_build.sizes import SUFFIX, measure_sizes
from mobilegen.resources import native_dir
from mobilegen.serialize import dump_json
from mobilegen.system.files import sha256_file, write_bytes, write_text

PREDICT, BENCHMARK = "predict", "benchmark"
_GENERATED = "generated"


def build_library(request: LibraryRequest, work_dir: Path) -> Library:
    """Build the runtime cut to the model, the C interface and the platform's bridge.

    lib<name>.so, or lib<name>.a, is written to `work_dir`, and beside it a file that tells what its
    bytes are, the libraries that go with it, and licences; everything else there may be deleted.
    The same request gives the same bytes, wherever the folders are.

    Raises:
        NativeBuildError: CMake, the compiler or the linker failed, or the model has tensors
            that the library cannot carry.
        DownloadError: The runtime's package cannot be had.
    """
    generated = _write_generated(request, work_dir)
    with engine_parts(request, generated) as parts:
        variables = _variables(request, parts, generated)
        built = _link(request, variables, work_dir / "cmake") / _file_name(request)
        companions = tuple(_place(each, work_dir) for each in parts.companions)
        texts = [write_bytes(work_dir / name, path.read_bytes()) for name, path in parts.licences]
    path = write_bytes(work_dir / built.name, built.read_bytes())
    _keep_sizes(path, built.with_suffix(".map"), request)
    return replace(describe(path, request, companions), licences=tuple(texts))


def build_benchmark(request: LibraryRequest, work_dir: Path) -> Path:
    """Build the program that times a model and its layers; return its path in `work_dir`.

    Raises:
        As `build_library`.
    """
    (program,) = build_programs(request, (BENCHMARK,), work_dir)
    return program


def build_programs(
    request: LibraryRequest, names: Sequence[str], work_dir: Path, *, beside: str = ""
) -> tuple[Path, ...]:
    """Build programs over the C interface; return their paths in `work_dir`.

    Args:
        names: `PREDICT`, which needs the library, and `BENCHMARK`, which has all inside.
        beside: Where the programs find the library, if not in their own folder: another one,
            relative to it.

    Raises:
        As `build_library`.
    """
    generated = _write_generated(request, work_dir)
    with engine_parts(request, generated) as parts:
        own = (("MOBILEGEN_TOOLS", "ON"), ("MOBILEGEN_BESIDE", beside))
        variables = (*_variables(request, parts, generated), *own)
        folder = _link(request, variables, work_dir / "cmake", goals=names)
    return tuple(folder / name for name in names)


def library_variables(request: LibraryRequest, work_dir: Path) -> tuple[tuple[str, str], ...]:
    """Make all that `native/CMakeLists.txt` needs and return its CMake variables.

    Raises:
        As `build_library`.
    """
    generated = _write_generated(request, work_dir)
    with engine_parts(request, generated) as parts:
        return _variables(request, parts, generated)


def _write_generated(request: LibraryRequest, work_dir: Path) -> Path:
    folder = work_dir / _GENERATED
    if request.kind == "static":
        write_text(folder / NAMES, render_names(request.name))
    return write_generated(request.artifact, request.bridge, request.contents, folder)


def _variables(
    request: LibraryRequest, parts: EngineParts, generated: Path
) -> tuple[tuple[str, str], ...]:
    embedded = generated / EMBEDDED
    return (
        ("MOBILEGEN_NAME", request.name),
        ("MOBILEGEN_GENERATED", generated.as_posix()),
        ("MOBILEGEN_EMBEDDED", embedded.as_posix() if embedded.is_file() else ""),
        ("MOBILEGEN_KIND", request.kind.upper()),
        ("MOBILEGEN_BRIDGE", request.bridge.folder),
        *build_type(parts.flags),
        *parts.variables,
    )


def _place(companion: Companion, folder: Path) -> Companion:
    """Copy a companion to the place where the library is."""
    path = write_bytes(folder / companion.name, companion.path.read_bytes())
    return replace(companion, path=path)


def _file_name(request: LibraryRequest) -> str:
    return f"lib{request.name}.{'so' if request.kind == 'shared' else 'a'}"


def describe(
    path: Path, request: LibraryRequest, companions: tuple[Companion, ...] = ()
) -> Library:
    """Read a built library; whether its platform takes it is for that to say."""
    library = Library(
        target=request.target,
        path=path,
        soname="",
        size=path.stat().st_size,
        sha256=sha256_file(path),
        needed=(),
        exports=(),
        imports=(),
        toolchain=request.toolchain.version,
        companions=companions,
        system=request.plan.system,
        kind=request.kind,
    )
    if request.kind == "static":
        return library
    elf = read_elf(path)
    return replace(
        library, soname=elf.soname, needed=elf.needed, exports=elf.exports, imports=elf.imports
    )


def _keep_sizes(library: Path, link_map: Path, request: LibraryRequest) -> None:
    """Write what the library's bytes are beside it; a foreign linker may leave no map for that."""
    if not link_map.is_file():
        return
    text = link_map.read_text("utf-8", errors="replace")
    try:
        sizes = measure_sizes(library, text, request.plan)
        dump_json(sizes, library.with_name(library.name + SUFFIX))
    except NativeBuildError as error:
        console.note(f"inspect --library will know nothing: {error}")


def _link(
    request: LibraryRequest,
    variables: tuple[tuple[str, str], ...],
    folder: Path,
    *,
    goals: Sequence[str] = (),
) -> Path:
    """Compile the parts of our own and link; return the folder with the result."""
    target = request.target
    shutil.rmtree(folder, ignore_errors=True)
    try:
        configure(native_dir(), folder, target, request.toolchain, variables)
        ninja(folder, goals or ("mobilegen",), jobs=request.jobs, title=f"linking for {target.abi}")
    except ProcessError as error:
        what = " and ".join(goals) if goals else "the library"
        raise build_error(f"building {what} for {target.abi}", error) from error
    return folder
