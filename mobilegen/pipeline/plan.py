"""What one build shall do, decided once; the build graph and its stages only read it."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from mobilegen.artifacts import Precision
from mobilegen.config.model import PreprocessSettings, Settings
from mobilegen.platforms.android import application
from mobilegen.platforms.android import settings as android_settings
from mobilegen.platforms.android.apk.settings import ApkSettings, keystore_from, settings_of
from mobilegen.platforms.android.options import ProjectOptions
from mobilegen.platforms.android.settings import AndroidSettings
from mobilegen.platforms.settings import StoredSettings
from mobilegen.toolchains.choose import ToolchainKind

STATE_FOLDER = ".mobilegen"


@dataclass(frozen=True)
class BuildPlan:
    """All decisions of a build.

    Attributes:
        settings: All that the user has said.
        out: Folder of the result.
        abis: Targets to build libraries for; empty for a conversion alone.
        limit: Largest allowed max |difference| / max |reference|.
        jobs: Parallel jobs, shared by the ABIs and their compilers.
        project: What to make the project with; None for a build without.
        with_sources: The project compiles the libraries itself.
        apk: How to build the app of the project; None for a build without.
        force: Take back the user's changes to files of the project.
    """

    settings: StoredSettings
    model: Path
    framework: str
    input_shapes: tuple[tuple[str, tuple[int, ...]], ...]
    name: str
    package: str
    runtime: str
    precision: Precision
    abis: tuple[str, ...]
    api_level: int
    toolchain: ToolchainKind
    ndk: Path | None
    embed_model: bool
    labels: Path | None
    preprocess: PreprocessSettings | None
    check_images: tuple[Path, ...]
    samples: Path | None
    limit: float
    out: Path
    jobs: int
    offline: bool
    project: ProjectOptions | None = None
    with_sources: bool = False
    apk: ApkSettings | None = None
    force: bool = False

    @property
    def state(self) -> Path:
        """Folder inside the result that holds what is needed to go on later."""
        return self.out / STATE_FOLDER

    @property
    def work(self) -> Path:
        """Folder with one sub-folder for every stage's result."""
        return self.state / "work"

    @property
    def jobs_per_abi(self) -> int:
        """Compiler jobs of one ABI when all are built in parallel."""
        return max(1, self.jobs // max(1, min(len(self.abis), self.jobs)))


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
    android = android_settings.of(settings)
    project = _project(settings, android) if libraries and android.project else None
    return BuildPlan(
        settings=settings,
        model=settings.model,
        framework=framework,
        input_shapes=tuple(sorted(settings.input_shapes.items())),
        name=settings.name,
        package=android.package,
        runtime=settings.runtime,
        precision=settings.precision,
        abis=settings.abis_of("android") if libraries else (),
        api_level=android.api_level,
        toolchain=android.toolchain,
        ndk=android.ndk,
        embed_model=settings.embed_model,
        labels=settings.labels,
        preprocess=settings.preprocess,
        check_images=settings.check_images,
        samples=settings.samples,
        limit=settings.limit,
        out=out,
        jobs=settings.jobs or os.cpu_count() or 1,
        offline=settings.offline,
        project=project,
        with_sources=project is not None and android.with_sources,
        apk=_apk(android, project) if project and android.apk else None,
        force=settings.force,
    )


def _apk(settings: AndroidSettings, project: ProjectOptions) -> ApkSettings:
    return settings_of(project, route=settings.apk_route, keystore=keystore_from())


def _project(settings: Settings, android: AndroidSettings) -> ProjectOptions:
    given, name, package = android.application_id, settings.name, android.package
    application_id = given or application.default_application_id(package, name)
    return ProjectOptions(
        name=name,
        package=package,
        application_id=application_id,
        sdk_namespace=application.sdk_namespace(package, application_id),
        app_name=android.app_name or application.default_app_name(name),
        min_sdk=android.api_level,
        target_sdk=android.target_sdk,
        compile_sdk=android.compile_sdk,
        version_code=android.version_code,
        version_name=android.version_name,
        images=settings.preprocess is not None,
        embedded=settings.embed_model,
    )
