"""What the native build needs to know about the toy runtime."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path

from mobilegen.artifacts import Artifact, Companion, Target
from mobilegen.native_build.package import Package
from mobilegen.native_build.plan import (
    EnginePlan,
    FromSource,
    ObjectRecipe,
    ObjectSet,
    Prebuilt,
)
from mobilegen.system.lockfile import content_hash
from mobilegen.system.pinned import UserFile

_FOLDER = Path(__file__).parent
_SDK = _FOLDER / "sdk"
# Name and hash of the library for each target, as whoever compiled it wrote them down.
_PINS = _FOLDER / "libraries.json"
_FLAGS = (
    "-Os", "-DNDEBUG", "-fvisibility=hidden", "-fvisibility-inlines-hidden",
    "-ffunction-sections", "-fdata-sections", "-fno-unwind-tables",
    "-fno-asynchronous-unwind-tables",
)  # fmt: skip
_EXPORTS = ("toy_close", "toy_open", "toy_run")


def package() -> Package:
    """Return the compiled libraries with their header."""
    return Package(UserFile(_SDK, content_hash(_SDK)), "sdk", ("lib", "include"), "LICENSE")


def plan(artifact: Artifact) -> EnginePlan:
    """Say how the library for a toy model is built."""
    code = Prebuilt(package(), "include", libraries, _FLAGS)
    return EnginePlan("toy", _FOLDER / "adapter", code, cxx="static")


def libraries(target: Target) -> tuple[Companion, ...]:
    """Return what goes beside the library of a model."""
    pins = json.loads(_PINS.read_text("utf-8"))
    if target.id not in pins:
        return ()
    path = Path("lib", target.id, "libtoy.so")
    return (Companion("libtoy.so", path, pins[target.id], exports=_EXPORTS),)


def plan_from_source(artifact: Artifact) -> EnginePlan:
    """Say how the library is built where the runtime is compiled, too."""
    source = _FOLDER / "library"
    code = FromSource(
        package=Package(UserFile(source, content_hash(source)), "library"),
        recipe=ObjectRecipe((), _FLAGS, (), "CMakeFiles/toy.dir/"),
        select=_all,
        write_sources=_write_nothing,
        part_of=lambda name: "core",
    )
    return EnginePlan("toysource", _FOLDER / "adapter", code, cxx="static")


def _all(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(names)


def _write_nothing(objects: ObjectSet, folder: Path) -> tuple[tuple[str, str], ...]:
    return (
        ("TOY_OBJECTS", ";".join(path.as_posix() for path in objects.objects)),
        ("TOY_HEADERS", objects.source.as_posix()),
    )
