"""Shows a value that somebody wrote, however large or odd it is, in a few words."""

from __future__ import annotations

from typing import Any

_MOST_CHARACTERS = 80
_MOST_BITS = 64
_FEW = 3


def shown(value: Any) -> str:
    """Return a value as text of limited length, made without walking through all of it."""
    return _shown(value, levels=2)[:_MOST_CHARACTERS]


def _shown(value: Any, *, levels: int) -> str:
    if isinstance(value, str):
        return ascii(value[:_MOST_CHARACTERS])
    if isinstance(value, int) and not isinstance(value, bool) and value.bit_length() > _MOST_BITS:
        return f"a number of {value.bit_length()} bits"
    if isinstance(value, dict | list | tuple | set):
        return _container(value, levels)
    return ascii(value)[:_MOST_CHARACTERS]


def _container(value: Any, levels: int) -> str:
    if not levels:
        return "..."
    first = [item for item, _ in zip(value, range(_FEW), strict=False)]
    texts = [_shown(item, levels=levels - 1) for item in first]
    if isinstance(value, dict):
        items = (_shown(value[key], levels=levels - 1) for key in first)
        texts = [f"{key}: {item}" for key, item in zip(texts, items, strict=True)]
    more = ", ..." if len(value) > _FEW else ""
    opening, closing = "{}" if isinstance(value, dict | set) else "[]"
    return f"{opening}{', '.join(texts)}{more}{closing}"
