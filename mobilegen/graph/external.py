"""Weights kept beside the model file: checked to be inside its folder, then put into the model.

A model is hostile input: without these checks a converter copies `../secret` into its output.
The format: https://github.com/onnx/onnx/blob/main/docs/ExternalData.md
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath

import onnx
from onnx import TensorProto
from onnx.helper import tensor_dtype_to_np_dtype

from mobilegen.errors import ModelError
from mobilegen.graph import walk
from mobilegen.graph.load import MAX_BYTES

_COPY = "copy the model together with its data files, or save it as one file"
_EXPORT = "export the model again"
_FOUR_BITS = tuple(
    getattr(TensorProto, name)
    for name in ("INT4", "UINT4", "FLOAT4E2M1")
    if hasattr(TensorProto, name)
)
_TWO_BITS = tuple(
    getattr(TensorProto, name) for name in ("INT2", "UINT2") if hasattr(TensorProto, name)
)


@dataclass(frozen=True)
class _Piece:
    """Where a tensor's bytes are."""

    where: str
    tensor: TensorProto
    file: Path
    offset: int
    length: int


def inline_external_data(model: onnx.ModelProto, folder: Path) -> tuple[str, ...]:
    """Put all external data into the model, in place.

    Args:
        model: As parsed; changed only when all of its data is in order.
        folder: The folder of the model file; nothing outside it is read.

    Returns:
        The names of the data files, sorted; empty when the model has none.

    Raises:
        ModelError: Data is missing, incomplete, outside the folder, or too large together.
    """
    pieces = [
        _locate(where, tensor, folder)
        for where, tensor in walk.tensors(model)
        if tensor.data_location == TensorProto.EXTERNAL
    ]
    _require_size(model, sum(piece.length for piece in pieces))
    for piece in pieces:
        _put_in(piece)
    root = folder.resolve()
    return tuple(sorted({piece.file.relative_to(root).as_posix() for piece in pieces}))


def _require_size(model: onnx.ModelProto, total: int) -> None:
    if total + model.ByteSize() > MAX_BYTES:
        raise ModelError(
            "the model with its external data is larger than the 2 GB an ONNX file can have",
            seen=[f"{total} bytes of external data"],
            hint="use a smaller model, or convert its weights to float16",
        )


def require_small(model: onnx.ModelProto, files: Iterable[Path]) -> None:
    """Make sure that data files are not too large, before anybody reads them.

    Raises:
        ModelError: Together with the model they have more bytes than a model can have.
    """
    _require_size(model, sum(file.stat().st_size for file in files))


def external_files(model: onnx.ModelProto, folder: Path) -> tuple[Path, ...]:
    """Return the data files of a model, sorted, as paths below `folder`.

    Raises:
        ModelError: One is missing or outside the folder.
    """
    names = {
        entry.value: where
        for where, tensor in walk.tensors(model)
        if tensor.data_location == TensorProto.EXTERNAL
        for entry in tensor.external_data
        if entry.key == "location"
    }
    for location, where in names.items():
        _inside(location, folder, where)
    return tuple(sorted(folder / location for location in names))


def _locate(where: str, tensor: TensorProto, folder: Path) -> _Piece:
    entries = {entry.key: entry.value for entry in tensor.external_data}
    file = _inside(entries.get("location", ""), folder, where)
    size = file.stat().st_size
    offset = _number(entries, "offset", 0, where)
    length = _number(entries, "length", size - offset, where)
    needed = tensor_bytes(tensor, where)
    if length != needed or offset + length > size:
        raise ModelError(
            f"the external data of {where} is not complete",
            seen=[
                f"{file.name} has {size} bytes",
                f"the tensor needs {needed} bytes, the model names {length} from byte {offset}",
            ],
            hint=_COPY,
        )
    return _Piece(where, tensor, file, offset, length)


def _inside(location: str, folder: Path, where: str) -> Path:
    """Return the data file, after making sure that it really lies in the model's folder."""
    path, other = PurePosixPath(location), PureWindowsPath(location)
    outward = path.is_absolute() or bool(other.drive or other.root) or ".." in other.parts
    if not location or "\0" in location or outward:
        raise _outside(location, where)
    file = folder / path
    try:
        real = file.resolve(strict=True)
    except (OSError, RuntimeError) as error:
        raise ModelError(
            f"a file with weights of the model is missing: {location}",
            seen=[f"named by {where}"],
            hint=_COPY,
        ) from error
    if not real.is_relative_to(folder.resolve()):
        raise _outside(location, where)
    if not real.is_file():
        raise ModelError(f"external data is not a plain file: {location}", hint=_COPY)
    return real


def _outside(location: str, where: str) -> ModelError:
    return ModelError(
        "the model names external data outside its own folder",
        seen=[f"{location!r} named by {where}"],
        hint="do not trust this file; if it is yours, save the model with its data beside it",
    )


def _number(entries: dict[str, str], key: str, default: int, where: str) -> int:
    text = entries.get(key, "")
    if not text:
        return max(default, 0)
    if not (text.isascii() and text.isdigit() and len(text) < 20):
        raise ModelError(
            f"the external data of {where} has no valid {key}", seen=[repr(text[:40])], hint=_COPY
        )
    return int(text)


def tensor_bytes(tensor: TensorProto, where: str) -> int:
    """Return how many bytes the tensor's values take as raw data.

    Raises:
        ModelError: A size is negative or the element type has no raw form.
    """
    count = 1
    for size in tensor.dims:
        if size < 0:
            raise ModelError(
                f"{where} has a negative size", seen=[str(list(tensor.dims))], hint=_EXPORT
            )
        count *= size
    if tensor.data_type in _FOUR_BITS:
        return (count + 1) // 2
    if tensor.data_type in _TWO_BITS:
        return (count + 3) // 4
    if tensor.data_type == TensorProto.STRING:
        raise ModelError(f"{where} holds texts; they cannot be external data", hint=_EXPORT)
    try:
        return count * int(tensor_dtype_to_np_dtype(tensor.data_type).itemsize)
    except (KeyError, TypeError, ValueError) as error:
        raise ModelError(
            f"{where} has an unknown element type", seen=[str(tensor.data_type)], hint=_EXPORT
        ) from error


def _put_in(piece: _Piece) -> None:
    with piece.file.open("rb") as stream:
        stream.seek(piece.offset)
        data = stream.read(piece.length)
    if len(data) != piece.length:
        raise ModelError(
            f"the external data of {piece.where} changed while it was read", hint="try again"
        )
    tensor = piece.tensor
    for field in ("float_data", "int32_data", "int64_data", "double_data", "uint64_data"):
        tensor.ClearField(field)
    tensor.ClearField("external_data")
    tensor.ClearField("data_location")
    tensor.raw_data = data
