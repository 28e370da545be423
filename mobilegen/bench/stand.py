"""The place where a model is timed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from mobilegen.bench.job import Job
from mobilegen.bench.result import Place


@dataclass(frozen=True)
class Stand:
    """Where a model is timed.

    Attributes:
        abi: Whose instructions the program has.
        run: Runs the program there and returns what it printed.
    """

    abi: str
    place: Place
    run: Callable[[Job], str]
