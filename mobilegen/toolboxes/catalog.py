"""The toolboxes there are: those of all runtimes, frontends and platforms."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from mobilegen.errors import UsageError
from mobilegen.names import load_object, nearest
from mobilegen.toolboxes.spec import ToolboxSpec

# "module:FUNCTION" of what returns the toolboxes of a kind of owner, installed packages' too.
OWNERS = (
    "mobilegen.runtimes.catalog:toolboxes",
    "mobilegen.frontends.catalog:toolboxes",
    "mobilegen.platforms.catalog:toolboxes",
)


def toolboxes() -> dict[str, ToolboxSpec]:
    """Return every toolbox by name; of two with one name, the first owner's."""
    found: dict[str, ToolboxSpec] = {}
    for owner in OWNERS:
        listed: Callable[[], Iterable[ToolboxSpec]] = load_object(owner)
        for spec in listed():
            found.setdefault(spec.name, spec)
    return found


def get(name: str) -> ToolboxSpec:
    """Return the toolbox of that name.

    Raises:
        UsageError: There is none.
    """
    known = toolboxes()
    if name not in known:
        raise UsageError(f"there is no toolbox {name!r}", hint=nearest(name, known))
    return known[name]
