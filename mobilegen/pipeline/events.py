"""How the build graph's process tells the console what it does: one JSON object a line."""

from __future__ import annotations

import json
from typing import Any

from mobilegen import console
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
        "kinds": [kind.__name__ for kind in _kinds(type(error))],
        "exit_code": error.exit_code,
        "what": error.what,
        "seen": list(error.seen),
        "hint": error.hint,
    }


def error_from(values: dict[str, Any]) -> MobilegenError:
    """Make the error that `error_values` described.

    Its class may be defined in a module that only the other process has imported; then it is of
    the nearest class known here. The exit code is the same in any case.
    """
    known = {kind.__name__: kind for kind in reversed(_below(MobilegenError))}
    kind = next(known[name] for name in values["kinds"] if name in known)
    error = kind(values["what"], seen=values["seen"], hint=values["hint"])
    error.exit_code = int(values["exit_code"])
    return error


def _kinds(kind: type[MobilegenError]) -> list[type[MobilegenError]]:
    return [base for base in kind.__mro__ if issubclass(base, MobilegenError)]


def _below(kind: type[MobilegenError]) -> list[type[MobilegenError]]:
    return [kind, *(deeper for child in kind.__subclasses__() for deeper in _below(child))]
