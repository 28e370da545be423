"""What is built for, with what, and what this computer has to run it."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import version

from mobilegen.artifacts import Bridge, CxxLibrary, Target, Toolchain
from mobilegen.executors.base import Unavailable
from mobilegen.platforms.finding import Finding
from mobilegen.platforms.linux.settings import LinuxSettings
from mobilegen.toolchains.linux import LEVEL, LINUX_ABIS, prepare


def level(section: LinuxSettings) -> str:
    """Return the oldest glibc."""
    return LEVEL


def toolchain(section: LinuxSettings, target: Target, *, cxx: CxxLibrary = "none") -> Toolchain:
    """Return the embedded toolchain; see `Platform.toolchain_for`."""
    return prepare(target, cxx=cxx)


def tools(section: LinuxSettings) -> str:
    """Return what decides its output; see `Platform.tools_for`."""
    return f"ziglang {version('ziglang')}"


def bridge(section: LinuxSettings) -> Bridge:
    """Return nothing: programs call the C interface."""
    return Bridge()


def examine(section: LinuxSettings) -> Iterator[Finding]:
    """Say what runs libraries here; see `Platform.examine_tools`."""
    from mobilegen.executors.board import find_board

    for abi in LINUX_ABIS:
        subject = f"Linux on {abi}"
        try:
            yield Finding(subject, "ok", find_board(abi).title)
        except Unavailable as reason:
            yield Finding(subject, "none", f"not proved here: {reason.what}; {reason.hint}")
