"""Stages of the Android project and its app."""

from __future__ import annotations

import dataclasses
import functools
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from mobilegen.artifacts import (
    Apk,
    Artifact,
    Description,
    Graph,
    Library,
    NativeSources,
    PlatformPlan,
    Project,
    Target,
)
from mobilegen.pipeline.plan import BuildPlan
from mobilegen.pipeline.stage import Stage
from mobilegen.pipeline.stages.library import library_decisions, library_needs, library_request
from mobilegen.pipeline.store import LABELS, leave_result, read_result
from mobilegen.platforms.android import PLATFORM, application
from mobilegen.platforms.android.apk.settings import ApkSettings, keystore_from, settings_of
from mobilegen.platforms.android.options import ProjectOptions
from mobilegen.platforms.android.settings import AndroidSettings
from mobilegen.platforms.android.settings import of as section_of
from mobilegen.platforms.merge import require_belonging
from mobilegen.system.files import sha256_file
from mobilegen.verify.judge import refuse_failures

if TYPE_CHECKING:
    from mobilegen.platforms.merge import UserChanges

_NAME = f"project/{PLATFORM.name}"
_PROJECT = "project"
_GOLDEN = "golden"
# What Gradle, Android Studio and git keep beside the sources.
_NOT_SOURCES = ("build", ".gradle", ".idea", ".git", ".cxx", ".kotlin")


def stages(plan: BuildPlan, part: PlatformPlan) -> tuple[Stage, ...]:
    """Return the project's and the app's stages; see `Platform.stages_for`.

    Raises:
        UsageError: The user has changed a file of a package that the project is no longer of.
    """
    section = section_of(plan.settings)
    if not section.project:
        return ()
    options = project_options(plan, section)
    require_belonging(
        plan.out / PLATFORM.name, options.names, ignored=_NOT_SOURCES, force=plan.settings.force
    )
    listed = [_project(plan, part, options, with_sources=section.with_sources)]
    if section.with_sources:
        listed = [*(_sources(plan, part, target) for target in part.targets), *listed]
    if section.apk:
        route, key = section.apk_route, keystore_from()
        listed.append(_apk(plan, settings_of(options, route=route, keystore=key)))
    return tuple(listed)


def project_options(plan: BuildPlan, section: AndroidSettings) -> ProjectOptions:
    """Return what the settings say of the project."""
    given, package = section.application_id, section.package
    application_id = given or application.default_application_id(package, plan.settings.name)
    return ProjectOptions(
        name=plan.settings.name,
        package=package,
        application_id=application_id,
        sdk_namespace=application.sdk_namespace(package, application_id),
        app_name=section.app_name or application.default_app_name(plan.settings.name),
        min_sdk=section.api_level,
        target_sdk=section.target_sdk,
        compile_sdk=section.compile_sdk,
        version_code=section.version_code,
        version_name=section.version_name,
        images=plan.settings.preprocess is not None,
        embedded=plan.settings.embed_model,
    )


def _sources(plan: BuildPlan, part: PlatformPlan, target: Target) -> Stage:
    return Stage(
        f"sources/{target.id}",
        f"copy the C++ sources ({target.id})",
        NativeSources,
        functools.partial(make_sources, part=part, target=target),
        needs=library_needs(plan),
        decisions=library_decisions(plan, part, target),
        # They are those of the objects that the library was made of.
        after=f"lib/{target.id}",
    )


def make_sources(plan: BuildPlan, folder: Path, part: PlatformPlan, target: Target) -> str:
    """Write the sources with which a project compiles the library of one target itself."""
    from mobilegen.native_build.project_sources import write_sources

    sources = write_sources(library_request(plan, part, target), folder)
    leave_result(plan, f"sources/{target.id}", folder, sources)
    return f"{len(sources.files)} files"


def _project(
    plan: BuildPlan, part: PlatformPlan, options: ProjectOptions, *, with_sources: bool
) -> Stage:
    kinds = ("lib", "sources") if with_sources else ("lib",)
    of_targets = (f"{kind}/{target.id}" for target in part.targets for kind in kinds)
    return Stage(
        _NAME,
        "write the Android project",
        Project,
        functools.partial(make_project, part=part, options=options, with_sources=with_sources),
        needs=("graph", "description", "artifact", *of_targets),
        files=tuple(plan.settings.check_images),
        decisions={
            "options": repr(options),
            "limit": repr(plan.settings.limit),
            "images": repr([path.name for path in plan.settings.check_images]),
        },
    )


def make_project(
    plan: BuildPlan,
    folder: Path,
    part: PlatformPlan,
    options: ProjectOptions,
    *,
    with_sources: bool,
) -> str:
    """Render the sources of the project, and name the model and the libraries that go with them."""
    from mobilegen.platforms.android.golden import write_golden
    from mobilegen.platforms.android.project import ProjectParts, render_project

    description = read_result(plan, "description", Description)
    graph = read_result(plan, "graph", Graph)
    write_golden(
        graph,
        plan.settings.check_images,
        description.answers,
        plan.settings.limit,
        folder / _GOLDEN,
    )
    labels = plan.work / "description" / LABELS
    ids = [target.id for target in part.targets]
    parts = ProjectParts(
        artifact=read_result(plan, "artifact", Artifact),
        libraries=tuple(read_result(plan, f"lib/{each}", Library) for each in ids),
        labels=labels if labels.is_file() else None,
        golden=folder / _GOLDEN,
        sources=tuple(read_result(plan, f"sources/{each}", NativeSources) for each in ids)
        if with_sources
        else (),
    )
    project = render_project(options, parts, folder / _PROJECT)
    leave_result(plan, _NAME, folder, project)
    return f"{len(project.files)} files"


def _user_changes(plan: BuildPlan) -> UserChanges:
    """What the app has to have of its user: nothing when his changes are to be taken back."""
    from mobilegen.platforms.merge import UserChanges, user_changes

    folder = plan.out / PLATFORM.name
    if plan.settings.force or not folder.is_dir():
        return UserChanges()
    return user_changes(folder, ignored=_NOT_SOURCES)


def _apk(plan: BuildPlan, settings: ApkSettings) -> Stage:
    from mobilegen.platforms.android.apk.sdk import find_sdk

    changes, key = _user_changes(plan), settings.keystore
    return Stage(
        "apk",
        "build the app",
        Apk,
        functools.partial(make_apk, settings=settings),
        needs=("artifact", _NAME),
        files=tuple(plan.out / PLATFORM.name / name for name in changes.files),
        decisions={
            "settings": repr(settings),
            "keystore": sha256_file(key.path) if key and key.path.is_file() else "",
            "removed": repr(changes.removed),
            "sdk": str(find_sdk()),
            "programs": repr([shutil.which(name) for name in ("aapt2", "apksigner", "javac")]),
        },
        places=((f"{plan.settings.name}.apk", f"apk/{plan.settings.name}.apk"),),
    )


def make_apk(plan: BuildPlan, folder: Path, settings: ApkSettings) -> str:
    """Build the app of the project as its user has changed it, sign it and read it back."""
    from mobilegen.platforms.android.apk.build import build_apk
    from mobilegen.platforms.android.sources import stored_suffixes
    from mobilegen.platforms.merge import lay_out

    project = read_result(plan, _NAME, Project)
    with tempfile.TemporaryDirectory(prefix="mobilegen-") as scratch:
        whole = lay_out(project, _user_changes(plan), plan.out / PLATFORM.name, Path(scratch))
        stored = stored_suffixes(read_result(plan, "artifact", Artifact))
        settings = dataclasses.replace(settings, stored_assets=tuple(stored))
        output = folder / f"{plan.settings.name}.apk"
        apk = build_apk(whole, settings, output, offline=plan.settings.offline)
    refuse_failures(apk.checks)
    leave_result(plan, "apk", folder, apk)
    return f"{apk.size:,} bytes, {apk.reason}"
