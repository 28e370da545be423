"""Frozen dataclasses to JSON files and back, validated by pydantic."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter

from mobilegen.system.files import require_plain, write_bytes

T = TypeVar("T")
_ADAPTERS: dict[Any, TypeAdapter[Any]] = {}
# The longest that is written, the sizes of a library's parts, is below a tenth of that.
_MOST_BYTES = 1 << 28


def to_jsonable(value: object) -> Any:
    """Return `value` as plain lists, dicts, strings and numbers; paths become strings."""
    return _adapter(type(value)).dump_python(value, mode="json")


def dump_json(value: object, path: Path) -> Path:
    """Write `value` to `path` atomically, indented, and return the path."""
    return write_bytes(path, _adapter(type(value)).dump_json(value, indent=1) + b"\n")


def load_json(kind: type[T], path: Path) -> T:
    """Read a value of type `kind` that `dump_json` wrote.

    Raises:
        OSError: It is no file that can be read.
        ValueError: It does not hold such a value (pydantic.ValidationError), or is far too long.
    """
    if require_plain(path).stat().st_size > _MOST_BYTES:
        raise ValueError(f"{path.name} has more than {_MOST_BYTES} bytes")
    value: T = _adapter(kind).validate_json(path.read_bytes())
    return value


def _adapter(kind: Any) -> TypeAdapter[Any]:
    """Make the adapter of a type once: that takes longer than to use it."""
    if kind not in _ADAPTERS:
        _ADAPTERS[kind] = TypeAdapter(kind)
    return _ADAPTERS[kind]
