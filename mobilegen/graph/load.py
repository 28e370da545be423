"""Reading an .onnx file that may be anything: checked before and while it is parsed."""

from __future__ import annotations

import stat
from collections.abc import Iterator
from pathlib import Path

import onnx
from google.protobuf.descriptor import FieldDescriptor
from google.protobuf.message import DecodeError, Message

from mobilegen.errors import ModelError

# Protobuf's limit for one message, and so for a self-contained model.
MAX_BYTES = 2**31 - 1

_LFS_MARK = b"version https://git-lfs"
_EXPORT = "export the model again and copy the whole file"


def read_model(path: Path) -> onnx.ModelProto:
    """Parse an .onnx file; nothing native is done with it, its external data is not read.

    Raises:
        ModelError: It is missing, no plain file, empty, too large, something else with that name,
            cut off, or no ONNX model.
    """
    data = _read_bytes(path)
    _refuse_other_content(path, data)
    model = onnx.ModelProto()
    try:
        model.ParseFromString(data)
    except DecodeError as error:
        raise _undecodable(path, data) from error
    if not _is_text_valid(model):
        raise _damaged(path, "names that are no valid UTF-8")
    if not model.HasField("graph") or not model.graph.output:
        raise ModelError(
            f"{path.name} holds no ONNX graph",
            seen=[f"{len(data)} bytes, {len(model.graph.node)} nodes, no outputs"],
            hint=_EXPORT,
        )
    return model


def require_readable(path: Path) -> None:
    """Make sure that a model can be read at all, without reading it.

    Raises:
        ModelError: It is missing, no plain file, or too large.
    """
    try:
        status = path.stat()
    except (OSError, ValueError) as error:
        raise ModelError(f"model file not found: {path}", hint="check the path") from error
    if stat.S_ISDIR(status.st_mode):
        raise ModelError(f"{path} is a folder, not an .onnx file", hint="name the file inside it")
    # A pipe or device would block for ever.
    if not stat.S_ISREG(status.st_mode):
        raise ModelError(f"{path} is not a plain file", hint="copy the model into a file")
    if status.st_size > MAX_BYTES:
        raise _too_large(path, status.st_size)


def _read_bytes(path: Path) -> bytes:
    require_readable(path)
    try:
        return path.read_bytes()
    except OSError as error:
        raise ModelError(
            f"{path} cannot be read", seen=[str(error.strerror)], hint="check its permissions"
        ) from error


def _too_large(path: Path, size: int) -> ModelError:
    return ModelError(
        f"{path.name} is larger than the 2 GB that an ONNX model can have",
        seen=[f"{size} bytes, limit {MAX_BYTES}"],
        hint="use a smaller model, or convert its weights to float16",
    )


def _refuse_other_content(path: Path, data: bytes) -> None:
    head = data[:512].lstrip().lower()
    if not data:
        raise ModelError(f"{path.name} is empty", hint=_EXPORT)
    if head.startswith(_LFS_MARK):
        raise ModelError(
            f"{path.name} is a git-lfs pointer, not the model itself",
            seen=[f"{len(data)} bytes"],
            hint="git lfs pull",
        )
    if head.startswith((b"<!doctype", b"<html", b"<?xml")):
        raise ModelError(
            f"{path.name} is a web page, not a model",
            seen=[_preview(data)],
            hint="download the file itself, not the page that shows it",
        )
    if data.startswith(b"PK\x03\x04"):
        raise ModelError(f"{path.name} is a zip archive", hint="unpack it and name the .onnx file")
    if _is_text(data):
        raise ModelError(
            f"{path.name} is a text file, not an ONNX model", seen=[_preview(data)], hint=_EXPORT
        )


def _is_text(data: bytes) -> bool:
    """True when the beginning is printable text; a protobuf message has control bytes early."""
    head = data[:256]
    return all(byte in b"\t\n\r" or 32 <= byte < 127 for byte in head)


def _preview(data: bytes) -> str:
    text = data[:60].decode("ascii", "replace")
    return "begins with " + repr(text)


def _undecodable(path: Path, data: bytes) -> ModelError:
    try:
        *_, end = _field_ends(data)
    except ValueError:
        end = 0
    if end > len(data):
        return ModelError(
            f"{path.name} is cut off: it is not complete",
            seen=[f"the file has {len(data)} bytes, its content needs at least {end}"],
            hint="copy or download it again",
        )
    return _damaged(path, f"{len(data)} bytes that are no protobuf message of the type ModelProto")


def _damaged(path: Path, seen: str) -> ModelError:
    return ModelError(f"{path.name} is not an ONNX model or is damaged", seen=[seen], hint=_EXPORT)


def _is_text_valid(message: Message) -> bool:
    """False when a text anywhere in the message is not UTF-8.

    ONNX is of protobuf's second version, which hands such texts out as bytes, without an error.
    """
    for field, value in message.ListFields():
        values = (value,) if isinstance(value, (str, bytes, Message)) else value
        if field.type == FieldDescriptor.TYPE_STRING:
            if not all(isinstance(text, str) for text in values):
                return False
        elif field.type == FieldDescriptor.TYPE_MESSAGE and not all(map(_is_text_valid, values)):
            return False
    return True


def _field_ends(data: bytes) -> Iterator[int]:
    """Yield where each top-level protobuf field ends; the last may lie beyond the data.

    The wire format: https://protobuf.dev/programming-guides/encoding/

    Raises:
        ValueError: Not the wire format.
    """
    position = 0
    while position < len(data):
        key, position = _varint(data, position)
        kind = key & 7
        if kind == 0:
            _, position = _varint(data, position)
        elif kind == 1:
            position += 8
        elif kind == 2:
            length, position = _varint(data, position)
            position += length
        elif kind == 5:
            position += 4
        else:
            raise ValueError(f"wire type {kind}")
        yield position


def _varint(data: bytes, position: int) -> tuple[int, int]:
    """Decode a base-128 number; returns it and the position after it."""
    value = shift = 0
    for count in range(10):
        if position + count >= len(data):
            return value, position + count + 1
        byte = data[position + count]
        value |= (byte & 0x7F) << shift
        shift += 7
        if not byte & 0x80:
            return value, position + count + 1
    raise ValueError("number too long")
