"""The program `mobilegen` and its verbs, each imported when it is used."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

import mobilegen
from mobilegen import console
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
    "schema": "mobilegen.cli.schema:schema",
}
_HELP = {"help_option_names": ["-h", "--help"]}
_Verbose = Annotated[
    bool,
    typer.Option("--verbose", "-v", help="Show more: hashes, reasons.", rich_help_panel="Running"),
]
_Quiet = Annotated[
    bool,
    typer.Option("--quiet", "-q", help="Show the verdict and errors.", rich_help_panel="Running"),
]
_Debug = Annotated[
    bool, typer.Option("--debug", help="Show tracebacks of errors.", rich_help_panel="Running")
]


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
    context_settings=_HELP,
)


@functools.cache
def _command(name: str) -> Any:
    """Return the command of a verb; one that is a group has verbs of its own."""
    found = load_object(VERBS[name])
    if isinstance(found, typer.Typer):
        return typer.main.get_command(found)
    alone = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    alone.command(name, context_settings=_HELP)(with_common_options(found))
    return typer.main.get_command(alone)


def with_common_options(function: Callable[..., None]) -> Callable[..., None]:
    """Give a verb the options that all have: how much to show."""

    @functools.wraps(function)
    def command(*, verbose: bool, quiet: bool, debug: bool, **values: Any) -> None:
        _choose(verbose=verbose, quiet=quiet)
        function(**values)

    own = inspect.signature(function, eval_str=True).parameters.values()
    common = inspect.signature(_options, eval_str=True).parameters.values()
    keyword = inspect.Parameter.KEYWORD_ONLY
    shared = [each.replace(kind=keyword) for each in common if each.name != "version"]
    signature = inspect.Signature([*(each.replace(kind=keyword) for each in own), *shared])
    setattr(command, "__signature__", signature)  # noqa: B010
    command.__annotations__ = {}
    return command


def _choose(*, verbose: bool, quiet: bool) -> None:
    if verbose or quiet:
        console.set_verbosity(console.VERBOSE if verbose else console.QUIET)


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
    verbose: _Verbose = False,
    quiet: _Quiet = False,
    debug: _Debug = False,
) -> None:
    """Turn a trained model into a tested mobile SDK."""
    _choose(verbose=verbose, quiet=quiet)
