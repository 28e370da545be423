"""Puts the results of the stages where the user looks for them, all at once."""

from __future__ import annotations

import dataclasses
import itertools
import json
import os
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import mobilegen
from mobilegen.artifacts import (
    REPORT_FORMAT,
    BuildReport,
    Check,
    FileRecord,
    Library,
    Project,
    ProjectReport,
    StepRecord,
)
from mobilegen.bench.result import Benchmark
from mobilegen.config.option import record_of
from mobilegen.errors import MobilegenError, UsageError
from mobilegen.pipeline import store
from mobilegen.pipeline.intact import is_inside
from mobilegen.pipeline.page import PAGE, drop_benchmark, fitting_benchmark, render_page
from mobilegen.pipeline.plan import STATE_FOLDER, BuildPlan
from mobilegen.pipeline.stage import Stage
from mobilegen.platforms.merge import Merge, apply_merge, plan_merge
from mobilegen.resources import package_identity
from mobilegen.serialize import dump_json, to_jsonable
from mobilegen.system.files import (
    link_file,
    new_dir,
    replace_dir,
    require_plain,
    sha256_bytes,
    write_bytes,
)
from mobilegen.system.hashes import Hashes
from mobilegen.system.process import postponed_interrupts

REPORT = "build.json"
FRESH = "result"
# The same once more in the state folder: what is ours has to be known when a report is lost.
LAST = "last-build.json"
# The page once more, after hashes of what it shows and of itself.
_DRAWN = "drawn-page"
_SHOWN_FILES = 5
# Of every stage by its name.
Results = Mapping[str, Any]


def refuse_foreign(out: Path, parts: Iterable[str]) -> None:
    """Make sure that a result in `out` would replace nothing but an earlier result.

    Args:
        parts: Names in `out` below which the result has its files.

    Raises:
        UsageError: `out` is no folder, or has files of other origin where the result goes.
    """
    if out.exists() and not out.is_dir():
        raise UsageError(f"{out} is not a folder", hint="name another folder with --out")
    for path in (out / PAGE, out / REPORT):
        if path.is_dir():
            raise UsageError(
                f"{path} is a folder, and a result has a file of that name",
                hint="name another folder with --out, or move it away",
            )
    foreign = list(itertools.islice(_foreign(out, parts), _SHOWN_FILES))
    if foreign:
        raise UsageError(
            f"{out} has files that no build left, where a result would replace them",
            seen=foreign,
            hint="name another folder with --out, or move these files away",
        )


def refuse_orphans(out: Path, parts: Iterable[str]) -> None:
    """Make sure that a conversion replaces nothing but a conversion: libraries know their model.

    Raises:
        UsageError: There is a build in `out`.
    """
    others = sorted(name for name in recorded(out) if _top(name) not in {*parts, REPORT, PAGE})
    if others:
        raise UsageError(
            f"{out} holds a build, which would not fit a model that is converted anew",
            seen=others[:_SHOWN_FILES],
            hint="name another folder with --out, or use mobilegen build",
        )


def parts_of(stages: Iterable[Stage]) -> set[str]:
    """Return the names in the result folder below which the stages have their places."""
    return {_top(place) for stage in stages for _, place in stage.places}


def _top(name: str) -> str:
    return name.partition("/")[0]


def recorded(out: Path) -> set[str]:
    """Return the files of an earlier result, also of one that did not come to its place.

    It may be of any version of mobilegen, so the schema is not asked.
    """
    state = out / STATE_FOLDER
    reports = (out / REPORT, state / FRESH / REPORT, state / LAST)
    return {name for report in reports for name in _listed(report)}


def _listed(report: Path) -> set[str]:
    try:
        values = json.loads(require_plain(report).read_bytes())
        names = [str(file["path"]) for file in values["files"] if values["mobilegen"]]
        return {REPORT, PAGE, *filter(is_inside, names)}
    except (OSError, ValueError, LookupError, TypeError, RecursionError):
        return set()


def _foreign(out: Path, parts: Iterable[str]) -> Iterator[str]:
    ours = recorded(out)
    tops = [out / name for name in (*sorted(parts), PAGE, REPORT)]
    for path in itertools.chain(tops, *(top.rglob("*") for top in tops)):
        name = path.relative_to(out).as_posix()
        is_file = path.is_symlink() or (path.exists() and not path.is_dir())
        if is_file and name not in ours:
            yield name


def publish(
    plan: BuildPlan, stages: tuple[Stage, ...], done: set[str], hashes: Hashes
) -> BuildReport:
    """Lay out the result folder and write its report.

    The whole result is laid out beside the old one first; then its parts change places. Generated
    projects come before them: after a kill in between, they are of the new build already, and the
    next build brings the rest.

    Args:
        done: Names of the stages that had something to do in this build.
    """
    results = {stage.name: store.read_result(plan, stage.name, stage.result) for stage in stages}
    merges = [
        plan_merge(
            project, plan.out / project.platform, force=plan.settings.force, hash_of=hashes.of
        )
        for project in _of_type(results, Project)
    ]
    with new_dir(plan.state / FRESH) as fresh:
        files = _lay_out(plan, stages, fresh)
        report = dataclasses.replace(
            _report(plan, stages, results, merges),
            inputs=tuple(_inputs(stages, merges, hashes)),
            steps=_steps(plan, stages, done),
            files=tuple(sorted(files, key=lambda file: file.path)),
        )
        dump_json(report, fresh / REPORT)
        times = fitting_benchmark(plan.out, report)
        write_bytes(fresh / PAGE, _page(plan, report, times))
    with postponed_interrupts():
        for merge in merges:
            apply_merge(merge)
        write_bytes(plan.state / LAST, (plan.state / FRESH / REPORT).read_bytes())
        _swap(plan.state / FRESH, plan.out, parts_of(stages))
        if times is None:
            drop_benchmark(plan.out)
    return report


def _page(plan: BuildPlan, report: BuildReport, times: Benchmark | None) -> bytes:
    """Return the page; drawing it takes as long as all else of a build with nothing to do."""
    steps = tuple(dataclasses.replace(step, cached=False) for step in report.steps)
    shown = [to_jsonable(dataclasses.replace(report, steps=steps)), to_jsonable(times)]
    key = sha256_bytes(json.dumps([shown, package_identity()]).encode())
    path = plan.state / _DRAWN
    mark, _, page = (path.read_bytes() if path.is_file() else b"").partition(b"\n")
    if mark.decode(errors="replace") != f"{key} {sha256_bytes(page)}":
        page = render_page(report, plan.work, times).encode()
        write_bytes(path, f"{key} {sha256_bytes(page)}\n".encode() + page)
    return page


def _of_type(results: Results, kind: type[store.T]) -> list[store.T]:
    return [result for result in results.values() if isinstance(result, kind)]


def _lay_out(plan: BuildPlan, stages: Iterable[Stage], root: Path) -> list[FileRecord]:
    """Give the files of the stages their places below `root`; return them.

    Raises:
        MobilegenError: Two stages have different files for one place.
    """
    placed: dict[str, FileRecord] = {}
    for stage in stages:
        folder = plan.work / stage.name
        for file in store.read_manifest(folder):
            place = stage.place_of(file.path)
            if not place:
                continue
            record = FileRecord(place, file.size, file.sha256)
            if placed.setdefault(place, record) != record:
                raise MobilegenError(
                    f"two files have the place {place} in the result", seen=[stage.name]
                )
            if not (root / place).exists():
                link_file(folder / file.path, root / place)
    return list(placed.values())


def _report(
    plan: BuildPlan, stages: Iterable[Stage], results: Results, merges: Iterable[Merge]
) -> BuildReport:
    graph = results["graph"]
    libraries = (_library(plan, each, results) for each in stages if each.result is Library)
    return BuildReport(
        format=REPORT_FORMAT,
        mobilegen=mobilegen.__version__,
        inputs=(),
        options=record_of(plan.settings),
        graph_inputs=graph.inputs,
        graph_outputs=graph.outputs,
        reference=graph.reference,
        steps=(),
        checks=tuple(check for each in results.values() for check in _checks(each)),
        answers=results["description"].answers,
        libraries=tuple(libraries),
        projects=tuple(_project(merge) for merge in merges),
    )


def _checks(result: object) -> tuple[Check, ...]:
    checks: tuple[Check, ...] = getattr(result, "checks", ())
    return checks


def _project(merge: Merge) -> ProjectReport:
    return ProjectReport(merge.folder.name, len(merge.files), merge.kept)


def _library(plan: BuildPlan, stage: Stage, results: Results) -> Library:
    """A library as the report has it: at its place, its checks among all checks."""
    library: Library = results[stage.name]
    for source, place in stage.places:
        library = store.relocate(library, plan.work / stage.name / source, Path(place))
    return dataclasses.replace(library, checks=())


def _inputs(stages: Iterable[Stage], merges: list[Merge], hashes: Hashes) -> Iterator[FileRecord]:
    """Yield the user's files; what he changed in a generated project is no input."""
    for path in dict.fromkeys(path for stage in stages for path in stage.files):
        if not any(path.is_relative_to(merge.folder) for merge in merges):
            yield FileRecord(path.name, path.stat().st_size, hashes.of(path))


def _steps(plan: BuildPlan, stages: Iterable[Stage], done: set[str]) -> tuple[StepRecord, ...]:
    names = [stage.name for stage in stages if stage.title]
    found = ((name, *store.read_timing(plan, name)) for name in names)
    return tuple(StepRecord(n, seconds, n not in done, detail) for n, seconds, detail in found)


def _swap(fresh: Path, out: Path, parts: set[str]) -> None:
    """Move the parts of a complete result into the result folder, the report last.

    What only the earlier result has is removed: it would not fit.
    """
    for name in sorted(parts):
        if (fresh / name).is_dir():
            replace_dir(fresh / name, out / name)
    for name in sorted(recorded(out)):
        if _top(name) not in {*parts, REPORT, PAGE}:
            _remove(out / name, out)
    os.replace(fresh / PAGE, out / PAGE)
    os.replace(fresh / REPORT, out / REPORT)


def _remove(path: Path, out: Path) -> None:
    """Remove a file, and folders that become empty by that."""
    path.unlink(missing_ok=True)
    for parent in path.relative_to(out).parents[:-1]:
        if not (out / parent).is_dir() or any((out / parent).iterdir()):
            break
        (out / parent).rmdir()
