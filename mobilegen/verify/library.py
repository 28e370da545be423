"""Runs a compiled library and states, as checks, that it answers like the source model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from mobilegen.artifacts import Artifact, Check, Graph, Library
from mobilegen.errors import MobilegenError
from mobilegen.executors import catalog as executors
from mobilegen.executors.base import Execution, Request, Unavailable
from mobilegen.graph.samples import read_samples
from mobilegen.images.classes import probabilities
from mobilegen.verify.numeric import parity

Arrays = Mapping[str, NDArray[np.float32]]
PROBABILITY_LIMIT = 1e-3


def verify_library(
    library: Library,
    artifact: Artifact,
    graph: Graph,
    *,
    package: str,
    limit: float,
    classes: bool,
    images: Sequence[str] = (),
    offline: bool = False,
) -> tuple[Check, ...]:
    """Execute the library of one ABI on the reference samples.

    Args:
        limit: Largest allowed max |difference| / max |reference|.
        classes: True for a classifier: its best class and probability are compared too.
        images: Names of the check images, which are the first samples.

    Returns:
        A parity check for each sample and the class checks; one skipped check when this
        computer cannot run the ABI; one failed check when the run failed.
    """
    abi = library.target.abi
    samples = read_samples(graph.samples)
    request = Request(
        library=library.path,
        package=package,
        artifact=artifact,
        threads=1,
        samples=tuple(sample.inputs for sample in samples),
        interface=interface(artifact),
    )
    title = f"the compiled {abi} library answers like the source model"
    try:
        execution = executors.execute(abi, request, offline=offline)
    except Unavailable as reason:
        return (Check(f"{abi}.run", title, "skipped", detail=str(reason)),)
    except MobilegenError as error:
        return (Check(f"{abi}.run", title, "fail", detail=str(error)),)
    references = [sample.outputs for sample in samples]
    return compare(abi, execution, references, limit, images if classes else ())


def interface(artifact: Artifact) -> Literal["jni", "c"]:
    """The way into the library: the Java natives, or the C functions for several tensors."""
    return "jni" if len(artifact.inputs) == len(artifact.outputs) == 1 else "c"


def compare(
    place: str,
    execution: Execution,
    references: Sequence[Arrays],
    limit: float,
    images: Sequence[str],
) -> tuple[Check, ...]:
    """Compare an execution with the reference outputs of the same samples.

    An executor that comes nearer to a phone but was not available is a skipped check: a library
    that ran in a plain process has not yet been loaded by a Java VM.
    """
    checks = []
    for index, (reference, outputs) in enumerate(zip(references, execution.outputs, strict=True)):
        name = images[index] if index < len(images) else f"sample {index}"
        title = f"{place} library run by {execution.executor} equals onnxruntime on {name}"
        checks.append(
            parity(reference, outputs, limit=limit, id=f"{place}.parity.{index}", title=title)
        )
    checks += [
        class_check(f"{place}.class.{index}", name, references[index], execution.outputs[index])
        for index, name in enumerate(images)
    ]
    passed_over = execution.facts.get("passed_over", ())
    checks += [
        Check(f"{place}.executor", f"the {place} library runs as on a phone", "skipped", detail=why)
        for why in passed_over
    ]
    return tuple(checks)


def class_check(id: str, image: str, reference: Arrays, outputs: Arrays) -> Check:
    """State that the best class is the same and its probability within `PROBABILITY_LIMIT`."""
    wanted = probabilities(next(iter(reference.values())))
    seen = probabilities(next(iter(outputs.values())))
    best, other = int(wanted.argmax()), int(seen.argmax())
    difference = abs(float(wanted[best]) - float(seen[best]))
    same = best == other and difference <= PROBABILITY_LIMIT
    return Check(
        id,
        f"{image}: same class and probability as the source model",
        "pass" if same else "fail",
        difference,
        PROBABILITY_LIMIT,
        f"class {other} with {seen[other]:.4f}, source model {best} with {wanted[best]:.4f}",
    )
