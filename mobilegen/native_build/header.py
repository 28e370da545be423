"""Renders mobilegen_model.h: the names and shapes of one model for the C++ code."""

from __future__ import annotations

import math
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import jinja2

from mobilegen.artifacts import Artifact, Preprocess, TensorBinding
from mobilegen.errors import NativeBuildError
from mobilegen.images.native import initializer
from mobilegen.native_build.digest import blake2sp
from mobilegen.platforms.android.jni import NATIVES, jni_prefix
from mobilegen.resources import native_dir
from mobilegen.system.files import write_text

HEADER = "mobilegen_model.h"
EMBEDDED = "mobilegen_embedded.cpp"
_TEMPLATE = "model.h.j2"
_MAX_RANK = 8
_MAX_ELEMENTS = (1 << 31) // 4


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


def write_generated(
    artifact: Artifact,
    package: str,
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
    write_text(folder / HEADER, render_header(artifact, package, contents))
    if contents.embed:
        # The output folder may have a name that the assembler does not take.
        for _, file in artifact.files:
            shutil.copyfile(artifact.folder / file.path, folder / file.path)
        place = Path() if movable else folder
        write_text(folder / EMBEDDED, render_embedded(artifact, place))
    return folder


def render_header(artifact: Artifact, package: str, contents: Contents = NOTHING_ELSE) -> str:
    """Return the text of mobilegen_model.h.

    Args:
        package: Java package of the classes with natives.

    Raises:
        NativeBuildError: A tensor that the C interface cannot carry.
        ConfigError: The package name is not valid.
    """
    for binding in (*artifact.inputs, *artifact.outputs):
        _check(binding)
    if not artifact.inputs or not artifact.outputs:
        raise NativeBuildError("the model has no inputs or no outputs")
    return (
        _environment()
        .get_template(_TEMPLATE)
        .render(
            jni_prefixes=[(name, jni_prefix(package, name)) for name in NATIVES],
            files=[
                ("params", _file(artifact, "params")),
                ("weights", _file(artifact, "weights")),
            ],
            inputs=artifact.inputs,
            outputs=artifact.outputs,
            labels=contents.labels if contents.embed else (),
            rule=initializer(contents.preprocess) if contents.preprocess else "",
            embed=contents.embed,
            probabilities=artifact.scores == "probabilities",
        )
    )


def render_embedded(artifact: Artifact, folder: Path) -> str:
    """Return the text of mobilegen_embedded.cpp: the model files as read-only data.

    Args:
        folder: Where the artifact's files are.

    Raises:
        NativeBuildError: The path of a file cannot be told to the assembler.
    """
    files = [(role, folder / record.path) for role, record in artifact.files]
    for _, path in files:
        if set(path.as_posix()) & set('"\\\n\r'):
            raise NativeBuildError(
                f"{path.name} cannot be compiled in",
                seen=[f"its path has quotes, backslashes or line breaks: {str(path)!r}"],
                hint="set TMPDIR to another folder",
            )
    places = [(role, path.as_posix()) for role, path in files]
    return _environment().get_template("embedded.cpp.j2").render(files=places)


def _file(artifact: Artifact, role: str) -> _File:
    record = dict(artifact.files)[role]
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


def _check(binding: TensorBinding) -> None:
    tensor = binding.tensor
    reason = ""
    if tensor.dtype != "float32":
        reason = f"values of type {tensor.dtype}; only float32 is supported"
    elif len(tensor.shape) > _MAX_RANK or len(binding.runtime_shape) > _MAX_RANK:
        reason = f"{len(tensor.shape)} dimensions; at most {_MAX_RANK} are supported"
    elif min((1, *tensor.shape, *binding.runtime_shape)) < 1:
        reason = "sizes must be positive"
    elif math.prod(tensor.shape) != math.prod(binding.runtime_shape):
        reason = f"the runtime has another number of values: {list(binding.runtime_shape)}"
    elif math.prod(tensor.shape) > _MAX_ELEMENTS:
        reason = f"more than {_MAX_ELEMENTS} values"
    if reason:
        raise NativeBuildError(
            f"the native library cannot carry tensor {tensor.name}",
            seen=[f"shape {list(tensor.shape)}", reason],
        )
