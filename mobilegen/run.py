"""How steps are carried out: what every step that takes time or the network is told."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mobilegen import console

Report = Callable[[str], None]


@dataclass(frozen=True)
class Run:
    """The same for all steps of one command.

    Attributes:
        offline: Never use the network.
        jobs: Parallel jobs that a step may start.
        timeout: Seconds that one step may take, all tools that it runs together.
        report: Told in one line what takes time.
    """

    offline: bool = False
    jobs: int = 1
    timeout: float = 240.0
    report: Report = console.note


# Online, one job, notes on the console.
DEFAULT = Run()
