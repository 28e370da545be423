"""Runs a compiled library and states, as checks, that it answers like the source model."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from mobilegen.artifacts import Artifact, Check, Graph, Library
from mobilegen.errors import MobilegenError
from mobilegen.executors import catalog as executors
from mobilegen.executors.base import Execution, Picture, Request, Unavailable
from mobilegen.graph.samples import Sample, for_libraries, read_samples
from mobilegen.images.classes import probabilities
from mobilegen.verify.numeric import parity

Floats = NDArray[np.float32]
PROBABILITY_LIMIT = 1e-3
NO_PICTURE = Picture(np.zeros(0, np.float32))


def verify_library(
    library: Library,
    artifact: Artifact,
    graph: Graph,
    *,
    package: str,
    limit: float,
    classes: bool,
    embedded: bool = False,
    offline: bool = False,
) -> tuple[Check, ...]:
    """Execute the library of one ABI on the most telling samples, images first.

    Args:
        limit: Largest allowed max |difference| / max |reference|.
        classes: True for a classifier: its best class and probability are compared too.
        embedded: True: the library has the model inside, and that one is opened.

    Returns:
        A parity check for each sample, a pixel check and a class check for each image; one
        skipped check when this computer cannot run the ABI; one failed check when the run failed.
    """
    abi = library.target.abi
    whole = read_samples(graph.samples)
    samples = [whole[index] for index in for_libraries(whole)]
    request = Request(
        library=library.path,
        package=package,
        artifact=artifact,
        threads=1,
        samples=tuple(sample.inputs for sample in samples),
        interface=interface(artifact),
        embedded=embedded,
        images={i: each.image.pixels for i, each in enumerate(samples) if each.image},
        classify=classes,
    )
    title = f"the compiled {abi} library answers like the source model"
    try:
        execution = executors.execute(abi, request, offline=offline)
    except Unavailable as reason:
        return (Check(f"{abi}.run", title, "skipped", detail=str(reason)),)
    except MobilegenError as error:
        return (Check(f"{abi}.run", title, "fail", detail=str(error)),)
    return compare(abi, execution, samples, artifact, limit, classes=classes)


def interface(artifact: Artifact) -> Literal["jni", "c"]:
    """The way into the library: the Java natives, or the C functions for several tensors."""
    return "jni" if len(artifact.inputs) == len(artifact.outputs) == 1 else "c"


def compare(
    place: str,
    execution: Execution,
    samples: Sequence[Sample],
    artifact: Artifact,
    limit: float,
    *,
    classes: bool,
) -> tuple[Check, ...]:
    """Compare an execution with the reference's answers to the same samples.

    An executor that comes nearer to a phone but was not available is a skipped check: a library
    that ran in a plain process has not yet been loaded by a Java VM.
    """
    checks = []
    for index, (sample, outputs) in enumerate(zip(samples, execution.outputs, strict=True)):
        name = sample.image.name if sample.image else f"sample {index}"
        title = f"{place} library run by {execution.executor} equals onnxruntime on {name}"
        checks.append(
            parity(sample.outputs, outputs, limit=limit, id=f"{place}.parity.{index}", title=title)
        )
    for index, sample in enumerate(samples):
        picture = execution.pictures.get(index, NO_PICTURE)
        checks += _image_checks(f"{place}.{{}}.{index}", sample, picture, artifact, classes)
    passed_over = execution.facts.get("passed_over", ())
    checks += [
        Check(f"{place}.executor", f"the {place} library runs as on a phone", "skipped", detail=why)
        for why in passed_over
    ]
    return tuple(checks)


def _image_checks(
    id: str, sample: Sample, picture: Picture, artifact: Artifact, classes: bool
) -> Iterator[Check]:
    """Yield the checks of a sample that was made from an image; `id` has a place for the kind."""
    if sample.image:
        wanted = sample.inputs[artifact.inputs[0].tensor.name]
        yield pixel_check(id.format("pixels"), sample.image.name, wanted, picture.input)
    if sample.image and classes:
        scores = sample.outputs[artifact.outputs[0].tensor.name]
        chances = probabilities(scores, artifact.scores)
        yield class_check(id.format("class"), sample.image.name, chances, picture)


def pixel_check(id: str, image: str, wanted: Floats, made: Floats) -> Check:
    """State that the library makes the same input of an image as Python, to the last bit."""
    title = f"{image}: the compiled preprocessing gives the same input, bit by bit"
    ours, theirs = (np.ascontiguousarray(array, "<f4").ravel() for array in (wanted, made))
    if ours.size != theirs.size:
        return Check(id, title, "fail", None, 0, f"{theirs.size} numbers instead of {ours.size}")
    count = int(np.count_nonzero(ours.view("<u4") != theirs.view("<u4")))
    if not count:
        return Check(id, title, "pass", 0, 0)
    largest = float(np.abs(ours.astype(np.float64) - theirs).max())
    detail = f"of {ours.size} numbers; largest difference {largest:.3g}"
    return Check(id, title, "fail", count, 0, detail)


def class_check(id: str, image: str, wanted: NDArray[np.float64], picture: Picture) -> Check:
    """State that the best class is the same and its probability within `PROBABILITY_LIMIT`."""
    best, seen = int(wanted.argmax()), picture.probability
    difference = abs(float(wanted[best]) - seen)
    same = best == picture.best and difference <= PROBABILITY_LIMIT
    return Check(
        id,
        f"{image}: the library names the same class with the same probability",
        "pass" if same else "fail",
        difference,
        PROBABILITY_LIMIT,
        f"class {picture.best} with {seen:.4f}, source model {best} with {wanted[best]:.4f}",
    )
