"""Runs the command line; the only place where errors become exit codes."""

from __future__ import annotations

import os
import signal
import sys
import traceback
from types import FrameType
from typing import Any

import mobilegen
from mobilegen.errors import MobilegenError, UsageError, unexpected

INTERRUPTED = 130


def main() -> None:
    """Entry point of the `mobilegen` program."""
    if sys.argv[1:] == ["--version"]:
        # Asked for by scripts; it needs none of the imports below.
        sys.stdout.write(f"mobilegen {mobilegen.__version__}\n")
        return
    _silence_telemetry()
    try:
        code = _run()
    except KeyboardInterrupt:
        from mobilegen import console

        console.error("interrupted; the previous result is as it was")
        code = INTERRUPTED
    except Exception as error:
        if "--debug" in sys.argv:
            raise
        code = _tell(error)
    sys.exit(code)


def _run() -> int:
    """Import and run the command line; the import takes long enough to be interrupted, too."""
    from mobilegen.system import log
    from mobilegen.system.files import cache_dir
    from mobilegen.system.process import END_SIGNALS

    for number in END_SIGNALS:
        # Under nohup a closed terminal is ignored, and shall be.
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, _interrupt)
    log.begin(cache_dir() / "logs")
    from mobilegen.cli.app import app

    # A verb returns nothing; an early end, as after --help, gives its exit code.
    code = app(standalone_mode=False)
    log.drop()
    return code if isinstance(code, int) else 0


def _tell(error: Exception) -> int:
    """Write an error for people, with --json for programs too; return the exit code."""
    from mobilegen import console

    told = _told(error)
    if not told.what:  # `mobilegen` alone, which has shown its help.
        return told.exit_code
    log_file = _log(error, told)
    if ("--json" in sys.argv or console.answers_json()) and not console.json_written():
        console.raw_json({"error": told.values(), "exit": told.exit_code})
    console.error(f"{told}\n  log: {log_file}" if log_file else str(told))
    return told.exit_code


def _told(error: Exception) -> MobilegenError:
    return _usage(error) if hasattr(error, "format_message") else unexpected(error)


def _usage(error: Any) -> UsageError:
    """Return what the parser of options says, which is another program's error."""
    words = getattr(getattr(error, "ctx", None), "command_path", "mobilegen")
    return UsageError(error.format_message().rstrip("."), hint=f"{words} --help")


def _log(error: Exception, told: MobilegenError) -> object:
    """End the log with the error and where it came from; return its file, if there is one."""
    from mobilegen.system import log

    log.add(f"mobilegen {mobilegen.__version__}: {' '.join(sys.argv[1:])}")
    log.add(f"{told}\n{''.join(traceback.format_exception(error))}")
    return log.keep()


def _interrupt(signum: int, frame: FrameType | None) -> None:
    raise KeyboardInterrupt


def _silence_telemetry() -> None:
    """No library of ours may report home; onnxruntime does unless it is told not to."""
    os.environ.setdefault("ORT_DISABLE_TELEMETRY", "1")
    os.environ.setdefault("ORT_DISABLE_TELEMETRY_EVENTS", "1")


if __name__ == "__main__":
    main()
