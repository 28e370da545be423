"""Stages of the model: the graph, what comes with it, and the runtime's files."""

from __future__ import annotations

import dataclasses
import functools
import math
from pathlib import Path

from mobilegen.artifacts import Answer, Artifact, Description, Graph, Scheme, SourceModel, Tolerance
from mobilegen.frontends import catalog as frontends
from mobilegen.names import code_identity
from mobilegen.pipeline.plan import BuildPlan
from mobilegen.pipeline.stage import Stage
from mobilegen.pipeline.store import (
    ARTIFACT,
    GRAPH,
    LABELS,
    MODEL,
    PREPROCESS,
    PROFILE,
    REFERENCE,
    RESULT,
    leave_result,
    read_result,
    relocate,
)
from mobilegen.run import Run
from mobilegen.runtimes import catalog as runtimes
from mobilegen.serialize import dump_json
from mobilegen.system.files import link_file, write_text
from mobilegen.verify.judge import refuse_failures


def model_stages(plan: BuildPlan) -> tuple[Stage, ...]:
    """Return the stages that every build has."""
    return _graph(plan), _description(plan), _artifact(plan), _interface()


def _graph(plan: BuildPlan) -> Stage:
    frontend = frontends.get(plan.framework)
    given = (plan.settings.samples,) if plan.settings.samples else ()
    return Stage(
        "graph",
        "read the model and compute the reference",
        Graph,
        make_graph,
        files=(
            plan.settings.model,
            *frontend.companions(plan.settings.model),
            *plan.settings.check_images,
            *given,
        ),
        decisions={
            "work": str(plan.work),
            "framework": plan.framework,
            "frontend": code_identity(frontends.references()[plan.framework]),
            "shapes": repr(plan.input_shapes),
            "images": repr([str(path) for path in plan.settings.check_images]),
            "preprocess": repr(plan.settings.preprocess),
            "samples": repr(plan.settings.samples),
        },
        places=((GRAPH, f"{MODEL}/{GRAPH}"), (REFERENCE, f"{MODEL}/{REFERENCE}")),
    )


def make_graph(plan: BuildPlan, folder: Path) -> str:
    """Read the source model and compute the reference."""
    from mobilegen.graph.profiling import profile_graph
    from mobilegen.pipeline.samples import check_samples

    source = SourceModel(plan.settings.model, plan.framework, plan.input_shapes)
    samples = functools.partial(check_samples, plan)
    run = Run(offline=plan.settings.offline)
    graph = frontends.get(plan.framework).load(source, folder, run, samples=samples)
    link_file(graph.candidates[0].path, folder / GRAPH)
    link_file(graph.samples, folder / REFERENCE)
    dump_json(profile_graph(graph), folder / PROFILE)
    leave_result(plan, "graph", folder, graph)
    return ", ".join(candidate.label for candidate in graph.candidates)


def _description(plan: BuildPlan) -> Stage:
    present = ((LABELS, plan.settings.labels), (PREPROCESS, plan.settings.preprocess))
    return Stage(
        "description",
        "check labels and preprocessing",
        Description,
        describe,
        needs=("graph",),
        files=(plan.settings.labels,) if plan.settings.labels else (),
        decisions={"preprocess": repr(plan.settings.preprocess)},
        places=tuple((name, f"{MODEL}/{name}") for name, given in present if given),
    )


def describe(plan: BuildPlan, folder: Path) -> str:
    """Check labels and preprocessing against the model and write them once for everybody."""
    from mobilegen.images.classes import read_labels
    from mobilegen.images.preprocess import bind_preprocess

    graph = read_result(plan, "graph", Graph)
    labels: tuple[str, ...] = ()
    if plan.settings.labels:
        labels = read_labels(plan.settings.labels, math.prod(graph.outputs[0].shape))
        write_text(folder / LABELS, "".join(f"{label}\n" for label in labels))
    if plan.settings.preprocess:
        dump_json(bind_preprocess(plan.settings.preprocess, graph.inputs[0]), folder / PREPROCESS)
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


def _artifact(plan: BuildPlan) -> Stage:
    return Stage(
        "artifact",
        "convert and compare with the source model",
        Artifact,
        make_artifact,
        needs=("graph",),
        decisions={
            "runtime": plan.settings.runtime,
            "adapter": code_identity(runtimes.references()[plan.settings.runtime]),
            "precision": plan.settings.precision,
            "limit": repr(plan.settings.limit),
        },
        places=((MODEL, MODEL), (ARTIFACT, f"{MODEL}/{ARTIFACT}")),
        after="description",
    )


def make_artifact(plan: BuildPlan, folder: Path) -> str:
    """Convert the graph and prove the artifact on this computer."""
    graph = read_result(plan, "graph", Graph)
    runtime = runtimes.get(plan.settings.runtime)
    files = folder / MODEL
    files.mkdir()
    artifact = runtime.convert(
        graph,
        Scheme(plan.settings.precision),
        files,
        Run(offline=plan.settings.offline),
        tolerance=Tolerance(plan.settings.limit),
    )
    refuse_failures(artifact.checks)
    artifact = dataclasses.replace(artifact, scores=graph.scores)
    dump_json(relocate(artifact, files, Path()), folder / ARTIFACT)
    leave_result(plan, "artifact", folder, artifact)
    return f"{artifact.candidate} graph, {plan.settings.precision}"


def _interface() -> Stage:
    return Stage("interface", "", Artifact, make_interface, needs=("artifact",))


def make_interface(plan: BuildPlan, folder: Path) -> str:
    """Leave the part of the artifact that libraries depend on, digests of all files included."""
    artifact = read_result(plan, "artifact", Artifact)
    leave_result(plan, "interface", folder, dataclasses.replace(artifact, checks=(), answers=None))
    return f"{len(artifact.operators)} kinds of layers"
