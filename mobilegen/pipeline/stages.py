"""The stages of the build graph: what each depends on, and how its folder is filled.

Every stage fills a folder of its own, which is put in place when it is complete. What a stage
alone needs is imported when it runs: most builds have little to do.
"""

from __future__ import annotations

import dataclasses
import functools
import math
import shutil
import tempfile
import time
from collections.abc import Callable
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING

from mobilegen.artifacts import (
    Answer,
    Artifact,
    Description,
    Graph,
    Library,
    NativeSources,
    Project,
    Proof,
    Scheme,
    SourceModel,
    Target,
    Tolerance,
)
from mobilegen.errors import MobilegenError
from mobilegen.frontends import catalog as frontends
from mobilegen.pipeline import events
from mobilegen.pipeline.plan import BuildPlan
from mobilegen.pipeline.store import (
    GOLDEN,
    LABELS,
    PREPROCESS,
    PROFILE,
    PROJECT,
    RESULT,
    close_folder,
    leave_result,
    read_result,
    relocate,
)
from mobilegen.platforms.android.options import PLATFORM
from mobilegen.resources import native_identity, source_identity, templates_identity
from mobilegen.run import Run
from mobilegen.serialize import dump_json
from mobilegen.system.files import new_dir, telling_os_errors, write_text
from mobilegen.toolchains import ndk
from mobilegen.toolchains.targets import android_target
from mobilegen.verify.judge import refuse_failures

if TYPE_CHECKING:
    from mobilegen.native_build.header import Contents
    from mobilegen.native_build.request import LibraryRequest
    from mobilegen.platforms.merge import UserChanges

Action = Callable[[BuildPlan, Path], str]
_CODE = "pipeline/stages.py"


def run(name: str, action: Action, plan: BuildPlan) -> int:
    """Fill the folder of stage `name` and tell of it; return 1 after an error, else 0."""
    events.emit("start", step=name)
    started = time.monotonic()
    try:
        folder = plan.work / name
        with telling_os_errors(f"the stage {name} failed"), new_dir(folder) as fresh:
            detail = action(plan, fresh)
            seconds = time.monotonic() - started
            close_folder(fresh, seconds, detail)
    except MobilegenError as error:
        events.emit("error", step=name, error=events.error_values(error))
        return 1
    events.emit("done", step=name, seconds=seconds, detail=detail)
    return 0


# graph


def graph_sources(plan: BuildPlan) -> list[Path]:
    """Files that the graph is made of: the model, its external data, what to compare it on."""
    frontend = frontends.get(plan.framework)
    given = [*plan.check_images, *([plan.samples] if plan.samples else [])]
    return [plan.model, *frontend.companions(plan.model), *given]


def graph_decisions(plan: BuildPlan) -> dict[str, str]:
    """Option values and versions that the graph depends on."""
    return {
        "work": str(plan.work),
        "shapes": repr(plan.input_shapes),
        "images": repr([str(path) for path in plan.check_images]),
        "preprocess": repr(plan.preprocess),
        "samples": repr(plan.samples),
        "code": source_identity(
            _CODE, "pipeline/samples.py", "graph", "frontends", "images", "verify"
        ),
        "versions": " ".join(version(name) for name in ("onnx", "onnxruntime", "onnxsim")),
    }


def make_graph(plan: BuildPlan, folder: Path) -> str:
    """Read the source model and compute the reference."""
    from mobilegen.graph.profiling import profile_graph
    from mobilegen.pipeline.samples import check_samples

    source = SourceModel(plan.model, plan.framework, plan.input_shapes)
    samples = functools.partial(check_samples, plan)
    graph = frontends.get(plan.framework).load(source, folder, samples=samples)
    dump_json(profile_graph(graph), folder / PROFILE)
    leave_result(plan, "graph", folder, graph)
    return ", ".join(candidate.label for candidate in graph.candidates)


# description


def description_sources(plan: BuildPlan) -> list[Path]:
    """Files that come with the model."""
    return [plan.labels] if plan.labels else []


def description_decisions(plan: BuildPlan) -> dict[str, str]:
    """Option values that the description depends on."""
    return {
        "preprocess": repr(plan.preprocess),
        "code": source_identity(_CODE, "images"),
    }


def describe(plan: BuildPlan, folder: Path) -> str:
    """Check labels and preprocessing against the model and write them once for everybody."""
    from mobilegen.images.classes import read_labels
    from mobilegen.images.preprocess import bind_preprocess

    graph = read_result(plan, "graph", Graph)
    labels: tuple[str, ...] = ()
    if plan.labels:
        labels = read_labels(plan.labels, math.prod(graph.outputs[0].shape))
        write_text(folder / LABELS, "".join(f"{label}\n" for label in labels))
    if plan.preprocess:
        dump_json(bind_preprocess(plan.preprocess, graph.inputs[0]), folder / PREPROCESS)
    dump_json(Description(labels, _answers(graph, labels)), folder / RESULT)
    return f"{len(labels)} labels" if labels else "no labels"


def _answers(graph: Graph, labels: tuple[str, ...]) -> tuple[Answer, ...]:
    """What the source model says of the check images."""
    from mobilegen.graph.samples import read_samples
    from mobilegen.images.classes import top_predictions

    if not labels:
        return ()
    answers = []
    for sample in read_samples(graph.samples):
        if sample.image:
            scores = sample.outputs[graph.outputs[0].name]
            best = top_predictions(scores, labels, 1, kind=graph.scores)[0]
            answers.append(Answer(sample.image.name, best.label, best.probability))
    return tuple(answers)


# artifact


def artifact_decisions(plan: BuildPlan) -> dict[str, str]:
    """Option values and versions that the artifact depends on."""
    return {
        "runtime": plan.runtime,
        "precision": plan.precision,
        "limit": repr(plan.limit),
        "code": source_identity(_CODE, "runtimes", "verify", "toolboxes"),
    }


def make_artifact(plan: BuildPlan, folder: Path) -> str:
    """Convert the graph and prove the artifact on this computer."""
    from mobilegen.runtimes import catalog as runtimes

    graph = read_result(plan, "graph", Graph)
    runtime = runtimes.get(plan.runtime)
    artifact = runtime.convert(
        graph,
        Scheme(plan.precision),
        folder,
        Run(offline=plan.offline),
        tolerance=Tolerance(plan.limit),
    )
    refuse_failures(artifact.checks)
    artifact = dataclasses.replace(artifact, scores=graph.scores)
    leave_result(plan, "artifact", folder, artifact)
    return f"{artifact.candidate} graph, {plan.precision}"


def make_interface(plan: BuildPlan, folder: Path) -> str:
    """Leave the part of the artifact that libraries depend on, digests of both files included."""
    artifact = read_result(plan, "artifact", Artifact)
    leave_result(plan, "interface", folder, dataclasses.replace(artifact, checks=(), answers=None))
    return f"{len(artifact.operators)} kinds of layers"


# library


def _target(plan: BuildPlan, abi: str) -> Target:
    return android_target(abi, plan.api_level)


def library_decisions(plan: BuildPlan, abi: str) -> dict[str, str]:
    """Option values, sources and tools that a library depends on."""
    return {
        "name": plan.name,
        "package": plan.package,
        "api": str(plan.api_level),
        "preprocess": repr(plan.preprocess),
        "embed": str(plan.embed_model),
        "toolchain": _toolchain_decision(plan),
        "native": native_identity(),
        "code": source_identity(
            _CODE, "native_build", "toolchains", "images", f"runtimes/{plan.runtime}"
        ),
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


def _library_request(plan: BuildPlan, abi: str) -> LibraryRequest:
    """What is asked of the native build for one ABI."""
    from mobilegen.native_build.request import LibraryRequest
    from mobilegen.runtimes import catalog as runtimes
    from mobilegen.toolchains.choose import choose

    artifact = read_result(plan, "interface", Artifact)
    engine = runtimes.get(artifact.runtime).plan_native(artifact)
    target = _target(plan, abi)
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
    """Compile the library of one ABI and check its file."""
    from mobilegen.native_build.library import build_library

    request = _library_request(plan, abi)
    # CMake cannot work in a folder with a quote in its path.
    with tempfile.TemporaryDirectory(prefix="mobilegen-") as scratch:
        library = build_library(request, Path(scratch))
        refuse_failures(library.checks)
        for file in [path for path in Path(scratch).iterdir() if path.is_file()]:
            shutil.copyfile(file, folder / file.name)
        placed = relocate(library, Path(scratch), folder)
    leave_result(plan, f"lib/{abi}", folder, placed)
    return f"{library.size:,} bytes, {request.toolchain.reason}"


# sources


def make_sources(plan: BuildPlan, folder: Path, abi: str) -> str:
    """Write the sources with which a project compiles the library of one ABI itself."""
    from mobilegen.native_build.project_sources import write_sources

    sources = write_sources(_library_request(plan, abi), folder)
    leave_result(plan, f"sources/{abi}", folder, sources)
    return f"{len(sources.files)} files"


# proof


def proof_decisions(plan: BuildPlan, abi: str) -> dict[str, str]:
    """Option values and sources that the proof of a library depends on."""
    return {
        "limit": repr(plan.limit),
        "package": plan.package,
        "classes": repr(plan.labels is not None),
        "embed": str(plan.embed_model),
        "native": native_identity(),
        "code": source_identity(_CODE, "executors", "images", "toolboxes", "verify"),
    }


def prove_library(plan: BuildPlan, folder: Path, abi: str) -> str:
    """Run the compiled library and compare its answers with the source model's."""
    from mobilegen.verify.library import verify_library

    checks = verify_library(
        read_result(plan, f"lib/{abi}", Library),
        read_result(plan, "artifact", Artifact),
        read_result(plan, "graph", Graph),
        package=plan.package,
        limit=plan.limit,
        classes=plan.labels is not None,
        embedded=plan.embed_model,
        offline=plan.offline,
    )
    refuse_failures(checks)
    dump_json(Proof(checks), folder / RESULT)
    return "not proved" if any(check.status == "skipped" for check in checks) else "proved"


# project


def project_decisions(plan: BuildPlan) -> dict[str, str]:
    """Option values and templates that the project depends on."""
    return {
        "options": repr(plan.project),
        "limit": repr(plan.limit),
        "images": repr([path.name for path in plan.check_images]),
        "templates": templates_identity("android"),
        "code": source_identity(_CODE, "__init__.py", "platforms", "images"),
    }


def make_project(plan: BuildPlan, folder: Path) -> str:
    """Render the sources of the project, and name the model and the libraries that go with them."""
    from mobilegen.platforms.android.golden import write_golden
    from mobilegen.platforms.android.project import ProjectParts, render_project

    assert plan.project is not None
    description = read_result(plan, "description", Description)
    graph = read_result(plan, "graph", Graph)
    write_golden(graph, plan.check_images, description.answers, plan.limit, folder / GOLDEN)
    labels = plan.work / "description" / LABELS
    parts = ProjectParts(
        artifact=read_result(plan, "artifact", Artifact),
        libraries=tuple(read_result(plan, f"lib/{abi}", Library) for abi in plan.abis),
        labels=labels if labels.is_file() else None,
        golden=folder / GOLDEN,
        sources=tuple(read_result(plan, f"sources/{abi}", NativeSources) for abi in plan.abis)
        if plan.with_sources
        else (),
    )
    project = render_project(plan.project, parts, folder / PROJECT)
    leave_result(plan, "project", folder, project)
    return f"{len(project.files)} files"


# apk

# What Gradle, Android Studio and git keep beside the sources.
_NOT_SOURCES = ("build", ".gradle", ".idea", ".git", ".cxx", ".kotlin")


def _user_changes(plan: BuildPlan) -> UserChanges:
    """What the app has to have of its user: nothing when his changes are to be taken back."""
    from mobilegen.platforms.merge import UserChanges, user_changes

    folder = plan.out / PLATFORM
    if plan.force or not folder.is_dir():
        return UserChanges()
    return user_changes(folder, ignored=_NOT_SOURCES)


def apk_sources(plan: BuildPlan) -> list[Path]:
    """Files that the app is made of beside the generated ones: the user's, and his key."""
    assert plan.apk is not None
    files = [plan.out / PLATFORM / name for name in _user_changes(plan).files]
    return [*files, plan.apk.keystore.path] if plan.apk.keystore else files


def apk_decisions(plan: BuildPlan) -> dict[str, str]:
    """Option values, the user's removals and the installed tools that the app depends on."""
    from mobilegen.platforms.android.apk.sdk import find_sdk

    return {
        "settings": repr(plan.apk),
        "removed": repr(_user_changes(plan).removed),
        "sdk": str(find_sdk()),
        "programs": repr([shutil.which(name) for name in ("aapt2", "apksigner", "javac")]),
        "native": native_identity(),
        "code": source_identity(_CODE, "platforms"),
    }


def make_apk(plan: BuildPlan, folder: Path) -> str:
    """Build the app of the project as its user has changed it, sign it and read it back."""
    from mobilegen.platforms.android.apk.build import build_apk
    from mobilegen.platforms.merge import lay_out

    assert plan.apk is not None
    project = read_result(plan, "project", Project)
    with tempfile.TemporaryDirectory(prefix="mobilegen-") as scratch:
        whole = lay_out(project, _user_changes(plan), plan.out / PLATFORM, Path(scratch))
        output = folder / f"{plan.name}.apk"
        apk = build_apk(whole, plan.apk, output, offline=plan.offline)
    refuse_failures(apk.checks)
    leave_result(plan, "apk", folder, apk)
    return f"{apk.size:,} bytes, {apk.reason}"
