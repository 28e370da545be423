from __future__ import annotations

import time
from importlib.metadata import EntryPoint
from pathlib import Path

import models
import pytest

from mobilegen.errors import ModelError, UsageError
from mobilegen.frontends import catalog
from mobilegen.frontends.onnx import FRONTEND, companions


def test_onnx_files_have_a_frontend() -> None:
    assert catalog.for_file(Path("a/Model.ONNX")) == "onnx"
    assert catalog.get("onnx") is FRONTEND


@pytest.mark.parametrize("name", catalog.FRONTENDS)
def test_every_frontend_is_complete(name: str) -> None:
    from mobilegen.names import load_object

    frontend = catalog.get(name)
    assert frontend.name == name
    assert frontend.suffixes
    assert all(s.startswith(".") and s == s.lower() for s in frontend.suffixes)
    assert callable(load_object(frontend.loader))
    assert callable(load_object(frontend.lister))


@pytest.mark.parametrize("path", ["model.weights", "model", "model.onx"])
def test_unknown_files(path: str) -> None:
    with pytest.raises(ModelError, match="no frontend reads") as caught:
        catalog.for_file(Path(path))
    assert ".onnx" in caught.value.seen[0]


def test_unknown_name() -> None:
    with pytest.raises(UsageError, match="'onx'") as caught:
        catalog.get("onx")
    assert "onnx" in caught.value.hint


def test_packages_add_frontends(monkeypatch: pytest.MonkeyPatch) -> None:
    points = [
        EntryPoint("extra", "mobilegen.frontends.onnx:FRONTEND", catalog.ENTRY_POINT_GROUP),
        EntryPoint("onnx", "nowhere:NOTHING", catalog.ENTRY_POINT_GROUP),
        EntryPoint("broken", "nowhere:NOTHING", catalog.ENTRY_POINT_GROUP),
        EntryPoint("wrong", "mobilegen.frontends.onnx:load", catalog.ENTRY_POINT_GROUP),
    ]
    monkeypatch.setattr("mobilegen.names.entry_points", lambda group: points)
    assert catalog.get("extra") is FRONTEND
    assert catalog.get("onnx") is FRONTEND
    with pytest.raises(UsageError, match="cannot be loaded"):
        catalog.get("broken")
    with pytest.raises(UsageError, match="not a Frontend"):
        catalog.get("wrong")


def test_companions_of_a_model(tmp_path: Path) -> None:
    alone = models.save(models.lenet(), tmp_path / "a.onnx")
    split = models.save_external(models.lenet(), tmp_path / "b.onnx")
    assert companions(alone) == ()
    assert companions(split) == (tmp_path / "b.onnx.data",)


def test_files_that_are_no_proper_model_have_no_companions(tmp_path: Path) -> None:
    outside = models.save_external(models.lenet(), tmp_path / "m" / "c.onnx", location="../d.bin")
    text = tmp_path / "text.onnx"
    text.write_text("location")
    assert companions(outside) == companions(text) == companions(tmp_path / "none.onnx") == ()


def sparse(path: Path, size: int) -> Path:
    """A file of any size that takes no space."""
    with path.open("wb") as stream:
        stream.truncate(size)
    return path


def test_a_model_that_is_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = sparse(tmp_path / "large.onnx", 3 << 30)
    started = time.process_time()
    with pytest.raises(ModelError, match="2 GB"):
        companions(path)
    assert time.process_time() - started < 0.5


def test_data_that_is_too_large_is_refused_before_it_is_read(tmp_path: Path) -> None:
    path = models.save_external(models.lenet(), tmp_path / "m.onnx")
    [data] = companions(path)
    sparse(data, 300 << 30)
    started = time.process_time()
    with pytest.raises(ModelError, match="2 GB"):
        companions(path)
    assert time.process_time() - started < 0.5
