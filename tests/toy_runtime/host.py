"""Runs toy models on this computer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from numpy.typing import NDArray

from mobilegen.artifacts import Artifact
from mobilegen.run import Run
from toy_runtime.model_file import read

Arrays = Mapping[str, NDArray[Any]]


def execute(artifact: Artifact, calls: Sequence[Arrays], run: Run) -> list[dict[str, NDArray[Any]]]:
    """Run an artifact; see `mobilegen.runtimes.base.Runtime.execute`."""
    (_, file) = artifact.files[0]
    model = read((artifact.folder / file.path).read_bytes())
    return [{"y": model.run(call["x"])} for call in calls]
