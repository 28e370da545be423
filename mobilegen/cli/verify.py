"""mobilegen verify: prove an existing result once more."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mobilegen import console
from mobilegen.artifacts import Check
from mobilegen.cli import options
from mobilegen.config.values import parse_abis
from mobilegen.errors import UsageError
from mobilegen.pipeline.result import open_result
from mobilegen.platforms.android.options import PLATFORM
from mobilegen.report.summary import print_checks, print_verdict
from mobilegen.serialize import to_jsonable
from mobilegen.verify import judge


def verify(
    result: options.Result = None,
    abi: options.Abi = None,
    device: Annotated[
        bool, typer.Option("--device", help="Run the project's tests on a connected phone.")
    ] = False,
    managed_device: Annotated[
        bool,
        typer.Option("--managed-device", help="The same on an emulator that Gradle fetches."),
    ] = False,
    offline: options.Offline = False,
    require_proof: options.RequireProof = False,
    json: options.Json = False,
) -> None:
    """Check a result's files, run its model and libraries, and compare with onnxruntime.

    With a device, run the tests of its Android project there instead.
    """
    from mobilegen.verify.device import device_checks
    from mobilegen.verify.result import verify_result

    opened = open_result(result or Path("build"))
    checks: list[Check] = []
    with console.live("verifying") as status:
        if device or managed_device:
            checks += device_checks(opened.folder / PLATFORM, managed=managed_device)
        else:
            for check in verify_result(opened, abis=chosen_abis(abi), offline=offline):
                checks.append(check)
                if status is not None:
                    status.update(check.title)
    if json:
        console.raw_json([to_jsonable(check) for check in checks])
    else:
        print_checks(checks)
        print_verdict(checks)
    judge.refuse_failures(checks, hint="build again from the source model")
    if require_proof:
        judge.require_proof(checks)


def chosen_abis(names: list[str] | None) -> tuple[str, ...]:
    """Return the ABIs that were named; () for those that the result has.

    Raises:
        UsageError: One is unknown.
    """
    try:
        return parse_abis(names) if names and "all" not in names else ()
    except ValueError as error:
        raise UsageError(str(error)) from error
