"""Ends a program with all that it started.

Run as a script it does so for a program that is gone itself: one that is killed cannot end its
children, and they would go on to compute, and to write where the next run writes. Standard input
is a pipe whose other end the guarded program alone holds; whatever way that ends, the pipe does.
"""

from __future__ import annotations

import contextlib
import os
import signal
import sys
from collections.abc import Iterable

import psutil


def end_family(pid: int) -> None:
    """Kill a process, its process group and all its descendants, those of other groups too."""
    family = []
    with contextlib.suppress(psutil.NoSuchProcess):
        parent = psutil.Process(pid)
        family = [parent, *parent.children(recursive=True)]
    # Who is born between the listing and the kill is in the group, where there are groups.
    _kill_group(pid)
    for process in family:
        with contextlib.suppress(psutil.NoSuchProcess, psutil.AccessDenied):
            process.kill()


def _kill_group(pid: int) -> None:
    if sys.platform == "win32":
        return
    # A group may outlive its leader; without a leader of this number there is none.
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if pid != os.getpgrp():
            os.killpg(pid, signal.SIGKILL)


def watch(words: Iterable[str]) -> None:
    """Follow which children the guarded program has (+PID, -PID), to its end; then end them."""
    children: set[int] = set()
    for word in words:
        change = children.add if word.startswith("+") else children.discard
        change(int(word[1:]))
    for pid in children:
        end_family(pid)


if __name__ == "__main__":
    watch(sys.stdin)
