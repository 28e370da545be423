"""Jars from Maven Central that only tests need, pinned by their content."""

from __future__ import annotations

import json
from pathlib import Path

from mobilegen.system.maven import fetch_maven
from mobilegen.system.pinned import MavenFile

_PINS = Path(__file__).parent / "android" / "pins"


def fetch_pinned(name: str) -> dict[str, Path]:
    """Return the files of one list by their artifact names, from the cache or through Maven."""
    rows = json.loads((_PINS / f"{name}.json").read_text("utf-8"))
    files = [MavenFile(**row) for row in rows]
    paths = fetch_maven(files)
    return {f"{file.group}:{file.artifact}": path for file, path in zip(files, paths, strict=True)}
