"""The environment of the ARM emulator."""

from __future__ import annotations

from pathlib import Path

from mobilegen.toolboxes.spec import ToolboxSpec

EMULATOR = ToolboxSpec(
    name="emulator",
    purpose="run ARM libraries on this computer",
    pythons=("3.13", "3.12", "3.11", "3.10", "3.14"),
    megabytes=420,
    requirements=Path(__file__).with_name("requirements") / "emulator.txt",
)


def toolboxes() -> tuple[ToolboxSpec, ...]:
    """Return the toolboxes of the executors."""
    return (EMULATOR,)
