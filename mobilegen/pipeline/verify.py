"""Proves an existing result once more, from its files alone."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator, Sequence

from mobilegen.artifacts import Check
from mobilegen.errors import MobilegenError
from mobilegen.graph.answers import EXPORT_LIMIT, is_onnxruntime
from mobilegen.graph.reference import run_reference
from mobilegen.graph.samples import Sample, read_samples
from mobilegen.pipeline.proof import read_answers, verify_library
from mobilegen.pipeline.result import Result, damaged, file_check
from mobilegen.platforms import catalog as platforms
from mobilegen.run import Run
from mobilegen.runtimes import catalog as runtimes
from mobilegen.verify.numeric import parity

# The same kernels on another processor, and what an export may differ from its source.
REFERENCE_LIMIT = 1e-5
_EXPORT_LIMIT = EXPORT_LIMIT + REFERENCE_LIMIT


def verify_result(
    result: Result, *, abis: Sequence[str] = (), offline: bool = False
) -> Iterator[Check]:
    """Yield every check: files, reference, artifact on the host, and each library.

    Args:
        abis: Libraries to run; all by default.

    Raises:
        UsageError: The result has no library for one of `abis`, or its reference is damaged.
    """
    libraries = result.libraries_for(abis) or result.libraries
    samples = _stored_samples(result)
    limit = result.settings.limit
    yield file_check(result)
    yield from _reference_checks(result, samples)
    yield from _host_checks(result, samples, limit, offline)
    for library in libraries:
        target, bridge = library.target, result.bridge(library.target.platform)
        platform = platforms.get(target.platform)
        yield from platform.check_library(library, bridge)
        yield from verify_library(
            library,
            result.artifact,
            samples,
            platform.executors_of(target.abi),
            reference=result.report.reference,
            bridge=bridge,
            place=platform.name_of(target),
            limit=limit,
            classes=bool(result.labels),
            embedded=result.settings.embed_model,
            offline=offline,
        )


def verify_on_device(result: Result, *, managed: bool) -> tuple[Check, ...]:
    """Run the tests of a generated project on a device; see `Platform.checks_on_device`."""
    platform = platforms.first_with("device_checks", result.settings.platform)
    return platform.checks_on_device(result.folder / platform.name, managed=managed)


def _stored_samples(result: Result) -> tuple[Sample, ...]:
    """Read the reference; it must still have every check image, or less would be proved."""
    try:
        samples = read_samples(result.reference)
        images = [sample.image.name for sample in samples if sample.image]
        wanted = [path.name for path in result.settings.check_images]
        if images != wanted:
            raise ValueError(f"check images {images} instead of {wanted}")
        return samples
    except (OSError, ValueError, zipfile.BadZipFile) as error:
        raise damaged(result.folder, f"{result.reference.name}: {error}") from error


def _reference_checks(result: Result, samples: Sequence[Sample]) -> Iterator[Check]:
    """The stored reference must be what onnxruntime says of the stored graph, today; that of a
    framework as near to it as the export was."""
    outputs = run_reference(result.graph, [sample.inputs for sample in samples])
    reference = result.report.reference
    ours = is_onnxruntime(reference)
    answer = "is onnxruntime's answer" if ours else f"by {reference} equals onnxruntime's answer"
    for index, (sample, seen) in enumerate(zip(samples, outputs, strict=True)):
        yield parity(
            seen,
            sample.outputs,
            limit=REFERENCE_LIMIT if ours else _EXPORT_LIMIT,
            id=f"reference.{index}",
            title=f"stored reference {index} {answer}",
        )


def _host_checks(
    result: Result, samples: Sequence[Sample], limit: float, offline: bool
) -> Iterator[Check]:
    name = f"the {result.artifact.runtime} model on this computer"
    title = f"{name} equals {result.report.reference}"
    runtime = runtimes.get(result.artifact.runtime)
    try:
        answers = read_answers(result.artifact)
        inputs = [sample.inputs for sample in samples]
        outputs = runtime.run_host(result.artifact, inputs, Run(offline=offline))
    except MobilegenError as error:
        yield Check("host.run", title, "fail", detail=str(error))
        return
    for index, (sample, seen) in enumerate(zip(samples, outputs, strict=True)):
        yield parity(
            sample.outputs, seen, limit=limit, id=f"host.parity.{index}", title=f"{title} ({index})"
        )
        yield parity(
            answers.get(index, {}),
            seen,
            limit=REFERENCE_LIMIT,
            id=f"host.same.{index}",
            title=f"{name} answers as when it was built ({index})",
        )
