"""The one place that runs other programs."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

import psutil

from mobilegen.errors import ProcessError

# What ends mobilegen: Ctrl-C, a polite kill, and a terminal that is closed (not on Windows).
END_SIGNALS = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)
_WATCH_SECONDS = 0.1
_TAIL_LINES = 20


@dataclass(frozen=True)
class Completed:
    """What a finished program printed, and how long it took."""

    stdout: str
    stderr: str
    seconds: float


def run(
    argv: Sequence[str | Path],
    *,
    title: str,
    timeout: float,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    input: str | None = None,
    hint: str = "",
) -> Completed:
    """Run a program to its end and return what it printed.

    A time limit or an interrupt ends the program and everything that it started.

    Args:
        argv: Program and arguments; no shell is involved.
        title: What the program is doing, for the error message.
        timeout: Seconds after which it is killed.
        env: Variables added to the present environment; an empty value removes one.

    Raises:
        ProcessError: It is missing, returned non-zero, died of a signal or ran out of time.
    """
    words = [str(word) for word in argv]
    started = time.monotonic()
    child = _start(words, title, cwd, env, with_input=input is not None)
    try:
        out, err = child.communicate(input, timeout=timeout)
    except subprocess.TimeoutExpired:
        out, err = _stop(child)
        raise ProcessError(
            f"{title} did not finish within {timeout:g} s",
            seen=_tail(out, err),
            hint=hint,
            output=out + err,
        ) from None
    except BaseException:
        _stop(child)
        raise
    if child.returncode:
        raise ProcessError(
            f"{title} failed ({describe_exit(child.returncode)})",
            seen=_tail(out, err),
            hint=hint,
            returncode=child.returncode,
            output=out + err,
        )
    return Completed(out, err, time.monotonic() - started)


def stream(
    argv: Sequence[str | Path],
    *,
    title: str,
    on_line: Callable[[str], None],
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
) -> int:
    """Run a program and hand over each line of its output as it comes; return its exit code.

    Standard error is merged into standard output. An interrupt ends the program and
    everything that it started.

    Raises:
        ProcessError: It is missing.
    """
    child = _start([str(word) for word in argv], title, cwd, env, merge=True)
    assert child.stdout is not None
    try:
        for line in child.stdout:
            on_line(line.rstrip("\n"))
        return child.wait()
    except BaseException:
        _stop(child)
        raise


@contextlib.contextmanager
def postponed_interrupts() -> Iterator[None]:
    """Let signals that end mobilegen wait for the end of the block, which must not be cut short.

    Only the main thread of a process receives signals; in others this does nothing.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    seen: list[int] = []

    def remember(number: int, frame: FrameType | None) -> None:
        seen.append(number)

    handlers = {number: signal.signal(number, remember) for number in END_SIGNALS}
    try:
        yield
    finally:
        for number, handler in handlers.items():
            signal.signal(number, handler)
        for number in seen:
            signal.raise_signal(number)


def end_with_parent() -> None:
    """End this process, and all that it started, soon after its parent is gone.

    A parent that is killed cannot end its children; they would go on to write where the next
    run writes.
    """
    parent = psutil.Process().parent()
    if parent is not None:
        threading.Thread(target=_watch, args=(parent,), daemon=True).start()


def _watch(parent: psutil.Process) -> None:
    while parent.is_running() and parent.status() != psutil.STATUS_ZOMBIE:
        time.sleep(_WATCH_SECONDS)
    for process in psutil.Process().children(recursive=True):
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    os._exit(1)


def describe_exit(returncode: int) -> str:
    """Return "exit code 3" or "signal SIGSEGV"."""
    if returncode >= 0:
        return f"exit code {returncode}"
    try:
        return f"signal {signal.Signals(-returncode).name}"
    except ValueError:
        return f"signal {-returncode}"


def _start(
    words: list[str],
    title: str,
    cwd: Path | None,
    env: Mapping[str, str] | None,
    *,
    with_input: bool = False,
    merge: bool = False,
) -> subprocess.Popen[str]:
    try:
        return subprocess.Popen(
            words,
            cwd=cwd,
            env=_environment(env),
            stdin=subprocess.PIPE if with_input else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT if merge else subprocess.PIPE,
            text=True,
            errors="replace",
            start_new_session=True,
        )
    except OSError as error:
        raise ProcessError(
            f"{title} could not start", seen=[f"{words[0]}: {error.strerror}"]
        ) from error


def _environment(extra: Mapping[str, str] | None) -> dict[str, str]:
    merged = {**os.environ, **(extra or {})}
    return {name: value for name, value in merged.items() if not (extra and extra.get(name) == "")}


def _stop(child: subprocess.Popen[str]) -> tuple[str, str]:
    """End the child with all its descendants and collect what it had printed."""
    try:
        parent = psutil.Process(child.pid)
        family = [parent, *parent.children(recursive=True)]
    except psutil.NoSuchProcess:
        family = []
    for process in family:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    out, err = child.communicate()
    return out or "", err or ""


def _tail(out: str, err: str) -> list[str]:
    lines = [line for line in (out + "\n" + err).splitlines() if line.strip()]
    return lines[-_TAIL_LINES:]
