"""mobilegen init as a user runs it."""

from __future__ import annotations

import json
from pathlib import Path

import models
from program import fail, succeed

from mobilegen import errors


def test_first_file_builds(tmp_path: Path) -> None:
    models.save(models.lenet(), tmp_path / "net.onnx")
    (tmp_path / "labels.txt").write_text("".join(f"{i}\n" for i in range(10)))
    text = succeed("init", tmp_path / "net.onnx")
    assert "written" in text and "labels.txt" in text
    report = json.loads(succeed("convert", tmp_path, "--json"))
    assert report["options"]["name"] == "net"
    assert "10 labels" in [step["detail"] for step in report["steps"]]


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    models.save(models.lenet(), tmp_path / "net.onnx")
    (tmp_path / "mobilegen.yml").write_text("model: mine.onnx\n")
    text = fail(errors.UsageError.exit_code, "init", tmp_path / "net.onnx")
    assert "exists already" in text and "--force" in text
    assert (tmp_path / "mobilegen.yml").read_text() == "model: mine.onnx\n"
    succeed("init", "--force", tmp_path / "net.onnx")
    assert "model: net.onnx" in (tmp_path / "mobilegen.yml").read_text()


def test_what_is_no_model(tmp_path: Path) -> None:
    fail(errors.ModelError.exit_code, "init", tmp_path)
    fail(errors.ModelError.exit_code, "init", tmp_path / "none.onnx")
    (tmp_path / "text.onnx").write_text("text")
    fail(errors.ModelError.exit_code, "init", tmp_path / "text.onnx")
    assert not (tmp_path / "mobilegen.yml").exists()


def test_schema_writes_every_file(tmp_path: Path) -> None:
    succeed("schema", "--out", tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == [
        "bench.schema.json",
        "build.schema.json",
        "mobilegen.schema.json",
    ]
    models.save(models.lenet(), tmp_path / "net.onnx")
    succeed("init", tmp_path / "net.onnx")
    first = (tmp_path / "mobilegen.yml").read_text().splitlines()[0]
    assert first == "# yaml-language-server: $schema=mobilegen.schema.json"
