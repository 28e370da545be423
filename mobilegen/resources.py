"""The only place that knows where templates/ and native/ are, installed or in a checkout."""

from __future__ import annotations

import functools
import hashlib
import re
import sys
from importlib import metadata
from pathlib import Path

_PACKAGE = Path(__file__).resolve().parent
_NAME = re.compile(r"[A-Za-z0-9._-]+")


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
def package_identity() -> str:
    """Hash of all that mobilegen brings and stands on: other code, other results.

    Its own code, native/ and templates/, paths included, and the versions of Python and of the
    packages that it requires.
    """
    digest = hashlib.sha256(repr([sys.version_info[:2], _requirements()]).encode())
    for root in (_PACKAGE, native_dir(), templates_dir()):
        for path in sorted(path for path in root.rglob("*") if _is_source(path)):
            name = path.relative_to(root).as_posix()
            digest.update(name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _requirements() -> list[tuple[str, str]]:
    """Return the packages that mobilegen requires and that are installed, with their versions."""
    try:
        named = metadata.requires(_PACKAGE.name) or []
    except metadata.PackageNotFoundError:
        return []
    names = (match.group() for line in named if (match := _NAME.match(line)))
    return [(name, _version(name)) for name in sorted(names)]


def _version(name: str) -> str:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def _is_source(path: Path) -> bool:
    return path.is_file() and path.suffix != ".pyc"
