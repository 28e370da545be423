from __future__ import annotations

from pathlib import Path

import pytest

from mobilegen.executors import files
from mobilegen.executors.base import ExecutionError


def test_report_is_read(tmp_path: Path) -> None:
    (tmp_path / files.REPORT).write_text(
        "constructors 3\nload_seconds 0.5\npredict_seconds 1e-3\npredict_seconds 2e-3\n"
    )
    report = files.read_report(tmp_path)
    assert report == files.Report(0.5, (0.001, 0.002), {"constructors": 3})


@pytest.mark.parametrize("text", [None, "", "constructors 3\n"])
def test_run_without_a_whole_report_is_an_error(tmp_path: Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / files.REPORT).write_text(text)
    with pytest.raises(ExecutionError, match="without a report"):
        files.read_report(tmp_path)
