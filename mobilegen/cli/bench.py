"""mobilegen bench: how long a model and each of its layers takes, here or on a phone."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated

import typer

from mobilegen import console
from mobilegen.cli import options
from mobilegen.errors import UsageError
from mobilegen.pipeline.result import open_result


def bench(
    result: options.Result = None,
    abi: Annotated[
        str | None,
        typer.Option(
            "--abi",
            help="Instructions to compile for.",
            show_default="those of the processor",
        ),
    ] = None,
    threads: Annotated[int, typer.Option("--threads", min=1, max=64)] = 1,
    rounds: Annotated[
        int, typer.Option("--rounds", min=1, max=10_000, help="How often everything is timed.")
    ] = 50,
    device: Annotated[
        bool, typer.Option("--device", help="On the phone that adb reaches, not on this computer.")
    ] = False,
    serial: Annotated[
        str | None,
        typer.Option(
            "--serial", help="Which phone, as adb devices lists them.", show_default="the only one"
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            help="File for the times as JSON; the result is left as it is.",
            show_default="bench.json and report.html of the result",
        ),
    ] = None,
    jobs: options.Jobs = None,
    offline: options.Offline = False,
    json: options.Json = False,
) -> None:
    """Time a result's model and each of its layers, on this computer or on a phone."""
    from mobilegen.pipeline import bench as pipeline
    from mobilegen.report.bench import print_benchmark
    from mobilegen.serialize import dump_json, to_jsonable
    from mobilegen.system.files import telling_os_errors

    if serial and not device:
        raise UsageError("--serial names a phone", hint="--device --serial ...")
    opened = open_result(result or Path("build"))
    with console.live("timing"):
        stand = pipeline.device_stand(abi, serial) if device else pipeline.host_stand(abi)
        times = pipeline.bench(
            opened,
            stand,
            threads=threads,
            rounds=rounds,
            jobs=jobs or os.cpu_count() or 1,
            offline=offline,
        )
    if json:
        console.raw_json(to_jsonable(times))
    else:
        print_benchmark(times)
    if out is not None:
        with telling_os_errors(f"{out} cannot be written"):
            dump_json(times, out)
    elif not pipeline.record(opened, times):
        console.note("report.html was left as it is: the build's own folder is not in this copy")
