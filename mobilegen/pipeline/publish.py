"""Puts the results of the stages where the user looks for them, all at once."""

from __future__ import annotations

import dataclasses
import itertools
import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import mobilegen
from mobilegen.artifacts import (
    Apk,
    Artifact,
    BuildReport,
    Check,
    Description,
    FileRecord,
    Graph,
    Library,
    Project,
    ProjectReport,
    Proof,
    StepRecord,
)
from mobilegen.errors import UsageError
from mobilegen.pipeline import stages, store
from mobilegen.pipeline.page import PAGE, drop_benchmark, fitting_benchmark, render_page
from mobilegen.pipeline.plan import STATE_FOLDER, BuildPlan
from mobilegen.platforms.merge import Merge, apply_merge, plan_merge
from mobilegen.serialize import dump_json
from mobilegen.system.files import new_dir, record, replace_dir, sha256_file, write_text
from mobilegen.system.process import postponed_interrupts

REPORT = "build.json"
ARTIFACT = "artifact.json"
GRAPH = "graph.onnx"
REFERENCE = "reference.npz"
PARTS = ("model", "lib", "apk")
BUILD_STEPS = ("graph", "description", "artifact")
FRESH = "result"
_SHOWN_FILES = 5


def refuse_foreign(out: Path) -> None:
    """Make sure that a result in `out` would replace nothing but an earlier result.

    Raises:
        UsageError: `out` is no folder, or has files of other origin where the result goes.
    """
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out} is not a folder", hint="name another folder with --out")
    reports = (out / REPORT, out / STATE_FOLDER / FRESH / REPORT)
    ours = {name for report in reports for name in _recorded(report)}
    foreign = list(itertools.islice((n for n in _present(out) if n not in ours), _SHOWN_FILES))
    if foreign:
        raise UsageError(
            f"{out} has files that no build left, where a result would replace them",
            seen=foreign,
            hint="name another folder with --out, or move these files away",
        )


def _recorded(report: Path) -> set[str]:
    """The files of an earlier result; of any version of mobilegen, so the schema is not asked."""
    try:
        values = json.loads(report.read_bytes())
        return {
            REPORT,
            PAGE,
            *(str(file["path"]) for file in values["files"] if values["mobilegen"]),
        }
    except (OSError, ValueError, LookupError, TypeError):
        return set()


def _present(out: Path) -> Iterator[str]:
    tops = [out / name for name in (*PARTS, PAGE, REPORT)]
    for path in itertools.chain(tops, *(top.rglob("*") for top in tops)):
        if path.is_symlink() or (path.exists() and not path.is_dir()):
            yield path.relative_to(out).as_posix()


def publish(plan: BuildPlan, done: set[str]) -> BuildReport:
    """Lay out the result folder and write its report.

    The whole result is laid out beside the old one first; then its parts change places.

    Args:
        done: Names of the stages that had something to do in this build.
    """
    merge = _merge(plan)
    with new_dir(plan.state / FRESH) as fresh:
        _lay_out_model(plan, fresh / "model")
        for abi in plan.abis:
            _lay_out_library(store.read_result(plan, f"lib/{abi}", Library), fresh / "lib")
        if plan.apk:
            app = store.read_result(plan, "apk", Apk)
            _place(app.path, fresh / "apk" / app.path.name)
        report = _report(plan, fresh, done, merge)
        dump_json(report, fresh / REPORT)
        times = fitting_benchmark(plan.out, report)
        write_text(fresh / PAGE, render_page(report, plan.work, times))
    with postponed_interrupts():
        if merge:
            apply_merge(merge)
        _swap(plan.state / FRESH, plan.out)
        if times is None:
            drop_benchmark(plan.out)
    return report


def _merge(plan: BuildPlan) -> Merge | None:
    if plan.project is None:
        return None
    project = store.read_result(plan, "project", Project)
    return plan_merge(project, plan.out / project.platform, force=plan.force)


def _lay_out_library(library: Library, folder: Path) -> None:
    for path in (library.path, *(companion.path for companion in library.companions)):
        _place(path, folder / library.target.abi / path.name)
    for licence in library.licences:
        _place(licence, folder / licence.name)


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


def _report(plan: BuildPlan, root: Path, done: set[str], merge: Merge | None) -> BuildReport:
    graph = store.read_result(plan, "graph", Graph)
    files = sorted(path for path in root.rglob("*") if path.is_file())
    sources = [*stages.graph_sources(plan), *stages.description_sources(plan)]
    return BuildReport(
        mobilegen=mobilegen.__version__,
        inputs=tuple(FileRecord(p.name, p.stat().st_size, sha256_file(p)) for p in sources),
        options=_options(plan),
        graph_inputs=graph.inputs,
        graph_outputs=graph.outputs,
        steps=tuple(_steps(plan, done)),
        checks=_checks(plan),
        answers=store.read_result(plan, "description", Description).answers,
        libraries=tuple(_library(plan, abi) for abi in plan.abis),
        files=tuple(record(path, root) for path in files),
        project=_project(merge) if merge else None,
    )


def _project(merge: Merge) -> ProjectReport:
    return ProjectReport(merge.folder.name, len(merge.files), merge.kept)


def _library(plan: BuildPlan, abi: str) -> Library:
    """A library as the report has it: below lib/, its checks among all checks."""
    library = store.read_result(plan, f"lib/{abi}", Library)
    folder = Path("lib", abi)
    return dataclasses.replace(
        library,
        path=folder / library.path.name,
        companions=tuple(
            dataclasses.replace(each, path=folder / each.name) for each in library.companions
        ),
        licences=tuple(Path("lib", licence.name) for licence in library.licences),
        checks=(),
    )


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
        "with_sources",
    ]
    values = [(name, str(getattr(plan, name))) for name in names]
    images = "\n".join(path.name for path in plan.check_images)
    return (*values, ("abi", " ".join(plan.abis)), ("images", images))


def _steps(plan: BuildPlan, done: set[str]) -> list[StepRecord]:
    names = [*BUILD_STEPS]
    for abi in plan.abis:
        names += [f"lib/{abi}", f"proof/{abi}"]
    names += [f"sources/{abi}" for abi in plan.abis] if plan.with_sources else []
    names += ["project"] if plan.project else []
    names += ["apk"] if plan.apk else []
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
    if plan.apk:
        checks += store.read_result(plan, "apk", Apk).checks
    return tuple(checks)


def _swap(fresh: Path, out: Path) -> None:
    """Move the parts of a complete result into the result folder, the report last."""
    for name in PARTS:
        if (fresh / name).is_dir():
            replace_dir(fresh / name, out / name)
        elif (out / name).is_dir():
            shutil.rmtree(out / name)
    os.replace(fresh / PAGE, out / PAGE)
    os.replace(fresh / REPORT, out / REPORT)
