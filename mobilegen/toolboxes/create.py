"""Makes a toolbox on first use; later uses find it complete."""

from __future__ import annotations

import os
import platform
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from mobilegen.errors import DownloadError, ProcessError
from mobilegen.run import DEFAULT, Run
from mobilegen.system.files import cache_dir, file_lock, new_dir, note_use, sha256_bytes
from mobilegen.toolboxes import interpreters
from mobilegen.toolboxes.complete import is_complete, leave_mark
from mobilegen.toolboxes.spec import ToolboxSpec
from mobilegen.toolboxes.uv import uv


@dataclass(frozen=True)
class Toolbox:
    """A Python environment that is complete: its interpreter and its folder."""

    name: str
    python: Path
    root: Path

    @property
    def packages(self) -> Path:
        """Folder in which its packages are."""
        folders = [*self.root.glob("lib/python3*/site-packages"), self.root / "Lib/site-packages"]
        return folders[0]


def ensure(
    spec: ToolboxSpec,
    run: Run = DEFAULT,
    *,
    pythons: Iterable[Path] = (),
) -> Toolbox:
    """Return a toolbox, making it first when it is missing or damaged.

    Args:
        run: Offline, only packages that are in uv's cache already are used.
        pythons: Interpreters to consider before all others.

    Raises:
        DownloadError: A package or an interpreter is neither in the cache nor to be had.
    """
    if found := existing(spec):
        return found
    name = spec.name
    with file_lock(_home() / f"{name}.lock", busy=f"another mobilegen makes the toolbox {name}"):
        return existing(spec) or _make(spec, run, tuple(pythons))


def folder(spec: ToolboxSpec, version: str) -> Path:
    """Folder of a toolbox made with Python `version`; named by all that decides its content."""
    facts = f"{version} {platform.system()} {platform.machine()}\n".encode()
    digest = sha256_bytes(facts + spec.requirements.read_bytes())
    return _home() / f"{spec.name}-{digest[:16]}"


def _home() -> Path:
    return cache_dir() / "toolboxes"


def existing(spec: ToolboxSpec) -> Toolbox | None:
    """Return the toolbox if it is there and complete; nothing is made."""
    present = interpreters.this_version()
    for version in sorted(spec.pythons, key=lambda each: each != present):
        root = folder(spec, version)
        if is_complete(root, _python(root)):
            note_use(root)
            return Toolbox(spec.name, _python(root), root)
    return None


def _make(spec: ToolboxSpec, run: Run, pythons: tuple[Path, ...]) -> Toolbox:
    base = interpreters.find(
        spec.pythons, extra=pythons, managed=_home() / "python", offline=run.offline
    )
    root = folder(spec, base.version)
    verb = "remaking the damaged" if root.exists() else "making the"
    run.report(f"{verb} toolbox {spec.name} (once, {spec.megabytes} MB: {spec.purpose})")
    with new_dir(root) as temporary:
        _fill(temporary, spec, base, run.offline)
        leave_mark(temporary, spec.name, base.version)
    note_use(root)
    return Toolbox(spec.name, _python(root), root)


def _fill(root: Path, spec: ToolboxSpec, base: interpreters.Interpreter, offline: bool) -> None:
    network = ["--offline"] if offline else []
    create = ["venv", "--allow-existing", "--relocatable", "--no-python-downloads"]
    # Copies, not links into uv's cache: damage done to one toolbox stays in that toolbox.
    install = ["pip", "install", "--no-deps", "--require-hashes", "--link-mode", "copy"]
    install += ["--compile-bytecode"]
    title = f"making the toolbox {spec.name}"
    try:
        uv([*create, *network, "--python", base.path, root], title=title, cwd=_home())
        target: list[str | Path] = ["--python", _python(root), "-r", spec.requirements]
        uv([*install, *network, *target], title=title, cwd=_home())
    except ProcessError as error:
        raise _unobtainable(spec, error, offline=offline) from error


def _unobtainable(spec: ToolboxSpec, error: ProcessError, *, offline: bool) -> DownloadError:
    if offline:
        return DownloadError(
            f"the toolbox {spec.name} is not in the cache and --offline forbids the download",
            seen=[f"cache: {_home()}", *error.seen],
            hint="run the same command once without --offline",
        )
    return DownloadError(
        f"the toolbox {spec.name} could not be made",
        seen=error.seen,
        hint="check the network and the package index (UV_DEFAULT_INDEX, PIP_INDEX_URL)",
    )


def _python(root: Path) -> Path:
    return root / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
