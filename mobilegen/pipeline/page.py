"""report.html of a result, with what was measured beside the build."""

from __future__ import annotations

from pathlib import Path

from pydantic import ValidationError

from mobilegen.artifacts import BuildReport
from mobilegen.bench.result import Benchmark
from mobilegen.pipeline import store
from mobilegen.serialize import load_json

PAGE = "report.html"
BENCHMARK = "bench.json"


def render_page(report: BuildReport, work: Path, benchmark: Benchmark | None) -> str:
    """Return the page, with the costs and sizes that the stages left beside their results.

    Args:
        work: Folder of the stages' results.
        benchmark: Times of this result's model.
    """
    from mobilegen.graph.profile import Profile
    from mobilegen.native_build.sizes import SUFFIX, LibrarySizes
    from mobilegen.report.html import render_html

    profile = work / "graph" / store.PROFILE
    files = {each.target.id: each.path.name + SUFFIX for each in report.libraries}
    found = {target: work / "lib" / target / name for target, name in files.items()}
    return render_html(
        report,
        load_json(Profile, profile) if profile.is_file() else None,
        {target: load_json(LibrarySizes, path) for target, path in found.items() if path.is_file()},
        benchmark,
    )


def read_benchmark(folder: Path) -> Benchmark | None:
    """Return the times in a result's folder; None if there are none, or in another form."""
    try:
        return load_json(Benchmark, folder / BENCHMARK)
    except (OSError, ValidationError):
        return None


def fitting_benchmark(folder: Path, report: BuildReport) -> Benchmark | None:
    """Return the times in a result's folder if they are of the model files of a report."""
    found = read_benchmark(folder)
    return found if found and fits(found, report) else None


def drop_benchmark(folder: Path) -> None:
    """Remove times of another model; a file of that name that is none of ours stays."""
    if read_benchmark(folder):
        (folder / BENCHMARK).unlink()


def fits(benchmark: Benchmark, report: BuildReport) -> bool:
    """True when the times are of the model files that a report lists."""
    return set(benchmark.files) <= set(report.files)
