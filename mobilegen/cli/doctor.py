"""mobilegen doctor: what this computer has for building and proving."""

from __future__ import annotations

import platform
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Annotated, Any

import typer

import mobilegen
from mobilegen import console
from mobilegen.cli import options
from mobilegen.config.model import Settings
from mobilegen.platforms import catalog as platforms
from mobilegen.platforms.finding import Finding, State

_PACKAGES = (
    "uv", "scons", "cmake", "ninja", "ziglang", "onnx", "onnxruntime", "onnxsim", "lief",
)  # fmt: skip
_LITTLE_SPACE = 2 << 30
_STYLES = {"ok": "green", "missing": "bold yellow", "low": "bold yellow", "rejected": "yellow"}


@options.with_settings("doctor")
def doctor(
    given: Mapping[str, Any],
    strict: Annotated[
        bool, typer.Option("--strict", help="Exit with 1 when something is missing.")
    ] = False,
    json: options.Json = False,
) -> None:
    """Show what is there, what is not, and what that means for a build."""
    findings = list(examine(options.checked(given)))
    problems = [finding for finding in findings if finding.is_problem]
    if json:
        console.raw_json([vars(finding) for finding in findings])
    else:
        rows = [(finding.state, finding.subject, finding.detail) for finding in findings]
        console.table(("state", "what", "detail"), rows, styles=_STYLES)
        console.line()
        _print_verdict(problems)
    if strict and problems:
        raise typer.Exit(1)


def _print_verdict(problems: Sequence[Finding]) -> None:
    if not problems:
        console.line("ready: builds and proofs have all that they need", style="bold green")
    for problem in problems:
        console.line(f"{problem.state}: {problem.subject}: {problem.detail}", style="bold yellow")


def examine(settings: Settings) -> Iterator[Finding]:
    """Yield every finding: of mobilegen, of each platform, of the cache."""
    yield Finding("mobilegen", "ok", mobilegen.__version__)
    yield Finding("Python", "ok", f"{platform.python_version()} at {sys.executable}")
    for name in _PACKAGES:
        yield _package(name)
    for name in settings.platforms:
        yield from platforms.get(name).examine_tools(settings.section(name))
    yield from _toolboxes()
    yield from _cache()
    yield from _offline(settings)


def _package(name: str) -> Finding:
    try:
        return Finding(name, "ok", version(name))
    except PackageNotFoundError:
        return Finding(name, "missing", "reinstall mobilegen")


def _toolboxes() -> Iterator[Finding]:
    from mobilegen.toolboxes import catalog
    from mobilegen.toolboxes.create import existing

    for spec in catalog.toolboxes().values():
        made = existing(spec)
        detail = str(made.root) if made else f"{spec.megabytes} MB, made on first use"
        state: State = "ok" if made else "later"
        yield Finding(f"toolbox {spec.name}", state, f"{spec.purpose}: {detail}")


def _cache() -> Iterator[Finding]:
    from mobilegen.report.text import format_bytes
    from mobilegen.system.files import cache_dir, disk_usage

    folder = cache_dir()
    parts = sorted(path for path in folder.glob("*/") if path.is_dir())
    sizes = {path.name: disk_usage(path) for path in parts}
    free = shutil.disk_usage(_nearest_existing(folder)).free
    yield Finding(
        "free disk", "ok" if free >= _LITTLE_SPACE else "low", f"{format_bytes(free)} for {folder}"
    )
    total = format_bytes(sum(sizes.values()))
    detail = f"{total} in {folder}; mobilegen cache list, and MOBILEGEN_CACHE moves it"
    yield Finding("cache", "ok", detail)


def _nearest_existing(folder: Path) -> Path:
    return next(path for path in (folder, *folder.absolute().parents) if path.exists())


def _offline(settings: Settings) -> Iterator[Finding]:
    """Yield for each runtime whether its builds need the network."""
    from mobilegen.frontends import catalog as frontends
    from mobilegen.native_build.package import package_folder
    from mobilegen.runtimes import catalog as runtimes
    from mobilegen.toolboxes.create import existing

    shared = list(frontends.toolboxes())
    for name in settings.platform:
        shared += platforms.get(name).toolbox_specs()
    lacking = [f"the toolbox {spec.name}" for spec in shared if not existing(spec)]
    for runtime in map(runtimes.get, runtimes.names()):
        package = runtime.engine_package()
        absent = [] if all(map(existing, runtime.toolboxes)) else ["its converter"]
        if package and not package_folder(package).is_dir():
            absent.append("its source")
        absent += lacking
        state: State = "later" if absent else "ok"
        detail = f"missing: {', '.join(absent)}; mobilegen setup" if absent else "ready"
        yield Finding(f"offline builds with {runtime.name}", state, detail)
