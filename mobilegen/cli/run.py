"""mobilegen run: ask the result of a build for an answer."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import typer
from numpy.typing import NDArray

from mobilegen import console
from mobilegen.arrays import read_npz, unfit, write_npz
from mobilegen.artifacts import TensorSpec
from mobilegen.cli import options
from mobilegen.cli.places import open_named
from mobilegen.errors import UsageError
from mobilegen.executors.base import Execution
from mobilegen.images.classes import top_predictions
from mobilegen.images.preprocess import image_to_input, read_image
from mobilegen.pipeline.result import Result

Arrays = Mapping[str, NDArray[Any]]


@options.with_settings("run")
def run(
    given: Mapping[str, Any],
    result: options.Result = None,
    image: Annotated[Path | None, typer.Option("--image", help="A photograph.")] = None,
    input: Annotated[
        Path | None, typer.Option("--input", help=".npz with an array for each model input.")
    ] = None,
    output: Annotated[
        Path | None, typer.Option("--output", help=".npz to write, an array for each output.")
    ] = None,
    abi: Annotated[
        str | None, typer.Option("--abi", help="Run the compiled library of this ABI.")
    ] = None,
    host: Annotated[
        bool, typer.Option("--host", help="Run the model files on this computer (default).")
    ] = False,
    threads: Annotated[int, typer.Option("--threads", min=1, max=64)] = 1,
    top_k: Annotated[int, typer.Option("--top-k", min=1)] = 5,
    json: options.Json = False,
) -> None:
    """Run a result on a photograph or on arrays: its model files, or a compiled library."""
    from mobilegen.pipeline.execute import execute_host, execute_library

    if host and abi:
        raise UsageError("--host and --abi exclude each other")
    offline = options.checked(given).offline
    opened = open_named(result)
    values = _inputs(opened, image, input)
    with console.live("running"):
        if abi:
            execution = execute_library(opened, abi, values, threads=threads, offline=offline)
        else:
            execution = execute_host(opened, values, offline=offline)
    if output:
        write_npz(output, execution.outputs[0])
    _show(opened, execution, image=image, output=output, top_k=top_k, json=json)


def _inputs(result: Result, image: Path | None, arrays: Path | None) -> Arrays:
    if (image is None) == (arrays is None):
        raise UsageError("give either --image or --input", hint="--image photo.jpg")
    if image is not None:
        return _image_input(result, image)
    assert arrays is not None
    return _array_inputs(result, arrays)


def _image_input(result: Result, image: Path) -> Arrays:
    if result.preprocess is None:
        raise UsageError(
            "this model has no preprocessing for images",
            hint="add a preprocess section to mobilegen.yml and build again, or use --input",
        )
    name = result.report.graph_inputs[0].name
    return {name: image_to_input(read_image(image), result.preprocess)}


def _array_inputs(result: Result, path: Path) -> Arrays:
    try:
        arrays = read_npz(path)
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise UsageError(f"{path} is not a readable .npz file", seen=[str(error)]) from error
    wanted = {spec.name: spec for spec in result.report.graph_inputs}
    if set(arrays) != set(wanted):
        raise UsageError(
            f"{path.name} does not have the model's inputs",
            seen=[f"arrays: {', '.join(sorted(arrays))}", f"inputs: {', '.join(sorted(wanted))}"],
            hint="numpy.savez(path, **{input name: array})",
        )
    return {name: _fitting(arrays[name], wanted[name]) for name in wanted}


def _fitting(array: NDArray[Any], spec: TensorSpec) -> NDArray[Any]:
    if array.shape != spec.shape or not np.can_cast(array.dtype, spec.dtype, "same_kind"):
        raise UsageError(
            f"array {spec.name!r} does not fit the input",
            seen=[
                f"array: {array.dtype} {'x'.join(map(str, array.shape))}",
                f"input: {spec.dtype} {'x'.join(map(str, spec.shape))}",
            ],
        )
    if problem := unfit(array, spec.dtype):
        raise UsageError(
            f"array {spec.name!r} has a number that the input cannot take",
            seen=[f"{problem}; the input is of {spec.dtype}"],
            hint="give other numbers",
        )
    # Not ascontiguousarray, which would make a list of one of a scalar.
    return np.asarray(array, dtype=spec.dtype, order="C")


def _show(
    result: Result,
    execution: Execution,
    *,
    image: Path | None,
    output: Path | None,
    top_k: int,
    json: bool,
) -> None:
    outputs = execution.outputs[0]
    milliseconds = execution.predict_seconds[0] * 1e3
    scores = next(iter(outputs.values()))
    # The numbers of a mask or of boxes are no classes.
    is_classifier = bool(result.labels) or scores.size == max(scores.shape, default=1)
    kind = result.artifact.scores
    predictions = (
        top_predictions(scores, result.labels, top_k, kind=kind) if image and is_classifier else ()
    )
    if json:
        classes = [vars(prediction) for prediction in predictions]
        console.raw_json(
            {
                "executor": execution.executor,
                "milliseconds": milliseconds,
                "classes": classes,
                "outputs": {name: list(array.shape) for name, array in outputs.items()},
            }
        )
        return
    for prediction in predictions:
        console.line(f"{prediction.probability:.4f}  {prediction.label}")
    for name, array in outputs.items() if not predictions else ():
        console.line(f"{name}: {'x'.join(map(str, array.shape))}, {_range(array)}")
    if output:
        console.line(f"written: {output}")
    console.line(f"{milliseconds:.0f} ms, {execution.executor}")


def _range(array: NDArray[Any]) -> str:
    return f"min {array.min():.5g}, max {array.max():.5g}"
