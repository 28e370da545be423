"""mobilegen schema: JSON schemas of mobilegen.yml, build.json and bench.json."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mobilegen import console


def schema(
    out: Annotated[Path, typer.Option("--out", help="Folder to write to.")] = Path(),
) -> None:
    """Write the JSON schemas of mobilegen.yml, build.json and bench.json, for other tools."""
    from mobilegen.report.schema import write_schemas

    for path in write_schemas(out):
        console.line(f"written: {path}")
