"""What the benchmark program is given and gives back, wherever it runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mobilegen.artifacts import Artifact
from mobilegen.errors import VerificationError
from mobilegen.graph.samples import Sample

Arrays = Mapping[str, NDArray[Any]]


@dataclass(frozen=True)
class Job:
    """One run of the benchmark program.

    Attributes:
        folder: Where the inputs are; the outputs come here too.
        inputs: Files of raw floats in `folder`.
        outputs: Files that the program writes.
    """

    program: Path
    params: Path
    weights: Path
    threads: int
    rounds: int
    folder: Path
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]

    def arguments(self, place: Callable[[Path], str]) -> list[str]:
        """Return the program's arguments.

        Args:
            place: Where a file is for the program.
        """
        arrays = [place(self.folder / name) for name in (*self.inputs, *self.outputs)]
        counts = [str(self.threads), str(self.rounds)]
        return [place(self.params), place(self.weights), *counts, *arrays]


def make_job(
    artifact: Artifact,
    sample: Sample,
    *,
    program: Path,
    threads: int,
    rounds: int,
    folder: Path,
) -> Job:
    """Write the inputs of a sample into a folder."""
    for number, binding in enumerate(artifact.inputs):
        array = np.ascontiguousarray(sample.inputs[binding.tensor.name], "<f4")
        (folder / f"in.{number}").write_bytes(array.tobytes())
    files = dict(artifact.files)
    return Job(
        program=program,
        params=artifact.folder / files["params"].path,
        weights=artifact.folder / files["weights"].path,
        threads=threads,
        rounds=rounds,
        folder=folder,
        inputs=tuple(f"in.{number}" for number in range(len(artifact.inputs))),
        outputs=tuple(f"out.{number}" for number in range(len(artifact.outputs))),
    )


def read_outputs(artifact: Artifact, job: Job) -> dict[str, NDArray[np.float32]]:
    """Return the outputs that the program left, by the source model's names.

    Raises:
        VerificationError: One is missing or has another size.
    """
    arrays = {}
    for name, binding in zip(job.outputs, artifact.outputs, strict=True):
        path = job.folder / name
        values = np.frombuffer(path.read_bytes() if path.is_file() else b"", "<f4")
        try:
            arrays[binding.tensor.name] = values.reshape(binding.tensor.shape)
        except ValueError as error:
            raise VerificationError(
                f"the benchmark program left no usable output {binding.tensor.name!r}",
                seen=[str(error)],
            ) from error
    return arrays
