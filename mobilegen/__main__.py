"""Runs the command line; the only place where errors become exit codes."""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType

from mobilegen import console
from mobilegen.errors import MobilegenError, from_os

INTERRUPTED = 130


def main() -> None:
    """Entry point of the `mobilegen` program."""
    _silence_telemetry()
    try:
        _run()
    except KeyboardInterrupt:
        console.error("interrupted; the previous result is as it was")
        sys.exit(INTERRUPTED)
    except Exception as error:
        if "--debug" in sys.argv:
            raise
        told = _told(error)
        console.error(str(told))
        sys.exit(told.exit_code)


def _run() -> None:
    """Import and run the command line; the import takes long enough to be interrupted, too."""
    from mobilegen.system.process import END_SIGNALS

    for number in END_SIGNALS:
        # Under nohup a closed terminal is ignored, and shall be.
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _interrupt)
    from mobilegen.cli.app import app

    app(standalone_mode=True)


def _told(error: Exception) -> MobilegenError:
    if isinstance(error, MobilegenError):
        return error
    if isinstance(error, OSError):
        return from_os(error)
    return MobilegenError(
        f"unexpected {type(error).__name__}: {error}",
        hint="the same command as `mobilegen --debug ...` shows where it comes from",
    )


def _interrupt(signum: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _silence_telemetry() -> None:
    """No library of ours may report home; onnxruntime does unless it is told not to."""
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("ORT_DISABLE_TELEMETRY_EVENTS", "1")


if __name__ == "__main__":
    main()
