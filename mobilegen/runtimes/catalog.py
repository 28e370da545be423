"""The runtimes there are: one line each; packages add theirs by an entry point."""

from __future__ import annotations

from mobilegen.names import load_known, with_added
from mobilegen.runtimes.base import Runtime
from mobilegen.toolboxes.spec import ToolboxSpec

ENTRY_POINT_GROUP = "mobilegen.runtimes"
DEFAULT = "ncnn"

RUNTIMES: dict[str, str] = {
    "ncnn": "mobilegen.runtimes.ncnn:RUNTIME",
}


def references() -> dict[str, str]:
    """Return "module:OBJECT" of every runtime by name; built-in ones win over added ones."""
    return with_added(ENTRY_POINT_GROUP, RUNTIMES)


def names() -> tuple[str, ...]:
    """Return the names of all runtimes, the default first."""
    return tuple(sorted(references(), key=lambda name: (name != DEFAULT, name)))


def toolboxes() -> tuple[ToolboxSpec, ...]:
    """Return the toolboxes of all runtimes."""
    return tuple(spec for name in names() for spec in get(name).toolboxes)


def get(name: str) -> Runtime:
    """Return the runtime of that name.

    Raises:
        UsageError: There is none, or what an installed package offers under it cannot be used.
    """
    return load_known(name, references(), Runtime)
