"""Times beside a result: which belong to it, and which go."""

from __future__ import annotations

from pathlib import Path

from layer_times import benchmark

from mobilegen.artifacts import REPORT_FORMAT, BuildReport, FileRecord
from mobilegen.pipeline.page import (
    BENCHMARK,
    drop_benchmark,
    fitting_benchmark,
    read_benchmark,
    render_page,
)
from mobilegen.serialize import dump_json

MODEL = FileRecord("model/model.bin", 5, "a" * 64)


def report(*files: FileRecord) -> BuildReport:
    options = dict.fromkeys(("name", "runtime", "precision"), "")
    return BuildReport(REPORT_FORMAT, "1", (), options, (), (), (), (), files=files)


def test_times_of_the_same_model_fit(tmp_path: Path) -> None:
    assert fitting_benchmark(tmp_path, report(MODEL)) is None
    dump_json(benchmark("plain", MODEL), tmp_path / BENCHMARK)
    others = FileRecord("lib/x86/liba.so", 7, "b" * 64)
    assert fitting_benchmark(tmp_path, report(MODEL, others)) == benchmark("plain", MODEL)
    changed = FileRecord(MODEL.path, MODEL.size, "c" * 64)
    assert fitting_benchmark(tmp_path, report(changed, others)) is None


def test_only_our_own_times_are_dropped(tmp_path: Path) -> None:
    path = tmp_path / BENCHMARK
    drop_benchmark(tmp_path)
    path.write_text('{"mine": 1}')
    assert read_benchmark(tmp_path) is None
    drop_benchmark(tmp_path)
    assert path.read_text() == '{"mine": 1}'
    dump_json(benchmark(), path)
    drop_benchmark(tmp_path)
    assert not path.exists()


def test_page_shows_the_times(tmp_path: Path) -> None:
    assert "Time of the layers" in render_page(report(), tmp_path, benchmark())
    assert "Time of the layers" not in render_page(report(), tmp_path, None)
