"""mobilegen setup: fetch and make everything, so that later builds need no network."""

from __future__ import annotations

from typing import Annotated

import typer

from mobilegen import console
from mobilegen.cli import options
from mobilegen.cli.verify import chosen_abis
from mobilegen.toolchains.targets import ANDROID_ABIS


def setup(
    runtime: options.Runtime = None,
    abi: options.Abi = None,
    toolchain: options.Toolchain = None,
    ndk: options.Ndk = None,
    apk: Annotated[bool, typer.Option("--apk", help="Also what --apk of build uses.")] = False,
    offline: Annotated[
        bool, typer.Option("--offline", help="Only say what is missing; use no network.")
    ] = False,
    json: options.Json = False,
) -> None:
    """Fetch toolboxes and sources and make toolchains: builds with --offline work afterwards."""
    from mobilegen.pipeline.setup import Need, prepare, require_ready
    from mobilegen.runtimes import catalog as runtimes

    chosen = [runtimes.get(runtime)] if runtime else [runtimes.get(n) for n in runtimes.names()]
    need = Need(
        runtimes=tuple(chosen),
        abis=chosen_abis(abi) or tuple(ANDROID_ABIS),
        toolchain=options.toolchain_kind(toolchain),
        ndk=ndk,
        apk=apk,
    )
    items = []
    for item in prepare(need, offline=offline):
        items.append(item)
        if not json:
            console.line(f"{item.state:7}  {item.subject}: {item.detail}")
    if json:
        console.raw_json([vars(item) for item in items])
    require_ready(items)
    if not json:
        console.line("everything is there: mobilegen build --offline needs no network")
