"""The frontends there are: one line each; packages add theirs by an entry point."""

from __future__ import annotations

from pathlib import Path

from mobilegen.errors import ModelError
from mobilegen.frontends.base import Frontend
from mobilegen.names import load_known, with_added
from mobilegen.toolboxes.spec import ToolboxSpec

ENTRY_POINT_GROUP = "mobilegen.frontends"

FRONTENDS: dict[str, str] = {
    "onnx": "mobilegen.frontends.onnx:FRONTEND",
}


def references() -> dict[str, str]:
    """Return "module:OBJECT" of every frontend by name; built-in ones win over added ones."""
    return with_added(ENTRY_POINT_GROUP, FRONTENDS)


def get(name: str) -> Frontend:
    """Return the frontend of that name.

    Raises:
        UsageError: There is none, or what an installed package offers under it cannot be used.
    """
    return load_known(name, references(), Frontend)


def toolboxes() -> tuple[ToolboxSpec, ...]:
    """Return the toolboxes of all frontends."""
    return tuple(spec for name in sorted(references()) for spec in get(name).toolboxes)


def for_file(path: Path) -> str:
    """Return the name of the frontend that reads a model file, by its suffix.

    Raises:
        ModelError: No frontend reads such files.
        UsageError: A frontend of an installed package cannot be used.
    """
    by_suffix: dict[str, str] = {}
    # Built-in frontends come first and keep their suffixes.
    for name in sorted(references(), key=lambda name: (name not in FRONTENDS, name)):
        for suffix in get(name).suffixes:
            by_suffix.setdefault(suffix, name)
    if path.suffix.lower() in by_suffix:
        return by_suffix[path.suffix.lower()]
    raise ModelError(
        f"no frontend reads {path.name}",
        seen=[f"it ends in {path.suffix!r}, known: {', '.join(sorted(by_suffix))}"],
        hint="export the model to ONNX, or give the file its proper ending",
    )
