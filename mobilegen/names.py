"""Looking names up: the nearest known one, and objects named "module:OBJECT".

Frontends and runtimes are such objects; an installed package may add some by an entry point.
"""

from __future__ import annotations

import difflib
import functools
import hashlib
import importlib
import importlib.util
import sys
from collections.abc import Callable, Iterable, Mapping
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import Any, TypeVar

from mobilegen.errors import UsageError

T = TypeVar("T")


def nearest(name: str, known: Iterable[str]) -> str:
    """Return advice that names the known names, the most similar one first."""
    names = sorted(known)
    similar = difflib.get_close_matches(name.lower(), [n.lower() for n in names], n=1, cutoff=0.5)
    best = [n for n in names if n.lower() in similar]
    listing = f"known names: {', '.join(names)}"
    return f"did you mean {best[0]}? {listing}" if best else listing


def load_object(reference: str) -> Any:
    """Import and return what "package.module:OBJECT" names.

    Raises:
        ImportError: There is no such module.
        AttributeError: The module has no such object.
        ValueError: The reference is not of that form.
    """
    module, colon, attribute = reference.partition(":")
    if not (module and colon and attribute):
        raise ValueError(f"{reference!r} is not of the form 'module:OBJECT'")
    return getattr(importlib.import_module(module), attribute)


def code_identity(reference: str) -> str:
    """Return a hash of the code of the package that "package.module:OBJECT" is in.

    "" for mobilegen's own, which is known as a whole (`resources.package_identity`), and for a
    package that is not there.
    """
    package = reference.partition(":")[0].partition(".")[0]
    found = importlib.util.find_spec(package) if package != __package__ else None
    if found is None:
        return ""
    digest = hashlib.sha256()
    for path in sorted(_sources(found.submodule_search_locations, found.origin)):
        digest.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _sources(folders: Iterable[str] | None, origin: str | None) -> list[Path]:
    if folders is None:
        return [Path(origin)] if origin else []
    files = (path for folder in folders for path in Path(folder).rglob("*"))
    return [path for path in files if path.is_file() and path.suffix != ".pyc"]


def with_added(group: str, built_in: Mapping[str, str]) -> dict[str, str]:
    """Return "module:OBJECT" by name, those of packages too; built-in ones win over added ones.

    Args:
        group: The entry points by which packages add theirs.
    """
    return {**_added(entry_points, group, tuple(sys.path)), **built_in}


@functools.cache
def _added(
    find: Callable[..., Iterable[EntryPoint]], group: str, folders: tuple[str, ...]
) -> dict[str, str]:
    """Look at the packages in `folders` once: it takes as long as all else that a command does."""
    return {point.name: point.value for point in find(group=group)}


def load_known(name: str, known: Mapping[str, str], kind: type[T]) -> T:
    """Return the object of that name.

    Args:
        known: "module:OBJECT" by name.
        kind: What it has to be, and what it is called in messages.

    Raises:
        UsageError: There is none, or what an installed package offers under it cannot be used.
    """
    word = kind.__name__.lower()
    if name not in known:
        raise UsageError(f"there is no {word} {name!r}", hint=nearest(name, known))
    try:
        found = load_object(known[name])
    except (ImportError, AttributeError, ValueError) as error:
        raise UsageError(
            f"the {word} {name!r} cannot be loaded",
            seen=[f"{known[name]}: {error}"],
            hint="update or remove the package that offers it",
        ) from error
    if not isinstance(found, kind):
        raise UsageError(
            f"the {word} {name!r} is not a {kind.__name__}",
            seen=[f"{known[name]}: {type(found)}"],
        )
    return found
