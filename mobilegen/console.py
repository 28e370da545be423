"""The one place that prints."""

from __future__ import annotations

import functools
import json
import os
import sys
import textwrap
import threading
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.console import Console
    from rich.status import Status

EVENTS_VARIABLE = "MOBILEGEN_EVENTS"
EVENT_PREFIX = "@mobilegen "
_GAP = "  "
_LEAST_TEXT = 20
QUIET, NORMAL, VERBOSE = -1, 0, 1
_lock = threading.Lock()
_verbosity = NORMAL
_answers_json = False
_json_written = False


def set_verbosity(level: int) -> None:
    """Choose how much is written: _GAP = "  "
    _LEAST_TEXT = 20
    QUIET, NORMAL or VERBOSE."""
    global _verbosity
    _verbosity = level


def is_verbose() -> bool:
    """True when the user asked for details."""
    return _verbosity >= VERBOSE


def is_quiet() -> bool:
    """True when the user asked for results and errors alone."""
    return _verbosity <= QUIET


@functools.cache
def _console(*, stderr: bool) -> Console:
    """Return the terminal's; rich is imported when there is something to write."""
    from rich.console import Console

    return Console(stderr=stderr, highlight=False, soft_wrap=True)


def width() -> int:
    """Columns of the terminal; 0 where lines may be of any length."""
    out = _console(stderr=False)
    return out.width if out.is_terminal else 0


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
    from rich.markup import escape

    return escape(printable(text, keep="\t\n"))


def is_terminal() -> bool:
    """True when progress may be drawn; off a terminal plain lines are written."""
    return _console(stderr=True).is_terminal


def line(text: str = "", *, style: str = "") -> None:
    """Write one line of result to standard output; a terminal gets whole words on each of its."""
    room = width()
    if room and len(text) > room and "\n" not in text:
        lead = " " * (len(text) - len(text.lstrip()))
        text = textwrap.fill(
            text.strip(),
            room,
            initial_indent=lead,
            subsequent_indent=lead,
            break_long_words=False,
            break_on_hyphens=False,
        )
    _console(stderr=False).print(_shown(text), style=style or None)


def note(text: str, *, style: str = "", indent: int = 0) -> None:
    """Write one line of progress or advice to standard error.

    In the build graph's process it becomes an event, which the console process shows.

    Args:
        indent: Where a line that is too long for the terminal goes on.
    """
    if os.environ.get(EVENTS_VARIABLE):
        event({"event": "note", "text": text})
        return
    if is_quiet():
        return
    err = _console(stderr=True)
    if err.is_terminal and len(text) > err.width:
        first, *more = textwrap.wrap(text.strip(), err.width - indent)
        before = text[: len(text) - len(text.lstrip())]
        text = "\n".join([before + first, *(" " * indent + line for line in more)])
    err.print(_shown(text), style=style or None)


def event(value: dict[str, Any]) -> None:
    """Write one event of the build graph for the process that started it."""
    with _lock:
        sys.stdout.write(EVENT_PREFIX + json.dumps(value) + "\n")
        sys.stdout.flush()


def raw_json(value: Any) -> None:
    """Write a value as JSON to standard output, and nothing else."""
    global _json_written
    _json_written = True
    sys.stdout.write(json.dumps(value, indent=1) + "\n")
    sys.stdout.flush()


def answer_json() -> None:
    """Promise that standard output will have one JSON value, after an error too."""
    global _answers_json
    _answers_json = True


def answers_json() -> bool:
    """True when JSON was promised."""
    return _answers_json


def json_written() -> bool:
    """True when standard output has its JSON already; there must be one value alone."""
    return _json_written


def error(text: str) -> None:
    """Write an error message: its first line marked, the rest as it is."""
    first, _, rest = text.partition("\n")
    _console(stderr=True).print(f"[bold red]error:[/] {_shown(first)}")
    if rest:
        _console(stderr=True).print(_shown(rest))


@contextmanager
def live(text: str) -> Iterator[Status | None]:
    """Show a line that can be updated while the block runs; None when there is no terminal."""
    if is_quiet() or not is_terminal():
        yield None
        return
    with _console(stderr=True).status(_shown(text)) as status:
        yield status


def table(
    columns: Sequence[str],
    rows: Iterable[Sequence[str]],
    *,
    right: int | Collection[int] = (),
    spare: Sequence[int] = (),
    styles: Mapping[str, str] | None = None,
) -> None:
    """Write rows below column names to standard output; nothing is ever cut.

    On a terminal that is too narrow columns are left out, and then the last one, which is text,
    goes on below itself.

    Args:
        spare: Indices of the columns that may be left out, the first one first.
        right: Indices of the columns that are set flush right, or one of them.
        styles: How a row looks, by its first cell.
    """
    grid = [tuple(columns), *(tuple(printable(cell) for cell in row) for row in rows)]
    widths = [max(len(cells[index]) for cells in grid) for index in range(len(columns))]
    flush_right = {right} if isinstance(right, int) else set(right)
    shown = _fitting(widths, spare)
    grid = [tuple(cells[index] for index in shown) for cells in grid]
    widths = [widths[index] for index in shown]
    flush_right = {number for number, index in enumerate(shown) if index in flush_right}
    before = sum(widths[:-1]) + len(_GAP) * (len(widths) - 1)
    room = max(width() - before, _LEAST_TEXT) if width() else 0
    for number, cells in enumerate(grid):
        padded = [
            cell.rjust(width) if index in flush_right else cell.ljust(width)
            for index, (cell, width) in enumerate(zip(cells[:-1], widths, strict=False))
        ]
        last = cells[-1].rjust(widths[-1]) if len(cells) - 1 in flush_right else cells[-1]
        first, *more = textwrap.wrap(last, room) if room < len(last) and room else [last]
        style = (styles or {}).get(cells[0], "") if number else "bold"
        line(_GAP.join([*padded, first]).rstrip(), style=style)
        for text in more:
            line(" " * before + text, style=style)


def _fitting(widths: Sequence[int], spare: Sequence[int]) -> list[int]:
    """Return the indices of the columns that are shown."""
    shown = list(range(len(widths)))
    for index in spare:
        total = sum(widths[each] for each in shown) + len(_GAP) * (len(shown) - 1)
        if width() and total > width():
            shown.remove(index)
    return shown
