"""mobilegen inspect: what a model costs, and what a library's bytes are."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from mobilegen import console
from mobilegen.cli import options
from mobilegen.errors import UsageError
from mobilegen.serialize import to_jsonable

if TYPE_CHECKING:
    from mobilegen.graph.profile import Profile


@options.with_settings("inspect")
def inspect(
    given: Mapping[str, Any],
    model: options.Model = None,
    library: Annotated[
        Path | None,
        typer.Option(
            "--library",
            help="A compiled library, or a build's result: its bytes by part and symbol.",
            show_default=False,
        ),
    ] = None,
    top: Annotated[
        int, typer.Option("--top", min=0, help="How many symbols of a library to show.")
    ] = 20,
    json: options.Json = False,
) -> None:
    """Show parameters, operations and memory of a model by layer, or the bytes of a library."""
    if library is not None:
        if model is not None:
            raise UsageError("MODEL and --library exclude each other")
        _inspect_library(library, top, json)
        return
    from mobilegen.report.costs import print_profile

    profile = measure(model, given)
    if json:
        console.raw_json(to_jsonable(profile))
    else:
        print_profile(profile)


def measure(model: Path | None, given: Mapping[str, Any]) -> Profile:
    """Read a model as a build does, and return its costs."""
    from mobilegen.artifacts import SourceModel
    from mobilegen.cli.places import settings_of
    from mobilegen.frontends import catalog as frontends
    from mobilegen.graph.profiling import profile_graph

    settings, _ = settings_of(model, given)
    framework = settings.framework or frontends.for_file(settings.model)
    source = SourceModel(settings.model, framework, tuple(settings.input_shapes.items()))
    with tempfile.TemporaryDirectory(prefix="mobilegen-") as folder, console.live("reading"):
        return profile_graph(frontends.get(framework).load(source, Path(folder)))


def _inspect_library(path: Path, top: int, json: bool) -> None:
    from mobilegen.native_build.sizes import find_sizes
    from mobilegen.pipeline.result import open_result
    from mobilegen.report.costs import print_sizes

    if path.is_dir():
        result = open_result(path)
        files = {each.target.id: each.path for each in result.libraries}
        if not files:
            raise UsageError(f"{path} has no libraries", hint="mobilegen build --abi arm64-v8a")
    else:
        files = {path.name: path}
    found = {name: find_sizes(file) for name, file in files.items()}
    if json:
        console.raw_json({name: to_jsonable(sizes) for name, sizes in found.items()})
        return
    for name, sizes in found.items():
        print_sizes(name, sizes, top)
