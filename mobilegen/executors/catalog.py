"""Takes the first of a target's executors that this computer has."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence

from mobilegen.executors.base import (
    TO_BE_MADE,
    Execution,
    Executor,
    Request,
    Unavailable,
    Unsuited,
)

TIMEOUT_SECONDS = 900.0


def state(executors: Sequence[Executor], abi: str) -> tuple[str, ...]:
    """Return what decides which executors can be had here, one text for each."""
    return tuple(executor.state(abi) for executor in executors)


def may_be_had(states: tuple[str, ...]) -> bool:
    """True when one of the executors is not there, but may be fetched at any time."""
    return TO_BE_MADE in states


def prepare(executors: Sequence[Executor], abi: str, *, offline: bool = False) -> str:
    """Make ready what the executors of an ABI need, and say which those are.

    Raises:
        Unavailable: Not one of them can be had; the reasons of all are given.
    """
    ready: list[str] = []
    reasons: list[Unavailable] = []
    for executor in executors:
        try:
            ready.append(executor.prepare(abi, offline=offline))
        except Unavailable as reason:
            reasons.append(reason)
    if not ready:
        raise _nobody(reasons) from (reasons[0].__cause__ if reasons else None)
    return ", ".join(ready)


def execute(
    executors: Sequence[Executor],
    abi: str,
    request: Request,
    *,
    offline: bool = False,
    timeout: float = TIMEOUT_SECONDS,
) -> Execution:
    """Run a library with the first executor that this computer has.

    Args:
        offline: Forbid to download what an executor needs.
        timeout: Seconds after which the run is ended.

    Raises:
        UsageError: A sample does not fit the model.
        Unavailable: No executor is available; the reasons of all are given.
        ExecutionError: The library failed, crashed or ran out of time.
    """
    reasons: list[Unavailable] = []
    for executor in executors:
        try:
            done = executor.execute(abi, request, offline=offline, timeout=timeout)
        except Unavailable as reason:
            reasons.append(reason)
            continue
        # What no computer can do has not been missed here.
        missed = [reason for reason in reasons if not isinstance(reason, Unsuited)]
        passed_over = [reason.what for reason in missed]
        facts = {**done.facts, "passed_over": passed_over} if passed_over else done.facts
        return dataclasses.replace(done, facts=facts)
    raise _nobody(reasons)


def _nobody(reasons: Sequence[Unavailable]) -> Unavailable:
    if not reasons:
        return Unavailable("nothing here runs such libraries")
    return Unavailable("; ".join(reason.what for reason in reasons), reasons[0].hint)
