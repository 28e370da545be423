"""Renders mobilegen_model.h: the names and shapes of one model for the C++ code."""

from __future__ import annotations

import math
import re
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import jinja2
import numpy as np

from mobilegen.artifacts import Artifact, Bridge, FileRecord, Preprocess, TensorBinding
from mobilegen.errors import NativeBuildError
from mobilegen.images.native import initializer
from mobilegen.native_build.digest import blake2sp
from mobilegen.resources import native_dir
from mobilegen.system.files import write_text

HEADER = "mobilegen_model.h"
EMBEDDED = "mobilegen_embedded.cpp"
NAMES = "mobilegen_names.h"
_TEMPLATE = "model.h.j2"
_FUNCTION = re.compile(r"^MOBILEGEN_API\b[^(]*?(mobilegen_\w+)\(", re.MULTILINE)
# As kMaxRank and kMaxFiles in native/core/model.h.
_MAX_RANK = 8
_MAX_FILES = 8
# So that Java can count the bytes of every array.
_MAX_BYTES = (1 << 31) - 1
# What a tensor of the same type on both sides has in place of a function.
_AS_IS = "0"
# The C++ types of elements, by their numpy names.
_TYPES = {
    "float32": "float",
    "float16": "Half",
    "float64": "double",
    "int32": "int32_t",
    "int64": "int64_t",
    "uint8": "uint8_t",
    "bool": "Bool",
}


@dataclass(frozen=True)
class Contents:
    """What a library holds of its model besides names and shapes.

    Attributes:
        labels: Class names in the order of the first output, to go with an embedded model.
        preprocess: How images become the input; None: the library takes no images.
        embed: The model files themselves.
    """

    labels: tuple[str, ...] = ()
    preprocess: Preprocess | None = None
    embed: bool = False


NOTHING_ELSE = Contents()


@dataclass(frozen=True)
class _File:
    name: str
    size: int
    digest: bytes


@dataclass(frozen=True)
class _Tensor:
    """What struct Tensor of native/core/model.h has; types and `convert` are C++ expressions."""

    name: str
    blob: str
    shape: tuple[int, ...]
    type: str
    runtime_shape: tuple[int, ...]
    runtime_type: str
    permutation: tuple[int, ...]
    convert: str


def write_generated(
    artifact: Artifact,
    bridge: Bridge,
    contents: Contents,
    folder: Path,
    *,
    movable: bool = False,
) -> Path:
    """Write the sources that are of this model alone, and the model that they take in.

    Args:
        movable: The folder may be moved before it is compiled. The assembler then finds the
            model where headers are looked up.

    Returns:
        `folder`.

    Raises:
        As `render_header` and `render_embedded`.
    """
    write_text(folder / HEADER, render_header(artifact, bridge, contents))
    if contents.embed:
        # The output folder may have a name that the assembler does not take.
        for _, file in artifact.files:
            shutil.copyfile(artifact.folder / file.path, folder / file.path)
        place = Path() if movable else folder
        write_text(folder / EMBEDDED, render_embedded(artifact, place))
    return folder


def render_header(artifact: Artifact, bridge: Bridge, contents: Contents = NOTHING_ELSE) -> str:
    """Return the text of mobilegen_model.h.

    Args:
        bridge: What the platform adds to the C interface.

    Raises:
        NativeBuildError: A tensor that the C interface cannot carry.
    """
    _check_artifact(artifact, contents)
    inputs = [_tensor(binding, output=False) for binding in artifact.inputs]
    outputs = [_tensor(binding, output=True) for binding in artifact.outputs]
    adapted = [each for each in (*inputs, *outputs) if each.convert != _AS_IS or each.permutation]
    roles = [role for role, _ in artifact.files]
    return (
        _environment()
        .get_template(_TEMPLATE)
        .render(
            defines=bridge.defines,
            files=[_file(artifact, record) for _, record in artifact.files],
            params_index=_place(roles, "params"),
            weights_index=_place(roles, "weights"),
            inputs=inputs,
            outputs=outputs,
            batch=artifact.batch,
            all_floats=all(each.type == "MOBILEGEN_FLOAT32" for each in (*inputs, *outputs)),
            adapted=bool(adapted) or artifact.batch > 1,
            converts=any(each.convert != _AS_IS for each in adapted),
            labels=contents.labels if contents.embed else (),
            rule=initializer(contents.preprocess) if contents.preprocess else "",
            embed=contents.embed,
            probabilities=artifact.scores == "probabilities",
        )
    )


def _place(roles: Sequence[str], role: str) -> int:
    """Return where the file of a role is, for a model of params and weights alone; else -1."""
    return roles.index(role) if sorted(roles) == ["params", "weights"] else -1


def _tensor(binding: TensorBinding, *, output: bool) -> _Tensor:
    tensor = binding.tensor
    source, runtime = _TYPES[tensor.dtype], _TYPES[binding.runtime_dtype]
    types = f"{runtime}, {source}" if output else f"{source}, {runtime}"
    in_order = binding.permutation == tuple(range(len(tensor.shape)))
    return _Tensor(
        name=tensor.name,
        blob=binding.blob,
        shape=tensor.shape,
        type=f"MOBILEGEN_{tensor.dtype.upper()}",
        runtime_shape=binding.runtime_shape,
        runtime_type=f"MOBILEGEN_{binding.runtime_dtype.upper()}",
        permutation=() if in_order else binding.permutation,
        convert=_AS_IS if source == runtime else f"convert<{types}>",
    )


def render_embedded(artifact: Artifact, folder: Path) -> str:
    """Return the text of mobilegen_embedded.cpp: the model files as read-only data.

    Args:
        folder: Where the artifact's files are.

    Raises:
        NativeBuildError: The path of a file cannot be told to the assembler.
    """
    paths = [folder / record.path for _, record in artifact.files]
    for path in paths:
        if set(path.as_posix()) & set('"\\\n\r'):
            raise NativeBuildError(
                f"{path.name} cannot be compiled in",
                seen=[f"its path has quotes, backslashes or line breaks: {str(path)!r}"],
                hint="set TMPDIR to another folder",
            )
    places = [path.as_posix() for path in paths]
    return _environment().get_template("embedded.cpp.j2").render(paths=places)


def render_names(name: str) -> str:
    """Return the text of mobilegen_names.h: the C functions get names of their own, for programs
    that link the archives of several models. The C++ namespace gets one where it is compiled.

    Args:
        name: Of the library.
    """
    interface = (native_dir() / "include" / "mobilegen" / "engine.h").read_text("utf-8")
    functions = sorted(set(_FUNCTION.findall(interface)))
    hidden = [f"mobilegen_embedded_{index}" for index in range(_MAX_FILES)]
    lines = [
        f"#define {each} mobilegen_{name}_{each.removeprefix('mobilegen_')}"
        for each in (*functions, *hidden)
    ]
    guard = "MOBILEGEN_NAMES_H"
    lines = [f"#ifndef {guard}", f"#define {guard}", *lines]
    text = "\n".join(["/* Names of one model's functions; generated. */", *lines, "#endif"])
    return f"{text}\n"


def _file(artifact: Artifact, record: FileRecord) -> _File:
    return _File(record.path, record.size, blake2sp(artifact.folder / record.path))


def c_string(text: str) -> str:
    """Return a C string literal; all but plain characters as octal escapes of their UTF-8."""
    return '"' + "".join(_c_byte(byte) for byte in text.encode()) + '"'


def c_ended(text: str) -> str:
    """Return a C string literal of a text that is followed by a zero in a longer literal."""
    return c_string(text.replace("\0", " ") + "\0")


def c_bytes(data: bytes) -> str:
    """Return an initialiser for an array of bytes."""
    return "{" + ", ".join(f"0x{byte:02x}" for byte in data) + "}"


def _c_byte(byte: int) -> str:
    plain = 0x20 <= byte < 0x7F and chr(byte) not in '"\\?'
    return chr(byte) if plain else f"\\{byte:03o}"


def c_sizes(shape: Sequence[int]) -> str:
    """Return an initialiser for an array of sizes; one unused element for a scalar."""
    return "{" + ", ".join(str(int(size)) for size in shape or (1,)) + "}"


def _environment() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(native_dir()),
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=True,
        autoescape=False,
    )
    environment.filters.update(c=c_string, c_sizes=c_sizes, c_bytes=c_bytes, c_ended=c_ended)
    return environment


def _check_artifact(artifact: Artifact, contents: Contents) -> None:
    if not artifact.inputs or not artifact.outputs:
        raise NativeBuildError("the model has no inputs or no outputs")
    if not 1 <= len(artifact.files) <= _MAX_FILES:
        raise NativeBuildError(
            f"the native library opens 1 to {_MAX_FILES} files",
            seen=[f"the model has {len(artifact.files)}"],
        )
    for binding in (*artifact.inputs, *artifact.outputs):
        _check(binding, artifact.batch)
    first = artifact.inputs[0].tensor
    if contents.preprocess and first.dtype != "float32":
        raise NativeBuildError(
            "images become 32-bit floats only",
            seen=[f"input {first.name} has values of type {first.dtype}"],
            hint="remove `preprocess` and give the model arrays",
        )


def _check(binding: TensorBinding, batch: int) -> None:
    tensor = binding.tensor
    if reason := _fault(binding, batch):
        raise NativeBuildError(
            f"the native library cannot carry tensor {tensor.name}",
            seen=[f"shape {list(tensor.shape)}", reason],
        )


def _fault(binding: TensorBinding, batch: int) -> str:
    """Return why the C interface cannot carry a tensor; "" if it can."""
    tensor, runtime = binding.tensor, binding.runtime_shape
    count, axes = math.prod(tensor.shape), range(len(tensor.shape))
    for dtype in (tensor.dtype, binding.runtime_dtype):
        if dtype not in _TYPES:
            return f"values of type {dtype}; supported are {', '.join(_TYPES)}"
    if max(len(tensor.shape), len(runtime)) > _MAX_RANK:
        return f"{len(tensor.shape)} dimensions; at most {_MAX_RANK} are supported"
    if min((1, *tensor.shape, *runtime)) < 1:
        return "sizes must be positive"
    if batch < 1 or (batch > 1 and (not tensor.shape or tensor.shape[0] % batch)):
        return f"axis 0 cannot be cut into {batch} parts"
    if count != batch * math.prod(runtime):
        return f"the runtime has another number of values: {list(runtime)}"
    if binding.permutation and sorted(binding.permutation) != list(axes):
        return f"no permutation of its axes: {list(binding.permutation)}"
    size = max(np.dtype(dtype).itemsize for dtype in (tensor.dtype, binding.runtime_dtype))
    return f"more than {_MAX_BYTES} bytes" if size * count > _MAX_BYTES else ""
