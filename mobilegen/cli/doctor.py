"""mobilegen doctor: what this computer has for building and proving."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, version

import mobilegen
from mobilegen import console
from mobilegen.cli import options
from mobilegen.executors.jdk import find_jdk
from mobilegen.system.files import cache_dir
from mobilegen.toolboxes import catalog as toolboxes
from mobilegen.toolboxes.create import _existing
from mobilegen.toolchains.ndk import candidates

_PACKAGES = ("uv", "scons", "cmake", "ninja", "ziglang", "onnx", "onnxruntime", "onnxsim")


@dataclass(frozen=True)
class Finding:
    """One thing that a build or a proof uses."""

    subject: str
    state: str
    detail: str


def doctor(json: options.Json = False) -> None:
    """Show what is there, what is not, and what that means for a build."""
    findings = list(examine())
    if json:
        console.raw_json([vars(finding) for finding in findings])
        return
    rows = [(finding.state, finding.subject, finding.detail) for finding in findings]
    console.table(("state", "what", "detail"), rows)


def examine() -> Iterator[Finding]:
    """Yield every finding."""
    yield Finding("mobilegen", "ok", mobilegen.__version__)
    yield Finding("Python", "ok", f"{platform.python_version()} at {sys.executable}")
    for name in _PACKAGES:
        yield _package(name)
    yield Finding("cache", "ok", f"{cache_dir()} (MOBILEGEN_CACHE moves it)")
    for spec in toolboxes.TOOLBOXES.values():
        made = _existing(spec)
        detail = str(made.root) if made else f"{spec.megabytes} MB, made on first use"
        yield Finding(
            f"toolbox {spec.name}", "ok" if made else "later", f"{spec.purpose}: {detail}"
        )
    yield from _ndks()
    yield _jdk()


def _package(name: str) -> Finding:
    try:
        return Finding(name, "ok", version(name))
    except PackageNotFoundError:
        return Finding(name, "missing", "reinstall mobilegen")


def _ndks() -> Iterator[Finding]:
    found = candidates(None)
    for candidate in found:
        state = "ok" if not candidate.problem else "rejected"
        yield Finding(
            "Android NDK", state, f"{candidate.path}: {candidate.problem or candidate.version}"
        )
    if not found:
        yield Finding("Android NDK", "none", "not needed: the embedded toolchain is used")


def _jdk() -> Finding:
    jdk = find_jdk()
    if jdk:
        return Finding("JDK", "ok", str(jdk))
    return Finding("JDK", "missing", "x86_64 libraries cannot be proved; install a JDK 11 or newer")
