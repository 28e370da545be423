"""Which executor runs which ABI."""

from __future__ import annotations

import dataclasses

from mobilegen.errors import UsageError
from mobilegen.executors import elfrun, emulator, jvm
from mobilegen.executors.base import (
    TO_BE_MADE,
    Execution,
    Executor,
    Request,
    Unavailable,
    Unsuited,
)
from mobilegen.names import nearest

TIMEOUT_SECONDS = 900.0

# In order of preference: the Java VM calls the natives as Android does; elfrun has only as much
# of JNI as they need, but runs without a JDK.
EXECUTORS: dict[str, tuple[Executor, ...]] = {
    "arm64-v8a": (emulator,),
    "armeabi-v7a": (emulator,),
    "x86_64": (jvm, elfrun),
    "x86": (elfrun,),
}


def state(abi: str) -> tuple[str, ...]:
    """Return what decides which executors of an ABI can be had here, one text for each.

    Raises:
        UsageError: There is no such ABI.
    """
    return tuple(executor.state(abi) for executor in _executors(abi))


def may_be_had(states: tuple[str, ...]) -> bool:
    """True when one of the executors is not there, but may be fetched at any time."""
    return TO_BE_MADE in states


def prepare(abi: str, *, offline: bool = False) -> str:
    """Make ready what the executors of an ABI need, and say which those are.

    Raises:
        UsageError: There is no such ABI.
        Unavailable: Not one of them can be had; the reasons of all are given.
    """
    ready: list[str] = []
    reasons: list[Unavailable] = []
    for executor in _executors(abi):
        try:
            ready.append(executor.prepare(abi, offline=offline))
        except Unavailable as reason:
            reasons.append(reason)
    if not ready:
        what = "; ".join(reason.what for reason in reasons)
        raise Unavailable(what, reasons[0].hint) from reasons[0].__cause__
    return ", ".join(ready)


def execute(
    abi: str, request: Request, *, offline: bool = False, timeout: float = TIMEOUT_SECONDS
) -> Execution:
    """Run a library with the first executor of its ABI that this computer has.

    Args:
        offline: Forbid to download what an executor needs.
        timeout: Seconds after which the run is ended.

    Raises:
        UsageError: There is no such ABI, or a sample does not fit the model.
        Unavailable: No executor is available; the reasons of all are given.
        ExecutionError: The library failed, crashed or ran out of time.
    """
    reasons: list[Unavailable] = []
    for executor in _executors(abi):
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
    raise Unavailable("; ".join(reason.what for reason in reasons), reasons[0].hint)


def _executors(abi: str) -> tuple[Executor, ...]:
    if abi not in EXECUTORS:
        raise UsageError(f"no executor for ABI {abi!r}", hint=nearest(abi, EXECUTORS))
    return EXECUTORS[abi]
