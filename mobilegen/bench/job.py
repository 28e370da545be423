"""What the benchmark program is given and gives back, wherever it runs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mobilegen.artifacts import Artifact, TensorSpec
from mobilegen.errors import VerificationError
from mobilegen.graph.samples import Sample

Arrays = Mapping[str, NDArray[Any]]


@dataclass(frozen=True)
class Job:
    """One run of the benchmark program.

    Attributes:
        folder: Where the inputs are; the outputs come here too.
        model: The model's files in their order.
        inputs: Files of raw elements in `folder`.
        outputs: Files that the program writes.
    """

    program: Path
    model: tuple[Path, ...]
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
        return [*map(place, self.model), *counts, *arrays]


def _layout(tensor: TensorSpec) -> np.dtype[Any]:
    dtype: np.dtype[Any] = np.dtype(tensor.dtype).newbyteorder("<")
    return dtype


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
        tensor = binding.tensor
        array = np.ascontiguousarray(sample.inputs[tensor.name], _layout(tensor))
        (folder / f"in.{number}").write_bytes(array.tobytes())
    return Job(
        program=program,
        model=tuple(artifact.folder / record.path for _, record in artifact.files),
        threads=threads,
        rounds=rounds,
        folder=folder,
        inputs=tuple(f"in.{number}" for number in range(len(artifact.inputs))),
        outputs=tuple(f"out.{number}" for number in range(len(artifact.outputs))),
    )


def read_outputs(artifact: Artifact, job: Job) -> dict[str, NDArray[Any]]:
    """Return the outputs that the program left, by the source model's names.

    Raises:
        VerificationError: One is missing or has another size.
    """
    arrays = {}
    for name, binding in zip(job.outputs, artifact.outputs, strict=True):
        path = job.folder / name
        data = path.read_bytes() if path.is_file() else b""
        try:
            values = np.frombuffer(data, _layout(binding.tensor))
            arrays[binding.tensor.name] = values.reshape(binding.tensor.shape)
        except ValueError as error:
            raise VerificationError(
                f"the benchmark program left no usable output {binding.tensor.name!r}",
                seen=[str(error)],
            ) from error
    return arrays
