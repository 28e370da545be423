"""Values as people write them on a command line or in mobilegen.yml."""

from __future__ import annotations

import math
import re
import struct
from collections.abc import Iterable
from typing import Any

from mobilegen.errors import UsageError
from mobilegen.toolchains.targets import ANDROID_ABIS


def parse_shape(value: Any) -> tuple[int, ...]:
    """Return the sizes of "1x3x224x224" or [1, 3, 224, 224].

    Raises:
        ValueError: Not a list of positive whole numbers.
    """
    parts = re.split(r"[x,]", value) if isinstance(value, str) else value
    try:
        sizes = tuple(int(part) for part in parts)
    except (TypeError, ValueError):
        sizes = ()
    if not sizes or any(size < 1 for size in sizes):
        raise ValueError(f"a shape is written as 1x3x224x224, not {value!r}")
    return sizes


def parse_input_shape(text: str) -> tuple[str, tuple[int, ...]]:
    """Return the name and sizes of "NAME=1x3x224x224".

    Raises:
        UsageError: It is written otherwise.
    """
    name, equals, sizes = text.rpartition("=")
    try:
        if not (name and equals):
            raise ValueError("the name of the input is missing")
        return name, parse_shape(sizes)
    except ValueError as error:
        raise UsageError(
            "--input-shape is not understood",
            seen=[f"{text!r}: {error}"],
            hint="--input-shape input=1x3x224x224",
        ) from error


def parse_abis(value: Any) -> tuple[str, ...]:
    """Return ABIs in their usual order, without repeats; "all" stands for all of them.

    Raises:
        ValueError: An unknown ABI.
    """
    names: Iterable[Any] = value if isinstance(value, list | tuple) else [value]
    chosen = {part.strip() for name in names for part in str(name).split(",")}
    unknown = sorted(chosen - {*ANDROID_ABIS, "all"})
    if unknown or not chosen:
        known = ", ".join(ANDROID_ABIS)
        raise ValueError(f"unknown ABI {', '.join(unknown) or '(none)'}; known: {known}, all")
    return tuple(abi for abi in ANDROID_ABIS if abi in chosen or "all" in chosen)


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
