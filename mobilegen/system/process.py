"""The one place that runs other programs."""

from __future__ import annotations

import contextlib
import os
import shlex
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FrameType

from mobilegen.errors import ProcessError
from mobilegen.system import family, log

# What ends mobilegen: Ctrl-C, a polite kill, and a terminal that is closed (not on Windows).
END_SIGNALS = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)
_LAST_WORDS_SECONDS = 10.0
_TAIL_LINES = 20
# On Windows a child would get every Ctrl-C itself; elsewhere its own session keeps it from it.
_OWN_GROUP = getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0)
_guard_lock = threading.Lock()
_guards: list[subprocess.Popen[str]] = []


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

    A time limit or an interrupt ends the program and everything that it started, and so does the
    end of this process, whatever ends it.

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
        _log(words, "out of time", out + err)
        raise ProcessError(
            f"{title} did not finish within {timeout:g} s",
            seen=_tail(out, err),
            hint=hint,
            output=out + err,
        ) from None
    except BaseException:
        _stop(child)
        raise
    _tell_guard(f"-{child.pid}")
    _log(words, describe_exit(child.returncode), out + err)
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
    words = [str(word) for word in argv]
    child = _start(words, title, cwd, env, merge=True)
    assert child.stdout is not None
    try:
        for line in child.stdout:
            on_line(line.rstrip("\n"))
        code = child.wait()
    except BaseException:
        _stop(child)
        raise
    _tell_guard(f"-{child.pid}")
    _log(words, describe_exit(code), "")
    return code


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
        child = subprocess.Popen(
            words,
            cwd=cwd,
            env=_environment(env),
            stdin=subprocess.PIPE if with_input else subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT if merge else subprocess.PIPE,
            text=True,
            encoding="utf-8",
            errors="replace",
            start_new_session=True,
            creationflags=_OWN_GROUP,
        )
    except OSError as error:
        raise ProcessError(
            f"{title} could not start", seen=[f"{words[0]}: {error.strerror}"]
        ) from error
    _tell_guard(f"+{child.pid}")
    return child


def _tell_guard(word: str) -> None:
    """Tell the process that outlives this one which children there are; start it when needed."""
    with _guard_lock:
        if not _guards:
            _guards.append(_start_guard())
        pipe = _guards[0].stdin
        assert pipe is not None
        # Somebody may have ended the guard: everything else works without it.
        with contextlib.suppress(OSError):
            pipe.write(word + "\n")
            pipe.flush()


def _start_guard() -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-I", Path(family.__file__).resolve()],
        cwd=Path(os.sep),
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        text=True,
        encoding="ascii",
        start_new_session=True,
        creationflags=_OWN_GROUP,
    )


def _log(words: Sequence[str], end: str, output: str) -> None:
    log.add(f"$ {shlex.join(words)}\n{output.rstrip()}\n({end})")


def _environment(extra: Mapping[str, str] | None) -> dict[str, str]:
    merged = {**os.environ, **(extra or {})}
    return {name: value for name, value in merged.items() if not (extra and extra.get(name) == "")}


def _stop(child: subprocess.Popen[str]) -> tuple[str, str]:
    """End the child with all its descendants and collect what it had printed."""
    family.end_family(child.pid)
    try:
        out, err = child.communicate(timeout=_LAST_WORDS_SECONDS)
    except subprocess.TimeoutExpired:
        # A descendant that cannot be killed still holds the pipes.
        out = err = ""
    _tell_guard(f"-{child.pid}")
    return out or "", err or ""


def _tail(out: str, err: str) -> list[str]:
    lines = [line for line in (out + "\n" + err).splitlines() if line.strip()]
    return lines[-_TAIL_LINES:]
