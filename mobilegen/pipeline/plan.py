"""What one build shall do, decided once; the build graph and its stages only read it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from mobilegen.artifacts import PlatformPlan, Target
from mobilegen.config.model import Settings
from mobilegen.platforms import catalog as platforms
from mobilegen.platforms.settings import StoredSettings

STATE_FOLDER = ".mobilegen"


@dataclass(frozen=True)
class BuildPlan:
    """All decisions of a build: what the user has said, and what follows from it.

    Attributes:
        settings: All that the user has said.
        framework: Name of the frontend that reads the model.
        out: Folder of the result.
        jobs: Parallel jobs, shared by the targets and their compilers.
        platforms: What to build for; () for a conversion alone.
    """

    settings: StoredSettings
    framework: str
    out: Path
    jobs: int
    platforms: tuple[PlatformPlan, ...] = ()

    @property
    def state(self) -> Path:
        """Folder inside the result that holds what is needed to go on later."""
        return self.out / STATE_FOLDER

    @property
    def work(self) -> Path:
        """Folder with one sub-folder for every stage's result."""
        return self.state / "work"

    @property
    def input_shapes(self) -> tuple[tuple[str, tuple[int, ...]], ...]:
        """Sizes by input name, in one order whatever that of the file was."""
        return tuple(sorted(self.settings.input_shapes.items()))

    @property
    def targets(self) -> tuple[Target, ...]:
        """The targets of all platforms."""
        return tuple(target for part in self.platforms for target in part.targets)

    @property
    def jobs_per_target(self) -> int:
        """Compiler jobs of one target when all are built in parallel."""
        return max(1, self.jobs // max(1, min(len(self.targets), self.jobs)))


def make_plan(
    settings: Settings,
    out: Path,
    *,
    framework: str,
    libraries: bool = True,
) -> BuildPlan:
    """Return the plan for checked settings.

    Args:
        framework: Name of the frontend that reads the model.
        libraries: False for a conversion without native libraries.
    """
    chosen = settings.platform if libraries else ()
    return BuildPlan(
        settings=settings,
        framework=framework,
        out=out,
        jobs=settings.jobs or os.cpu_count() or 1,
        platforms=tuple(
            platforms.get(name).plan(settings.section(name), settings.abis_of(name))
            for name in chosen
        ),
    )
