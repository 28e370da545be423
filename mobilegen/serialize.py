"""Frozen dataclasses to JSON files and back, validated by pydantic."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

from pydantic import TypeAdapter

from mobilegen.system.files import write_bytes

T = TypeVar("T")


def to_jsonable(value: object) -> Any:
    """Return `value` as plain lists, dicts, strings and numbers; paths become strings."""
    return TypeAdapter(type(value)).dump_python(value, mode="json")


def dump_json(value: object, path: Path) -> Path:
    """Write `value` to `path` atomically, indented, and return the path."""
    adapter = TypeAdapter(type(value))
    return write_bytes(path, adapter.dump_json(value, indent=1) + b"\n")


def load_json(kind: type[T], path: Path) -> T:
    """Read a value of type `kind` that `dump_json` wrote.

    Raises:
        pydantic.ValidationError: The file does not hold such a value.
    """
    return TypeAdapter(kind).validate_json(path.read_bytes())
