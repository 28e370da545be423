"""Brings everything that builds and proofs use into the cache."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from mobilegen.errors import DownloadError, MobilegenError
from mobilegen.executors import catalog as executors
from mobilegen.executors.base import Unavailable
from mobilegen.native_build.package import unpacked
from mobilegen.platforms.android.apk.tools import find_tools
from mobilegen.run import Run
from mobilegen.runtimes.base import Runtime
from mobilegen.toolboxes import ToolboxSpec, ensure
from mobilegen.toolchains.choose import ToolchainKind, choose
from mobilegen.toolchains.targets import android_target


@dataclass(frozen=True)
class Need:
    """What later builds will ask for."""

    runtimes: tuple[Runtime, ...]
    abis: tuple[str, ...]
    toolchain: ToolchainKind = "auto"
    ndk: Path | None = None
    apk: bool = False


@dataclass(frozen=True)
class Item:
    """One thing that was prepared.

    Attributes:
        state: "ready", "missing" when it could not be had, or "none" when this computer cannot
            have it, which costs the proof of one ABI.
    """

    subject: str
    state: str
    detail: str


def prepare(need: Need, *, offline: bool = False) -> Iterator[Item]:
    """Fetch and make everything, one item after the other.

    What fails is an item too, so that one missing thing does not hide the next.
    """
    for runtime in need.runtimes:
        for spec in runtime.toolboxes:
            yield _toolbox(runtime, spec, offline=offline)
        yield _source(runtime, offline=offline)
    for abi in need.abis:
        yield _toolchain(need, abi)
        yield _executors(abi, offline=offline)
    if need.apk:
        yield _apk_tools(offline=offline)


def require_ready(items: Sequence[Item], *, offline: bool = False) -> None:
    """Fail when something is missing.

    Args:
        offline: Nothing was to be fetched, so the same command without it may help.

    Raises:
        DownloadError: With the list of it.
    """
    missing = [f"{item.subject}: {item.detail}" for item in items if item.state == "missing"]
    if missing:
        hint = "the same command without --offline" if offline else "check the network, and again"
        raise DownloadError("not everything could be prepared", seen=missing, hint=hint)


def _toolbox(runtime: Runtime, spec: ToolboxSpec, *, offline: bool) -> Item:
    subject = f"converter of {runtime.name}"
    try:
        return Item(subject, "ready", str(ensure(spec, Run(offline=offline)).root))
    except MobilegenError as error:
        return Item(subject, "missing", error.what)


def _source(runtime: Runtime, *, offline: bool) -> Item:
    subject = f"code of {runtime.name}"
    package = runtime.engine_package()
    if package is None:
        return Item(subject, "ready", "needs none")
    try:
        return Item(subject, "ready", str(unpacked(package, offline=offline)))
    except MobilegenError as error:
        return Item(subject, "missing", error.what)


def _toolchain(need: Need, abi: str) -> Item:
    """Make the toolchain at the default API level; another level takes no download either."""
    subject = f"toolchain for {abi}"
    try:
        target = android_target(abi)
        return Item(subject, "ready", choose(need.toolchain, target, ndk=need.ndk).reason)
    except MobilegenError as error:
        return Item(subject, "missing", error.what)


def _apk_tools(*, offline: bool) -> Item:
    subject = "tools for the APK"
    try:
        return Item(subject, "ready", find_tools(offline=offline).origins)
    except MobilegenError as error:
        return Item(subject, "missing", error.what)


def _executors(abi: str, *, offline: bool) -> Item:
    subject = f"executor for {abi}"
    try:
        return Item(subject, "ready", executors.prepare(abi, offline=offline))
    except Unavailable as reason:
        state = "missing" if isinstance(reason.__cause__, DownloadError) else "none"
        return Item(subject, state, reason.what)
