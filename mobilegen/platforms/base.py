"""What a platform is to the rest of mobilegen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, cast

from mobilegen.artifacts import (
    Bridge,
    Check,
    CxxLibrary,
    Library,
    LibraryKind,
    PlatformPlan,
    Target,
    Toolchain,
)
from mobilegen.errors import UsageError
from mobilegen.names import load_object, nearest

if TYPE_CHECKING:
    from mobilegen.bench.stand import Stand
    from mobilegen.config.model import PlatformSection, Settings
    from mobilegen.executors.base import Executor
    from mobilegen.pipeline.plan import BuildPlan
    from mobilegen.pipeline.stage import Stage
    from mobilegen.platforms.finding import Finding
    from mobilegen.toolboxes.spec import ToolboxSpec

__all__ = ["Bridge", "Platform"]


@dataclass(frozen=True)
class Platform:
    """A system that apps run on; its parts are named, and imported when they are used.

    A section is the platform's part of the settings, as `settings` makes it.

    Attributes:
        name: Also that of its section of mobilegen.yml and of its project's folder in a result.
        settings: "module:CLASS" of its section, a `config.model.PlatformSection`.
        level: "module:FUNCTION", from a section to the level of its targets, as "21".
        toolchain: "module:FUNCTION" like `toolchain_for` below.
        tools: "module:FUNCTION", from a section to a text that decides which toolchain it is.
        bridge: "module:FUNCTION" like `bridge_for` below.
        check: "module:FUNCTION" like `check_library` below.
        stages: "module:FUNCTION" like `stages_for` below.
        executors: "module" of each executor of an ABI, the preferred one first; it satisfies
            `executors.base.Executor`.
        toolboxes: "module:FUNCTION" like `toolbox_specs` below; "" for a platform without.
        library: Whether libraries are shared, or archives that an app takes in.
        target_name: What a target is called in results, in the folder of its library and the ids
            of its checks; {id} and {abi} are the target's.
        prepare: "module:FUNCTION" like `prepare_tools` below; "" for a platform without.
        usage: "module:FUNCTION" like `usage_of` below; "" for a platform without.
        examine: "module:FUNCTION" like `examine_tools` below; "" for a platform without.
        device_checks: "module:FUNCTION" like `checks_on_device`; "" for a platform without.
        bench: "module:FUNCTION" like `device_stand`; "" for a platform without.
    """

    name: str
    settings: str
    level: str
    toolchain: str
    tools: str
    bridge: str
    check: str
    stages: str
    executors: tuple[tuple[str, tuple[str, ...]], ...]
    toolboxes: str = ""
    library: LibraryKind = "shared"
    target_name: str = "{id}"
    prepare: str = ""
    usage: str = ""
    examine: str = ""
    device_checks: str = ""
    bench: str = ""

    @property
    def section_type(self) -> type[PlatformSection]:
        """The type of its section of the settings."""
        return cast("type[PlatformSection]", load_object(self.settings))

    def plan(self, section: PlatformSection, abis: Sequence[str]) -> PlatformPlan:
        """Return what is to be built for some of its ABIs."""
        level: str = load_object(self.level)(section)
        targets = tuple(Target(self.name, abi, level) for abi in abis)
        return PlatformPlan(self.name, targets)

    def toolchain_for(
        self, section: PlatformSection, target: Target, *, cxx: CxxLibrary = "none"
    ) -> Toolchain:
        """Return the toolchain for a target; its `reason` says why this one and not another.

        Args:
            cxx: The C++ library that is needed.

        Raises:
            ToolchainError: There is none.
        """
        found: Toolchain = load_object(self.toolchain)(section, target, cxx=cxx)
        return found

    def tools_for(self, section: PlatformSection) -> str:
        """Return what decides the choice of a toolchain and its output, without making any."""
        return str(load_object(self.tools)(section))

    def bridge_for(self, section: PlatformSection) -> Bridge:
        """Return what the platform adds to the C interface of a library."""
        bridge: Bridge = load_object(self.bridge)(section)
        return bridge

    def check_library(self, library: Library, bridge: Bridge) -> tuple[Check, ...]:
        """Check the file of a library, and those of its companions, by the system's rules."""
        checks: tuple[Check, ...] = load_object(self.check)(library, bridge)
        return checks

    def stages_for(self, plan: BuildPlan, part: PlatformPlan) -> tuple[Stage, ...]:
        """Return the stages that come after the libraries: project, packages."""
        stages: tuple[Stage, ...] = load_object(self.stages)(plan, part)
        return stages

    def executors_of(self, abi: str) -> tuple[Executor, ...]:
        """Return what runs libraries of an ABI on this computer, the preferred one first.

        Raises:
            UsageError: The platform has no such ABI.
        """
        known = dict(self.executors)
        if abi not in known:
            raise UsageError(f"{self.name} has no ABI {abi!r}", hint=nearest(abi, known))
        return tuple(cast("Executor", import_module(module)) for module in known[abi])

    def toolbox_specs(self) -> tuple[ToolboxSpec, ...]:
        """Return the Python environments that its executors and stages need."""
        return tuple(load_object(self.toolboxes)()) if self.toolboxes else ()

    def name_of(self, target: Target) -> str:
        """Return what a target is called in results."""
        return self.target_name.format(id=target.id, abi=target.abi)

    def prepare_tools(self, section: PlatformSection, *, offline: bool) -> Iterator[Finding]:
        """Fetch what the platform's stages use beside toolchain and executors."""
        if self.prepare:
            yield from load_object(self.prepare)(section, offline=offline)

    def usage_of(self, settings: Settings) -> tuple[str, ...]:
        """Return the lines of code by which an app asks the model, as the end of a build shows."""
        return tuple(load_object(self.usage)(settings)) if self.usage else ()

    def examine_tools(self, section: PlatformSection) -> Iterator[Finding]:
        """Say what this computer has for the platform; nothing is fetched."""
        if self.examine:
            yield from load_object(self.examine)(section)

    def checks_on_device(self, project: Path, *, managed: bool) -> tuple[Check, ...]:
        """Run the tests of a generated project on a connected device.

        Args:
            project: Folder of the project.
            managed: Take an emulator that the project's build fetches and starts.

        Raises:
            UsageError: The platform knows no devices, or there is no project.
            DeviceError: Nothing is connected.
        """
        self._require(self.device_checks)
        checks: tuple[Check, ...] = load_object(self.device_checks)(project, managed=managed)
        return checks

    def device_stand(self, abi: str | None, serial: str | None) -> Stand:
        """Return a connected device as the place where a model is timed.

        Args:
            abi: Which of the device's instruction sets; None: its best one.
            serial: Which device; None: the only one.

        Raises:
            UsageError: The platform knows no devices.
            DeviceError: There is none, or it does not run the ABI.
        """
        self._require(self.bench)
        stand: Stand = load_object(self.bench)(abi, serial)
        return stand

    def _require(self, part: str) -> None:
        if not part:
            raise UsageError(
                f"mobilegen knows no devices of the platform {self.name}",
                hint="leave --device out: it is done on this computer then",
            )


def with_ids(checks: Sequence[Check], prefix: str) -> tuple[Check, ...]:
    """Return checks with `prefix` and a dot before each id."""
    return tuple(replace(check, id=f"{prefix}.{check.id}") for check in checks)
