"""What a runtime tells the native build: its function `plan` returns an `EnginePlan`."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from mobilegen.system.download import PackageFile


@dataclass(frozen=True)
class SourcePackage:
    """A runtime's source archive.

    Attributes:
        file: Where it comes from.
        root: The archive's top folder.
        parts: Files and folders below `root` that are unpacked.
        licence: The file among the parts that goes wherever the source or a binary goes.
    """

    file: PackageFile
    root: str
    parts: tuple[str, ...]
    licence: str


@dataclass(frozen=True)
class ObjectRecipe:
    """How a runtime's own CMake project becomes objects, compiled once for all models.

    Attributes:
        options: CMake cache variables.
        flags: Compile flags for optimisation and code generation.
        android_flags: Further flags for the objects on Android.
        prefix: What the paths of the wanted objects in the build tree begin with.
    """

    source: SourcePackage
    options: tuple[tuple[str, str], ...]
    flags: tuple[str, ...]
    android_flags: tuple[str, ...]
    prefix: str


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
class EnginePlan:
    """The part of a native build that depends on the runtime.

    Attributes:
        runtime: Folder name in `native/engines/`.
        recipe: How its objects are made.
        select: Picks the objects that this model needs from the names of all, for example
            "layer/relu.cpp".
        write_sources: Writes what is generated for this model into a folder and returns the
            CMake variables that `native/engines/<runtime>/engine.cmake` takes.
        library_sources: Sources of the package that are compiled with the library itself, because
            they take in what was generated.
        switches: The header in the build tree that has the settings of the configuration.
        part_of: Names the part of the runtime that an object belongs to, for people.
        params_file: Name of the params file in the folder that an app loads from.
        weights_file: Name of the weights file there.
    """

    runtime: str
    recipe: ObjectRecipe
    select: Callable[[Sequence[str]], tuple[str, ...]]
    write_sources: Callable[[ObjectSet, Path], tuple[tuple[str, str], ...]]
    library_sources: tuple[str, ...]
    switches: str
    part_of: Callable[[str], str]
    params_file: str
    weights_file: str
