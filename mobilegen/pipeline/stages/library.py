"""Stages of a target: its library, and the proof that it answers like the model."""

from __future__ import annotations

import dataclasses
import functools
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from mobilegen.artifacts import (
    Artifact,
    Description,
    Graph,
    Library,
    PlatformPlan,
    Proof,
    Target,
)
from mobilegen.executors import catalog as executors
from mobilegen.names import code_identity
from mobilegen.pipeline.plan import BuildPlan
from mobilegen.pipeline.stage import Stage
from mobilegen.pipeline.store import RESULT, leave_result, read_result
from mobilegen.platforms import catalog as platforms
from mobilegen.runtimes import catalog as runtimes
from mobilegen.serialize import dump_json
from mobilegen.system.files import link_file
from mobilegen.verify.judge import refuse_failures

if TYPE_CHECKING:
    from mobilegen.native_build.header import Contents
    from mobilegen.native_build.request import LibraryRequest

_FILES = "files"
_LICENCES = "licences"


def library_stages(plan: BuildPlan, part: PlatformPlan) -> tuple[Stage, ...]:
    """Return the stages of every target of a platform."""
    listed: list[Stage] = []
    for target in part.targets:
        listed += [_library(plan, part, target), _proof(plan, part, target)]
    return tuple(listed)


def library_needs(plan: BuildPlan) -> tuple[str, ...]:
    """Labels are in a library, and in its sources, only beside a model that is there, too."""
    return ("interface", "description") if plan.settings.embed_model else ("interface",)


def library_decisions(plan: BuildPlan, part: PlatformPlan, target: Target) -> dict[str, str]:
    """Return what a library depends on, and its sources do."""
    platform = platforms.get(part.name)
    section = plan.settings.section(part.name)
    return {
        "name": plan.settings.name,
        "level": target.level,
        "bridge": repr(platform.bridge_for(section)),
        "adapter": code_identity(runtimes.references()[plan.settings.runtime]),
        "preprocess": repr(plan.settings.preprocess),
        "embed": str(plan.settings.embed_model),
        "toolchain": platform.tools_for(section),
    }


def _contents(plan: BuildPlan, artifact: Artifact) -> Contents:
    """What the library holds beside the runtime: new labels change it only if they are inside."""
    from mobilegen.images.preprocess import bind_preprocess
    from mobilegen.native_build.header import Contents

    rule, embed = plan.settings.preprocess, plan.settings.embed_model
    return Contents(
        labels=read_result(plan, "description", Description).labels if embed else (),
        preprocess=bind_preprocess(rule, artifact.inputs[0].tensor) if rule else None,
        embed=embed,
    )


def _library(plan: BuildPlan, part: PlatformPlan, target: Target) -> Stage:
    place = f"lib/{platforms.get(part.name).name_of(target)}"
    return Stage(
        f"lib/{target.id}",
        f"compile and check ({target.id})",
        Library,
        functools.partial(make_library, part=part, target=target),
        needs=library_needs(plan),
        decisions=library_decisions(plan, part, target),
        places=((_FILES, place), (_LICENCES, "lib")),
    )


def library_request(plan: BuildPlan, part: PlatformPlan, target: Target) -> LibraryRequest:
    """Return what is asked of the native build for one target."""
    from mobilegen.native_build.request import LibraryRequest

    artifact = read_result(plan, "interface", Artifact)
    engine = runtimes.get(artifact.runtime).plan_native(artifact)
    platform = platforms.get(part.name)
    section = plan.settings.section(part.name)
    return LibraryRequest(
        artifact=artifact,
        plan=engine,
        target=target,
        toolchain=platform.toolchain_for(section, target, cxx=engine.cxx),
        name=plan.settings.name,
        bridge=platform.bridge_for(section),
        contents=_contents(plan, artifact),
        kind=platform.library,
        jobs=plan.jobs_per_target,
        offline=plan.settings.offline,
    )


def make_library(plan: BuildPlan, folder: Path, part: PlatformPlan, target: Target) -> str:
    """Compile the library of one target and check its file."""
    from mobilegen.native_build.library import build_library

    request = library_request(plan, part, target)
    # CMake cannot work in a folder with a quote in its path.
    with tempfile.TemporaryDirectory(prefix="mobilegen-") as scratch:
        library = build_library(request, Path(scratch))
        checks = platforms.get(part.name).check_library(library, request.bridge)
        refuse_failures(checks)
        library = dataclasses.replace(library, checks=checks)
        leave_result(plan, f"lib/{target.id}", folder, _kept(library, Path(scratch), folder))
    return f"{library.size:,} bytes, {request.toolchain.reason}"


def _kept(library: Library, scratch: Path, folder: Path) -> Library:
    """Keep what was built: what goes with apps in folders of its own, the rest beside them."""
    shipped = (library.path, *(each.path for each in library.companions))
    for path in shipped:
        link_file(path, folder / _FILES / path.name)
    for path in library.licences:
        link_file(path, folder / _LICENCES / path.name)
    for path in scratch.iterdir():
        if path.is_file() and path not in (*shipped, *library.licences):
            link_file(path, folder / path.name)
    return dataclasses.replace(
        library,
        path=folder / _FILES / library.path.name,
        companions=tuple(
            dataclasses.replace(each, path=folder / _FILES / each.path.name)
            for each in library.companions
        ),
        licences=tuple(folder / _LICENCES / path.name for path in library.licences),
    )


def _proof(plan: BuildPlan, part: PlatformPlan, target: Target) -> Stage:
    return Stage(
        f"proof/{target.id}",
        f"run the compiled library ({target.id})",
        Proof,
        functools.partial(prove_library, part=part, target=target),
        needs=(f"lib/{target.id}", "artifact", "graph"),
        decisions={
            "limit": repr(plan.settings.limit),
            "classes": repr(plan.settings.labels is not None),
            "embed": str(plan.settings.embed_model),
        },
    )


def prove_library(plan: BuildPlan, folder: Path, part: PlatformPlan, target: Target) -> str:
    """Run the compiled library and compare its answers with the source model's."""
    from mobilegen.graph.samples import read_samples
    from mobilegen.pipeline.proof import verify_library

    graph, platform = read_result(plan, "graph", Graph), platforms.get(part.name)
    runners = platform.executors_of(target.abi)
    checks = verify_library(
        read_result(plan, f"lib/{target.id}", Library),
        read_result(plan, "artifact", Artifact),
        read_samples(graph.samples),
        runners,
        place=platform.name_of(target),
        reference=graph.reference,
        bridge=platform.bridge_for(plan.settings.section(part.name)),
        limit=plan.settings.limit,
        classes=plan.settings.labels is not None,
        embedded=plan.settings.embed_model,
        offline=plan.settings.offline,
    )
    refuse_failures(checks)
    proof = Proof(target, checks, executors.state(runners, target.abi))
    dump_json(proof, folder / RESULT)
    return "not proved" if proof.is_partial else "proved"


def may_say_more(proof: Proof, *, offline: bool) -> bool:
    """True when running the library once more may prove what was skipped then."""
    if not proof.is_partial:
        return False
    now = executors.state(platforms.executors_of(proof.target), proof.target.abi)
    return now != proof.executors or (executors.may_be_had(now) and not offline)
