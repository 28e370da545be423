"""Numbers as people read them."""

from __future__ import annotations

import math


def format_bytes(size: float) -> str:
    """Return a size in bytes with three or four digits: "415.9 kB" for 415,920."""
    for unit in ("bytes", "kB", "MB"):
        if size < 1000:
            return f"{size:.0f} bytes" if unit == "bytes" else f"{size:.1f} {unit}"
        size /= 1000
    return f"{size:.1f} GB"


def format_number(value: float | None) -> str:
    """Return a measured value: whole numbers with all digits, others with three."""
    if value is None:
        return ""
    whole = abs(value) < 1e9 and float(value).is_integer()
    return f"{value:,.0f}" if whole else f"{value:.3g}"


def format_milliseconds(value: float) -> str:
    """Return milliseconds with microseconds, or with two digits: "1.234", "0.012", "0.00042"."""
    if not 0 < value < 0.01:
        return f"{value:,.3f}"
    digits = 1 - math.floor(math.log10(value))
    return f"{value:.{digits}f}"


def format_rate(value: float | None) -> str:
    """Return 10^9 operations per second with one digit after the point; "" for none."""
    return "" if value is None else f"{value:.1f}"
