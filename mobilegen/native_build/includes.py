"""Which files a C++ source includes, as far as a runtime's own settings tell.

A compiler knows this exactly, but only for itself: another version or API level may take another
branch. Here only the conditions count that are made of nothing but the runtime's switches; of all
others both branches are taken, so no compiler will miss a file.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

_DIRECTIVE = re.compile(r"^[ \t]*#[ \t]*(include|ifdef|ifndef|if|elif|else|endif)\b(.*)$", re.M)
_INCLUDED = re.compile(r'[ \t]*[<"]([^">\n]+)[">]')
_SWITCH = re.compile(r"^#define[ \t]+(\w+)[ \t]+([0-9]+)[ \t]*$", re.M)
_COMMENT = re.compile(r"//.*|/\*.*?\*/")
_GROUP = re.compile(r"\w*[ \t]*\([^()]*\)")


def read_switches(header: str) -> dict[str, int]:
    """Return the numbers that a configuration header defines, by name."""
    return {name: int(value) for name, value in _SWITCH.findall(header)}


def included_names(text: str, switches: Mapping[str, int]) -> Iterator[str]:
    """Give what a source may include, as it is written there.

    Args:
        switches: Values of the macros that are known.
    """
    # For each open #if: (is its present branch taken, was one surely taken before).
    branches: list[tuple[bool, bool]] = []
    for kind, rest in _DIRECTIVE.findall(text):
        if kind == "include":
            match = _INCLUDED.match(rest)
            if match and all(taken for taken, _ in branches):
                yield match[1]
        elif kind == "endif":
            del branches[-1:]
        elif kind in ("elif", "else"):
            _, before = branches.pop() if branches else (True, False)
            value = True if kind == "else" else _value(rest, switches)
            branches.append((value is not False and not before, before or value is True))
        else:
            value = _value(rest, switches) if kind == "if" else None
            branches.append((value is not False, value is True))


def _value(condition: str, switches: Mapping[str, int]) -> bool | None:
    """Return what a condition of an #if is; None when it depends on more than the switches."""
    text = _COMMENT.sub("", condition)
    while "(" in (shorter := _GROUP.sub("?", text)) and shorter != text:
        text = shorter
    terms = [
        _all([_factor(factor.strip(), switches) for factor in term.split("&&")])
        for term in shorter.split("||")
    ]
    negated = _all([None if term is None else not term for term in terms])
    return None if negated is None else not negated


def _factor(text: str, switches: Mapping[str, int]) -> bool | None:
    if text.startswith("!"):
        value = _factor(text[1:].strip(), switches)
        return None if value is None else not value
    number = int(text) if text.isdecimal() else switches.get(text)
    return None if number is None else number != 0


def _all(values: Sequence[bool | None]) -> bool | None:
    """Return False if one is, else None if one is unknown, else True."""
    return False if False in values else None if None in values else True


def closure(
    sources: Iterable[Path], folders: Sequence[Path], switches: Mapping[str, int]
) -> list[Path]:
    """Return the sources and all files below `folders` that they may include, sorted.

    Args:
        folders: Where names are looked up, after the folder of the file that includes.
    """
    found: set[Path] = set()
    todo = [Path(os.path.normpath(path)) for path in sources]
    while todo:
        path = todo.pop()
        if path in found:
            continue
        found.add(path)
        for name in included_names(path.read_text("utf-8", errors="replace"), switches):
            places = (Path(os.path.normpath(f / name)) for f in (path.parent, *folders))
            todo += [place for place in places if place.is_file()][:1]
    return sorted(found)
