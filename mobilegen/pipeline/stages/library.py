"""Stages of a target: its library, its sources, and the proof that it answers like the model."""

from __future__ import annotations

import dataclasses
import functools
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from mobilegen.artifacts import Artifact, Description, Graph, Library, NativeSources, Proof, Target
from mobilegen.executors import catalog as executors
from mobilegen.names import code_identity
from mobilegen.pipeline.plan import BuildPlan
from mobilegen.pipeline.stage import Stage
from mobilegen.pipeline.store import RESULT, leave_result, read_result
from mobilegen.runtimes import catalog as runtimes
from mobilegen.serialize import dump_json
from mobilegen.system.files import link_file
from mobilegen.toolchains import ndk
from mobilegen.toolchains.targets import android_target
from mobilegen.verify.judge import refuse_failures

if TYPE_CHECKING:
    from mobilegen.native_build.header import Contents
    from mobilegen.native_build.request import LibraryRequest

_FILES = "files"
_LICENCES = "licences"


def library_stages(plan: BuildPlan) -> tuple[Stage, ...]:
    """Return the stages of every target of a plan."""
    listed = []
    for abi in plan.abis:
        listed += [_library(plan, abi), _proof(plan, abi)]
        listed += [_sources(plan, abi)] if plan.with_sources else []
    return tuple(listed)


def target_of(plan: BuildPlan, abi: str) -> Target:
    """Return what is built for an ABI."""
    return android_target(abi, plan.api_level)


def _needs(plan: BuildPlan) -> tuple[str, ...]:
    """Labels are in a library, and in its sources, only beside a model that is there, too."""
    return ("interface", "description") if plan.embed_model else ("interface",)


def _decisions(plan: BuildPlan) -> dict[str, str]:
    return {
        "name": plan.name,
        "package": plan.package,
        "api": str(plan.api_level),
        "adapter": code_identity(runtimes.references()[plan.runtime]),
        "preprocess": repr(plan.preprocess),
        "embed": str(plan.embed_model),
        "toolchain": _toolchain_decision(plan),
    }


def _toolchain_decision(plan: BuildPlan) -> str:
    """What decides the choice of a toolchain and its output, without making anything."""
    ndks = [
        (one.origin, str(one.path), one.version, one.problem) for one in ndk.candidates(plan.ndk)
    ]
    return f"{plan.toolchain}, {ndks}, ziglang {version('ziglang')}"


def _contents(plan: BuildPlan, artifact: Artifact) -> Contents:
    """What the library holds beside the runtime: new labels change it only if they are inside."""
    from mobilegen.images.preprocess import bind_preprocess
    from mobilegen.native_build.header import Contents

    rule = plan.preprocess
    return Contents(
        labels=read_result(plan, "description", Description).labels if plan.embed_model else (),
        preprocess=bind_preprocess(rule, artifact.inputs[0].tensor) if rule else None,
        embed=plan.embed_model,
    )


def _library(plan: BuildPlan, abi: str) -> Stage:
    return Stage(
        f"lib/{abi}",
        f"compile and check ({abi})",
        Library,
        functools.partial(make_library, abi=abi),
        needs=_needs(plan),
        decisions=_decisions(plan),
        places=((_FILES, f"lib/{abi}"), (_LICENCES, "lib")),
    )


def _request(plan: BuildPlan, abi: str) -> LibraryRequest:
    """What is asked of the native build for one target."""
    from mobilegen.native_build.request import LibraryRequest
    from mobilegen.toolchains.choose import choose

    artifact = read_result(plan, "interface", Artifact)
    target = target_of(plan, abi)
    engine = runtimes.get(artifact.runtime).plan_native(artifact)
    return LibraryRequest(
        artifact=artifact,
        plan=engine,
        target=target,
        toolchain=choose(plan.toolchain, target, ndk=plan.ndk, cxx=engine.cxx),
        name=plan.name,
        package=plan.package,
        contents=_contents(plan, artifact),
        jobs=plan.jobs_per_abi,
        offline=plan.offline,
    )


def make_library(plan: BuildPlan, folder: Path, abi: str) -> str:
    """Compile the library of one target and check its file."""
    from mobilegen.native_build.library import build_library

    request = _request(plan, abi)
    # CMake cannot work in a folder with a quote in its path.
    with tempfile.TemporaryDirectory(prefix="mobilegen-") as scratch:
        library = build_library(request, Path(scratch))
        refuse_failures(library.checks)
        leave_result(plan, f"lib/{abi}", folder, _kept(library, Path(scratch), folder))
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


def _sources(plan: BuildPlan, abi: str) -> Stage:
    return Stage(
        f"sources/{abi}",
        f"copy the C++ sources ({abi})",
        NativeSources,
        functools.partial(make_sources, abi=abi),
        needs=_needs(plan),
        decisions=_decisions(plan),
        # They are those of the objects that the library was made of.
        after=f"lib/{abi}",
    )


def make_sources(plan: BuildPlan, folder: Path, abi: str) -> str:
    """Write the sources with which a project compiles the library of one target itself."""
    from mobilegen.native_build.project_sources import write_sources

    sources = write_sources(_request(plan, abi), folder)
    leave_result(plan, f"sources/{abi}", folder, sources)
    return f"{len(sources.files)} files"


def _proof(plan: BuildPlan, abi: str) -> Stage:
    return Stage(
        f"proof/{abi}",
        f"run the compiled library ({abi})",
        Proof,
        functools.partial(prove_library, abi=abi),
        needs=(f"lib/{abi}", "artifact", "graph"),
        decisions={
            "limit": repr(plan.limit),
            "package": plan.package,
            "classes": repr(plan.labels is not None),
            "embed": str(plan.embed_model),
        },
    )


def prove_library(plan: BuildPlan, folder: Path, abi: str) -> str:
    """Run the compiled library and compare its answers with the source model's."""
    from mobilegen.graph.samples import read_samples
    from mobilegen.verify.library import verify_library

    graph = read_result(plan, "graph", Graph)
    checks = verify_library(
        read_result(plan, f"lib/{abi}", Library),
        read_result(plan, "artifact", Artifact),
        read_samples(graph.samples),
        reference=graph.reference,
        package=plan.package,
        limit=plan.limit,
        classes=plan.labels is not None,
        embedded=plan.embed_model,
        offline=plan.offline,
    )
    refuse_failures(checks)
    proof = Proof(target_of(plan, abi), checks, executors.state(abi))
    dump_json(proof, folder / RESULT)
    return "not proved" if proof.is_partial else "proved"


def may_say_more(proof: Proof, *, offline: bool) -> bool:
    """True when running the library once more may prove what was skipped then."""
    if not proof.is_partial:
        return False
    now = executors.state(proof.target.abi)
    return now != proof.executors or (executors.may_be_had(now) and not offline)
