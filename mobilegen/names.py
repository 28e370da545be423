"""Looking names up: the nearest known one, and objects named "module:OBJECT"."""

from __future__ import annotations

import difflib
import importlib
from collections.abc import Iterable
from typing import Any


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
