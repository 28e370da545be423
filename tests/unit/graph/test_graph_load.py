from __future__ import annotations

import os
from pathlib import Path

import models
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from mobilegen.errors import MobilegenError, ModelError
from mobilegen.graph import load
from mobilegen.graph.build import prepare
from mobilegen.graph.load import read_model

HTML = b"\n <!DOCTYPE html><html><body>not found</body></html>"
LFS = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 5\n"
SMALL = models.multi_io().SerializeToString()


@pytest.mark.parametrize("name", models.LEGAL)
def test_legal_models_are_read(name: str, tmp_path: Path) -> None:
    model = models.LEGAL[name]()
    assert read_model(models.save(model, tmp_path / "m.onnx")) == model


@pytest.mark.parametrize(
    ("content", "word"),
    [
        (b"", "empty"),
        (HTML, "web page"),
        (LFS, "git-lfs"),
        (b"import torch\n" * 40, "text file"),
        (b"PK\x03\x04rest", "zip"),
        (b"\x89PNG\r\n\x1a\n" + bytes(300), "damaged"),
        (bytes(1000), "damaged"),
        (b"\x08\x07", "no ONNX graph"),
    ],
)
def test_other_content_is_named(content: bytes, word: str, tmp_path: Path) -> None:
    path = tmp_path / "model.onnx"
    path.write_bytes(content)
    with pytest.raises(ModelError, match=word) as caught:
        read_model(path)
    assert caught.value.hint


def test_missing_file(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="not found"):
        read_model(tmp_path / "none.onnx")


def test_path_with_a_zero_byte() -> None:
    with pytest.raises(ModelError, match="not found"):
        read_model(Path("a\0b.onnx"))


def test_folder(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="folder"):
        read_model(tmp_path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_pipe_does_not_block(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "m.onnx")
    with pytest.raises(ModelError, match="plain file"):
        read_model(tmp_path / "m.onnx")


def test_file_over_the_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = models.save(models.lenet(), tmp_path / "m.onnx")
    monkeypatch.setattr(load, "MAX_BYTES", path.stat().st_size - 1)
    with pytest.raises(ModelError, match="2 GB"):
        read_model(path)
    monkeypatch.setattr(load, "MAX_BYTES", path.stat().st_size)
    read_model(path)


@pytest.mark.parametrize("part", [0.2, 0.5, 0.9, 0.999])
def test_cut_off_file_says_so_with_sizes(part: float, tmp_path: Path) -> None:
    data = models.lenet().SerializeToString()
    path = tmp_path / "m.onnx"
    path.write_bytes(data[: int(len(data) * part)])
    with pytest.raises(ModelError, match="cut off") as caught:
        read_model(path)
    assert str(int(len(data) * part)) in caught.value.seen[0]


def test_names_that_are_no_text(tmp_path: Path) -> None:
    path = tmp_path / "m.onnx"
    path.write_bytes(SMALL.replace(b"picture", b"pict\xff\xfee"))
    with pytest.raises(ModelError, match="damaged") as caught:
        read_model(path)
    assert "UTF-8" in caught.value.seen[0]


@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(st.data())
def test_damaged_files_give_a_clear_error_or_a_model(tmp_path: Path, data: st.DataObject) -> None:
    content = bytearray(SMALL)
    flips = st.tuples(st.integers(0, len(content) - 1), st.integers(0, 255))
    for position, value in data.draw(st.lists(flips, max_size=6)):
        content[position] = value
    path = tmp_path / "m.onnx"
    path.write_bytes(content[: data.draw(st.integers(0, len(content)))])
    try:
        prepare(path, ())
    except MobilegenError as error:
        assert error.exit_code in (3, 4)
