"""Stages of the project for Linux and the programs in it."""

from __future__ import annotations

import dataclasses
import functools
from pathlib import Path

from mobilegen.artifacts import Artifact, Graph, Library, PlatformPlan, Project, Target
from mobilegen.executors.board import state
from mobilegen.pipeline.plan import BuildPlan
from mobilegen.pipeline.stage import Stage
from mobilegen.pipeline.stages.library import library_decisions, library_needs, library_request
from mobilegen.pipeline.store import LABELS, leave_result, read_result
from mobilegen.platforms.linux import PLATFORM
from mobilegen.platforms.linux.programs import Programs, make_programs, prove_programs
from mobilegen.platforms.linux.project import LinuxProject, render_project
from mobilegen.platforms.linux.settings import LinuxSettings
from mobilegen.verify.judge import refuse_failures

_PROJECT = f"project/{PLATFORM.name}"
_BIN = "bin"


def stages(plan: BuildPlan, part: PlatformPlan) -> tuple[Stage, ...]:
    """Return the stages of programs and project; see `Platform.stages_for`."""
    section = plan.settings.section(PLATFORM.name)
    assert isinstance(section, LinuxSettings)
    if not section.project:
        return ()
    chosen = part.targets if section.programs else ()
    programs = [_programs(plan, part, target) for target in chosen]
    return (*programs, _project(plan, part, tuple(target.id for target in chosen)))


def _programs(plan: BuildPlan, part: PlatformPlan, target: Target) -> Stage:
    return Stage(
        f"programs/{target.id}",
        f"build and run the programs ({target.id})",
        Programs,
        functools.partial(build_and_run, part=part, target=target),
        needs=(*library_needs(plan), f"lib/{target.id}", "artifact", "graph"),
        decisions={
            **library_decisions(plan, part, target),
            "limit": repr(plan.settings.limit),
            # What was skipped is run when this computer can.
            "board": state(target.abi),
        },
    )


def build_and_run(plan: BuildPlan, folder: Path, part: PlatformPlan, target: Target) -> str:
    """Build the programs of one target and compare their answers with the source model's."""
    from mobilegen.graph.samples import read_samples

    programs = make_programs(library_request(plan, part, target), folder / _BIN)
    library = read_result(plan, f"lib/{target.id}", Library)
    artifact = read_result(plan, "artifact", Artifact)
    sample = read_samples(read_result(plan, "graph", Graph).samples)[0]
    checks = tuple(
        prove_programs(
            programs,
            library,
            artifact,
            sample,
            limit=plan.settings.limit,
            embedded=plan.settings.embed_model,
        )
    )
    refuse_failures(checks)
    leave_result(
        plan, f"programs/{target.id}", folder, dataclasses.replace(programs, checks=checks)
    )
    names = " and ".join(Path(file.path).name for file in programs.files)
    skipped = any(check.status == "skipped" for check in checks)
    return f"{names}, not run" if skipped else names


def _project(plan: BuildPlan, part: PlatformPlan, programs: tuple[str, ...]) -> Stage:
    libraries = (f"lib/{target.id}" for target in part.targets)
    return Stage(
        _PROJECT,
        "write the project for Linux",
        Project,
        functools.partial(make_project, part=part, programs=programs),
        needs=("description", "artifact", *libraries, *(f"programs/{id}" for id in programs)),
        decisions={
            "name": plan.settings.name,
            "images": repr(plan.settings.preprocess is not None),
            "embed": repr(plan.settings.embed_model),
        },
    )


def make_project(
    plan: BuildPlan, folder: Path, part: PlatformPlan, programs: tuple[str, ...]
) -> str:
    """Render the sources of the project, and name what goes with them."""
    labels = plan.work / "description" / LABELS
    parts = LinuxProject(
        name=plan.settings.name,
        artifact=read_result(plan, "artifact", Artifact),
        libraries=tuple(read_result(plan, f"lib/{each.id}", Library) for each in part.targets),
        labels=labels if labels.is_file() else None,
        images=plan.settings.preprocess is not None,
        embedded=plan.settings.embed_model,
        programs=tuple(read_result(plan, f"programs/{id}", Programs) for id in programs),
    )
    project = render_project(parts, folder / "files")
    leave_result(plan, _PROJECT, folder, project)
    return f"{len(project.files)} files"
