"""The toolboxes there are: what each is for, and its locked requirements."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mobilegen.errors import UsageError
from mobilegen.names import nearest

REQUIREMENTS_DIR = Path(__file__).resolve().parent / "requirements"


@dataclass(frozen=True)
class ToolboxSpec:
    """A Python environment that holds the tools of one runtime, framework or executor.

    Attributes:
        purpose: What it is for, in a few words.
        pythons: Python versions that its packages exist for, newest first.
        megabytes: Space on disk when made (x86_64 Linux).
    """

    name: str
    purpose: str
    pythons: tuple[str, ...]
    megabytes: int

    @property
    def requirements(self) -> Path:
        """The whole closure, each file with its sha256; made by `mobilegen.toolboxes.refresh`."""
        return REQUIREMENTS_DIR / f"{self.name}.txt"


TOOLBOXES: dict[str, ToolboxSpec] = {
    spec.name: spec
    for spec in (
        ToolboxSpec(
            "ncnn", "convert to ncnn and run its models", ("3.13", "3.12", "3.11", "3.10"), 170
        ),
        ToolboxSpec(
            "emulator", "run ARM libraries on this computer", ("3.13", "3.12", "3.11", "3.10"), 420
        ),
    )
}


def get(name: str) -> ToolboxSpec:
    """Return the toolbox of that name.

    Raises:
        UsageError: There is none.
    """
    if name not in TOOLBOXES:
        raise UsageError(f"there is no toolbox {name!r}", hint=nearest(name, TOOLBOXES))
    return TOOLBOXES[name]
