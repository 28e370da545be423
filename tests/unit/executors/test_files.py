from __future__ import annotations

import pathlib

import numpy as np
import pytest

from mobilegen.artifacts import Artifact, Bridge
from mobilegen.executors import files
from mobilegen.executors.base import ExecutionError, Request

PIXELS = np.arange(2 * 3 * 3, dtype=np.uint8).reshape(2, 3, 3)
ARTIFACT = Artifact("ncnn", "1", "fp32", pathlib.Path("m"), (), (), (), (), "original")
REQUEST = Request(
    pathlib.Path("l.so"), Bridge(), ARTIFACT, 1, (), "jni", images={4: PIXELS}, classify=True
)


def test_report_is_read(tmp_path: pathlib.Path) -> None:
    (tmp_path / files.REPORT).write_text(
        "constructors 3\nload_seconds 0.5\npredict_seconds 1e-3\npredict_seconds 2e-3\n"
    )
    report = files.read_report(tmp_path)
    assert report == files.Report(0.5, (0.001, 0.002), {"constructors": 3})


@pytest.mark.parametrize("text", [None, "", "constructors 3\n"])
def test_run_without_a_whole_report_is_an_error(tmp_path: pathlib.Path, text: str | None) -> None:
    if text is not None:
        (tmp_path / files.REPORT).write_text(text)
    with pytest.raises(ExecutionError, match="without a report"):
        files.read_report(tmp_path)


def test_an_image_is_written_with_its_size(tmp_path: pathlib.Path) -> None:
    files.write_images(REQUEST, tmp_path)
    data = (tmp_path / "image.4").read_bytes()
    assert data == b"\3\0\0\0\2\0\0\0" + bytes(range(18))


def test_pictures_are_read(tmp_path: pathlib.Path) -> None:
    (tmp_path / "input.4").write_bytes(np.float32([1, 2]).tobytes())
    (tmp_path / "class.4").write_bytes(np.int32([7]).tobytes() + np.float32([0.5]).tobytes())
    picture = files.read_pictures(REQUEST, tmp_path)[4]
    assert (picture.input.tolist(), picture.best, picture.probability) == ([1.0, 2.0], 7, 0.5)


@pytest.mark.parametrize("sizes", [{}, {"input.4": 8}, {"input.4": 7, "class.4": 8},
                                   {"input.4": 8, "class.4": 4}])  # fmt: skip
def test_missing_or_cut_pictures_are_an_error(
    tmp_path: pathlib.Path, sizes: dict[str, int]
) -> None:
    for name, size in sizes.items():
        (tmp_path / name).write_bytes(bytes(size))
    with pytest.raises(ExecutionError, match="was not written"):
        files.read_pictures(REQUEST, tmp_path)
