"""Hostile values in every language of the generated project, read back by a reader of each."""

from __future__ import annotations

import re
from xml.etree import ElementTree

import jinja2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mobilegen.platforms import escapes
from mobilegen.platforms.escapes import Code, android_string, cmake, finalize, java, kotlin, xml

HOSTILE = [
    "",
    "plain",
    "a \"quoted\" 'text'",
    "back\\slash",
    "\\u0022+System.exit(1)+\\u0022",
    "\\\\u000a",
    "$HOME ${x}",
    "*/ class X {",
    "</string><string>&amp;",
    "]]>",
    "@string/app_name",
    "?attr",
    "two  spaces",
    " edge ",
    "line\nend\ttab\rreturn",
    "日本 \U0001f600 größe",
    "\u202eevil\u2028",
]


def read_java(literal: str) -> str:
    """Java's own rules: first Unicode escapes after an odd backslash, then string escapes."""
    unescaped = re.sub(
        r"(?<!\\)((?:\\\\)*)\\u+([0-9a-fA-F]{4})",
        lambda match: match[1] + chr(int(match[2], 16)),
        literal,
    )
    inside = unescaped[1:-1]
    assert unescaped[0] == unescaped[-1] == '"'
    assert not re.search(r'(?<!\\)(?:\\\\)*"', inside)
    assert "\n" not in inside and "\r" not in inside
    plain = {"n": "\n", "r": "\r", "t": "\t", "\\": "\\", '"': '"'}
    return re.sub(r"\\(.)", lambda match: plain[match[1]], inside)


def joined(text: str) -> str:
    """Surrogates that belong together as one character."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


@pytest.mark.parametrize("text", HOSTILE)
def test_java(text: str) -> None:
    assert joined(read_java(java(text))) == text


@given(st.text())
def test_java_of_any_text(text: str) -> None:
    literal = java(text)
    assert joined(read_java(literal)) == text
    assert literal.isprintable()


def test_java_truth_values() -> None:
    assert (java(True), java(False)) == ("true", "false")


@given(st.text())
def test_kotlin_has_no_template(text: str) -> None:
    literal = kotlin(text)
    assert not re.search(r"(?<!\\)(?:\\\\)*\$", literal)
    assert joined(read_java(literal.replace("\\$", "$"))) == text


@given(st.text())
def test_cmake_ends_where_it_should(text: str) -> None:
    literal = cmake(text)
    assert re.fullmatch(r'"(?:[^"\\$]|\\["\\$])*"', literal)
    assert re.sub(r"\\(.)", r"\1", literal[1:-1]) == text


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cn", "Cs"])))
def test_xml_is_read_back(text: str) -> None:
    document = ElementTree.fromstring(f'<a b="{xml(text)}">{xml(text)}</a>')
    assert (document.text or "", document.attrib["b"]) == (text, text)


@pytest.mark.parametrize("character", ["\0", "\x0b", "\ud800", "￾"])
def test_xml_refuses_what_it_cannot_hold(character: str) -> None:
    with pytest.raises(ValueError, match="XML has no character"):
        xml(f"a{character}")


@pytest.mark.parametrize("text", HOSTILE)
def test_android_string(text: str) -> None:
    """Unescaped as aapt2 does it: quotes keep spaces, a backslash takes the next character."""
    element = ElementTree.fromstring(f"<string>{android_string(text)}</string>")
    value = element.text or ""
    quoted = len(value) > 1 and value[0] == value[-1] == '"'
    if quoted:
        value = value[1:-1]
    else:
        assert value == value.strip() and "  " not in value and value[:1] not in ("@", "?")
    assert not re.search(r"(?<!\\)(?:\\\\)*[\"']", value)
    plain = {"n": "\n", "t": "\t"}
    read = re.sub(r"\\(.)", lambda match: plain.get(match[1], match[1]), value)
    assert read == text.replace("\r", "")


@pytest.mark.parametrize("text", ["`", "``a`", "a`b", "|x|\ny"])
def test_markdown_code(text: str) -> None:
    found = escapes.markdown_code(text)
    fence = re.match("`+", found)
    assert fence and found.endswith(fence[0])
    assert fence[0] not in found.strip("`")
    assert "\n" not in found


@pytest.mark.parametrize("value", ["text", True, None, 1.5, ["a"]])
def test_nothing_gets_in_without_a_filter(value: object) -> None:
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, finalize=finalize)
    with pytest.raises(TypeError, match="without a filter"):
        environment.from_string("{{ value }}").render(value=value)


def test_code_and_numbers_get_in() -> None:
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined, finalize=finalize)
    assert environment.from_string("{{ a }} {{ b }}").render(a=Code("x"), b=36) == "x 36"
    with pytest.raises(jinja2.UndefinedError):
        environment.from_string("{{ missing }}").render()
