"""Times a model on this computer."""

from __future__ import annotations

import platform
import sys
from pathlib import Path

from mobilegen.bench.job import Job
from mobilegen.bench.result import Place
from mobilegen.errors import ProcessError, UsageError, VerificationError
from mobilegen.names import nearest
from mobilegen.system import process
from mobilegen.toolchains.targets import ANDROID_ABIS

TIMEOUT_SECONDS = 1800.0

# The ABIs whose instructions a processor has, the best first.
_ABIS = {
    "x86_64": ("x86_64", "x86"),
    "amd64": ("x86_64", "x86"),
    "aarch64": ("arm64-v8a",),
    "arm64": ("arm64-v8a",),
    "armv7l": ("armeabi-v7a",),
    "armv8l": ("armeabi-v7a",),
}
# Names of the same processors on boards: a program that needs nothing of a system is the same.
_ON_BOARDS = {"aarch64": "arm64-v8a", "armv7hf": "armeabi-v7a"}
_CPUINFO = Path("/proc/cpuinfo")


def host_abi(wanted: str | None) -> str:
    """Return the ABI to time on this computer.

    Args:
        wanted: Name of an ABI; None: the one of this computer's processor.

    Raises:
        UsageError: There is no such ABI, or this computer's processor is another one: under an
            emulator times say nothing.
    """
    if wanted is not None:
        wanted = _known(wanted)
    machine = platform.machine().lower()
    known = _ABIS.get(machine, ()) if sys.platform.startswith("linux") else ()
    if not known:
        raise UsageError(
            "models can be timed on Linux computers and on phones only",
            seen=[f"this computer: {sys.platform}, {machine}"],
            hint="mobilegen bench --device, with a phone connected",
        )
    if wanted is not None and wanted not in known:
        raise UsageError(
            f"{wanted} cannot be timed on this computer",
            seen=[
                f"processor: {machine}, which runs {' and '.join(known)}",
                "an emulator's times say nothing about a phone's",
            ],
            hint=f"mobilegen bench --abi {wanted} --device, with a phone connected",
        )
    return wanted or known[0]


def _known(abi: str) -> str:
    if abi not in ANDROID_ABIS and abi not in _ON_BOARDS:
        known = (*ANDROID_ABIS, *_ON_BOARDS)
        raise UsageError(f"there is no ABI {abi!r}", hint=nearest(abi, known))
    return _ON_BOARDS.get(abi, abi)


def time_on_host(job: Job) -> str:
    """Run the program here and return what it printed.

    Raises:
        VerificationError: It failed, crashed or ran out of time.
    """
    argv: list[str | Path] = [job.program, *job.arguments(str)]
    try:
        return process.run(argv, title="the benchmark program", timeout=TIMEOUT_SECONDS).stdout
    except ProcessError as error:
        raise VerificationError(error.what, seen=error.seen) from error


def host_place() -> Place:
    """Say what this computer is."""
    system = f"{platform.system()} {platform.release()}"
    return Place("computer", "this computer", _processor(), system)


def _processor() -> str:
    try:
        text = _CPUINFO.read_text("utf-8", errors="replace")
    except OSError:
        text = ""
    names = (line.partition(":")[2].strip() for line in text.splitlines() if "model name" in line)
    return next(names, platform.machine())
