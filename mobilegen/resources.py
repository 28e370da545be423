"""The only place that knows where templates/ and native/ are, installed or in a checkout."""

from __future__ import annotations

import functools
import hashlib
from collections.abc import Iterable
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent


def _data_dir(kind: str) -> Path:
    installed = _PACKAGE / "_data" / kind
    return installed if installed.is_dir() else _PACKAGE.parent / kind


def native_dir() -> Path:
    """Folder of the C and C++ sources, headers and CMake files."""
    return _data_dir("native")


def templates_dir() -> Path:
    """Folder of the project templates."""
    return _data_dir("templates")


@functools.cache
def source_identity(*parts: str) -> str:
    """Hash of mobilegen's own code in some of its folders and files: new code, new results."""
    roots = [_PACKAGE / part for part in parts]
    paths = [path for root in roots for path in (root, *root.rglob("*"))]
    return _identity(path for path in paths if _is_source(path))


@functools.cache
def native_identity() -> str:
    """Hash of everything in native/."""
    return _identity(path for path in native_dir().rglob("*") if path.is_file())


@functools.cache
def templates_identity(kind: str) -> str:
    """Hash of the templates of one kind, paths included."""
    root = templates_dir() / kind
    digest = hashlib.sha256()
    for path in sorted(path for path in root.rglob("*") if path.is_file()):
        name = path.relative_to(root).as_posix()
        digest.update(name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _is_source(path: Path) -> bool:
    return path.is_file() and path.suffix != ".pyc"


def _identity(paths: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for path in sorted(paths):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()
