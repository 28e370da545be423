"""mobilegen bench: how long a model and each of its layers takes, here or on a phone."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mobilegen import console
from mobilegen.cli import options
from mobilegen.cli.places import open_named
from mobilegen.errors import UsageError
from mobilegen.pipeline.result import Result

if TYPE_CHECKING:
    from mobilegen.bench.result import Benchmark


_Abi = Annotated[
    str | None,
    typer.Option(
        "--abi", help="Instructions to compile for.", show_default="those of the processor"
    ),
]
_Threads = Annotated[int, typer.Option("--threads", min=1, max=64)]
_Rounds = Annotated[
    int, typer.Option("--rounds", min=1, max=10_000, help="How often everything is timed.")
]
_Device = Annotated[
    bool, typer.Option("--device", help="On the phone that adb reaches, not on this computer.")
]
_Serial = Annotated[
    str | None,
    typer.Option(
        "--serial", help="Which phone, as adb devices lists them.", show_default="the only one"
    ),
]
_Save = Annotated[
    Path | None,
    typer.Option(
        "--save",
        help="File for the times as JSON; the result is left as it is.",
        show_default="bench.json and report.html of the result",
    ),
]


@options.with_settings("bench")
def bench(
    given: Mapping[str, Any],
    result: options.Result = None,
    abi: _Abi = None,
    threads: _Threads = 1,
    rounds: _Rounds = 50,
    device: _Device = False,
    serial: _Serial = None,
    save: _Save = None,
    json: options.Json = False,
) -> None:
    """Time a result's model and each of its layers, on this computer or on a phone."""
    from mobilegen.pipeline import bench as pipeline
    from mobilegen.report.bench import print_benchmark
    from mobilegen.serialize import to_jsonable

    if serial and not device:
        raise UsageError("--serial names a phone", hint="--device --serial ...")
    chosen = options.checked(given)
    opened = open_named(result)
    jobs = chosen.jobs or os.cpu_count() or 1
    with console.live("timing"):
        stand = pipeline.device_stand(opened, abi, serial) if device else pipeline.host_stand(abi)
        times = pipeline.bench(
            opened, stand, threads=threads, rounds=rounds, jobs=jobs, offline=chosen.offline
        )
    if json:
        console.raw_json(to_jsonable(times))
    else:
        print_benchmark(times)
    _keep(opened, times, save)


def _keep(result: Result, times: Benchmark, out: Path | None) -> None:
    """Write the times to a file, or beside the reports of the result."""
    from mobilegen.pipeline.bench import record
    from mobilegen.serialize import dump_json
    from mobilegen.system.files import telling_os_errors

    if out is not None:
        with telling_os_errors(f"{out} cannot be written"):
            dump_json(times, out)
    elif not record(result, times):
        console.note("report.html was left as it is: the build's own folder is not in this copy")
