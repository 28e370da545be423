"""Says in plain words what is wrong with settings, and in which line."""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from typing import Any

from pydantic import BaseModel, ValidationError

from mobilegen.config.option import section_of
from mobilegen.config.shown import shown

_MOST_LINES = 8
_WORDS = {
    "missing": "it is missing",
    "tuple_type": "a list is expected",
    "list_type": "a list is expected",
    "dict_type": "'name: value' lines are expected",
    "model_type": "'name: value' lines are expected",
    "model_attributes_type": "'name: value' lines are expected",
    "string_type": "text is expected",
    "string_unicode": "text that UTF-8 knows is expected",
    "path_type": "a path is expected",
    "int_type": "a whole number is expected",
    "int_parsing": "a whole number is expected",
    "int_parsing_size": "a smaller number is expected",
    "int_from_float": "a whole number is expected",
    "float_type": "a number is expected",
    "float_parsing": "a number is expected",
    "bool_type": "true or false is expected",
    "bool_parsing": "true or false is expected",
    "greater_than": "it must be more than {gt}",
    "greater_than_equal": "it must be {ge} or more",
    "less_than": "it must be less than {lt}",
    "less_than_equal": "it must be {le} or less",
    "finite_number": "a finite number is expected",
    "string_too_long": "it must have {max_length} characters at most",
    "string_too_short": "it must have {min_length} characters at least",
    "too_short": "it must have {min_length} values at least",
    "string_pattern_mismatch": "it must match {pattern}",
}


def explain(
    kind: type[BaseModel], error: ValidationError, lines: Mapping[tuple[str, ...], int]
) -> list[str]:
    """Return a line for each wrong setting, a few at most.

    Args:
        lines: Line of mobilegen.yml by the path of the setting.
    """
    issues = error.errors(include_url=False)
    told = [_told(kind, dict(issue), lines) for issue in issues[:_MOST_LINES]]
    more = len(issues) - len(told)
    return told + ([f"and {more} more"] if more else [])


def _told(
    kind: type[BaseModel], issue: Mapping[str, Any], lines: Mapping[tuple[str, ...], int]
) -> str:
    path = tuple(str(part) for part in issue["loc"])
    name = ".".join(shown(part).strip("'\"") for part in path)
    text = _unknown(kind, path) if issue["type"] == "extra_forbidden" else _wrong(issue)
    line = next((lines[path[:n]] for n in range(len(path), 0, -1) if path[:n] in lines), None)
    return f"{name}: {text}".removeprefix(": ") + (f" (line {line})" if line else "")


def _wrong(issue: Mapping[str, Any]) -> str:
    if issue["type"] == "literal_error":
        return _no_choice(shown(issue.get("input")), str(issue["ctx"]["expected"]))
    text = _WORDS.get(issue["type"]) or str(issue["msg"]).removeprefix("Value error, ")
    text = text.format(**issue.get("ctx", {})) if issue["type"] in _WORDS else text
    is_plain = issue["type"] in ("missing", "value_error")
    return text if is_plain else f"{text}, not {shown(issue.get('input'))}"


def _no_choice(given: str, expected: str) -> str:
    choices = re.findall(r"'(.*?)'", expected)
    near = difflib.get_close_matches(given.strip("'"), choices, n=1)
    advice = f"; did you mean {near[0]}?" if near else ""
    return f"one of {', '.join(choices)} is expected, not {given}{advice}"


def _unknown(kind: type[BaseModel], path: tuple[str, ...]) -> str:
    *above, name = path
    owner: type[BaseModel] | None = kind
    for part in above:
        field = owner.model_fields.get(part) if owner else None
        owner = section_of(field) if field else None
    for section in _sections_with(kind, name) if owner is kind else ():
        lines = f"'{section}:' and '  {name}: ...' below it"
        return f"it belongs into the section {section}: write {lines}"
    near = difflib.get_close_matches(name[:80], owner.model_fields, n=1) if owner else []
    return "unknown setting" + (f"; did you mean {near[0]}?" if near else "")


def _sections_with(kind: type[BaseModel], name: str) -> Iterator[str]:
    for title, field in kind.model_fields.items():
        section = section_of(field)
        if section is not None and name in section.model_fields:
            yield title
