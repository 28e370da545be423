"""How the build graph's process tells the console what it does: one JSON object a line."""

from __future__ import annotations

import json
from typing import Any

from mobilegen import console, errors
from mobilegen.errors import MobilegenError

ENVIRONMENT = {console.EVENTS_VARIABLE: "1"}


def emit(kind: str, **values: Any) -> None:
    """Send an event; safe from several threads."""
    console.event({"event": kind, **values})


def parse(line: str) -> dict[str, Any] | None:
    """Return the event in a line of output, or None for other output."""
    if not line.startswith(console.EVENT_PREFIX):
        return None
    value = json.loads(line.removeprefix(console.EVENT_PREFIX))
    return value if isinstance(value, dict) else None


def error_values(error: MobilegenError) -> dict[str, Any]:
    """Return what `error_from` needs to make the same error in another process."""
    return {
        "kind": type(error).__name__,
        "what": error.what,
        "seen": list(error.seen),
        "hint": error.hint,
    }


def error_from(values: dict[str, Any]) -> MobilegenError:
    """Make the error that `error_values` described."""
    kind = getattr(errors, str(values["kind"]), MobilegenError)
    error: MobilegenError = kind(values["what"], seen=values["seen"], hint=values["hint"])
    return error
