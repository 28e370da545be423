"""mobilegen verify: prove an existing result once more."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Annotated, Any

import typer

from mobilegen import console
from mobilegen.artifacts import Check
from mobilegen.cli import options
from mobilegen.cli.places import open_named
from mobilegen.config.model import ALL_ABIS
from mobilegen.report.summary import print_checks, print_verdict
from mobilegen.serialize import to_jsonable
from mobilegen.verify import judge


@options.with_settings("verify")
def verify(
    given: Mapping[str, Any],
    result: options.Result = None,
    abi: Annotated[
        list[str] | None,
        typer.Option("--abi", help="Libraries to run; may be repeated.", show_default="all"),
    ] = None,
    device: Annotated[
        bool, typer.Option("--device", help="Run the project's tests on a connected phone.")
    ] = False,
    managed_device: Annotated[
        bool,
        typer.Option("--managed-device", help="The same on an emulator that Gradle fetches."),
    ] = False,
    json: options.Json = False,
) -> None:
    """Check a result's files, run its model and libraries, and compare with onnxruntime.

    With a device, run the tests of its project there instead.
    """
    from mobilegen.pipeline.verify import verify_on_device, verify_result

    chosen = options.checked(given)
    opened = open_named(result)
    checks: list[Check] = []
    with console.live("verifying") as status:
        if device or managed_device:
            checks += verify_on_device(opened, managed=managed_device)
        else:
            for check in verify_result(opened, abis=_abis(abi), offline=chosen.offline):
                checks.append(check)
                if status is not None:
                    status.update(check.title)
    if json:
        console.raw_json([to_jsonable(check) for check in checks])
    else:
        print_checks(checks)
        print_verdict(checks)
    judge.refuse_failures(checks, hint="build again from the source model")
    if chosen.require_proof:
        judge.require_proof(checks)


def _abis(names: Sequence[str] | None) -> tuple[str, ...]:
    """Return the ABIs that were named; () for those that the result has."""
    named = tuple(part for name in names or () for part in name.split(","))
    return () if ALL_ABIS in named else named
