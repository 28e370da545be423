"""What one build shall do, decided once; the build graph and its stages only read it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from mobilegen.artifacts import PlatformPlan, Precision, Target
from mobilegen.config.model import PreprocessSettings, Settings
from mobilegen.platforms import catalog as platforms
from mobilegen.platforms.settings import StoredSettings

STATE_FOLDER = ".mobilegen"


@dataclass(frozen=True)
class BuildPlan:
    """All decisions of a build.

    Attributes:
        settings: All that the user has said.
        out: Folder of the result.
        limit: Largest allowed max |difference| / max |reference|.
        jobs: Parallel jobs, shared by the targets and their compilers.
        force: Take back the user's changes to files of projects.
        platforms: What to build for; () for a conversion alone.
    """

    settings: StoredSettings
    model: Path
    framework: str
    input_shapes: tuple[tuple[str, tuple[int, ...]], ...]
    name: str
    runtime: str
    precision: Precision
    embed_model: bool
    labels: Path | None
    preprocess: PreprocessSettings | None
    check_images: tuple[Path, ...]
    samples: Path | None
    limit: float
    out: Path
    jobs: int
    offline: bool
    force: bool = False
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
        model=settings.model,
        framework=framework,
        input_shapes=tuple(sorted(settings.input_shapes.items())),
        name=settings.name,
        runtime=settings.runtime,
        precision=settings.precision,
        embed_model=settings.embed_model,
        labels=settings.labels,
        preprocess=settings.preprocess,
        check_images=settings.check_images,
        samples=settings.samples,
        limit=settings.limit,
        out=out,
        jobs=settings.jobs or os.cpu_count() or 1,
        offline=settings.offline,
        force=settings.force,
        platforms=tuple(
            platforms.get(name).plan(settings.section(name), settings.abis_of(name))
            for name in chosen
        ),
    )
