"""Renders mobilegen_model.h: the names and shapes of one model for the C++ code."""

from __future__ import annotations

import math
from collections.abc import Sequence

import jinja2

from mobilegen.artifacts import Artifact, TensorBinding
from mobilegen.errors import NativeBuildError
from mobilegen.native_build.plan import EnginePlan
from mobilegen.platforms.android.jni import jni_prefix
from mobilegen.resources import native_dir

_TEMPLATE = "model.h.j2"
_MAX_RANK = 8
_MAX_ELEMENTS = (1 << 31) // 4


def render_header(artifact: Artifact, plan: EnginePlan, package: str) -> str:
    """Return the text of mobilegen_model.h.

    Args:
        package: Java package of the class ImageRecognition.

    Raises:
        NativeBuildError: A tensor that the C interface cannot carry.
        ConfigError: The package name is not valid.
    """
    for binding in (*artifact.inputs, *artifact.outputs):
        _check(binding)
    if not artifact.inputs or not artifact.outputs:
        raise NativeBuildError("the model has no inputs or no outputs")
    files = dict(artifact.files)
    return (
        _environment()
        .get_template(_TEMPLATE)
        .render(
            jni_prefix=jni_prefix(package),
            params_file=plan.params_file,
            weights_file=plan.weights_file,
            params_sha256=files["params"].sha256,
            weights_size=files["weights"].size,
            inputs=artifact.inputs,
            outputs=artifact.outputs,
        )
    )


def c_string(text: str) -> str:
    """Return a C string literal; all but plain characters as octal escapes of their UTF-8."""
    return '"' + "".join(_c_byte(byte) for byte in text.encode()) + '"'


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
    environment.filters.update(c=c_string, c_sizes=c_sizes)
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
