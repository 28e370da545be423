"""Finds a Java development kit that really runs."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from mobilegen.errors import ProcessError
from mobilegen.system import process

MIN_VERSION = 11
_TIMEOUT_SECONDS = 30.0
_VERSION = re.compile(r'version "(\d+)')
# The first ones make every Java VM take further options, and print that it did. In the C locale
# a VM can neither open nor write a file whose name has letters beyond ASCII.
CLEAN = {
    "JAVA_TOOL_OPTIONS": "",
    "_JAVA_OPTIONS": "",
    "JDK_JAVA_OPTIONS": "",
    "CLASSPATH": "",
    "LC_ALL": "C.UTF-8",
}


@dataclass(frozen=True)
class Jdk:
    """A Java VM with its compiler."""

    home: Path
    version: int

    def __str__(self) -> str:
        return f"JDK {self.version} at {self.home}"

    @property
    def java(self) -> Path:
        """The Java VM."""
        return _program(self.home, "java")

    @property
    def javac(self) -> Path:
        """The compiler."""
        return _program(self.home, "javac")


def find_jdk() -> Jdk | None:
    """Return the first JDK of version 11 or newer: JAVA_HOME, then PATH."""
    for home in _homes():
        version = _version(home)
        if version is not None and version >= MIN_VERSION:
            return Jdk(home, version)
    return None


def installed() -> list[tuple[str, int, int]]:
    """Return folder, size and time in nanoseconds of each Java VM that `find_jdk` looks at."""
    found = [(home, _program(home, "java")) for home in _homes()]
    stats = [(str(home), java.stat()) for home, java in found if java.is_file()]
    return [(home, stat.st_size, stat.st_mtime_ns) for home, stat in stats]


def _homes() -> Iterator[Path]:
    if named := os.environ.get("JAVA_HOME"):
        yield Path(named)
    if found := shutil.which("javac"):
        yield Path(found).resolve().parent.parent


def _program(home: Path, name: str) -> Path:
    return home / "bin" / (f"{name}.exe" if os.name == "nt" else name)


def _version(home: Path) -> int | None:
    """Return the major version, or None when one of the two programs is missing or broken."""
    if not (_program(home, "javac").is_file() and _program(home, "java").is_file()):
        return None
    try:
        done = process.run(
            [_program(home, "java"), "-version"],
            title="asking Java for its version",
            timeout=_TIMEOUT_SECONDS,
            env=CLEAN,
        )
    except ProcessError:
        return None
    match = _VERSION.search(done.stderr + done.stdout)
    return int(match.group(1)) if match else None
