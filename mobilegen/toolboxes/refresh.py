"""Locks the toolboxes' requirements anew: `python -m mobilegen.toolboxes.refresh [NAME ...]`.

From <name>.in it makes <name>.txt: every package with the sha256 of every file, for all systems
and all Python versions of the catalog, with no index address. A `.in` file names the whole
closure itself where it has the line `# closed`: pnnx, for one, declares torch but its converter
does not use it.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path

from mobilegen import console
from mobilegen.errors import MobilegenError
from mobilegen.toolboxes import catalog
from mobilegen.toolboxes.uv import uv

_OPTIONS = (
    "--universal",
    "--generate-hashes",
    "--no-emit-index-url",
    "--no-header",
    "--no-annotate",
    "--upgrade",
)


def refresh(name: str) -> None:
    """Write the locked requirements of one toolbox.

    Raises:
        UsageError: There is no toolbox of that name.
        ProcessError: uv found no set of versions that fits.
    """
    spec = catalog.get(name)
    source = spec.requirements.with_suffix(".in")
    closed = "# closed" in source.read_text(encoding="utf-8").splitlines()
    oldest = min(spec.pythons, key=lambda version: tuple(map(int, version.split("."))))
    depth = ["--no-deps"] if closed else []
    files: list[str | Path] = [source, "--output-file", spec.requirements]
    uv(
        ["pip", "compile", *files, *_OPTIONS, *depth, "--python-version", oldest],
        title=f"locking the requirements of {name}",
        cwd=source.parent,
    )
    console.note(f"{spec.requirements.name} is written")


def main(names: Sequence[str]) -> int:
    """Refresh the named toolboxes, or all; return the exit code."""
    try:
        for name in names or list(catalog.toolboxes()):
            refresh(name)
    except MobilegenError as error:
        console.error(str(error))
        return error.exit_code
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
