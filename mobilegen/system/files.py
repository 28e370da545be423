"""Files: hashes, atomic writes, locks and the cache folder."""

from __future__ import annotations

import contextlib
import errno
import hashlib
import os
import shutil
import stat
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import filelock
import platformdirs

from mobilegen.artifacts import FileRecord
from mobilegen.errors import BusyError, from_os

_REMEDIES = {
    errno.ENOSPC: "free some space, or name another folder with --out",
    errno.EDQUOT: "free some space, or name another folder with --out",
    errno.EFBIG: "raise the limit of the file size (ulimit -f)",
    errno.EACCES: "name a folder that you may write to with --out",
    errno.EPERM: "name a folder that you may write to with --out",
    errno.EROFS: "name a folder that you may write to with --out",
    errno.ENOTDIR: "name another folder with --out",
    errno.EEXIST: "name another folder with --out",
}


def _mask() -> int:
    """The permissions that this user wants new files not to have; it can only be set to be read."""
    mask = os.umask(0o077)
    os.umask(mask)
    return mask


# Read once, while there is one thread: temporary files are made private, and opened up when done.
_FILE_MODE = 0o666 & ~_mask()
_FOLDER_MODE = 0o777 & ~_mask()


@contextmanager
def telling_os_errors(what: str) -> Iterator[None]:
    """Turn an error of the file system while the block runs into one that people understand.

    Raises:
        FileError: In place of an OSError; `what` says what could not be done.
    """
    try:
        yield
    except OSError as error:
        hint = _REMEDIES.get(error.errno or 0, "check the folder and the disk")
        raise from_os(error, what, hint=hint) from error


def cache_dir() -> Path:
    """Folder for downloads, toolboxes and object sets: MOBILEGEN_CACHE or the user's cache."""
    named = os.environ.get("MOBILEGEN_CACHE")
    return Path(named) if named else Path(platformdirs.user_cache_dir("mobilegen"))


def disk_usage(folder: Path) -> int:
    """Return the bytes of all files below a folder, links not followed; 0 if there is none."""
    total = 0
    for current, _, names in os.walk(folder):
        for name in names:
            with contextlib.suppress(OSError):
                total += os.lstat(os.path.join(current, name)).st_size
    return total


def require_plain(path: Path) -> Path:
    """Return the path of a file that can be read to its end; a pipe or a device would block.

    Raises:
        OSError: It is missing, or anything but a file.
    """
    if not stat.S_ISREG(path.stat().st_mode):
        raise OSError(errno.EINVAL, "not a plain file", str(path))
    return path


def sha256_bytes(data: bytes) -> str:
    """Return the hexadecimal sha256 of `data`."""
    return hashlib.sha256(data).hexdigest()


def sha256_file(path: Path) -> str:
    """Return the hexadecimal sha256 of a file's content."""
    digest = hashlib.sha256()
    with require_plain(path).open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
    return digest.hexdigest()


def record(path: Path, root: Path) -> FileRecord:
    """Describe a file by its path below `root`, its size and its sha256."""
    return FileRecord(path.relative_to(root).as_posix(), path.stat().st_size, sha256_file(path))


def write_bytes(path: Path, data: bytes) -> Path:
    """Write a file so that readers see the old or the whole new content, never a part."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as stream:
            stream.write(data)
        os.chmod(temporary, _FILE_MODE)
        os.replace(temporary, path)
    except BaseException:
        Path(temporary).unlink(missing_ok=True)
        raise
    return path


def copy_file(source: Path, target: Path, scratch: Path, *, executable: bool = False) -> Path:
    """Copy a file of any size so that readers see the old or the whole new content.

    Args:
        scratch: A folder on the same file system, for what is not complete yet.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = scratch / "part"
    shutil.copyfile(source, temporary)
    os.chmod(temporary, _FOLDER_MODE if executable else _FILE_MODE)
    os.replace(temporary, target)
    return target


def link_file(source: Path, target: Path) -> Path:
    """Give a file that nobody changes a second name; where that cannot be, copy it."""
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
    return target


def write_text(path: Path, text: str) -> Path:
    """Write UTF-8 text with `\\n` line ends as `write_bytes` does."""
    return write_bytes(path, text.encode())


@contextmanager
def new_dir(final: Path) -> Iterator[Path]:
    """Give a fresh folder to fill; when the block ends well it becomes `final`.

    An existing `final` is replaced; after an error it is untouched.
    """
    final.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(dir=final.parent, prefix=f".{final.name}."))
    os.chmod(temporary, _FOLDER_MODE)
    try:
        yield temporary
        replace_dir(temporary, final)
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def replace_dir(new: Path, final: Path) -> None:
    """Move folder `new` to `final`, in place of whatever was there; that stays after an error."""
    if not final.exists():
        os.replace(new, final)
        return
    old = Path(tempfile.mkdtemp(dir=final.parent, prefix=f".{final.name}.old."))
    try:
        os.replace(final, old / final.name)
        try:
            os.replace(new, final)
        except BaseException:
            os.replace(old / final.name, final)
            raise
    finally:
        shutil.rmtree(old, ignore_errors=True)


def lock_of(folder: Path) -> Path:
    """Return the lock file of a folder of the cache; who fills, uses or removes it holds it."""
    return folder.with_name(folder.name + ".lock")


def note_use(folder: Path) -> None:
    """Note that a folder of the cache is used now; a cache that cannot be written has none."""
    with contextlib.suppress(OSError):
        _use_mark(folder).touch()


def use_of(folder: Path) -> float:
    """Return when a folder of the cache was last used; 0 when nobody noted it."""
    try:
        return _use_mark(folder).stat().st_mtime
    except OSError:
        return 0.0


def _use_mark(folder: Path) -> Path:
    return folder.with_name(folder.name + ".used")


def kept_dir(folder: Path, files: Iterable[str], fill: Callable[[Path], None]) -> Path:
    """Return a folder of the cache; who needs it first fills it, and others wait for that.

    Args:
        files: Names of files without which it is filled anew.
        fill: Fills the new folder that it is given.
    """
    paths = [folder / name for name in files]
    if not all(path.is_file() for path in paths):
        with file_lock(lock_of(folder)):
            if not all(path.is_file() for path in paths):
                with new_dir(folder) as temporary:
                    fill(temporary)
    note_use(folder)
    return folder


@contextmanager
def file_lock(path: Path, *, wait_seconds: float = 3600.0, busy: str = "") -> Iterator[None]:
    """Hold a lock between processes while the block runs.

    Args:
        wait_seconds: How long to wait for another holder.
        busy: What to say when the wait was in vain.

    Raises:
        BusyError: Another process still holds it.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = filelock.FileLock(path)
    try:
        lock.acquire(timeout=wait_seconds)
    except filelock.Timeout:
        raise BusyError(
            busy or "another mobilegen is at work here",
            seen=[f"lock file: {path}"],
            hint="wait until it has finished",
        ) from None
    try:
        yield
    finally:
        lock.release()
