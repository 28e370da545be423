"""Reads mobilegen.yml: YAML from anybody, so nothing in it may cost much or surprise."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from mobilegen.config.shown import shown
from mobilegen.errors import ConfigError

_MOST_BYTES = 1 << 20
# More than any settings have; a short text can stand for billions of them by way of aliases.
_MOST_NODES = 10_000
_MOST_LEVELS = 50


@dataclass(frozen=True)
class Document:
    """What a settings file says.

    Attributes:
        lines: Number of the line of each setting, by its path of names.
    """

    values: dict[str, Any]
    lines: Mapping[tuple[str, ...], int]


class _Loader(yaml.SafeLoader):
    """YAML's plain values. A date stays text, and a wrong number is an error with its place."""

    def construct_object(self, node: yaml.Node, deep: bool = False) -> Any:
        try:
            return super().construct_object(node, deep=deep)
        except (ValueError, TypeError, LookupError, OverflowError) as error:
            reason = f"{shown(node.value)} cannot be read as {_kind(node)}"
            raise yaml.constructor.ConstructorError(None, None, reason, node.start_mark) from error


def _number(loader: Any, node: yaml.ScalarNode) -> int:
    """Return a whole number; 010 is eight to some readers and ten to others, so it is refused."""
    if re.fullmatch(r"[-+]?0[0-9_]+", str(node.value)):
        raise ValueError("leading zero")
    return int(loader.construct_yaml_int(node))


def _text(loader: Any, node: yaml.ScalarNode) -> str:
    return str(loader.construct_scalar(node))


_Loader.add_constructor("tag:yaml.org,2002:int", _number)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", _text)


def read_document(path: Path) -> Document:
    """Read a settings file.

    Raises:
        ConfigError: It cannot be read, is no YAML, or is not made of 'name: value' lines.
    """
    try:
        text = _read_text(path)
        _refuse_size(text)
        node = yaml.compose(text, _Loader)
        _refuse_bombs(node, path)
        _refuse_surrogates(node)
        lines = _lines(node, path)
        values = _construct(node)
    except (OSError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path} is not valid YAML", seen=_told(error)) from error
    if not isinstance(values, dict):
        raise ConfigError(
            f"{path} must hold 'name: value' lines",
            seen=[f"it holds {shown(values)}"],
            hint="mobilegen init MODEL writes a first one",
        )
    return Document(values, lines)


def _read_text(path: Path) -> str:
    with path.open("rb") as stream:
        data = stream.read(_MOST_BYTES + 1)
    if len(data) > _MOST_BYTES:
        raise ConfigError(f"{path} is larger than {_MOST_BYTES >> 20} MiB; that are no settings")
    return data.decode("utf-8-sig")


def _construct(node: yaml.Node | None) -> Any:
    if node is None:
        return None
    loader = _Loader("")
    try:
        return loader.construct_document(node)
    finally:
        loader.dispose()


def _refuse_size(text: str) -> None:
    """Read the events alone, which needs no recursion and can end early."""
    depth = 0
    for count, event in enumerate(yaml.parse(text, _Loader)):
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _MOST_LEVELS or count > _MOST_NODES:
            reason = "nested too deeply" if depth > _MOST_LEVELS else "too many values"
            line = event.start_mark.line + 1 if event.start_mark else "?"
            raise yaml.YAMLError(f"line {line}: {reason}")


def _refuse_bombs(node: yaml.Node | None, path: Path) -> None:
    """Count the nodes as if every alias were written out."""
    counts: dict[int, int] = {}
    inside: set[int] = set()

    def count(each: yaml.Node) -> int:
        if id(each) in inside:
            raise ConfigError(f"{path}: an alias contains itself", seen=[_place(each)])
        if id(each) not in counts:
            inside.add(id(each))
            counts[id(each)] = 1 + sum(count(child) for child in _children(each))
            inside.remove(id(each))
        return counts[id(each)]

    if node is not None and count(node) > _MOST_NODES:
        raise ConfigError(
            f"{path} stands for more than {_MOST_NODES:,} values; that are no settings",
            hint="write the settings without aliases",
        )


def _refuse_surrogates(node: yaml.Node | None) -> None:
    """An escape like \\ud800 stands for half a letter, which no file or report can hold."""
    seen: set[int] = set()
    waiting = [node] if node is not None else []
    while waiting:
        each = waiting.pop()
        if id(each) in seen:
            continue
        seen.add(id(each))
        waiting += _children(each)
        if isinstance(each, yaml.ScalarNode) and re.search("[\ud800-\udfff]", each.value):
            reason = f"{shown(each.value)} has half of a surrogate pair, which is no letter"
            raise yaml.constructor.ConstructorError(None, None, reason, each.start_mark)


def _children(node: yaml.Node) -> list[yaml.Node]:
    if isinstance(node, yaml.MappingNode):
        return [child for pair in node.value for child in pair]
    return list(node.value) if isinstance(node, yaml.SequenceNode) else []


def _lines(node: yaml.Node | None, path: Path) -> dict[tuple[str, ...], int]:
    """Return the line of every setting; one that is there twice is an error."""
    found: dict[tuple[str, ...], int] = {}

    def visit(each: yaml.Node, above: tuple[str, ...]) -> None:
        for key, value in each.value if isinstance(each, yaml.MappingNode) else ():
            name = (*above, str(key.value) if isinstance(key, yaml.ScalarNode) else "?")
            line = key.start_mark.line + 1
            # YAML merges sections with "<<", which may be there more than once.
            if name in found and above == name[:-1] and name[-1] != "<<":
                raise ConfigError(
                    f"{path}: {shown(name[-1])} is there twice",
                    seen=[f"lines {found[name]} and {line}"],
                    hint="remove one of them",
                )
            found[name] = line
            visit(value, name)

    if node is not None:
        visit(node, ())
    return found


def _place(node: yaml.Node) -> str:
    return f"line {node.start_mark.line + 1}"


def _kind(node: yaml.Node) -> str:
    names = {"int": "a whole number", "float": "a number", "bool": "true or false"}
    kind = node.tag.rpartition(":")[2]
    return names.get(kind, shown(kind))


def _told(error: Exception) -> list[str]:
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark:
        return [f"line {error.problem_mark.line + 1}: {error.problem}"]
    return [line for line in str(error).splitlines() if line.strip()][:4]
