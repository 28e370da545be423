"""The summary at the end of a build: files, steps, checks."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from mobilegen import console
from mobilegen.artifacts import BuildReport, Check, FileRecord, ProjectReport, StepRecord
from mobilegen.report.text import format_bytes

_MARKS = {"pass": "ok", "fail": "FAILED", "skipped": "not proved"}


def print_summary(
    report: BuildReport, folder: Path, usage: Mapping[str, Sequence[str]] | None = None
) -> None:
    """Write every step and check of a build, where what it left is, and what was not proved.

    Args:
        usage: Lines of code that ask the model, by platform.
    """
    if not console.is_quiet():
        console.line()
        _print_steps(report.steps)
        console.line()
        print_checks(report.checks)
        console.line()
        if console.is_verbose():
            _print_files(report.files)
            console.line()
        _print_places(report, folder)
        console.line()
        _print_usage(report, usage or {})
    for answer in report.answers:
        console.line(f"{answer.image}: {answer.label}, {answer.probability:.4f}")
    print_verdict(report.checks)


def _print_places(report: BuildReport, folder: Path) -> None:
    """Write what a person opens, and what else is there by folder."""
    console.line(f"result: {_short(folder)}")
    console.line("  report.html: every step and check, for a browser")
    folders: dict[str, list[FileRecord]] = {}
    for file in report.files:
        folders.setdefault(file.path.partition("/")[0], []).append(file)
    for name, files in folders.items():
        size = format_bytes(sum(file.size for file in files))
        shown = f": {Path(files[0].path).name}" if len(files) == 1 else f", {len(files)} files"
        console.line(f"  {name}{shown}, {size}")
    for project in report.projects:
        _print_project(project, folder)


def _print_project(project: ProjectReport, folder: Path) -> None:
    more = "; its README.md says more" if (folder / project.folder / "README.md").is_file() else ""
    console.line(f"  {project.folder}: the project, {project.files} files{more}")
    for name in project.kept:
        console.line(f"    left as it is: {name}", style="yellow")
    if project.kept:
        console.line("    --force would overwrite them")


def _print_usage(report: BuildReport, usage: Mapping[str, Sequence[str]]) -> None:
    for project in report.projects:
        if lines := usage.get(project.folder):
            console.line(f"in a program that uses {project.folder}/:")
            for text in lines:
                console.line(f"  {text}")
            console.line()


def print_checks(checks: Iterable[Check]) -> None:
    """Write a table of checks with value and limit."""
    rows = [
        (
            _MARKS[check.status],
            check.id.partition(".")[0],
            _number(check.measured),
            _number(check.limit),
            check.title,
        )
        for check in checks
    ]
    console.table(("check", "of", "value", "limit", "statement"), rows)


def print_verdict(checks: Iterable[Check]) -> None:
    """Write whether everything is proved, and if not, what is missing and why."""
    checks = tuple(checks)
    skipped = [check for check in checks if check.status == "skipped"]
    failed = [check for check in checks if check.status == "fail"]
    for check in failed:
        console.line(f"FAILED: {check.title}: {check.detail}", style="bold red")
    for check in skipped:
        console.line(f"NOT PROVED: {check.title}: {check.detail}", style="bold yellow")
    if not failed and not skipped:
        console.line(f"all {len(checks)} checks passed", style="bold green")


def _print_steps(steps: Iterable[StepRecord]) -> None:
    rows = [
        (step.name, "kept" if step.cached else f"{step.seconds:.1f} s", step.detail)
        for step in steps
    ]
    console.table(("step", "time", "result"), rows, right=1)


def _print_files(files: Iterable[FileRecord]) -> None:
    rows = [(file.path, f"{file.size:,}", file.sha256) for file in files]
    console.table(("file", "bytes", "sha256"), rows, right=1)


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:g}" if value == int(value) else f"{value:.3g}"


def _short(folder: Path) -> str:
    """The folder as seen from here, when it lies below."""
    return str(folder.relative_to(Path.cwd())) if folder.is_relative_to(Path.cwd()) else str(folder)
