"""Draws the events of the build graph: a live line on a terminal, plain lines elsewhere."""

from __future__ import annotations

import contextlib
from types import TracebackType
from typing import Any

from rich.status import Status

from mobilegen import console


class Progress:
    """Shows what runs now and writes a line for everything that is done."""

    def __init__(self, *, quiet: bool = False) -> None:
        self._quiet = quiet
        self._running: list[str] = []
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
            self._running.append(title)
            if self._status is None:
                console.note(f"       {title} ...", style="dim")
        else:
            self._running.remove(title)
            if event["event"] == "done":
                console.note(f"{event['seconds']:5.1f} s {title}: {event['detail']}")
        if self._status is not None:
            self._status.update(" | ".join(self._running))
