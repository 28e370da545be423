"""The programs that go with a library: built, and run as they lie in the project."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mobilegen.artifacts import Artifact, Check, FileRecord, Library, TensorSpec
from mobilegen.errors import MobilegenError
from mobilegen.executors.base import ExecutionError, Unavailable
from mobilegen.executors.board import CPUS, Board, find_board, run_on_board
from mobilegen.graph.samples import Sample
from mobilegen.native_build.library import BENCHMARK, PREDICT, build_programs
from mobilegen.native_build.request import LibraryRequest
from mobilegen.runtimes import catalog as runtimes
from mobilegen.system.files import link_file, record
from mobilegen.verify.numeric import parity

_SECONDS = 1200.0


@dataclass(frozen=True)
class Programs:
    """The programs for one target.

    Attributes:
        folder: Where they are.
        files: Each with its path relative to `folder`.
        checks: What running them showed.
    """

    folder: Path
    files: tuple[FileRecord, ...]
    checks: tuple[Check, ...] = ()


def make_programs(request: LibraryRequest, folder: Path) -> Programs:
    """Build the programs into a folder; they find their library where the project has it.

    Raises:
        As `native_build.library.build_library`.
    """
    abi = request.target.abi
    with tempfile.TemporaryDirectory(prefix="mobilegen-") as scratch:
        beside = f"../../lib/{abi}"
        built = build_programs(request, _names(request), Path(scratch), beside=beside)
        placed = [folder / abi / path.name for path in built]
        for path, place in zip(built, placed, strict=True):
            link_file(path, place)
    return Programs(folder, tuple(record(place, folder) for place in placed))


def _names(request: LibraryRequest) -> tuple[str, ...]:
    """A runtime that tells of its layers can be timed by them."""
    return (PREDICT, BENCHMARK) if runtimes.get(request.plan.runtime).layers else (PREDICT,)


def prove_programs(
    programs: Programs,
    library: Library,
    artifact: Artifact,
    sample: Sample,
    *,
    limit: float,
    embedded: bool,
) -> Iterator[Check]:
    """Run the programs on a sample, as the strongest processor that the proofs know.

    Args:
        limit: Largest allowed max |difference| / max |reference|.
        embedded: They take the model inside of the library, as the project has no other.

    Yields:
        A check for each program; a skipped one where this computer cannot run it.
    """
    model = ["-"] if embedded else _model_files(artifact)
    for file in programs.files:
        target, name = library.target, Path(file.path).name
        id = f"{target.id}.{name}"
        title = f"the program {name} for {target.abi} answers like the source model"
        try:
            outputs, runner = _run(programs.folder / file.path, model, library, artifact, sample)
        except Unavailable as reason:
            yield Check(id, title, "skipped", detail=str(reason))
        except MobilegenError as error:
            yield Check(id, title, "fail", detail=str(error))
        else:
            title = f"{title}, run by {runner}"
            yield parity(sample.outputs, outputs, limit=limit, id=id, title=title)


def _model_files(artifact: Artifact) -> list[Path]:
    return [(artifact.folder / file.path).resolve() for _, file in artifact.files]


def _run(
    program: Path,
    model: Sequence[str | Path],
    library: Library,
    artifact: Artifact,
    sample: Sample,
) -> tuple[dict[str, NDArray[Any]], str]:
    """Run a program beside its library, as in a project; return its outputs and what ran it.

    Args:
        model: The program's arguments that say which model it opens.

    Raises:
        Unavailable: This computer runs no programs of the ABI.
        ExecutionError: It failed, or left other outputs than the model's.
    """
    board = _board(library.target.abi)
    with tempfile.TemporaryDirectory(prefix="mobilegen-") as scratch:
        folder = Path(scratch)
        placed = _lay_out(program, library, folder)
        counts = ["1", "1"] if program.name == BENCHMARK else ["1"]
        inputs = _write_inputs(artifact, sample, folder)
        outputs = [f"out.{i}" for i in range(len(artifact.outputs))]
        argv = [*board.command, placed, *model, *counts, *inputs, *outputs]
        run_on_board(argv, f"{program.name}, {board.title}", folder, _SECONDS)
        answers = {
            binding.tensor.name: _read(folder / name, binding.tensor)
            for name, binding in zip(outputs, artifact.outputs, strict=True)
        }
    return answers, board.title


def _board(abi: str) -> Board:
    native = find_board(abi)
    return native if not native.command else find_board(abi, CPUS[abi][-1])


def _lay_out(program: Path, library: Library, folder: Path) -> Path:
    """Place a program and its library in a folder as in a project; return where it is."""
    abi = library.target.abi
    placed = folder / "bin" / abi / program.name
    placed.parent.mkdir(parents=True)
    shutil.copyfile(program, placed)
    placed.chmod(0o755)
    beside = folder / "lib" / abi
    beside.mkdir(parents=True)
    for path in (library.path, *(each.path for each in library.companions)):
        shutil.copyfile(path, beside / path.name)
    return placed


def _write_inputs(artifact: Artifact, sample: Sample, folder: Path) -> list[str]:
    inputs = [f"in.{i}" for i in range(len(artifact.inputs))]
    for name, binding in zip(inputs, artifact.inputs, strict=True):
        spec = binding.tensor
        array = np.ascontiguousarray(sample.inputs[spec.name], np.dtype(spec.dtype))
        (folder / name).write_bytes(array.tobytes())
    return inputs


def _read(path: Path, spec: TensorSpec) -> NDArray[Any]:
    data = path.read_bytes() if path.is_file() else b""
    try:
        return np.frombuffer(data, spec.dtype).reshape(spec.shape)
    except ValueError as error:
        raise ExecutionError(
            f"the program left no usable output {spec.name!r}", seen=[str(error)]
        ) from error
