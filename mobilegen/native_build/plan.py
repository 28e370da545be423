"""What a runtime tells the native build: its function `plan` returns an `EnginePlan`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from mobilegen.artifacts import Companion, CxxLibrary, Target
from mobilegen.native_build.package import Package


@dataclass(frozen=True)
class ObjectRecipe:
    """How a CMake project becomes objects, compiled once for all models.

    Attributes:
        options: CMake cache variables.
        flags: Compile flags for optimisation and code generation.
        flags_on: Further flags by patterns of target ids, as in `Runtime.targets`.
        prefix: What the paths of the wanted objects in the build tree begin with.
        project: Folder of a project of ours, which is told the package's folder by the variable
            MOBILEGEN_PACKAGE; None: the project is the package's own.
    """

    options: tuple[tuple[str, str], ...]
    flags: tuple[str, ...]
    flags_on: tuple[tuple[str, tuple[str, ...]], ...]
    prefix: str
    project: Path | None = None


@dataclass(frozen=True)
class ObjectSet:
    """Compiled objects of a runtime.

    Attributes:
        source: The unpacked source package.
        binary: The build tree, with generated headers.
        objects: The objects that were asked for, sorted by name.
    """

    source: Path
    binary: Path
    objects: tuple[Path, ...]


@dataclass(frozen=True)
class ProjectSources:
    """What a project needs to compile the runtime itself.

    Attributes:
        library_sources: Sources of the package that are compiled with the library itself, because
            they take in what was generated.
        switches: The header in the build tree that has the settings of the configuration.
    """

    library_sources: tuple[str, ...]
    switches: str


@dataclass(frozen=True)
class FromSource:
    """A runtime that is compiled, and cut to the model.

    Attributes:
        package: Its source.
        recipe: How its objects are made.
        select: Picks the objects that this model needs from the names of all, for example
            "layer/relu.cpp".
        write_sources: Writes what is generated for this model into a folder and returns the
            CMake variables that the engine's engine.cmake takes.
        part_of: Names the part of the runtime that an object belongs to, for people.
        project: For projects that compile the runtime themselves; None: it has none.
    """

    package: Package
    recipe: ObjectRecipe
    select: Callable[[Sequence[str]], tuple[str, ...]]
    write_sources: Callable[[ObjectSet, Path], tuple[tuple[str, str], ...]]
    part_of: Callable[[str], str]
    project: ProjectSources | None = None


@dataclass(frozen=True)
class Prebuilt:
    """A runtime whose compiled libraries go beside the library of the model.

    Attributes:
        package: Holds headers and libraries.
        headers: Folder of the headers in the package.
        libraries: Gives the libraries for a target, what others need first; their paths and
            licences are relative to the package. () when there are none for it.
        flags: Compile flags of the adapter.
    """

    package: Package
    headers: str
    libraries: Callable[[Target], tuple[Companion, ...]]
    flags: tuple[str, ...] = ("-Os", "-DNDEBUG")


@dataclass(frozen=True)
class EnginePlan:
    """The part of a native build that depends on the runtime.

    Attributes:
        runtime: Its name.
        folder: Of the adapter: engine.cmake and its sources.
        code: Where the runtime's code comes from.
        cxx: The C++ library that adapter and runtime are compiled with: none at all, one that is
            linked in, or the one of an NDK, where the names of that one are demanded.
        system: Libraries of the target's system that are linked, beside those of the engine
            itself: "dl" for libdl.so.
        features: What is switched on in the adapter: "vulkan" defines MOBILEGEN_VULKAN.
        licences: Texts that go with a library beside the package's licence.
    """

    runtime: str
    folder: Path
    code: FromSource | Prebuilt
    cxx: CxxLibrary = "none"
    system: tuple[str, ...] = ()
    features: frozenset[str] = frozenset()
    licences: tuple[Path, ...] = ()
