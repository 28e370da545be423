"""mobilegen init: a commented mobilegen.yml for a model."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from mobilegen import console
from mobilegen.errors import ModelError, UsageError


def init(
    model: Annotated[Path, typer.Argument(help="A model file.", show_default=False)],
    force: Annotated[
        bool, typer.Option("--force", help="Replace a mobilegen.yml that is there already.")
    ] = False,
) -> None:
    """Write a mobilegen.yml beside a model: every setting, explained, filled in where known."""
    from mobilegen.cli.starter import describe_model, render_starter
    from mobilegen.config.load import CONFIG_NAME
    from mobilegen.platforms.settings import settings_type
    from mobilegen.system.files import write_text

    if not model.is_file():
        problem = "is not a file" if model.exists() else "does not exist"
        raise ModelError(f"{model} {problem}", hint="name the model, an .onnx file")
    path = model.parent / CONFIG_NAME
    if path.exists() and not force:
        raise UsageError(f"{path} exists already", hint="edit it, or replace it with --force")
    facts = describe_model(model)
    write_text(path, render_starter(settings_type(), facts))
    console.line(f"written: {path}")
    for note in facts.notes:
        console.line(console.printable(note))
