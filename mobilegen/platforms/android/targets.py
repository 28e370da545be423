"""What is built for, and with what: as the section of the settings says."""

from __future__ import annotations

from importlib.metadata import version

from mobilegen.artifacts import CxxLibrary, Target, Toolchain
from mobilegen.platforms.android.settings import AndroidSettings
from mobilegen.toolchains import ndk
from mobilegen.toolchains.choose import choose


def level(section: AndroidSettings) -> str:
    """Return the oldest API level of a build."""
    return str(section.api_level)


def toolchain(section: AndroidSettings, target: Target, *, cxx: CxxLibrary = "none") -> Toolchain:
    """Return the NDK or the embedded toolchain; see `Platform.toolchain_for`."""
    return choose(section.toolchain, target, ndk=section.ndk, cxx=cxx)


def tools(section: AndroidSettings) -> str:
    """Return what decides which of them it is; see `Platform.tools_for`."""
    ndks = [
        (one.origin, str(one.path), one.version, one.problem) for one in ndk.candidates(section.ndk)
    ]
    return f"{section.toolchain}, {ndks}, ziglang {version('ziglang')}"
