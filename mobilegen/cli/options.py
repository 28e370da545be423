"""Options of the commands: those that are settings are made from the settings, others are here."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from mobilegen.config.load import options_alone
from mobilegen.config.model import Settings
from mobilegen.config.option import Flag, flags_of
from mobilegen.platforms.settings import settings_type

Model = Annotated[
    Path | None,
    typer.Argument(
        help="A model file, or a folder with mobilegen.yml. Default: the current folder.",
        show_default=False,
    ),
]
Json = Annotated[
    bool,
    typer.Option(
        "--json",
        help="Print the report as JSON and nothing else.",
        rich_help_panel="Running",
    ),
]
Result = Annotated[
    Path | None,
    typer.Argument(
        help="What build was given, or the folder of its result. Default: the current folder.",
        show_default=False,
    ),
]
Verb = Callable[..., None]


def with_settings(verb: str) -> Callable[[Verb], Verb]:
    """Give a command an option for each setting that is one of its options.

    The function gets the settings that were given as `given`, by name, those of a section below
    the section's name.
    """

    def decorate(function: Verb) -> Verb:
        flags = {"__".join(flag.path): flag for flag in flags_of(settings_type(), verb)}

        @functools.wraps(function)
        def command(**values: Any) -> None:
            given = {flag.path: values.pop(name) for name, flag in flags.items()}
            function(given=_nested(given), **values)

        own = inspect.signature(function, eval_str=True).parameters.values()
        made = [_parameter(name, flag) for name, flag in flags.items()]
        parameters = [each for each in (*own, *made) if each.name != "given"]
        setattr(command, "__signature__", inspect.Signature(parameters))  # noqa: B010
        command.__annotations__ = {}
        return command

    return decorate


def checked(given: Mapping[str, Any]) -> Settings:
    """Return the settings that were given to a command that reads no model.

    Raises:
        ConfigError: One is wrong.
    """
    return options_alone(settings_type(), given)


def _parameter(name: str, flag: Flag) -> inspect.Parameter:
    option = typer.Option(
        *flag.declarations,
        help=flag.help,
        rich_help_panel=flag.panel,
        # A switch has no value; without a word of our own it would be called <bool>.
        metavar=" " if flag.kind is bool else flag.metavar or None,
        show_default=flag.default or False,
    )
    kind: Any = list[flag.kind] if flag.many else flag.kind  # type: ignore[name-defined]
    return inspect.Parameter(
        name,
        inspect.Parameter.KEYWORD_ONLY,
        default=None,
        annotation=Annotated[kind | None, option],
    )


def _nested(given: Mapping[tuple[str, ...], Any]) -> dict[str, Any]:
    result: dict[str, Any] = {}
    for (*sections, name), value in given.items():
        place = result
        for section in sections:
            place = place.setdefault(section, {})
        place[name] = value
    return result
