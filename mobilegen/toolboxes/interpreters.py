"""Finds Python interpreters that really run, by running them."""

from __future__ import annotations

import json
import os
import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from mobilegen.errors import DownloadError, ProcessError, ToolchainError
from mobilegen.system.process import run

_PROBE_SECONDS = 20.0
_PROBE = (
    "import json, platform, sys; print(json.dumps(["
    "'%d.%d' % sys.version_info[:2], platform.python_implementation(), sys.maxsize > 2**32]))"
)


@dataclass(frozen=True)
class Interpreter:
    """A Python that was seen to run; `version` is like "3.12"."""

    path: Path
    version: str


def this_version() -> str:
    """Version of the Python that runs mobilegen, like "3.12"."""
    return "{}.{}".format(*sys.version_info[:2])


def find(
    versions: Sequence[str], *, extra: Iterable[Path] = (), managed: Path, offline: bool = False
) -> Interpreter:
    """Return the first interpreter that runs and has one of `versions`.

    Looked at in this order: `extra`, MOBILEGEN_PYTHON, the one that runs mobilegen,
    `pythonX.Y` on PATH, pyenv's versions folder, those that uv installed in `managed`. A
    version manager's stand-in on PATH may abort instead of running Python: such ones are
    passed over. When nothing fits, uv downloads one into `managed`.

    Raises:
        DownloadError: None was found, and uv could not (or may not) download one.
        ToolchainError: None was found, and what uv downloaded does not run.
    """
    seen: list[str] = []
    for path in candidates(versions, extra, managed):
        found, verdict = probe(path)
        if found and found.version in versions:
            return found
        seen.append(f"{path}: {verdict}")
    return _download(versions[0], managed, seen, offline=offline)


def candidates(versions: Sequence[str], extra: Iterable[Path], managed: Path) -> Iterator[Path]:
    """Yield the places where an interpreter may be, best first, each one once."""
    done: set[Path] = set()
    for path in _places(versions, extra, managed):
        absolute = Path(os.path.abspath(path))
        if absolute not in done and absolute.is_file():
            done.add(absolute)
            yield absolute


def _places(versions: Sequence[str], extra: Iterable[Path], managed: Path) -> Iterator[Path]:
    yield from extra
    if named := os.environ.get("MOBILEGEN_PYTHON"):
        yield Path(named)
    yield Path(sys.executable)
    for version in versions:
        if on_path := shutil.which(f"python{version}"):
            yield Path(on_path)
    pyenv = Path(os.environ.get("PYENV_ROOT") or Path.home() / ".pyenv") / "versions"
    for version in versions:
        yield from _below(pyenv, f"{version}.*")
    for version in versions:
        yield from _below(managed, f"cpython-{version}.*")


def _below(folder: Path, pattern: str) -> Iterator[Path]:
    for home in sorted(folder.glob(pattern), reverse=True):
        yield from (home / "bin" / "python", home / "bin" / "python3", home / "python.exe")


def probe(path: Path) -> tuple[Interpreter | None, str]:
    """Run an interpreter; return what it is, or None and why it cannot be used."""
    try:
        done = run([path, "-I", "-c", _PROBE], title=f"{path}", timeout=_PROBE_SECONDS)
        version, implementation, wide = json.loads(done.stdout)
    except ProcessError as error:
        return None, error.what
    except ValueError:
        return None, "does not answer as Python does"
    if implementation != "CPython" or not wide:
        return None, f"is {implementation}, {64 if wide else 32} bit"
    return Interpreter(path, str(version)), f"is Python {version}"


def _download(version: str, managed: Path, seen: list[str], *, offline: bool) -> Interpreter:
    what = f"no Python {version} was found on this computer"
    hint = f"install Python {version}, or name one in MOBILEGEN_PYTHON"
    if offline:
        raise DownloadError(f"{what} and --offline forbids to download one", seen=seen, hint=hint)
    from mobilegen.toolboxes.uv import uv

    try:
        uv(
            ["python", "install", version, "--install-dir", managed, "--no-bin"],
            title=f"downloading Python {version}",
            cwd=managed.parent,
        )
    except ProcessError as error:
        raise DownloadError(
            f"{what} and it could not be downloaded", seen=[*seen, *error.seen], hint=hint
        ) from error
    for path in _below(managed, f"cpython-{version}.*"):
        found, verdict = probe(path) if path.is_file() else (None, "is missing")
        if found:
            return found
        seen.append(f"{path}: {verdict}")
    raise ToolchainError(f"{what} and the downloaded one does not run", seen=seen, hint=hint)
