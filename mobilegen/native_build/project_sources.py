"""The sources of a library, as far as one model needs them: for a project that compiles it itself.

Sources, headers and options are those of the library that mobilegen builds, so the same compiler
makes the same bytes of them.
"""

from __future__ import annotations

import json
import shlex
import shutil
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from mobilegen.artifacts import NativeSources
from mobilegen.errors import NativeBuildError
from mobilegen.native_build.elf import defines_anything
from mobilegen.native_build.header import write_generated
from mobilegen.native_build.includes import closure, read_switches
from mobilegen.native_build.objects import object_set
from mobilegen.native_build.plan import FromSource, ObjectSet, ProjectSources
from mobilegen.native_build.request import LibraryRequest
from mobilegen.resources import native_dir
from mobilegen.system.files import record, write_text

GENERATED = "generated"
OWN = "mobilegen"
OBJECTS = "objects.cmake"
_ABI_FOLDER = "abi"
_OWN_PARTS = ("library.cmake", "exports.map", "link", "core", "include")
_TOOLS = "tools"
_NO_WARNINGS = "-w"
# What a project asks of CMake in other words.
_GIVEN = ("-fPIC",)


@dataclass(frozen=True)
class _Source:
    """A file of the runtime and how it is compiled."""

    path: Path
    includes: tuple[Path, ...]
    options: tuple[str, ...]


def write_sources(request: LibraryRequest, folder: Path) -> NativeSources:
    """Write all that a CMake project needs to compile a library for one target.

    The folder gets `mobilegen/`, our own sources, `generated/`, those of this model, and one
    named after the runtime, with the runtime's sources and licence.

    Args:
        folder: Is filled; its content may be moved.

    Raises:
        NativeBuildError: As `build_library`, or the runtime has no sources for a project, or
            CMake said of a file nothing that is understood.
        DownloadError: The runtime's package cannot be had.
    """
    runtime, code = request.plan.runtime, request.plan.code
    if not isinstance(code, FromSource) or code.project is None:
        raise NativeBuildError(
            f"a project cannot compile {runtime} itself",
            seen=["the runtime has no sources that a project could take"],
            hint="build without --with-sources",
        )
    _copy_own(request, folder / OWN)
    generated = folder / GENERATED
    write_generated(request.artifact, request.bridge, request.contents, generated, movable=True)
    with object_set(request) as objects:
        _copy_runtime(request, code, code.project, objects, folder / runtime)
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    return NativeSources(request.target, folder, tuple(record(path, folder) for path in paths))


def _copy_own(request: LibraryRequest, folder: Path) -> None:
    engine = folder / "engines" / request.plan.runtime
    places = [(native_dir() / name, folder / name) for name in _OWN_PARTS]
    if bridge := request.bridge.folder:
        places.append((native_dir() / bridge, folder / Path(bridge).name))
    for part, place in (*places, (request.plan.folder, engine)):
        for path in [part] if part.is_file() else part.rglob("*"):
            name = path.relative_to(part)
            if path.is_file() and _TOOLS not in name.parts:
                _copy(path, place / name)


def _copy_runtime(
    request: LibraryRequest,
    code: FromSource,
    project: ProjectSources,
    objects: ObjectSet,
    folder: Path,
) -> None:
    # CMake may name files by another path, where the cache is behind a link.
    objects = replace(objects, source=objects.source.resolve(), binary=objects.binary.resolve())
    generated = folder / _ABI_FOLDER / request.target.abi
    code.write_sources(objects, generated)
    sources = list(_sources(code, objects))
    includes = tuple(dict.fromkeys(path for source in sources for path in source.includes))
    roots = [
        *(objects.source / name for name in project.library_sources),
        *request.plan.folder.glob("*.cpp"),
        *(source.path for source in sources),
    ]
    switches = read_switches((objects.binary / project.switches).read_text("utf-8"))
    places = {objects.source: Path(), objects.binary: Path(_ABI_FOLDER, request.target.abi)}
    for path in closure(roots, (generated, *includes), switches):
        if place := _place(path, places):
            _copy(path, folder / place)
    if licence := code.package.licence:
        _copy(objects.source / licence, folder / licence)
    write_text(generated / OBJECTS, _objects_cmake(code, sources, includes, places))


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _place(path: Path, places: Mapping[Path, Path]) -> str:
    """Return where a file of the runtime goes; "" for a file of other origin."""
    for root, place in places.items():
        if path.is_relative_to(root):
            return (place / path.relative_to(root)).as_posix()
    return ""


def _sources(code: FromSource, objects: ObjectSet) -> Iterator[_Source]:
    """Give the sources of all objects that are not empty under this configuration."""
    commands = json.loads((objects.binary / "compile_commands.json").read_text("utf-8"))
    by_object = {(objects.binary / entry["output"]).resolve(): entry for entry in commands}
    for path in objects.objects:
        if defines_anything(path):
            entry = by_object[path.resolve()]
            yield _source(entry["file"], entry["command"], code.recipe.flags)


def _source(file: str, command: str, flags: Sequence[str]) -> _Source:
    """Read how a file is compiled; what comes before our flags is the toolchain's.

    Raises:
        NativeBuildError: The flags are not in the command.
    """
    words = shlex.split(command.replace("\\", "/"))
    start = next((i for i in range(len(words)) if words[i : i + len(flags)] == [*flags]), None)
    if start is None or "-o" not in words[start:]:
        raise NativeBuildError(
            f"CMake says of {Path(file).name} nothing that is understood", seen=[command[:400]]
        )
    options = words[start : words.index("-o", start)]
    return _Source(
        Path(file).resolve(),
        tuple(Path(word[2:]).resolve() for word in words if word.startswith("-I")),
        tuple(dict.fromkeys(word for word in options if word not in _GIVEN and word[:2] != "-W")),
    )


def _objects_cmake(
    code: FromSource,
    sources: Sequence[_Source],
    includes: Sequence[Path],
    places: Mapping[Path, Path],
) -> str:
    """Return the text of objects.cmake; see native/engines/ncnn/sources.cmake."""
    (common, _), *_ = Counter(source.options for source in sources).most_common(1)
    lists: dict[str, Sequence[str]] = {
        "MOBILEGEN_OBJECT_SOURCES": [_place(source.path, places) for source in sources],
        "MOBILEGEN_OBJECT_INCLUDES": [_place(path, places) for path in includes],
        "MOBILEGEN_OBJECT_OPTIONS": common,
        "MOBILEGEN_OPTIONS": [flag for flag in code.recipe.flags if flag != _NO_WARNINGS],
    }
    text = "# How the runtime is compiled for one ABI; generated.\n"
    for name, words in lists.items():
        text += f"set({name}\n" + "".join(f"    {word}\n" for word in words) + ")\n"
    for source in sources:
        if more := [option for option in source.options if option not in common]:
            text += "set_source_files_properties(\n"
            text += f"    ${{MOBILEGEN_OBJECT_ROOT}}/{_place(source.path, places)}\n"
            text += f'    PROPERTIES COMPILE_OPTIONS "{";".join(more)}")\n'
    return text
