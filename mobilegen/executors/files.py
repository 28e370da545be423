"""Files that executors share with the programs they start."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mobilegen.executors import tensors
from mobilegen.executors.base import ExecutionError, Picture, Request

REPORT = "report.txt"
_CLASS = np.dtype([("index", "<i4"), ("probability", "<f4")])


@dataclass(frozen=True)
class Report:
    """What a program wrote into `REPORT`.

    Attributes:
        facts: Counts such as "constructors" and "threads_started".
    """

    load_seconds: float
    predict_seconds: tuple[float, ...]
    facts: dict[str, int]


def model_files(request: Request) -> list[Path]:
    """Return the absolute paths of the model's files in their order; [] for one in the library."""
    if request.embedded:
        return []
    folder = request.artifact.folder
    return [(folder / record.path).resolve() for _, record in request.artifact.files]


def model_folder(request: Request) -> str:
    """Return the folder that the natives load the model from; "" for the one in the library."""
    return "" if request.embedded else str(request.artifact.folder.resolve())


def write_inputs(request: Request, folder: Path) -> None:
    """Write every input as raw little-endian elements to in.<sample>.<index>."""
    for sample, arrays in enumerate(tensors.flat_inputs(request)):
        for index, array in enumerate(arrays):
            (folder / f"in.{sample}.{index}").write_bytes(array.tobytes())


def read_outputs(request: Request, folder: Path) -> tuple[dict[str, NDArray[Any]], ...]:
    """Read out.<sample>.<index> and give the arrays their names and shapes.

    Raises:
        ExecutionError: A file is missing or has another size than the model says.
    """
    specs = [binding.tensor for binding in request.artifact.outputs]
    raw = [
        [_read_array(folder / f"out.{s}.{i}", tensors.layout(spec)) for i, spec in enumerate(specs)]
        for s in range(len(request.samples))
    ]
    return tensors.named_outputs(request, raw)


def write_images(request: Request, folder: Path) -> None:
    """Write every image to image.<sample>: width and height as 32-bit numbers, then the pixels."""
    for sample, pixels in request.images.items():
        height, width = pixels.shape[:2]
        size = np.array([width, height], "<i4").tobytes()
        (folder / f"image.{sample}").write_bytes(size + pixels.tobytes())


def read_pictures(request: Request, folder: Path) -> dict[int, Picture]:
    """Read input.<sample> and, if it was asked for, class.<sample>: index and probability.

    Raises:
        ExecutionError: A file is missing or has another size.
    """
    return {sample: _read_picture(request, folder, sample) for sample in request.images}


def _read_picture(request: Request, folder: Path, sample: int) -> Picture:
    made = _read_array(folder / f"input.{sample}", np.dtype("<f4"))
    if not request.classify:
        return Picture(made)
    (best,) = _read_array(folder / f"class.{sample}", _CLASS)
    return Picture(made, int(best["index"]), float(best["probability"]))


def read_report(folder: Path) -> Report:
    """Read the times and facts of a run.

    Raises:
        ExecutionError: The report is incomplete.
    """
    values: dict[str, list[float]] = {"load_seconds": [], "predict_seconds": []}
    path = folder / REPORT
    for line in path.read_text("utf-8").splitlines() if path.is_file() else ():
        name, _, value = line.partition(" ")
        values.setdefault(name, []).append(float(value))
    load, predict = values.pop("load_seconds"), values.pop("predict_seconds")
    if not load:
        raise ExecutionError("the run ended without a report")
    facts = {name: int(found[0]) for name, found in values.items()}
    return Report(load[0], tuple(predict), facts)


def _read_array(path: Path, dtype: np.dtype[Any]) -> NDArray[Any]:
    if not path.is_file() or path.stat().st_size % dtype.itemsize:
        raise ExecutionError(f"{path.name} was not written")
    return np.fromfile(path, dtype)
