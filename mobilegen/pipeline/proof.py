"""Runs a compiled library and states, as checks, that it answers like the source model."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mobilegen.arrays import read_npz
from mobilegen.artifacts import Artifact, Bridge, Check, Library
from mobilegen.errors import MobilegenError, VerificationError
from mobilegen.executors import catalog as executors
from mobilegen.executors.base import Execution, Executor, Picture, Request, Unavailable
from mobilegen.graph.samples import Sample, for_libraries
from mobilegen.images.classes import probabilities
from mobilegen.verify.numeric import parity

Floats = NDArray[np.float32]
Arrays = Mapping[str, NDArray[Any]]
PROBABILITY_LIMIT = 1e-3
# Measured: kernels of other processors round differently by 1e-6 at most in deep networks, with
# weights of any precision.
SAME_RUNTIME_LIMIT = 1e-4
NO_PICTURE = Picture(np.zeros(0, np.float32))


def verify_library(
    library: Library,
    artifact: Artifact,
    samples: Sequence[Sample],
    runners: Sequence[Executor],
    *,
    place: str,
    reference: str,
    bridge: Bridge,
    limit: float,
    classes: bool,
    embedded: bool = False,
    offline: bool = False,
) -> tuple[Check, ...]:
    """Execute the library of one ABI on the most telling samples, images first.

    Args:
        samples: All that there are, with the source model's answers.
        runners: Executors of its target, the preferred one first.
        place: What the target is called in results.
        reference: Who gave those answers.
        bridge: What its platform has added to the C interface.
        limit: Largest allowed max |difference| / max |reference|.
        classes: True for a classifier: its best class and probability are compared too.
        embedded: True: the library has the model inside, and that one is opened.

    Returns:
        Two comparisons for each sample, a pixel check and a class check for each image; one
        skipped check when this computer cannot run the ABI; one failed check when the run failed.
    """
    abi = library.target.abi
    numbers = for_libraries(samples)
    chosen = [samples[number] for number in numbers]
    request = Request(
        library=library.path,
        companions=tuple(each.path for each in library.companions),
        bridge=bridge,
        artifact=artifact,
        threads=1,
        samples=tuple(sample.inputs for sample in chosen),
        interface="jni",
        embedded=embedded,
        images={i: each.image.pixels for i, each in enumerate(chosen) if each.image},
        classify=classes,
    )
    title = f"the compiled {place} library answers like the source model"
    try:
        answers = read_answers(artifact)
        execution = executors.execute(runners, abi, request, offline=offline)
    except Unavailable as reason:
        return (Check(f"{place}.run", title, "skipped", detail=str(reason)),)
    except MobilegenError as error:
        return (Check(f"{place}.run", title, "fail", detail=str(error)),)
    expected = Expected(
        tuple(chosen), tuple(answers.get(number, {}) for number in numbers), reference, limit
    )
    return compare(place, execution, expected, artifact, classes=classes)


@dataclass(frozen=True)
class Expected:
    """What a library is held against.

    Attributes:
        samples: Inputs, and the source model's answers.
        answers: For each sample what the same runtime answered on this computer.
        reference: Who answered for the source model.
        limit: Largest error against the source model.
    """

    samples: tuple[Sample, ...]
    answers: tuple[Arrays, ...]
    reference: str
    limit: float


def read_answers(artifact: Artifact) -> dict[int, dict[str, Any]]:
    """Return what the runtime answered on this computer, by number of the sample.

    Raises:
        VerificationError: The file with it is missing or damaged.
    """
    answers: dict[int, dict[str, Any]] = {}
    try:
        if artifact.answers is None:
            raise ValueError("the artifact has none")
        for key, array in read_npz(artifact.folder / artifact.answers.path).items():
            number, _, name = key.partition("/")
            answers.setdefault(int(number), {})[name] = array
    except (OSError, ValueError, EOFError, zipfile.BadZipFile) as error:
        raise VerificationError(
            "the runtime's answers on this computer cannot be read",
            seen=[str(error)],
            hint="build again",
        ) from error
    return answers


def compare(
    place: str, execution: Execution, expected: Expected, artifact: Artifact, *, classes: bool
) -> tuple[Check, ...]:
    """Compare an execution with two answers to the same samples.

    The same runtime on this computer has the same weights and the same algorithms: what differs
    more than by rounding is a fault of the compiler or of a kernel, also where the precision
    allows a larger distance from the source model.

    An executor that comes nearer to a phone but was not available is a skipped check: a library
    that ran in a plain process has not yet been loaded by a Java VM.
    """
    samples = expected.samples
    checks = [
        check
        for i in range(len(samples))
        for check in _pair(place, execution, expected, artifact.runtime, i)
    ]
    for index, sample in enumerate(samples):
        picture = execution.pictures.get(index, NO_PICTURE)
        checks += _image_checks(f"{place}.{{}}.{index}", sample, picture, artifact, classes)
    passed_over = execution.facts.get("passed_over", ())
    checks += [
        Check(f"{place}.executor", f"the {place} library runs as on a phone", "skipped", detail=why)
        for why in passed_over
    ]
    return tuple(checks)


def _pair(
    place: str, execution: Execution, expected: Expected, runtime: str, index: int
) -> Iterator[Check]:
    sample, outputs = expected.samples[index], execution.outputs[index]
    name = sample.image.name if sample.image else f"sample {index}"
    library = f"{place} library run by {execution.executor}"
    yield parity(
        expected.answers[index],
        outputs,
        limit=min(SAME_RUNTIME_LIMIT, expected.limit),
        id=f"{place}.same.{index}",
        title=f"{library} equals {runtime} on this computer on {name}",
    )
    yield parity(
        sample.outputs,
        outputs,
        limit=expected.limit,
        id=f"{place}.parity.{index}",
        title=f"{library} equals {expected.reference} on {name}",
    )


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
