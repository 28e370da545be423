"""Puts a generated project where its user works: what he changed stays as he left it."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Collection
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from mobilegen.artifacts import Project, ProjectFile
from mobilegen.errors import UsageError
from mobilegen.serialize import dump_json, load_json
from mobilegen.system.files import copy_file, sha256_file

RECORD = ".mobilegen.json"
SCRATCH = ".mobilegen.part"
State = Literal["current", "outdated", "changed", "removed"]
_REASONS = {
    "changed": "changed by you",
    "removed": "removed by you",
}
_SHOWN = 5
_NO_LONGER = "changed by you, no longer generated"


@dataclass(frozen=True)
class Record:
    """The content of `RECORD`: sha256 of what was generated, by path.

    Attributes:
        files: What the last rendering left.
        begun: What renderings may have left that did not come to their end.
        names: Those that the sources are of, as in `Project`.
    """

    files: dict[str, str] = field(default_factory=dict)
    begun: dict[str, tuple[str, ...]] = field(default_factory=dict)
    names: tuple[str, ...] = ()

    @property
    def known(self) -> dict[str, str]:
        """What was generated, or may have been."""
        return {**{path: hashes[-1] for path, hashes in self.begun.items()}, **self.files}

    def is_ours(self, path: str, sha256: str) -> bool:
        """True if a file with that content is as it was generated."""
        return self.files.get(path) == sha256 or sha256 in self.begun.get(path, ())


@dataclass(frozen=True)
class Merge:
    """What is to be done to bring a project up to date.

    Attributes:
        files: All files as they are generated now.
        write: Those that are missing or outdated.
        remove: Files that are no longer generated; a changed one will stay.
        kept: Files that stay as the user has them, each with the reason.
        old: What was generated before.
        names: As in `Project`.
        force: Changed files that are no longer generated go, too.
    """

    folder: Path
    files: tuple[ProjectFile, ...]
    write: tuple[ProjectFile, ...]
    remove: tuple[str, ...]
    kept: tuple[str, ...]
    old: Record
    names: tuple[str, ...] = ()
    force: bool = False


def require_ours(folder: Path) -> None:
    """Make sure that a project in `folder` would meet nothing but an earlier one.

    Raises:
        UsageError: There is something that no build left.
    """
    if folder.is_dir() and not folder.is_symlink():
        ours = not any(folder.iterdir()) or (folder / RECORD).is_file()
    else:
        ours = not (folder.exists() or folder.is_symlink())
    if not ours:
        raise UsageError(
            f"{folder} is there and no build left it",
            hint="move it away, name another --out, or use --no-project",
        )
    _read(folder)


def require_belonging(
    folder: Path, names: Collection[str], *, ignored: Collection[str], force: bool
) -> None:
    """Make sure that no file stays that its user has changed and that names what is gone.

    When the packages of a project get other names, generated files move with them; a file that
    stays, because it was changed, and is or speaks of the package of before, compiles no more.

    Args:
        names: Those that the sources are going to be of.
        ignored: As in `user_changes`.
        force: The user's changes are taken back.

    Raises:
        UsageError: Naming the files.
    """
    gone = set(_read(folder).names) - set(names)
    if force or not gone or not folder.is_dir():
        return
    changes = user_changes(folder, ignored=ignored)
    changed = [name for name in changes.files if not name.endswith(".md")]
    found = {name: _mentioned(folder / name, gone, names) for name in changed}
    stale = {name: words for name, words in found.items() if words}
    if stale:
        files = "a file" if len(stale) == 1 else f"{len(stale)} files"
        raise UsageError(
            f"{files} that you have changed in {folder} would not compile any more",
            seen=[
                *(f"{name} names {', '.join(stale[name])}" for name in list(stale)[:_SHOWN]),
                f"the project is going to be of {', '.join(names) or 'no package'}",
            ],
            hint=f"keep your changes elsewhere, restore these files or use --force, and make them "
            f"again; or set {', '.join(sorted(gone))} again",
        )


def _mentioned(path: Path, gone: set[str], names: Collection[str]) -> list[str]:
    """Return those names that are gone and that a file has, not as a part of a new one."""
    longest_first = sorted({*gone, *names}, key=len, reverse=True)
    pattern = rf"(?<![\w.])({'|'.join(map(re.escape, longest_first))})(?!\w)"
    text = path.read_bytes().decode("utf-8", errors="replace")
    return sorted(gone & set(re.findall(pattern, text)))


@dataclass(frozen=True)
class UserChanges:
    """What the user has made of a project since it was generated; paths are relative to it.

    Attributes:
        files: Changed and added.
        removed: Generated files that are gone.
    """

    files: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()


def user_changes(folder: Path, *, ignored: Collection[str]) -> UserChanges:
    """Compare a project with the record of what was generated.

    Args:
        ignored: Names of folders of the project or a module whose content is nobody's work.

    Raises:
        UsageError: The record cannot be read.
    """
    old = _read(folder)
    files = []
    for current, folders, names in os.walk(folder):
        # Deeper down they are packages.
        if folder in (Path(current), Path(current).parent):
            folders[:] = [name for name in folders if name not in (*ignored, SCRATCH)]
        files += [Path(current, name) for name in names if RECORD not in name]
    present = {path.relative_to(folder).as_posix(): path for path in files if path.is_file()}
    return UserChanges(
        tuple(sorted(n for n, p in present.items() if not old.is_ours(n, sha256_file(p)))),
        tuple(sorted(old.files.keys() - present.keys())),
    )


def lay_out(project: Project, changed: UserChanges, folder: Path, out: Path) -> Path:
    """Write a project with what its user has changed in `folder` to the empty folder `out`."""
    for file in project.files:
        if file.path not in changed.removed:
            copy_file(file.source, out / file.path, out, executable=file.executable)
    for name in changed.files:
        executable = os.access(folder / name, os.X_OK)
        copy_file(folder / name, out / name, out, executable=executable)
    return out


def plan_merge(
    project: Project, folder: Path, *, force: bool, hash_of: Callable[[Path], str] = sha256_file
) -> Merge:
    """Decide what to do with each file; nothing is changed yet.

    A file that its user has changed or removed stays so; one that is no longer generated is removed
    unless it was changed.

    Args:
        force: Take back the user's changes to generated files, also to those that are no longer
            generated.
        hash_of: Gives the sha256 of a file.

    Raises:
        UsageError: The record of the last rendering cannot be read.
    """
    old = _read(folder)
    states = {file.path: _state(file, folder, old, hash_of) for file in project.files}
    kept = {} if force else {p: s for p, s in states.items() if s in _REASONS}
    gone = sorted(old.known.keys() - states.keys())
    return Merge(
        folder=folder,
        files=project.files,
        write=tuple(f for f in project.files if states[f.path] != "current" and f.path not in kept),
        remove=tuple(gone),
        kept=(
            *(f"{path} ({_REASONS[state]})" for path, state in kept.items()),
            *(
                f"{path} ({_NO_LONGER})"
                for path in gone
                if not force and _is_changed(path, folder, old)
            ),
        ),
        old=old,
        names=project.names,
        force=force,
    )


def apply_merge(merge: Merge) -> None:
    """Do what was decided; interrupted at any place, the next one completes it."""
    old, folder = merge.old, merge.folder
    _clean(folder)
    new = {file.path: file.sha256 for file in merge.files}
    if not (merge.write or merge.remove) and old == Record(new, {}, merge.names):
        return
    dump_json(Record(old.files, _begun(merge), old.names), folder / RECORD)
    scratch = folder / SCRATCH
    scratch.mkdir()
    for file in merge.write:
        copy_file(file.source, folder / file.path, scratch, executable=file.executable)
    left = {path: old.known[path] for path in merge.remove if not _remove(path, merge)}
    dump_json(Record({**new, **left}, {}, merge.names), folder / RECORD)
    _clean(folder)


def _clean(folder: Path) -> None:
    """Remove what is, or may have been left of, incomplete files."""
    shutil.rmtree(folder / SCRATCH, ignore_errors=True)
    for leftover in folder.glob(f".{RECORD}.*"):
        leftover.unlink()


def _state(file: ProjectFile, folder: Path, old: Record, hash_of: Callable[[Path], str]) -> State:
    path = folder / file.path
    if not path.exists() and not path.is_symlink():
        return "removed" if file.path in old.files else "outdated"
    if not path.is_file():
        return "changed"
    sha256 = hash_of(path)
    if sha256 == file.sha256:
        return "current"
    return "outdated" if old.is_ours(file.path, sha256) else "changed"


def _begun(merge: Merge) -> dict[str, tuple[str, ...]]:
    """Name what may be on the disk from now on until the rendering has come to its end."""
    begun = dict(merge.old.begun)
    for file in merge.files:
        begun[file.path] = tuple(dict.fromkeys((*begun.get(file.path, ()), file.sha256)))
    return begun


def _is_changed(path: str, folder: Path, old: Record) -> bool:
    target = folder / path
    return target.is_file() and not old.is_ours(path, sha256_file(target))


def _remove(path: str, merge: Merge) -> bool:
    """Remove a file that is as it was generated, and folders that become empty; True if gone."""
    folder, target = merge.folder, merge.folder / path
    if not merge.force and _is_changed(path, folder, merge.old):
        return False
    if target.is_file():
        target.unlink()
    for parent in target.parents:
        if parent == folder or not parent.is_dir() or any(parent.iterdir()):
            break
        parent.rmdir()
    return not target.exists()


def _read(folder: Path) -> Record:
    path = folder / RECORD
    if not path.is_file():
        return Record()
    try:
        record = load_json(Record, path)
        if outside := [name for name in record.known if not _is_inside(name)]:
            raise ValueError(f"names a file outside of the folder: {outside[0]!r}")
        return record
    except (OSError, ValueError) as error:
        raise UsageError(
            f"{path} cannot be read: it says which files you have changed",
            seen=str(error).splitlines()[:3],
            hint="restore it, or move the whole folder away",
        ) from error


def _is_inside(name: str) -> bool:
    """Say if a path is one that a project may have: what the record names may be removed."""
    parts = name.split("/")
    return not any(part in ("", ".", "..") or "\\" in part or ":" in part for part in parts)
