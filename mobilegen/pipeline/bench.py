"""Times the model of a result and keeps the times beside its reports."""

from __future__ import annotations

import tempfile
from contextlib import ExitStack
from pathlib import Path

from pydantic import ValidationError

import mobilegen
from mobilegen.artifacts import Check
from mobilegen.bench import host
from mobilegen.bench.answer import Answer, by_operator, join_layers, parse_answer
from mobilegen.bench.job import Arrays, make_job, read_outputs
from mobilegen.bench.program import benchmark_program
from mobilegen.bench.result import Benchmark
from mobilegen.bench.stand import Stand
from mobilegen.errors import UsageError
from mobilegen.graph.samples import Sample, read_samples
from mobilegen.pipeline import build
from mobilegen.pipeline.page import BENCHMARK, PAGE, fits, read_benchmark, render_page
from mobilegen.pipeline.plan import STATE_FOLDER
from mobilegen.pipeline.result import Result, file_check, open_result
from mobilegen.platforms import catalog as platforms
from mobilegen.runtimes import catalog as runtimes
from mobilegen.serialize import dump_json
from mobilegen.system import files
from mobilegen.system.files import telling_os_errors, write_text
from mobilegen.toolchains.static import static_toolchain
from mobilegen.verify.judge import refuse_failures
from mobilegen.verify.numeric import parity


def host_stand(abi: str | None) -> Stand:
    """Return this computer.

    Args:
        abi: Which of the processor's instruction sets; None: its best one.

    Raises:
        UsageError: This computer cannot time it.
    """
    return Stand(host.host_abi(abi), host.host_place(), host.time_on_host)


def device_stand(result: Result, abi: str | None, serial: str | None) -> Stand:
    """Return a connected device, of a platform of the result where one knows devices.

    Args:
        abi: Which of the device's instruction sets; None: its best one.
        serial: Which device; None: the only one.

    Raises:
        UsageError: No platform knows devices.
        DeviceError: There is no device, or it does not run the ABI.
    """
    return platforms.first_with("bench", result.settings.platform).device_stand(abi, serial)


def bench(
    result: Result, stand: Stand, *, threads: int, rounds: int, jobs: int, offline: bool = False
) -> Benchmark:
    """Time a result's model and each of its layers.

    Args:
        rounds: How often everything is timed.
        jobs: How many compilers may run at the same time.
        offline: Never use the network.

    Raises:
        VerificationError: A file of the result was changed, the program failed, or its answer is
            not the source model's.
        DeviceError: The phone cannot do it.
    """
    refuse_failures([file_check(result)], hint="build it again")
    artifact = result.artifact
    sample = read_samples(result.reference)[0]
    with tempfile.TemporaryDirectory(prefix="mobilegen-") as scratch:
        folder = Path(scratch)
        program = benchmark_program(
            artifact, result.preprocess, stand.abi, work_dir=folder, jobs=jobs, offline=offline
        )
        job = make_job(
            artifact, sample, program=program, threads=threads, rounds=rounds, folder=folder
        )
        answer = parse_answer(stand.run(job))
        check = _parity(result, sample, read_outputs(artifact, job))
    refuse_failures([check], hint="build it again")
    return _benchmark(result, stand, answer, check)


def _parity(result: Result, sample: Sample, outputs: Arrays) -> Check:
    return parity(
        sample.outputs,
        outputs,
        limit=result.settings.limit,
        id="bench.parity",
        title="the program that was timed answers like the source model",
    )


def _benchmark(result: Result, stand: Stand, answer: Answer, check: Check) -> Benchmark:
    artifact = result.artifact
    costs = runtimes.get(artifact.runtime).layer_costs(artifact, answer.shapes)
    layers = join_layers(answer, costs)
    return Benchmark(
        mobilegen=mobilegen.__version__,
        runtime=f"{artifact.runtime} {artifact.runtime_version}",
        compiler=static_toolchain(stand.abi).version,
        files=tuple(
            files.record(artifact.folder / file.path, result.folder) for _, file in artifact.files
        ),
        place=stand.place,
        abi=stand.abi,
        threads=answer.threads,
        rounds=answer.rounds,
        open_milliseconds=answer.open,
        predict=answer.predict,
        by_layer=answer.by_layer,
        layers_milliseconds=sum(layer.milliseconds.min for layer in layers),
        macs=sum(layer.macs or 0 for layer in layers),
        layers=layers,
        operators=by_operator(layers),
        parity=check,
        preprocess=answer.preprocess,
        image=answer.image,
    )


def record(result: Result, benchmark: Benchmark) -> bool:
    """Write bench.json beside the result's reports, and report.html anew with the times.

    Returns:
        False when report.html was left as it is: what else it shows is not kept in this copy of
        the result.

    Raises:
        BusyError: A build is at work in the folder.
        UsageError: The folder has been built again meanwhile, or has a bench.json of other origin.
    """
    folder, state = result.folder, result.folder / STATE_FOLDER
    with telling_os_errors(f"{folder} cannot be written"), ExitStack() as stack:
        is_complete = (state / "work").is_dir()
        if is_complete:
            stack.enter_context(build.lock(folder, state))
        _refuse_foreign(folder)
        _refuse_other(result, benchmark)
        page = _page(result, state / "work", benchmark) if is_complete else None
        dump_json(benchmark, folder / BENCHMARK)
        if page is not None:
            write_text(folder / PAGE, page)
    return page is not None


def _page(result: Result, work: Path, benchmark: Benchmark) -> str | None:
    """Return report.html; None when the stages' folders are damaged or of another version."""
    try:
        return render_page(result.report, work, benchmark)
    except (OSError, ValidationError):
        return None


def _refuse_foreign(folder: Path) -> None:
    if (folder / BENCHMARK).exists() and read_benchmark(folder) is None:
        raise UsageError(
            f"{folder / BENCHMARK} is not from mobilegen bench, or from another version",
            hint="move it away, or name a file with --out",
        )


def _refuse_other(result: Result, benchmark: Benchmark) -> None:
    if not fits(benchmark, open_result(result.folder).report):
        raise UsageError("the model was built again meanwhile", hint="run mobilegen bench again")
