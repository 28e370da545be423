"""The programs are run as the project's README.md says."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from mobilegen.artifacts import Artifact, FileRecord, Library, TensorBinding, TensorSpec
from mobilegen.executors.board import Board
from mobilegen.graph.samples import Sample
from mobilegen.platforms.linux import programs
from mobilegen.platforms.linux.programs import Programs, prove_programs
from mobilegen.toolchains.linux import linux_target


def commands(folder: Path, monkeypatch: pytest.MonkeyPatch, *, embedded: bool) -> list[list[str]]:
    """Return the arguments that both programs get."""
    seen: list[list[str]] = []

    def run(argv: Sequence[str | Path], title: str, cwd: Path, timeout: float) -> None:
        assert (cwd / "lib" / "x86_64" / "libnet.so").is_file()
        (cwd / "out.0").write_bytes((cwd / "in.0").read_bytes())
        seen.append([str(word) for word in argv[1:]])

    monkeypatch.setattr(programs, "find_board", lambda *_: Board((), "a process of its own"))
    monkeypatch.setattr(programs, "run_on_board", run)
    for name in ("libnet.so", "predict", "benchmark"):
        (folder / name).write_text(name)
    library = Library(
        linux_target("x86_64"), folder / "libnet.so", "libnet.so", 9, "", (), (), (), ""
    )
    ends = [TensorBinding(TensorSpec(name, (1, 4)), name, (4,)) for name in "xy"]
    files = [(name, FileRecord(name, 1, "")) for name in ("params", "weights")]
    artifact = Artifact(
        "ncnn", "1", "fp32", folder, tuple(files), (ends[0],), (ends[1],), (), "original"
    )
    made = Programs(folder, tuple(FileRecord(name, 1, "") for name in ("predict", "benchmark")))
    values = np.float32([[1, 2, 3, 4]])
    sample = Sample({"x": values}, {"y": values})
    proved = prove_programs(made, library, artifact, sample, limit=1e-4, embedded=embedded)
    assert [check.status for check in proved] == ["pass", "pass"]
    return seen


def test_programs_take_the_files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    model = [str(tmp_path / name) for name in ("params", "weights")]
    assert commands(tmp_path, monkeypatch, embedded=False) == [
        [*model, "1", "in.0", "out.0"],
        [*model, "1", "1", "in.0", "out.0"],
    ]


def test_programs_open_the_model_inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert commands(tmp_path, monkeypatch, embedded=True) == [
        ["-", "1", "in.0", "out.0"],
        ["-", "1", "1", "in.0", "out.0"],
    ]
