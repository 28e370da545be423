"""mobilegen setup: fetch and make everything, so that later builds need no network."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

import typer

from mobilegen import console
from mobilegen.cli import options
from mobilegen.config.model import ALL_ABIS
from mobilegen.pipeline.setup import Need, prepare, require_ready
from mobilegen.platforms import catalog as platforms
from mobilegen.runtimes import catalog as runtimes


@options.with_settings("setup")
def setup(
    given: Mapping[str, Any],
    offline: Annotated[
        bool, typer.Option("--offline", help="Only say what is missing; use no network.")
    ] = False,
    json: options.Json = False,
) -> None:
    """Fetch toolboxes and sources and make toolchains: builds with --offline work afterwards."""
    items = []
    for item in prepare(_needs(given), offline=offline):
        items.append(item)
        if not json:
            console.line(f"{item.state:7}  {item.subject}: {item.detail}")
    if json:
        console.raw_json([vars(item) for item in items])
    require_ready(items, offline=offline)
    if not json:
        console.line("everything is there: mobilegen build --offline needs no network")


def _needs(given: Mapping[str, Any]) -> Need:
    """What is asked for; what is not named is all that there is."""
    chosen = options.checked({**given, "abi": given["abi"] or [ALL_ABIS]})
    names = [chosen.runtime] if given["runtime"] else runtimes.names()
    return Need(
        settings=chosen,
        runtimes=tuple(map(runtimes.get, names)),
        platforms=tuple(
            platforms.get(name).plan(chosen.section(name), chosen.abis_of(name))
            for name in chosen.platform
        ),
    )
