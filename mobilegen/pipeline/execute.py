"""Runs a result once: its model files on this computer, or a compiled library."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any

from numpy.typing import NDArray

from mobilegen.errors import ToolchainError
from mobilegen.executors import catalog as executors
from mobilegen.executors.base import Execution, Request, Unavailable
from mobilegen.pipeline.result import Result, refuse_changed
from mobilegen.platforms import catalog as platforms
from mobilegen.run import Run
from mobilegen.runtimes import catalog as runtimes

Arrays = Mapping[str, NDArray[Any]]


def execute_host(result: Result, inputs: Arrays, *, offline: bool = False) -> Execution:
    """Run the model files with the runtime's own build for this computer.

    Raises:
        VerificationError: They are not as the build left them.
    """
    refuse_changed(result)
    runtime = runtimes.get(result.artifact.runtime)
    title = f"{result.artifact.runtime} on this computer, start-up included"
    started = time.monotonic()
    outputs = runtime.run_host(result.artifact, [inputs], Run(offline=offline))
    seconds = time.monotonic() - started
    return Execution(tuple(outputs), 0.0, (seconds,), title, {})


def execute_library(
    result: Result, abi: str, inputs: Arrays, *, threads: int = 1, offline: bool = False
) -> Execution:
    """Run the compiled library of one ABI.

    Raises:
        UsageError: The build has no library for this ABI.
        VerificationError: It, or the model that it opens, is not as the build left it.
        ToolchainError: This computer cannot run it.
    """
    library = result.library(abi)
    refuse_changed(result, library)
    target = library.target
    request = Request(
        library=library.path,
        companions=tuple(each.path for each in library.companions),
        bridge=result.bridge(target.platform),
        artifact=result.artifact,
        threads=threads,
        samples=(dict(inputs),),
        interface="jni",
        embedded=result.settings.embed_model,
    )
    try:
        chosen = platforms.executors_of(target)
        return executors.execute(chosen, target.abi, request, offline=offline)
    except Unavailable as reason:
        raise ToolchainError(
            f"the {abi} library cannot be run here", seen=[str(reason)]
        ) from reason
