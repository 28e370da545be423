"""Draws the events of the build graph: a live line on a terminal, plain lines elsewhere."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping
from types import TracebackType
from typing import Any

from rich.status import Status
from rich.text import Text

from mobilegen import console


class _Running:
    """What runs, with the seconds since it has begun; drawn again and again on one line."""

    def __init__(self, started: Mapping[str, float]) -> None:
        self._started = started

    def __rich__(self) -> Text:
        now = time.monotonic()
        parts = [f"{title} {now - start:.0f} s" for title, start in [*self._started.items()]]
        return Text(console.printable(" | ".join(parts)), no_wrap=True, overflow="ellipsis")


class Progress:
    """Shows what runs now and writes a line for everything that is done."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._quiet = quiet
        self._running: dict[str, float] = {}
        self._stack = contextlib.ExitStack()
        self._status: Status | None = None

    def __enter__(self) -> Progress:
        if not self._quiet:
            self._status = self._stack.enter_context(console.live("preparing"))
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._stack.close()

    def on_event(self, event: dict[str, Any]) -> None:
        """Take one event of the build graph."""
        if self._quiet:
            return
        if event["event"] == "note":
            console.note(f"       {event['text']}", style="dim")
            return
        title = event.get("title", "")
        if not title:
            return
        if event["event"] == "start":
            self._running[title] = time.monotonic()
            if self._status is None:
                console.note(f"       {title} ...", style="dim")
        else:
            self._running.pop(title, None)
            if event["event"] == "done":
                console.note(f"{event['seconds']:5.1f} s {title}: {event['detail']}", indent=8)
        if self._status is not None:
            self._status.update(_Running(self._running))
