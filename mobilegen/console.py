"""The one place that prints."""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from rich.console import Console as RichConsole
from rich.markup import escape
from rich.status import Status

EVENTS_VARIABLE = "MOBILEGEN_EVENTS"
EVENT_PREFIX = "@mobilegen "
_lock = threading.Lock()
_stdout = RichConsole(highlight=False, soft_wrap=True)
_stderr = RichConsole(stderr=True, highlight=False, soft_wrap=True)


def printable(text: str, *, keep: str = "") -> str:
    """Return text in which every character that does something instead of being seen is a code.

    Names in models and label files may hold anything: what moves a terminal's cursor, changes
    its colours, or turns the direction of a line.

    Args:
        keep: Such characters that may stay.
    """
    return "".join(c if c.isprintable() or c in keep else ascii(c)[1:-1] for c in text)


def _shown(text: str) -> str:
    """Return lines of text for a terminal, without markup."""
    return escape(printable(text, keep="\t\n"))


def is_terminal() -> bool:
    """True when progress may be drawn; off a terminal plain lines are written."""
    return _stderr.is_terminal


def line(text: str = "", *, style: str = "") -> None:
    """Write one line of result to standard output."""
    _stdout.print(_shown(text), style=style or None)


def note(text: str, *, style: str = "") -> None:
    """Write one line of progress or advice to standard error.

    In the build graph's process it becomes an event, which the console process shows.
    """
    if os.environ.get(EVENTS_VARIABLE):
        event({"event": "note", "text": text})
        return
    _stderr.print(_shown(text), style=style or None)


def event(value: dict[str, Any]) -> None:
    """Write one event of the build graph for the process that started it."""
    with _lock:
        sys.stdout.write(EVENT_PREFIX + json.dumps(value) + "\n")
        sys.stdout.flush()


def raw_json(value: Any) -> None:
    """Write a value as JSON to standard output, and nothing else."""
    sys.stdout.write(json.dumps(value, indent=1) + "\n")
    sys.stdout.flush()


def error(text: str) -> None:
    """Write an error message: its first line marked, the rest as it is."""
    first, _, rest = text.partition("\n")
    _stderr.print(f"[bold red]error:[/] {_shown(first)}")
    if rest:
        _stderr.print(_shown(rest))


@contextmanager
def live(text: str) -> Iterator[Status | None]:
    """Show a line that can be updated while the block runs; None when there is no terminal."""
    if not is_terminal():
        yield None
        return
    with _stderr.status(escape(text)) as status:
        yield status


def table(
    columns: Sequence[str], rows: Iterable[Sequence[str]], *, right: int | Collection[int] = ()
) -> None:
    """Write rows below column names to standard output, one line each, never cut or folded.

    Args:
        right: Indices of the columns that are set flush right, or one of them.
    """
    grid = [tuple(columns), *(tuple(printable(cell) for cell in row) for row in rows)]
    widths = [max(len(cells[index]) for cells in grid) for index in range(len(columns))]
    flush_right = {right} if isinstance(right, int) else set(right)
    for number, cells in enumerate(grid):
        padded = [
            cell.rjust(width) if index in flush_right else cell.ljust(width)
            for index, (cell, width) in enumerate(zip(cells, widths, strict=True))
        ]
        line("  ".join(padded).rstrip(), style="" if number else "bold")
