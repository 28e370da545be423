"""Values in generated text: one filter for each language, and no way past them.

A template may print nothing but `Code`: what a filter returned, or what was checked to be a name.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any
from xml.sax.saxutils import escape as escape_markup

import jinja2

_JAVA_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}
_ANDROID_SPECIAL = re.compile("[\\\\'\"@?]")
_CMAKE_SPECIAL = re.compile('[\\\\"$]')
_SPACES = re.compile(r"^\s|\s$|\s\s")
# XML 1.0, section 2.2: what no document may hold, escaped or not.
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Code(str):
    """Text that may stand in a generated file as it is."""

    __slots__ = ()


def finalize(value: Any) -> str:
    """Let a value into a generated file.

    Raises:
        TypeError: A text that went through no filter.
    """
    if isinstance(value, Code) or (isinstance(value, int) and not isinstance(value, bool)):
        return str(value)
    if isinstance(value, jinja2.Undefined):
        return str(value)  # A StrictUndefined says which name is missing.
    raise TypeError(f"a template prints {value!r} without a filter for its language")


def java(value: str | bool) -> Code:
    """A Java literal: a text in quotes, or true or false.

    Java looks for \\uXXXX before anything else, so a backslash never stays alone. What cannot be
    seen, or changes the direction of the line, is written as its code.
    """
    if isinstance(value, bool):
        return Code("true" if value else "false")
    return Code(f'"{"".join(map(_java_character, value))}"')


def _java_character(character: str) -> str:
    if character in _JAVA_ESCAPES:
        return _JAVA_ESCAPES[character]
    if character.isprintable():
        return character
    units = character.encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[i : i + 2].hex()}" for i in range(0, len(units), 2))


def kotlin(value: str) -> Code:
    """A Kotlin literal; a dollar sign would begin a template."""
    return Code(java(value).replace("$", "\\$"))


def cmake(value: str) -> Code:
    """A quoted argument of CMake, in which a dollar sign would name a variable."""
    return Code(f'"{_CMAKE_SPECIAL.sub(_backslash, value)}"')


def _backslash(match: re.Match[str]) -> str:
    return "\\" + match[0]


def xml(value: str) -> Code:
    """Text of an element or of an attribute in double quotes.

    Raises:
        ValueError: No XML document can hold it.
    """
    if found := _NO_XML.search(value):
        raise ValueError(f"XML has no character {found[0]!r}")
    return Code(escape_markup(value, {'"': "&quot;", "\n": "&#10;", "\r": "&#13;", "\t": "&#9;"}))


def android_string(value: str) -> Code:
    """The text of a string resource, which has escapes of its own below those of XML.

    https://developer.android.com/guide/topics/resources/string-resource#escaping_quotes

    Raises:
        ValueError: No XML document can hold it.
    """
    text = _ANDROID_SPECIAL.sub(_backslash, value)
    text = text.replace("\n", "\\n").replace("\t", "\\t").replace("\r", "")
    # Spaces in a row would become one.
    # Quotes are markup of the resource compiler, which sees &quot; as one.
    return xml(f'"{text}"' if _SPACES.search(value) else text)


def markdown_code(value: str) -> Code:
    """A piece of code in a line of Markdown."""
    fence = "`" * (1 + max((len(run) for run in re.findall("`+", value)), default=0))
    space = " " if value[:1] == "`" or value[-1:] == "`" else ""
    return Code(f"{fence}{space}{' '.join(value.split())}{space}{fence}")


FILTERS = {
    "java": java,
    "kotlin": kotlin,
    "cmake": cmake,
    "xml": xml,
    "android_string": android_string,
    "markdown_code": markdown_code,
}


def environment(root: Path, *, trim_blocks: bool = False) -> jinja2.Environment:
    """Return what renders the templates below a folder: nothing is printed without a filter."""
    made = jinja2.Environment(
        loader=jinja2.FileSystemLoader(root),
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
        trim_blocks=trim_blocks,
        autoescape=False,
        finalize=finalize,
    )
    made.filters.update(FILTERS)
    return made
