from __future__ import annotations

from pathlib import Path

import pytest

from mobilegen.artifacts import Graph, Scheme
from mobilegen.errors import UsageError
from mobilegen.names import load_object, nearest
from mobilegen.runtimes import catalog


def test_unknown_name_gives_the_nearest() -> None:
    with pytest.raises(UsageError) as caught:
        catalog.get("NCN")
    assert "there is no runtime 'NCN'" in caught.value.what
    assert "did you mean ncnn?" in caught.value.hint


def test_nothing_near() -> None:
    assert nearest("qqqq", ["ncnn", "mnn"]) == "known names: mnn, ncnn"


def test_default_comes_first() -> None:
    assert catalog.names()[0] == catalog.DEFAULT


def test_runtime_that_cannot_be_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    for reference in ("no.such.module:X", "mobilegen.names:NOT_THERE", "mobilegen.names"):
        monkeypatch.setitem(catalog.RUNTIMES, "broken", reference)
        with pytest.raises(UsageError, match="'broken' cannot be loaded"):
            catalog.get("broken")


def test_object_that_is_no_runtime(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(catalog.RUNTIMES, "broken", "mobilegen.names:nearest")
    with pytest.raises(UsageError, match="is not a Runtime"):
        catalog.get("broken")


def test_unknown_precision_is_refused(tmp_path: Path) -> None:
    graph = Graph(tmp_path, (), (), (), 17, tmp_path)
    with pytest.raises(UsageError, match="has no precision int3") as caught:
        catalog.get("ncnn").convert(graph, Scheme("int3"), tmp_path)  # type: ignore[arg-type]
    assert caught.value.hint == "--precision fp32 or fp16"


def test_load_object() -> None:
    assert load_object("mobilegen.names:nearest") is nearest
    with pytest.raises(ValueError, match="not of the form"):
        load_object("mobilegen.names")
