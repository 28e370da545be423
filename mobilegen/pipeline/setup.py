"""Brings everything that builds and proofs use into the cache."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from mobilegen.artifacts import PlatformPlan, Target
from mobilegen.config.model import Settings
from mobilegen.errors import DownloadError, MobilegenError
from mobilegen.executors import catalog as executors
from mobilegen.executors.base import Unavailable
from mobilegen.frontends import catalog as frontends
from mobilegen.native_build.package import unpacked
from mobilegen.platforms import catalog as platforms
from mobilegen.platforms.finding import Finding, State
from mobilegen.run import Run
from mobilegen.runtimes.base import Runtime
from mobilegen.toolboxes import ToolboxSpec, ensure


@dataclass(frozen=True)
class Need:
    """What later builds will ask for."""

    settings: Settings
    runtimes: tuple[Runtime, ...]
    platforms: tuple[PlatformPlan, ...]


def prepare(need: Need, *, offline: bool = False) -> Iterator[Finding]:
    """Fetch and make everything, one thing after the other.

    What fails is a finding too, so that one missing thing does not hide the next: "ready",
    "missing" when it could not be had, or "none" when this computer cannot have it, which costs
    the proof of one target.
    """
    for spec in frontends.toolboxes():
        yield _toolbox(f"toolbox {spec.name}", spec, offline=offline)
    for runtime in need.runtimes:
        for spec in runtime.toolboxes:
            yield _toolbox(f"converter of {runtime.name}", spec, offline=offline)
        yield _source(runtime, offline=offline)
    for part in need.platforms:
        for target in part.targets:
            yield _toolchain(need, target)
            yield _executors(target, offline=offline)
        section = need.settings.section(part.name)
        yield from platforms.get(part.name).prepare_tools(section, offline=offline)


def require_ready(items: Sequence[Finding], *, offline: bool = False) -> None:
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


def _toolbox(subject: str, spec: ToolboxSpec, *, offline: bool) -> Finding:
    try:
        return Finding(subject, "ready", str(ensure(spec, Run(offline=offline)).root))
    except MobilegenError as error:
        return Finding(subject, "missing", error.what)


def _source(runtime: Runtime, *, offline: bool) -> Finding:
    subject = f"code of {runtime.name}"
    package = runtime.engine_package()
    if package is None:
        return Finding(subject, "ready", "needs none")
    try:
        return Finding(subject, "ready", str(unpacked(package, offline=offline)))
    except MobilegenError as error:
        return Finding(subject, "missing", error.what)


def _toolchain(need: Need, target: Target) -> Finding:
    subject, platform = f"toolchain for {target.id}", platforms.get(target.platform)
    try:
        toolchain = platform.toolchain_for(need.settings.section(platform.name), target)
        return Finding(subject, "ready", toolchain.reason)
    except MobilegenError as error:
        return Finding(subject, "missing", error.what)


def _executors(target: Target, *, offline: bool) -> Finding:
    subject, chosen = f"executor for {target.id}", platforms.executors_of(target)
    try:
        return Finding(subject, "ready", executors.prepare(chosen, target.abi, offline=offline))
    except Unavailable as reason:
        state: State = "missing" if isinstance(reason.__cause__, DownloadError) else "none"
        return Finding(subject, state, reason.what)
