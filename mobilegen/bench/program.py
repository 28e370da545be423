"""The program that times a model."""

from __future__ import annotations

from pathlib import Path

from mobilegen.artifacts import Artifact, Bridge, Preprocess
from mobilegen.native_build.header import Contents
from mobilegen.native_build.library import BENCHMARK, build_benchmark
from mobilegen.native_build.request import LibraryRequest
from mobilegen.runtimes import catalog as runtimes
from mobilegen.toolchains.static import static_target, static_toolchain


def benchmark_program(
    artifact: Artifact,
    preprocess: Preprocess | None,
    abi: str,
    *,
    work_dir: Path,
    jobs: int,
    offline: bool = False,
) -> Path:
    """Build the benchmark program of a model in a folder and return its path.

    It is static: it runs under any Linux kernel of the ABI's processors, a phone's included.

    Args:
        preprocess: How images become the model's input, to be timed too.
        jobs: How many compilers may run at the same time.
        offline: Never use the network.

    Raises:
        ToolchainError: There is no such ABI, or no compiler.
        NativeBuildError: The program could not be compiled.
        DownloadError: The runtime's source cannot be had.
    """
    request = LibraryRequest(
        artifact=artifact,
        plan=runtimes.get(artifact.runtime).plan_native(artifact),
        target=static_target(abi),
        toolchain=static_toolchain(abi),
        name=BENCHMARK,
        bridge=Bridge(),
        contents=Contents(preprocess=preprocess),
        jobs=jobs,
        offline=offline,
    )
    return build_benchmark(request, work_dir)
