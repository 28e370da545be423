"""Runs the pnnx converter on a copy of a model, in a private folder, for a limited time."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from google.protobuf.message import DecodeError

from mobilegen.artifacts import Precision
from mobilegen.errors import ConversionError, ProcessError
from mobilegen.runtimes.ncnn.neutral import write_neutral_copy
from mobilegen.runtimes.tensors import UnexplainedError
from mobilegen.system.process import run
from mobilegen.toolboxes import Toolbox
from mobilegen.toolboxes.worker import clean_environment

_ANSI = re.compile(r"\x1b\[[0-9;]*m")
# Progress, tables and figures: what pnnx prints when all is well.
_CHATTER = re.compile(
    r"^[│├└┌]|^#{3}|^\w+ =( |$)|\.\.\. +[\d.]+ms|^ *[\d.]+ms$|^(model inputshape|FLOPS|memory OPS)"
    r"|Unknown CPU vendor|^get inputshape"
)
_TELLING_LINES = 8
# A node of the neutral copy.
_NODE = re.compile(r"(?<![\w.])n(\d{1,9})(?![\w.])")


@dataclass(frozen=True)
class Conversion:
    """The files that pnnx left, and what it printed besides its progress.

    Attributes:
        example: Python code that runs the model; the only place that tells the batch axes.
    """

    param: Path
    weights: Path
    example: str
    printed: tuple[str, ...]


def run_pnnx(
    toolbox: Toolbox, model: Path, folder: Path, *, precision: Precision, timeout: float
) -> Conversion:
    """Convert an ONNX file; pnnx writes several files beside its input, so it gets a copy.

    Its exit code is not believed: 0 also after a failure. The files are looked at instead.

    Raises:
        ConversionError: It crashed, ran out of time, or left no model.
    """
    copy = folder / "model.onnx"
    try:
        nodes = write_neutral_copy(model, copy)
    except (DecodeError, OSError, ValueError) as error:
        raise ConversionError("the model file cannot be read", seen=[str(error)]) from error
    fp16 = "1" if precision == "fp16" else "0"
    try:
        done = run(
            [_program(toolbox), copy.name, f"fp16={fp16}"],
            title="the converter pnnx",
            timeout=timeout,
            cwd=folder,
            env=clean_environment(folder),
        )
    except ProcessError as error:
        # Parts of a model that takes too long would take too long, too.
        kind = ConversionError if error.returncode is None else UnexplainedError
        raise kind(error.what, seen=telling(error.output, nodes)) from error
    printed = telling(done.stdout + "\n" + done.stderr, nodes)
    param, weights = folder / "model.ncnn.param", folder / "model.ncnn.bin"
    example = folder / "model_ncnn.py"
    missing = [path.name for path in (param, weights, example) if not path.is_file()]
    if missing:
        raise UnexplainedError(f"the converter pnnx left no {', '.join(missing)}", seen=printed)
    text = example.read_text(encoding="utf-8", errors="replace")
    return Conversion(param, weights, text, tuple(printed))


def telling(output: str, nodes: Sequence[str] = ()) -> list[str]:
    """Return the last lines of pnnx's output that are neither progress nor tables.

    Args:
        nodes: What `write_neutral_copy` has said of the nodes: put in the place of its own names.
    """

    def spoken(name: re.Match[str]) -> str:
        return nodes[int(name[1])] if int(name[1]) < len(nodes) else name[0]

    lines = [_ANSI.sub("", line).strip() for line in output.splitlines()]
    lines = [_NODE.sub(spoken, line) for line in lines]
    return [line[:300] for line in lines if line and not _CHATTER.search(line)][-_TELLING_LINES:]


def _program(toolbox: Toolbox) -> Path:
    for name in ("pnnx", "pnnx.exe"):
        if (path := toolbox.packages / "pnnx" / name).is_file():
            return path
    raise ConversionError(
        "the ncnn toolbox has no converter for this system", seen=[str(toolbox.packages)]
    )
