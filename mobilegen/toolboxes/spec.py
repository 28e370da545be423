"""What a toolbox is made of: the owner of a toolbox has one such value."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class ToolboxSpec:
    """A Python environment that holds the tools of one runtime, framework or executor.

    Attributes:
        name: Unique among all owners.
        purpose: What it is for, in a few words.
        pythons: Python versions that its packages exist for, newest first.
        megabytes: Space on disk when made (x86_64 Linux).
        requirements: The whole closure, each file with its sha256; made from the `.in` file
            beside it by `mobilegen.toolboxes.refresh`.
    """

    name: str
    purpose: str
    pythons: tuple[str, ...]
    megabytes: int
    requirements: Path
