"""Values as people write them on a command line or in mobilegen.yml."""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Mapping
from typing import Any

from mobilegen.config.shown import shown

# More axes or characters than any tensor has; a hostile file may hold more.
_MOST_AXES = 64
_SIZE = re.compile(r"[0-9]{1,18}")


def parse_shape(value: Any) -> tuple[int, ...]:
    """Return the sizes of "1x3x224x224" or [1, 3, 224, 224].

    Raises:
        ValueError: Not a list of positive whole numbers.
    """
    parts = re.split(r"[x,]", value, maxsplit=_MOST_AXES) if isinstance(value, str) else value
    sizes = [_size(p) for p in parts] if isinstance(parts, list | tuple) else []
    if not sizes or len(sizes) > _MOST_AXES or min(sizes) < 1:
        raise ValueError(f"a shape is written as 1x3x224x224, not {shown(value)}")
    return tuple(sizes)


def _size(part: Any) -> int:
    """Return one size; 0 for what is none. True and 2.5 are numbers in YAML, but no sizes."""
    if isinstance(part, str):
        return int(part) if _SIZE.fullmatch(part.strip()) else 0
    return part if type(part) is int and part < 1 << 62 else 0


def parse_shapes(value: Any) -> Any:
    """Return sizes by input name; texts as "NAME=1x3x224x224" are taken apart, too.

    Raises:
        ValueError: A text is written otherwise.
    """
    if not isinstance(value, list | tuple):
        return value
    return dict(parse_input_shape(text) for text in value)


def parse_input_shape(text: Any) -> tuple[str, tuple[int, ...]]:
    """Return the name and sizes of "NAME=1x3x224x224".

    Raises:
        ValueError: It is written otherwise.
    """
    name, _, sizes = text.rpartition("=") if isinstance(text, str) else ("", "", "")
    if not name:
        raise ValueError(f"write it as input=1x3x224x224, not {shown(text)}")
    return name, parse_shape(sizes)


def parse_names(value: Any) -> Any:
    """Return names that are written one by one, or with commas between them.

    Raises:
        ValueError: There is none, or one is no text.
    """
    items = value if isinstance(value, list | tuple) else [value]
    if isinstance(value, Mapping) or not all(isinstance(item, str) for item in items):
        raise ValueError(f"names are expected, not {shown(value)}")
    names = [part.strip() for item in items for part in item.split(",")]
    if not all(names):
        raise ValueError("a name is empty")
    return tuple(dict.fromkeys(names))


def to_float32(value: float) -> float:
    """Return the nearest 32-bit float.

    Raises:
        ValueError: It is not a finite one.
    """
    try:
        (single,) = struct.unpack("<f", struct.pack("<f", value))
    except OverflowError:
        single = math.inf
    if not math.isfinite(single):
        raise ValueError(f"{value} is not a finite 32-bit number")
    return float(single)
