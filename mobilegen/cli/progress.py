"""Draws the events of the build graph: a live line on a terminal, plain lines elsewhere."""

from __future__ import annotations

import contextlib
from types import TracebackType
from typing import Any

from rich.status import Status

from mobilegen import console

TITLES = {
    "graph": "read the model and compute the reference",
    "description": "check labels and preprocessing",
    "artifact": "convert and compare with onnxruntime",
    "interface": "",
    "lib": "compile and check",
    "proof": "run the compiled library",
    "sources": "copy the C++ sources",
    "project": "write the project",
    "apk": "build the app",
}


def title(step: str) -> str:
    """Return what a stage does, in words; "" for one that is not worth a line."""
    kind, _, abi = step.partition("/")
    return f"{TITLES.get(kind, kind)} ({abi})" if abi else TITLES.get(kind, kind)


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
        step = event.get("step", "")
        if not title(step):
            return
        if event["event"] == "start":
            self._running.append(step)
            if self._status is None:
                console.note(f"       {title(step)} ...", style="dim")
        else:
            self._running.remove(step)
            if event["event"] == "done":
                self._line(step, event)
        if self._status is not None:
            self._status.update(" | ".join(title(each) for each in self._running))

    def _line(self, step: str, event: dict[str, Any]) -> None:
        console.note(f"{event['seconds']:5.1f} s {title(step)}: {event['detail']}")
