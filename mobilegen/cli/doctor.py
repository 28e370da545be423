"""mobilegen doctor: what this computer has for building and proving."""

from __future__ import annotations

import platform
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import mobilegen
from mobilegen import console
from mobilegen.cli import options

_PACKAGES = (
    "uv", "scons", "cmake", "ninja", "ziglang", "onnx", "onnxruntime", "onnxsim", "lief",
)  # fmt: skip
_LITTLE_SPACE = 2 << 30


@dataclass(frozen=True)
class Finding:
    """One thing that a build or a proof uses."""

    subject: str
    state: str
    detail: str


@options.with_settings("doctor")
def doctor(given: Mapping[str, Any], json: options.Json = False) -> None:
    """Show what is there, what is not, and what that means for a build."""
    findings = list(examine(given["android"]["ndk"]))
    if json:
        console.raw_json([vars(finding) for finding in findings])
        return
    rows = [(finding.state, finding.subject, finding.detail) for finding in findings]
    console.table(("state", "what", "detail"), rows)


def examine(ndk: Path | None = None) -> Iterator[Finding]:
    """Yield every finding.

    Args:
        ndk: A folder to look at instead of those that the environment names.
    """
    yield Finding("mobilegen", "ok", mobilegen.__version__)
    yield Finding("Python", "ok", f"{platform.python_version()} at {sys.executable}")
    for name in _PACKAGES:
        yield _package(name)
    yield from _ndks(ndk)
    yield _jdk()
    yield from _toolboxes()
    yield from _cache()
    yield from _offline()


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
        state = "ok" if made else "later"
        yield Finding(f"toolbox {spec.name}", state, f"{spec.purpose}: {detail}")


def _ndks(ndk: Path | None) -> Iterator[Finding]:
    from mobilegen.toolchains.ndk import candidates

    found = candidates(ndk)
    for candidate in found:
        state = "rejected" if candidate.problem else "ok"
        detail = candidate.describe() + (f": {candidate.version}" if state == "ok" else "")
        yield Finding("Android NDK", state, detail)
    if not any(not candidate.problem for candidate in found):
        yield Finding("Android NDK", "none", "not needed: the embedded toolchain is used")


def _jdk() -> Finding:
    from mobilegen.executors.jdk import MIN_VERSION, find_jdk

    jdk = find_jdk()
    if jdk:
        return Finding("JDK", "ok", str(jdk))
    detail = f"x86_64 libraries are proved without Java then; install a JDK {MIN_VERSION} or newer"
    return Finding("JDK", "missing", detail)


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
    total = f"{format_bytes(sum(sizes.values()))} in {folder} (MOBILEGEN_CACHE moves it)"
    yield Finding("cache", "ok", total)
    for name, size in sizes.items():
        yield Finding(f"cache: {name}", "ok", format_bytes(size))
    for path in sorted(folder.glob("objects/*/")):
        objects = sum(1 for suffix in ("o", "obj") for _ in path.rglob(f"*.{suffix}"))
        yield Finding(
            "object set", "ok", f"{path.name}: {objects} objects, {format_bytes(disk_usage(path))}"
        )


def _nearest_existing(folder: Path) -> Path:
    return next(path for path in (folder, *folder.absolute().parents) if path.exists())


def _offline() -> Iterator[Finding]:
    """Yield for each runtime whether its builds need the network."""
    from mobilegen.native_build.package import package_folder
    from mobilegen.runtimes import catalog as runtimes
    from mobilegen.toolboxes import catalog as toolboxes
    from mobilegen.toolboxes.create import existing

    emulator = existing(toolboxes.get("emulator"))
    for runtime in map(runtimes.get, runtimes.names()):
        package = runtime.engine_package()
        absent = [] if all(map(existing, runtime.toolboxes)) else ["its converter"]
        if package and not package_folder(package).is_dir():
            absent.append("its source")
        absent += [] if emulator else ["the ARM emulator"]
        state = "later" if absent else "ok"
        detail = f"missing: {', '.join(absent)}; mobilegen setup" if absent else "ready"
        yield Finding(f"offline builds with {runtime.name}", state, detail)
