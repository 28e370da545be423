"""Runs the command line; the only place where errors become exit codes."""

from __future__ import annotations

import os
import signal
import sys
from types import FrameType

from mobilegen import console
from mobilegen.errors import MobilegenError

INTERRUPTED = 130


def main() -> None:
    """Entry point of the `mobilegen` program."""
    _silence_telemetry()
    signal.signal(signal.SIGTERM, _interrupt)
    from mobilegen.cli.app import app

    try:
        app(standalone_mode=True)
    except MobilegenError as error:
        if "--debug" in sys.argv:
            raise
        console.error(str(error))
        sys.exit(error.exit_code)
    except KeyboardInterrupt:
        console.error("interrupted; the previous result is as it was")
        sys.exit(INTERRUPTED)


def _interrupt(signum: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _silence_telemetry() -> None:
    """No library of ours may report home; onnxruntime does unless it is told not to."""
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("ORT_DISABLE_TELEMETRY_EVENTS", "1")


if __name__ == "__main__":
    main()
