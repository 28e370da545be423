"""The runtimes there are: one line each; packages add theirs by an entry point."""

from __future__ import annotations

from importlib.metadata import entry_points

from mobilegen.errors import UsageError
from mobilegen.names import load_object, nearest
from mobilegen.runtimes.base import Runtime

ENTRY_POINT_GROUP = "mobilegen.runtimes"
DEFAULT = "ncnn"

RUNTIMES: dict[str, str] = {
    "ncnn": "mobilegen.runtimes.ncnn:RUNTIME",
}


def references() -> dict[str, str]:
    """Return "module:OBJECT" of every runtime by name; built-in ones win over added ones."""
    added = {point.name: point.value for point in entry_points(group=ENTRY_POINT_GROUP)}
    return {**added, **RUNTIMES}


def names() -> tuple[str, ...]:
    """Return the names of all runtimes, the default first."""
    return tuple(sorted(references(), key=lambda name: (name != DEFAULT, name)))


def get(name: str) -> Runtime:
    """Return the runtime of that name.

    Raises:
        UsageError: There is none, or what an installed package offers under it cannot be used.
    """
    known = references()
    if name not in known:
        raise UsageError(f"there is no runtime {name!r}", hint=nearest(name, known))
    try:
        runtime = load_object(known[name])
    except (ImportError, AttributeError, ValueError) as error:
        raise UsageError(
            f"the runtime {name!r} cannot be loaded",
            seen=[f"{known[name]}: {error}"],
            hint="update or remove the package that offers it",
        ) from error
    if not isinstance(runtime, Runtime):
        raise UsageError(
            f"the runtime {name!r} is not a Runtime", seen=[f"{known[name]}: {type(runtime)}"]
        )
    return runtime
