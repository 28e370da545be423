"""Puts the results of the stages where the user looks for them, all at once."""

from __future__ import annotations

import dataclasses
import os
import shutil
from pathlib import Path

import mobilegen
from mobilegen.artifacts import (
    Artifact,
    BuildReport,
    Check,
    FileRecord,
    Graph,
    Library,
    Proof,
    StepRecord,
)
from mobilegen.pipeline import store
from mobilegen.pipeline.plan import BuildPlan
from mobilegen.serialize import dump_json
from mobilegen.system.files import new_dir, record, replace_dir, sha256_file

REPORT = "build.json"
ARTIFACT = "artifact.json"
GRAPH = "graph.onnx"
REFERENCE = "reference.npz"
BUILD_STEPS = ("graph", "description", "artifact")


def publish(plan: BuildPlan, done: set[str]) -> BuildReport:
    """Lay out the result folder and write its report.

    The whole result is laid out beside the old one first; then its parts change places.

    Args:
        done: Names of the stages that had something to do in this build.
    """
    with new_dir(plan.state / "result") as fresh:
        _lay_out_model(plan, fresh / "model")
        for abi in plan.abis:
            library = store.read_result(plan, f"lib/{abi}", Library)
            _place(library.path, fresh / "lib" / abi / library.path.name)
        report = _report(plan, fresh, done)
        dump_json(report, fresh / REPORT)
    _swap(plan.state / "result", plan.out)
    return report


def _lay_out_model(plan: BuildPlan, folder: Path) -> None:
    graph = store.read_result(plan, "graph", Graph)
    artifact = store.read_result(plan, "artifact", Artifact)
    for _, file in artifact.files:
        _place(artifact.folder / file.path, folder / file.path)
    _place(graph.candidates[0].path, folder / GRAPH)
    _place(graph.samples, folder / REFERENCE)
    for name in (store.LABELS, store.PREPROCESS):
        path = plan.work / "description" / name
        if path.is_file():
            _place(path, folder / name)
    dump_json(store.relocate(artifact, artifact.folder, Path()), folder / ARTIFACT)


def _place(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, target)


def _report(plan: BuildPlan, root: Path, done: set[str]) -> BuildReport:
    graph = store.read_result(plan, "graph", Graph)
    files = sorted(path for path in root.rglob("*") if path.is_file())
    sources = [plan.model, *([plan.labels] if plan.labels else []), *plan.check_images]
    return BuildReport(
        mobilegen=mobilegen.__version__,
        inputs=tuple(FileRecord(p.name, p.stat().st_size, sha256_file(p)) for p in sources),
        options=_options(plan),
        graph_inputs=graph.inputs,
        graph_outputs=graph.outputs,
        steps=tuple(_steps(plan, done)),
        checks=_checks(plan),
        libraries=tuple(_library(plan, abi) for abi in plan.abis),
        files=tuple(record(path, root) for path in files),
    )


def _library(plan: BuildPlan, abi: str) -> Library:
    """A library as the report has it: below lib/, its checks among all checks."""
    library = store.read_result(plan, f"lib/{abi}", Library)
    path = Path("lib", abi, library.path.name)
    return dataclasses.replace(library, path=path, checks=())


def _options(plan: BuildPlan) -> tuple[tuple[str, str], ...]:
    names = [
        "name",
        "package",
        "runtime",
        "precision",
        "api_level",
        "toolchain",
        "limit",
        "embed_model",
    ]
    values = [(name, str(getattr(plan, name))) for name in names]
    images = "\n".join(path.name for path in plan.check_images)
    return (*values, ("abi", " ".join(plan.abis)), ("images", images))


def _steps(plan: BuildPlan, done: set[str]) -> list[StepRecord]:
    names = [*BUILD_STEPS]
    for abi in plan.abis:
        names += [f"lib/{abi}", f"proof/{abi}"]
    return [_step(plan, name, cached=name not in done) for name in names]


def _step(plan: BuildPlan, name: str, *, cached: bool) -> StepRecord:
    seconds, detail = store.read_timing(plan, name)
    return StepRecord(name, seconds, cached, detail)


def _checks(plan: BuildPlan) -> tuple[Check, ...]:
    checks = [*store.read_result(plan, "graph", Graph).checks]
    checks += store.read_result(plan, "artifact", Artifact).checks
    for abi in plan.abis:
        checks += store.read_result(plan, f"lib/{abi}", Library).checks
        checks += store.read_result(plan, f"proof/{abi}", Proof).checks
    return tuple(checks)


def _swap(fresh: Path, out: Path) -> None:
    """Move the parts of a complete result into the result folder, the report last."""
    for name in ("model", "lib"):
        if (fresh / name).is_dir():
            replace_dir(fresh / name, out / name)
        elif (out / name).is_dir():
            shutil.rmtree(out / name)
    os.replace(fresh / REPORT, out / REPORT)
