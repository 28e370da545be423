"""Runs the program as a user does."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
PHOTO = ROOT / "samples" / "photo"


def mobilegen(
    *arguments: str | Path, cwd: Path | None = None, **env: str
) -> subprocess.CompletedProcess[str]:
    """Run `mobilegen` to its end; never raises for a failure."""
    return subprocess.run(
        command(*arguments),
        cwd=cwd,
        env={**os.environ, **env},
        text=True,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        timeout=900,
    )


def command(*arguments: str | Path) -> list[str]:
    return [sys.executable, "-m", "mobilegen", *map(str, arguments)]


def succeed(*arguments: str | Path, cwd: Path | None = None, **env: str) -> str:
    """Run `mobilegen`, require exit code 0, and return its standard output."""
    done = mobilegen(*arguments, cwd=cwd, **env)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def fail(exit_code: int, *arguments: str | Path, cwd: Path | None = None, **env: str) -> str:
    """Run `mobilegen`, require this exit code and no traceback; return its standard error."""
    done = mobilegen(*arguments, cwd=cwd, **env)
    assert done.returncode == exit_code, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    return done.stderr
