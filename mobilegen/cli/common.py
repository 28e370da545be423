"""Options that every verb has: how much to show."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from typing import Annotated, Any

import typer

from mobilegen import console
from mobilegen.system.cache import in_use

HELP = {"help_option_names": ["-h", "--help"]}
Verbose = Annotated[
    bool,
    typer.Option("--verbose", "-v", help="Show more: hashes, reasons.", rich_help_panel="Running"),
]
Quiet = Annotated[
    bool,
    typer.Option("--quiet", "-q", help="Show the verdict and errors.", rich_help_panel="Running"),
]
Debug = Annotated[
    bool, typer.Option("--debug", help="Show tracebacks of errors.", rich_help_panel="Running")
]


def with_common_options(function: Callable[..., None]) -> Callable[..., None]:
    """Give a verb the options that all have: how much to show."""

    @functools.wraps(function)
    def command(*, verbose: bool, quiet: bool, debug: bool, **values: Any) -> None:
        choose_verbosity(verbose=verbose, quiet=quiet)
        with in_use():
            function(**values)

    keyword = inspect.Parameter.KEYWORD_ONLY
    own = inspect.signature(function, eval_str=True).parameters.values()
    shared = [
        inspect.Parameter(name, keyword, default=False, annotation=option)
        for name, option in (("verbose", Verbose), ("quiet", Quiet), ("debug", Debug))
    ]
    signature = inspect.Signature([*(each.replace(kind=keyword) for each in own), *shared])
    setattr(command, "__signature__", signature)  # noqa: B010
    command.__annotations__ = {}
    return command


def choose_verbosity(*, verbose: bool, quiet: bool) -> None:
    """Show as much as one of the options says; without one as much as before."""
    if verbose or quiet:
        console.set_verbosity(console.VERBOSE if verbose else console.QUIET)
