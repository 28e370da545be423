"""How a setting appears on the command line: a part of the setting's own description."""

from __future__ import annotations

import types
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

BUILD = ("build",)
CONVERT = ("build", "convert")


@dataclass(frozen=True)
class Option:
    """What a field of the settings says of its command line option.

    A field without one can be set in mobilegen.yml alone.

    Attributes:
        panel: Group of the option in `--help`; "" for that of the field's section.
        flags: The option, and short forms; () for the field's name with dashes.
        metavar: What stands for the value in `--help`; "" for a word made from the type.
        default: What `--help` says of the default; "" for the default itself.
        verbs: The commands that have it.
        recorded: build.json has it; what changes nothing of a result is left out.
    """

    panel: str = ""
    flags: tuple[str, ...] = ()
    metavar: str = ""
    default: str = ""
    verbs: tuple[str, ...] = BUILD
    recorded: bool = True


@dataclass(frozen=True)
class Flag:
    """A setting as an option of one command.

    Attributes:
        path: Name of the setting, with that of its section before it.
        kind: Type of one value: a switch, a path or a text.
        many: It may be repeated.
    """

    path: tuple[str, ...]
    declarations: tuple[str, ...]
    help: str
    panel: str
    kind: type
    many: bool
    metavar: str
    default: str


def flags_of(settings: type[BaseModel], verb: str) -> Iterator[Flag]:
    """Yield the settings that a command takes as options, those of sections last."""
    sections = []
    for name, field in settings.model_fields.items():
        option = option_of(field)
        if option and verb in option.verbs:
            yield _flag((name,), field, option, option.panel)
        section = section_of(field)
        if section is not None:
            sections.append((name, section))
    for name, section in sections:
        title = getattr(section, "title", name)
        for key, field in section.model_fields.items():
            option = option_of(field)
            if option and verb in option.verbs:
                yield _flag((name, key), field, option, option.panel or title)


def record_of(settings: BaseModel) -> dict[str, Any]:
    """Return settings as build.json has them: files by their names, for folders differ."""
    result: dict[str, Any] = {}
    for name, field in type(settings).model_fields.items():
        value, option = getattr(settings, name), option_of(field)
        if option is None or option.recorded:
            result[name] = _recorded(value)
    return result


def _recorded(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return record_of(value)
    if isinstance(value, Path):
        return value.name
    if isinstance(value, tuple | list):
        return [_recorded(each) for each in value]
    if isinstance(value, dict):
        return {name: _recorded(each) for name, each in value.items()}
    return value


def changed(kind: type[BaseModel], options: Mapping[str, Any]) -> dict[str, Any]:
    """Return those of the recorded settings that somebody has chosen, by their full names."""
    result: dict[str, Any] = {}
    for name, field in kind.model_fields.items():
        value, section = options.get(name), section_of(field)
        if section is not None and isinstance(value, Mapping):
            result |= {f"{name}.{key}": each for key, each in changed(section, value).items()}
        elif name in options and value != _recorded(field.get_default(call_default_factory=True)):
            result[name] = value
    return result


def option_of(field: FieldInfo) -> Option | None:
    """Return what a field says of its option, None when it has none."""
    return next((each for each in field.metadata if isinstance(each, Option)), None)


def section_of(field: FieldInfo) -> type[BaseModel] | None:
    """Return the class of a setting that has settings itself, None for plain values."""
    classes = (each for each in _alternatives(field.annotation) if isinstance(each, type))
    return next((each for each in classes if issubclass(each, BaseModel)), None)


def choices_of(field: FieldInfo) -> tuple[str, ...]:
    """Return the values that a setting can have, () when it is not one of a few."""
    for kind in _alternatives(field.annotation):
        if get_origin(kind) is Literal:
            return tuple(map(str, get_args(kind)))
    return ()


def holds_paths(field: FieldInfo) -> bool:
    """True when the values of a setting are paths."""
    return Path in {*_alternatives(field.annotation), *get_args(field.annotation)}


def _flag(path: tuple[str, ...], field: FieldInfo, option: Option, panel: str) -> Flag:
    kinds = _alternatives(field.annotation)
    plain = int in kinds or float in kinds
    many = any(get_origin(kind) in (tuple, dict) for kind in kinds)
    is_path = holds_paths(field)
    # Numbers are taken as texts, so that one place checks them and says what is wrong.
    kind = Path if is_path else bool if bool in kinds else str
    word = "PATH" if is_path else "N" if plain else "NAME"
    return Flag(
        path=path,
        declarations=option.flags or _declarations(path[-1], is_switch=bool in kinds),
        help=field.description or "",
        panel=panel,
        kind=kind,
        many=many,
        metavar=option.metavar or "|".join(choices_of(field)) or word,
        default=option.default or _shown_default(field),
    )


def _declarations(name: str, *, is_switch: bool) -> tuple[str, ...]:
    words = name.replace("_", "-")
    return (f"--{words}/--no-{words}" if is_switch else f"--{words}",)


def _shown_default(field: FieldInfo) -> str:
    default = field.get_default(call_default_factory=True)
    if default is None or isinstance(default, bool) or default in ((), {}):
        return ""
    return ", ".join(map(str, default)) if isinstance(default, tuple) else str(default)


def _alternatives(annotation: Any) -> tuple[Any, ...]:
    is_union = get_origin(annotation) in (Union, types.UnionType)
    return get_args(annotation) if is_union else (annotation,)
