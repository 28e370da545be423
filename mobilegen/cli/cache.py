"""mobilegen cache: what is kept for later builds, and its removal."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Annotated

import typer

from mobilegen import console
from mobilegen.cli import options
from mobilegen.cli.common import HELP, with_common_options
from mobilegen.errors import UsageError
from mobilegen.report.text import format_bytes
from mobilegen.system import cache
from mobilegen.system.files import cache_dir

app = typer.Typer(
    name="cache",
    help="Show or remove what is kept for later builds: objects, toolboxes, downloads.",
    no_args_is_help=True,
    context_settings=HELP,
)


@app.command("list", context_settings=HELP)
@with_common_options
def list_entries(json: options.Json = False) -> None:
    """Show what the cache holds, how large it is and when it was last used."""
    found = cache.entries()
    if json:
        console.raw_json([_values(entry) for entry in found])
        return
    rows = [
        (each.kind, each.path.name, format_bytes(each.bytes), _age(each.last_use)) for each in found
    ]
    console.table(("kind", "name", "size", "last used"), rows, right=2)
    console.line(f"{format_bytes(sum(each.bytes for each in found))} in {cache_dir()}")


@app.command("clean", context_settings=HELP)
@with_common_options
def clean(
    unused_for: Annotated[
        int | None,
        typer.Option("--unused-for", metavar="DAYS", min=0, help="What was not used for so long."),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Everything.")] = False,
    json: options.Json = False,
) -> None:
    """Remove things from the cache; later builds make or fetch them again. What is in use stays."""
    if everything == (unused_for is not None):
        raise UsageError("say what to remove", hint="--unused-for 30, or --all")
    oldest = time.time() - (unused_for or 0) * cache.DAY_SECONDS
    chosen = [each for each in cache.entries() if everything or each.last_use < oldest]
    removed, kept = cache.clean(chosen)
    if json:
        console.raw_json(
            {"removed": [_values(each) for each in removed], "kept": [_values(e) for e in kept]}
        )
        return
    for each in kept:
        console.line(f"in use, so it stays: {each.kind}/{each.path.name}")
    console.line(f"removed {len(removed)} of {len(chosen)}: {_total(removed)}")


def _total(found: Sequence[cache.Entry]) -> str:
    return format_bytes(sum(each.bytes for each in found))


def _values(entry: cache.Entry) -> dict[str, object]:
    return {
        "kind": entry.kind,
        "name": entry.path.name,
        "bytes": entry.bytes,
        "last_use": entry.last_use,
    }


def _age(last_use: float) -> str:
    days = int((time.time() - last_use) / cache.DAY_SECONDS)
    return "today" if days <= 0 else "yesterday" if days == 1 else f"{days} days ago"
