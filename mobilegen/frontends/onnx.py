"""The frontend for .onnx files."""

from __future__ import annotations

from mmap import ACCESS_READ, mmap
from pathlib import Path
from typing import TYPE_CHECKING

from mobilegen.artifacts import Graph, SourceModel
from mobilegen.errors import ModelError
from mobilegen.frontends.base import Frontend
from mobilegen.run import Run

if TYPE_CHECKING:
    from mobilegen.graph.samples import SampleSource

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
    """Return the files of the model's external data that exist inside its folder, sorted.

    Raises:
        ModelError: The model or its data is too large; one that is missing or damaged has none.
    """
    from mobilegen.graph.load import require_readable

    if not path.is_file():
        return ()
    require_readable(path)
    if not _mentions(path, _EXTERNAL_KEY):
        return ()
    from mobilegen.graph.external import external_files, require_small
    from mobilegen.graph.load import read_model

    try:
        model = read_model(path)
        files = external_files(model, path.parent)
    except ModelError:
        return ()
    require_small(model, files)
    return files


def _mentions(path: Path, word: bytes) -> bool:
    """True when a file has the word in it, found without holding the whole file in memory."""
    if not path.stat().st_size:
        return False
    with path.open("rb") as stream, mmap(stream.fileno(), 0, access=ACCESS_READ) as data:
        return data.find(word) >= 0
