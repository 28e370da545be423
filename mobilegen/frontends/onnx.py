"""The frontend for .onnx files."""

from __future__ import annotations

from pathlib import Path

from mobilegen.artifacts import Graph, SourceModel
from mobilegen.errors import ModelError
from mobilegen.frontends.base import Frontend, SampleSource
from mobilegen.run import Run

FRONTEND = Frontend(
    name="onnx",
    title="ONNX",
    suffixes=(".onnx",),
    loader="mobilegen.frontends.onnx:load",
    lister="mobilegen.frontends.onnx:companions",
)

# Every external tensor carries this key as text; a file without it needs no parsing.
_EXTERNAL_KEY = b"location"


def load(
    source: SourceModel, work_dir: Path, run: Run, *, samples: SampleSource | None = None
) -> Graph:
    """Do what `Frontend.load` says, for an ONNX model."""
    from mobilegen.graph.build import build_graph

    return build_graph(
        source.path,
        work_dir,
        input_shapes=source.input_shapes,
        sample_source=samples,
        timeout=run.timeout,
    )


def companions(path: Path) -> tuple[Path, ...]:
    """Return the files of the model's external data that exist inside its folder, sorted."""
    if not path.is_file() or _EXTERNAL_KEY not in path.read_bytes():
        return ()
    from mobilegen.graph.external import external_files
    from mobilegen.graph.load import read_model

    try:
        return external_files(read_model(path), path.parent)
    except ModelError:
        return ()
