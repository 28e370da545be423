"""The project of a model for Linux: library, header, programs, a Python class and an example."""

from __future__ import annotations

import functools
import keyword
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import jinja2

import mobilegen
from mobilegen.artifacts import Artifact, Library, Project, ProjectFile, TensorSpec
from mobilegen.platforms.escapes import Code, environment
from mobilegen.platforms.linux import PLATFORM
from mobilegen.platforms.linux.programs import Programs
from mobilegen.resources import native_dir, templates_dir
from mobilegen.system.files import sha256_bytes, sha256_file, write_bytes

LABELS_FILE = "labels.txt"
_SUFFIX = ".j2"
_HEADER = "include/mobilegen/engine.h"


@dataclass(frozen=True)
class LinuxProject:
    """What the project is made of.

    Attributes:
        name: The library is lib<name>.so.
        labels: The file of class names, or None.
        images: The library takes images.
        embedded: The model is inside of the library.
        programs: Those that go with the libraries.
    """

    name: str
    artifact: Artifact
    libraries: tuple[Library, ...]
    labels: Path | None
    images: bool
    embedded: bool
    programs: tuple[Programs, ...] = ()


def module_name(name: str) -> str:
    """Return the name of the Python module: the library's, unless that means something else."""
    taken = keyword.iskeyword(name) or name in sys.stdlib_module_names or name == "numpy"
    return f"{name}_model" if taken else name


def render_project(parts: LinuxProject, folder: Path) -> Project:
    """Write the sources of a project below `folder`, and name all of its files.

    Model, libraries and programs are named where they are instead of being copied.
    """
    files = [*_rendered(parts, folder), *_copied(parts)]
    return Project(PLATFORM.name, tuple(sorted(files, key=lambda file: file.path)))


def _root() -> Path:
    return templates_dir() / "linux"


@functools.cache
def _environment() -> jinja2.Environment:
    return environment(_root(), trim_blocks=True)


def _rendered(parts: LinuxProject, folder: Path) -> Iterator[ProjectFile]:
    values = _values(parts)
    for template in sorted(path for path in _root().rglob(f"*{_SUFFIX}") if path.is_file()):
        name = template.relative_to(_root()).as_posix()
        data = _environment().get_template(name).render(values).encode()
        path = name.removesuffix(_SUFFIX).replace("NAME", values["module"])
        write_bytes(folder / path, data)
        yield ProjectFile(path, folder / path, sha256_bytes(data))


def _values(parts: LinuxProject) -> dict[str, Any]:
    artifact = parts.artifact
    files = ["-"] if parts.embedded else [f"model/{record.path}" for _, record in artifact.files]
    inputs = [_tensor(binding.tensor) for binding in artifact.inputs]
    outputs = [_tensor(binding.tensor) for binding in artifact.outputs]
    return {
        "name": Code(parts.name),
        "module": Code(module_name(parts.name)),
        "library_file": Code(f"lib{parts.name}.so"),
        "labels_file": Code(LABELS_FILE),
        "labels": parts.labels is not None,
        "images": parts.images,
        "embedded": parts.embedded,
        "inputs": inputs,
        "outputs": outputs,
        "input_count": len(inputs),
        "output_count": len(outputs),
        "abis": Code(", ".join(library.target.abi for library in parts.libraries)),
        "abi": Code(parts.libraries[0].target.abi),
        "programs": bool(parts.programs),
        "model_arguments": Code("".join(f" {file}" for file in files)),
        "runtime": Code(f"{artifact.runtime} {artifact.runtime_version}"),
        "precision": Code(artifact.precision),
        "generator": Code(f"mobilegen {mobilegen.__version__}"),
    }


def _tensor(tensor: TensorSpec) -> dict[str, Any]:
    sizes = " x ".join(map(str, tensor.shape)) or "scalar"
    return {"name": tensor.name, "shape": Code(sizes), "dtype": Code(tensor.dtype)}


def _copied(parts: LinuxProject) -> Iterator[ProjectFile]:
    header = native_dir() / _HEADER
    yield _file(_HEADER, header)
    if not parts.embedded:
        for _, record in parts.artifact.files:
            source = parts.artifact.folder / record.path
            yield ProjectFile(f"model/{record.path}", source, record.sha256)
        if parts.labels:
            yield _file(f"model/{LABELS_FILE}", parts.labels)
    for library in parts.libraries:
        path = f"lib/{library.target.abi}/{library.path.name}"
        yield ProjectFile(path, library.path, library.sha256)
        for companion in library.companions:
            yield _file(f"lib/{library.target.abi}/{companion.name}", companion.path)
    licences = {path.name: path for library in parts.libraries for path in library.licences}
    yield from (_file(f"lib/{name}", path) for name, path in licences.items())
    for programs in parts.programs:
        for each in programs.files:
            source = programs.folder / each.path
            yield ProjectFile(f"bin/{each.path}", source, each.sha256, executable=True)


def _file(path: str, source: Path) -> ProjectFile:
    return ProjectFile(path, source, sha256_file(source))
