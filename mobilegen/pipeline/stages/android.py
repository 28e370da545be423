"""Stages of the Android project and its app."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from mobilegen.artifacts import (
    Apk,
    Artifact,
    Description,
    Graph,
    Library,
    NativeSources,
    Project,
)
from mobilegen.pipeline.plan import BuildPlan
from mobilegen.pipeline.stage import Stage
from mobilegen.pipeline.store import LABELS, leave_result, read_result
from mobilegen.platforms.android.options import PLATFORM
from mobilegen.system.files import sha256_file
from mobilegen.verify.judge import refuse_failures

if TYPE_CHECKING:
    from mobilegen.platforms.merge import UserChanges

_PROJECT = "project"
_GOLDEN = "golden"
# What Gradle, Android Studio and git keep beside the sources.
_NOT_SOURCES = ("build", ".gradle", ".idea", ".git", ".cxx", ".kotlin")


def platform_stages(plan: BuildPlan) -> tuple[Stage, ...]:
    """Return the stages that come after the libraries."""
    listed = [_project(plan)] if plan.project else []
    return tuple([*listed, _apk(plan)] if plan.apk else listed)


def _project(plan: BuildPlan) -> Stage:
    parts = ("lib", "sources") if plan.with_sources else ("lib",)
    of_abis = (f"{part}/{abi}" for abi in plan.abis for part in parts)
    return Stage(
        "project",
        "write the project",
        Project,
        make_project,
        needs=("graph", "description", "artifact", *of_abis),
        files=tuple(plan.check_images),
        decisions={
            "options": repr(plan.project),
            "limit": repr(plan.limit),
            "images": repr([path.name for path in plan.check_images]),
        },
    )


def make_project(plan: BuildPlan, folder: Path) -> str:
    """Render the sources of the project, and name the model and the libraries that go with them."""
    from mobilegen.platforms.android.golden import write_golden
    from mobilegen.platforms.android.project import ProjectParts, render_project

    assert plan.project is not None
    description = read_result(plan, "description", Description)
    graph = read_result(plan, "graph", Graph)
    write_golden(graph, plan.check_images, description.answers, plan.limit, folder / _GOLDEN)
    labels = plan.work / "description" / LABELS
    parts = ProjectParts(
        artifact=read_result(plan, "artifact", Artifact),
        libraries=tuple(read_result(plan, f"lib/{abi}", Library) for abi in plan.abis),
        labels=labels if labels.is_file() else None,
        golden=folder / _GOLDEN,
        sources=tuple(read_result(plan, f"sources/{abi}", NativeSources) for abi in plan.abis)
        if plan.with_sources
        else (),
    )
    project = render_project(plan.project, parts, folder / _PROJECT)
    leave_result(plan, "project", folder, project)
    return f"{len(project.files)} files"


def _user_changes(plan: BuildPlan) -> UserChanges:
    """What the app has to have of its user: nothing when his changes are to be taken back."""
    from mobilegen.platforms.merge import UserChanges, user_changes

    folder = plan.out / PLATFORM
    if plan.force or not folder.is_dir():
        return UserChanges()
    return user_changes(folder, ignored=_NOT_SOURCES)


def _apk(plan: BuildPlan) -> Stage:
    from mobilegen.platforms.android.apk.sdk import find_sdk

    assert plan.apk is not None
    changes, key = _user_changes(plan), plan.apk.keystore
    return Stage(
        "apk",
        "build the app",
        Apk,
        make_apk,
        needs=("artifact", "project"),
        files=tuple(plan.out / PLATFORM / name for name in changes.files),
        decisions={
            "settings": repr(plan.apk),
            "keystore": sha256_file(key.path) if key and key.path.is_file() else "",
            "removed": repr(changes.removed),
            "sdk": str(find_sdk()),
            "programs": repr([shutil.which(name) for name in ("aapt2", "apksigner", "javac")]),
        },
        places=((f"{plan.name}.apk", f"apk/{plan.name}.apk"),),
    )


def make_apk(plan: BuildPlan, folder: Path) -> str:
    """Build the app of the project as its user has changed it, sign it and read it back."""
    from mobilegen.platforms.android.apk.build import build_apk
    from mobilegen.platforms.android.sources import stored_suffixes
    from mobilegen.platforms.merge import lay_out

    assert plan.apk is not None
    project = read_result(plan, "project", Project)
    stored = stored_suffixes(read_result(plan, "artifact", Artifact))
    settings = replace(plan.apk, stored_assets=tuple(stored))
    with tempfile.TemporaryDirectory(prefix="mobilegen-") as scratch:
        whole = lay_out(project, _user_changes(plan), plan.out / PLATFORM, Path(scratch))
        output = folder / f"{plan.name}.apk"
        apk = build_apk(whole, settings, output, offline=plan.offline)
    refuse_failures(apk.checks)
    leave_result(plan, "apk", folder, apk)
    return f"{apk.size:,} bytes, {apk.reason}"
