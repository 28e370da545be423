"""Builds the shared library of one model for one target."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

from mobilegen import console
from mobilegen.artifacts import Artifact, Library, Target, Toolchain
from mobilegen.errors import NativeBuildError, ProcessError
from mobilegen.native_build.elf import check_library, read_elf
from mobilegen.native_build.header import EMBEDDED, NOTHING_ELSE, Contents, write_generated
from mobilegen.native_build.objects import object_set
from mobilegen.native_build.plan import EnginePlan, ObjectSet
from mobilegen.native_build.run import build_error, build_type, configure, ninja
from mobilegen.native_build.sizes import SUFFIX, measure_sizes
from mobilegen.platforms.android.jni import jni_exports
from mobilegen.platforms.android.libraries import check_library_name
from mobilegen.resources import native_dir
from mobilegen.runtimes import catalog
from mobilegen.serialize import dump_json
from mobilegen.system.files import sha256_file, write_bytes

BENCHMARK = "benchmark"
# A program has no natives of Java classes, which alone have a package.
_NO_PACKAGE = "com.example"
_GENERATED = "generated"


def build_library(
    artifact: Artifact,
    target: Target,
    toolchain: Toolchain,
    *,
    name: str,
    package: str,
    work_dir: Path,
    jobs: int,
    offline: bool = False,
    contents: Contents = NOTHING_ELSE,
) -> Library:
    """Build lib<name>.so: the runtime cut to the model, the C interface, the Java natives.

    The library is written to `work_dir`, and beside it a file that tells what its bytes are, and
    the licence of the runtime; everything else there may be deleted. The same arguments give the
    same bytes, wherever the folders are.

    Args:
        artifact: The model's files, in the form of its runtime.
        name: For System.loadLibrary: a small letter, then small letters, digits or _.
        package: Java package of the classes with natives.
        jobs: How many compilers may run at the same time.
        offline: Never use the network.
        contents: What else the library holds of its model.

    Raises:
        ConfigError: `name` or `package` is not valid.
        UsageError: There is no such runtime.
        NativeBuildError: CMake, the compiler or the linker failed, or the model has tensors
            that the library cannot carry.
        DownloadError: The runtime's source cannot be had.
    """
    check_library_name(name)
    plan = catalog.get(artifact.runtime).plan_native(artifact)
    generated = write_generated(artifact, plan, package, contents, work_dir / _GENERATED)
    with object_set(plan, target, toolchain, jobs=jobs, offline=offline) as objects:
        variables = _variables(plan, target, objects, generated, name)
        built = _link(target, toolchain, variables, work_dir / "cmake", jobs) / f"lib{name}.so"
        terms = (objects.source / plan.recipe.source.licence).read_bytes()
    path = write_bytes(work_dir / f"lib{name}.so", built.read_bytes())
    licence = write_bytes(work_dir / f"LICENSE.{plan.runtime}.txt", terms)
    _keep_sizes(path, built.with_suffix(".map"), plan)
    return replace(describe(path, target, toolchain, package), licence=licence)


def build_benchmark(
    artifact: Artifact,
    target: Target,
    toolchain: Toolchain,
    *,
    work_dir: Path,
    jobs: int,
    offline: bool = False,
    contents: Contents = NOTHING_ELSE,
) -> Path:
    """Build the program that times a model and its layers; return its path in `work_dir`.

    Raises:
        As `build_library`.
    """
    plan = catalog.get(artifact.runtime).plan_native(artifact)
    generated = write_generated(artifact, plan, _NO_PACKAGE, contents, work_dir / _GENERATED)
    with object_set(plan, target, toolchain, jobs=jobs, offline=offline) as objects:
        variables = _variables(plan, target, objects, generated, BENCHMARK)
        programs = (*variables, ("MOBILEGEN_TOOLS", "ON"))
        folder = _link(target, toolchain, programs, work_dir / "cmake", jobs, goal=BENCHMARK)
    return folder / BENCHMARK


def library_variables(
    artifact: Artifact,
    target: Target,
    toolchain: Toolchain,
    *,
    name: str,
    package: str,
    work_dir: Path,
    jobs: int,
    offline: bool = False,
    contents: Contents = NOTHING_ELSE,
) -> tuple[tuple[str, str], ...]:
    """Make all that `native/CMakeLists.txt` needs and return its CMake variables.

    Raises:
        As `build_library`.
    """
    plan = catalog.get(artifact.runtime).plan_native(artifact)
    generated = write_generated(artifact, plan, package, contents, work_dir / _GENERATED)
    with object_set(plan, target, toolchain, jobs=jobs, offline=offline) as objects:
        return _variables(plan, target, objects, generated, name)


def _variables(
    plan: EnginePlan, target: Target, objects: ObjectSet, generated: Path, name: str
) -> tuple[tuple[str, str], ...]:
    embedded = generated / EMBEDDED
    return (
        ("MOBILEGEN_NAME", name),
        ("MOBILEGEN_RUNTIME", plan.runtime),
        ("MOBILEGEN_GENERATED", generated.as_posix()),
        ("MOBILEGEN_EMBEDDED", embedded.as_posix() if embedded.is_file() else ""),
        ("MOBILEGEN_JNI", "ON" if target.platform == "android" else "OFF"),
        *build_type(plan.recipe.flags),
        *plan.write_sources(objects, generated),
    )


def describe(path: Path, target: Target, toolchain: Toolchain, package: str) -> Library:
    """Read a built library and check it for its target."""
    elf = read_elf(path)
    return Library(
        target=target,
        path=path,
        soname=elf.soname,
        size=path.stat().st_size,
        sha256=sha256_file(path),
        needed=elf.needed,
        exports=elf.exports,
        imports=elf.imports,
        toolchain=toolchain.version,
        checks=check_library(elf, target, path.name, jni_exports(package)),
    )


def _keep_sizes(library: Path, link_map: Path, plan: EnginePlan) -> None:
    """Write what the library's bytes are beside it; a foreign linker may leave no map for that."""
    if not link_map.is_file():
        return
    text = link_map.read_text("utf-8", errors="replace")
    try:
        dump_json(measure_sizes(library, text, plan), library.with_name(library.name + SUFFIX))
    except NativeBuildError as error:
        console.note(f"inspect --library will know nothing: {error}")


def _link(
    target: Target,
    toolchain: Toolchain,
    variables: tuple[tuple[str, str], ...],
    folder: Path,
    jobs: int,
    *,
    goal: str = "mobilegen",
) -> Path:
    """Compile the parts of our own and link; return the folder with the result."""
    shutil.rmtree(folder, ignore_errors=True)
    try:
        configure(native_dir(), folder, target, toolchain, variables)
        ninja(folder, [goal], jobs=jobs, title=f"linking for {target.abi}")
    except ProcessError as error:
        what = "the library" if goal == "mobilegen" else f"the program {goal}"
        raise build_error(f"building {what} for {target.abi}", error) from error
    return folder
