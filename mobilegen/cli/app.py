"""The program `mobilegen` and its verbs, each imported when it is used."""

from __future__ import annotations

import functools
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

import mobilegen
from mobilegen import console
from mobilegen.cli.common import (
    HELP,
    Debug,
    Quiet,
    Verbose,
    choose_verbosity,
    with_common_options,
)
from mobilegen.errors import UsageError
from mobilegen.names import load_object, nearest

VERBS = {
    "build": "mobilegen.cli.build:build",
    "convert": "mobilegen.cli.convert:convert",
    "verify": "mobilegen.cli.verify:verify",
    "run": "mobilegen.cli.run:run",
    "bench": "mobilegen.cli.bench:bench",
    "inspect": "mobilegen.cli.inspect:inspect",
    "init": "mobilegen.cli.init:init",
    "setup": "mobilegen.cli.setup:setup",
    "doctor": "mobilegen.cli.doctor:doctor",
    "cache": "mobilegen.cli.cache:app",
    "schema": "mobilegen.cli.schema:schema",
}


class _Verbs(TyperGroup):
    """A group that imports a verb when somebody asks for it."""

    def list_commands(self, ctx: Any) -> list[str]:
        return list(VERBS)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        if args[0] not in VERBS and not args[0].startswith("-"):
            raise UsageError(f"No such command {args[0]!r}", hint=nearest(args[0], VERBS))
        return super().resolve_command(ctx, args)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        return _command(cmd_name) if cmd_name in VERBS else None


app = typer.Typer(
    name="mobilegen",
    cls=_Verbs,
    help="A trained model in, a tested mobile SDK out.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings=HELP,
)


@functools.cache
def _command(name: str) -> Any:
    """Return the command of a verb; one that is a group has verbs of its own."""
    found = load_object(VERBS[name])
    if isinstance(found, typer.Typer):
        return typer.main.get_command(found)
    alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    alone.command(name, context_settings=HELP)(with_common_options(found))
    return typer.main.get_command(alone)


def _show_version(wanted: bool) -> None:
    if wanted:
        console.line(f"mobilegen {mobilegen.__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option("--version", is_eager=True, callback=_show_version, help="Show the version."),
    ] = False,
    verbose: Verbose = False,
    quiet: Quiet = False,
    debug: Debug = False,
) -> None:
    """Turn a trained model into a tested mobile SDK."""
    choose_verbosity(verbose=verbose, quiet=quiet)
