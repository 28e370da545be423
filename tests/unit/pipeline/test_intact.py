"""Results whose files were changed or damaged after the build: refused with a word for people."""

from __future__ import annotations

import dataclasses
import io
import json
import os
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from mobilegen.arrays import write_npz
from mobilegen.artifacts import (
    REPORT_FORMAT,
    Artifact,
    BuildReport,
    Library,
    Preprocess,
    Target,
    TensorBinding,
    TensorSpec,
)
from mobilegen.errors import UsageError, VerificationError
from mobilegen.graph.samples import Sample, read_samples, write_samples
from mobilegen.pipeline.result import open_result, refuse_changed
from mobilegen.serialize import dump_json
from mobilegen.system.files import record

INPUT, OUTPUT = TensorSpec("x", (1, 3, 8, 8)), TensorSpec("y", (1, 4))
OPTIONS = {"model": "net.onnx", "name": "net", "runtime": "ncnn", "precision": "fp32",
           "limits": {"fp32": 0.001, "fp16": 0.01}, "android": {"package": "a.b"}}  # fmt: skip
Edit = Callable[[dict[str, Any]], None]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A result with a model of two files and a library."""
    model = tmp_path / "model"
    files = {"model/model.bin": b"weights", "model/graph.onnx": b"graph", "lib/x86/l.so": b"code",
             "model/labels.txt": b"one\ntwo\x0cthree\n"}  # fmt: skip
    for name, data in files.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(data)
    write_samples(model / "reference.npz", [Sample({"x": np.zeros(INPUT.shape)})])
    weights = (("weights", record(model / "model.bin", model)),)
    inputs, outputs = TensorBinding(INPUT, "in0", (3, 8, 8)), TensorBinding(OUTPUT, "out0", (4,))
    artifact = Artifact("ncnn", "1", "fp32", Path(), weights, (inputs,), (outputs,), (), "original")
    dump_json(artifact, model / "artifact.json")
    dump_json(Preprocess(8, 8), model / "preprocess.json")
    library = Library(
        Target("android", "x86", "21"), Path("lib/x86/l.so"), "", 4, "", (), (), (), ""
    )
    recorded = sorted(path for path in tmp_path.rglob("*") if path.is_file())
    report = BuildReport(
        format=REPORT_FORMAT,
        mobilegen="1",
        inputs=(),
        options=OPTIONS,
        graph_inputs=(INPUT,),
        graph_outputs=(OUTPUT,),
        steps=(),
        checks=(),
        answers=(),
        libraries=(library,),
        files=tuple(record(path, tmp_path) for path in recorded),
    )
    dump_json(report, tmp_path / "build.json")
    return tmp_path


def edit(folder: Path, change: Edit) -> None:
    path = folder / "build.json"
    values = json.loads(path.read_text())
    change(values)
    path.write_text(json.dumps(values))


def test_a_whole_result(folder: Path) -> None:
    result = open_result(folder)
    assert result.labels == ("one", "two\x0cthree")
    refuse_changed(result)
    refuse_changed(result, result.library("x86"))


DEEP = b"[" * 100_000


@pytest.mark.parametrize("content", [b"", b"{", b"null", b"[]", b"\xff\xfe", DEEP, b'{"a":' * 9999])
@pytest.mark.parametrize(
    "name", ["build.json", "model/artifact.json", "model/preprocess.json", "model/labels.txt"]
)
def test_damaged_descriptions(name: str, content: bytes, folder: Path) -> None:
    (folder / name).write_bytes(content)
    with pytest.raises(UsageError, match="is damaged") as caught:
        open_result(folder)
    assert caught.value.hint == "build it again"
    assert len(str(caught.value)) < 2500


def _limit(value: object) -> Edit:
    return lambda values: values["options"]["limits"].update(fp32=value)


def _without_option(name: str) -> Edit:
    return lambda values: values["options"].pop(name)


def _without_record(name: str) -> Edit:
    def change(values: dict[str, Any]) -> None:
        values["files"] = [file for file in values["files"] if file["path"] != name]

    return change


EDITS: dict[str, Edit] = {
    **{f"limit {v}": _limit(v) for v in (1e9, float("nan"), -1, 0, 1, float("inf"), "much")},
    **{f"no {name}": _without_option(name) for name in ("model", "name", "runtime", "precision")},
    "another precision": lambda v: v["options"].update(precision="fp16"),
    "options of another kind": lambda v: v.update(options=[["limits", "1"]]),
    "unknown option": lambda v: v["options"].update(wobble=1),
    **{
        f"no record of {name}": _without_record(name)
        for name in ("model/model.bin", "model/graph.onnx", "model/artifact.json", "lib/x86/l.so",
                     "model/reference.npz")
    },
    "library elsewhere": lambda v: v["libraries"][0].update(path="../l.so"),
    "library of the system": lambda v: v["libraries"][0].update(path="/bin/true"),
    "file elsewhere": lambda v: v["files"][0].update(path="a/../../b"),
    "another input": lambda v: v["graph_inputs"][0].update(shape=[1, 3, 10**6, 10**6]),
    "another output": lambda v: v["graph_outputs"][0].update(name="z"),
    "size of text": lambda v: v["files"][0].update(size="many"),
}  # fmt: skip


@pytest.mark.parametrize("change", EDITS.values(), ids=list(EDITS))
def test_an_edited_report(change: Edit, folder: Path) -> None:
    edit(folder, change)
    with pytest.raises(UsageError, match="is damaged"):
        open_result(folder)


def test_preprocessing_that_is_not_of_the_model(folder: Path) -> None:
    """Even when its record was edited, too: it would ask for terabytes."""
    path = folder / "model" / "preprocess.json"
    dump_json(dataclasses.replace(Preprocess(8, 8), width=10**6, height=10**6), path)
    found = record(path, folder)

    def change(values: dict[str, Any]) -> None:
        for file in values["files"]:
            if file["path"] == found.path:
                file.update(size=found.size, sha256=found.sha256)

    edit(folder, change)
    with pytest.raises(UsageError, match="is damaged"):
        open_result(folder)


@pytest.mark.parametrize("name", ["build.json", "model/artifact.json", "model/labels.txt"])
def test_pipes_are_not_waited_for(name: str, folder: Path) -> None:
    (folder / name).unlink()
    os.mkfifo(folder / name)
    with pytest.raises(UsageError):
        open_result(folder)


def test_what_runs_is_what_was_built(folder: Path) -> None:
    result = open_result(folder)
    (folder / "lib" / "x86" / "l.so").write_bytes(b"cade")
    refuse_changed(result)
    with pytest.raises(VerificationError, match="1 of 1 checks failed") as caught:
        refuse_changed(result, result.library("x86"))
    assert "lib/x86/l.so" in str(caught.value)
    (folder / "model" / "model.bin").write_bytes(b"Weights")
    with pytest.raises(VerificationError) as caught:
        refuse_changed(result)
    assert "model/model.bin" in str(caught.value)


@pytest.mark.parametrize("number", ["9" * 18, "-1", "1", "x", "9" * 5000])
def test_numbers_of_samples_are_not_believed(number: str, tmp_path: Path) -> None:
    path = write_npz(tmp_path / "s.npz", {f"{number}/in/x": np.zeros(2)})
    with pytest.raises(ValueError):
        read_samples(path)


def test_an_array_that_claims_terabytes(tmp_path: Path) -> None:
    """Its header says so; the bytes are not there."""
    header = io.BytesIO()
    facts = {"descr": "<f4", "fortran_order": False, "shape": (10**13,)}
    np.lib.format.write_array_header_1_0(header, facts)
    with zipfile.ZipFile(tmp_path / "s.npz", "w") as archive:
        archive.writestr("0/in/x.npy", header.getvalue() + bytes(16))
    with pytest.raises(ValueError):
        read_samples(tmp_path / "s.npz")


def test_an_archive_that_is_larger_inside(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    np.savez_compressed(tmp_path / "s.npz", **{"0/in/x": np.zeros(10**6, np.float32)})
    assert len(read_samples(tmp_path / "s.npz")) == 1
    monkeypatch.setattr("mobilegen.arrays._MOST_BYTES", 10**6)
    with pytest.raises(ValueError, match="more than 1000000 bytes"):
        read_samples(tmp_path / "s.npz")
