"""The platforms there are: one line each; packages add theirs by an entry point."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from mobilegen.artifacts import Target
from mobilegen.names import load_known, with_added
from mobilegen.platforms.base import Platform

if TYPE_CHECKING:
    from mobilegen.executors.base import Executor
    from mobilegen.toolboxes.spec import ToolboxSpec

ENTRY_POINT_GROUP = "mobilegen.platforms"

PLATFORMS: dict[str, str] = {
    "android": "mobilegen.platforms.android:PLATFORM",
    "linux": "mobilegen.platforms.linux:PLATFORM",
}


def references() -> dict[str, str]:
    """Return "module:OBJECT" of every platform by name; built-in ones win over added ones."""
    return with_added(ENTRY_POINT_GROUP, PLATFORMS)


def names() -> tuple[str, ...]:
    """Return the names of all platforms, built-in ones first."""
    return tuple(sorted(references(), key=lambda name: (name not in PLATFORMS, name)))


def get(name: str) -> Platform:
    """Return the platform of that name.

    Raises:
        UsageError: There is none, or what an installed package offers under it cannot be used.
    """
    return load_known(name, references(), Platform)


def toolboxes() -> tuple[ToolboxSpec, ...]:
    """Return the toolboxes of all platforms."""
    return tuple(spec for name in names() for spec in get(name).toolbox_specs())


def first_with(part: str, preferred: Iterable[str]) -> Platform:
    """Return the first platform that names a part of itself, such as "bench".

    Args:
        preferred: Names to look at before all others.
    """
    known = [get(name) for name in dict.fromkeys((*preferred, *names()))]
    return next((each for each in known if getattr(each, part)), known[0])


def executors_of(target: Target) -> tuple[Executor, ...]:
    """Return what runs libraries of a target on this computer, the preferred one first.

    Raises:
        UsageError: There is no such platform or ABI.
    """
    return get(target.platform).executors_of(target.abi)
