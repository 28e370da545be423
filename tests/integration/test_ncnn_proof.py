"""Negative controls of the proof that follows a conversion to ncnn."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import models
import numpy as np
import pytest
from graphs import make_graph
from ncnn_conversion import FP32, NCNN, QUIET, STRICT, convert, foreign

from mobilegen.artifacts import Artifact, Graph, Tolerance
from mobilegen.errors import ConversionError, DownloadError, UsageError
from mobilegen.graph.samples import read_samples
from mobilegen.runtimes.prove import Proof, prove
from mobilegen.system.files import sha256_file


def prove_again(artifact: Artifact, graph: Graph) -> Proof:
    return prove(NCNN, artifact, read_samples(graph.samples), Tolerance(STRICT), QUIET)


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[Graph, Artifact]:
    folder = tmp_path_factory.mktemp("small")
    graph = make_graph(models.mobilenet(), folder, count=3)
    return graph, convert(graph, folder)


def copied(small: tuple[Graph, Artifact], folder: Path) -> Artifact:
    shutil.copytree(small[1].folder, folder / "copy")
    return replace(small[1], folder=folder / "copy")


def test_proof_of_an_undamaged_copy_passes(small: tuple[Graph, Artifact], tmp_path: Path) -> None:
    proof = prove_again(copied(small, tmp_path), small[0])
    assert {check.status for check in proof.checks} == {"pass"}


def test_damaged_weights_fail_the_comparison(small: tuple[Graph, Artifact], tmp_path: Path) -> None:
    artifact = copied(small, tmp_path)
    path = artifact.folder / "model.bin"
    data = bytearray(path.read_bytes())
    data[len(data) // 2 | 3] ^= 0x40
    path.write_bytes(bytes(data))
    failed = [c.id for c in prove_again(artifact, small[0]).checks if c.status == "fail"]
    assert failed == ["host.parity"]


def test_other_reference_fails_the_comparison(
    small: tuple[Graph, Artifact], tmp_path: Path
) -> None:
    graph, artifact = small
    other = make_graph(models.mobilenet(), tmp_path / "other", count=3)
    samples = dict(np.load(other.samples))
    samples["2/out/logits"] = samples["2/out/logits"] * np.float32(1.001)
    np.savez(tmp_path / "samples.npz", **samples)
    proof = prove_again(artifact, replace(graph, samples=tmp_path / "samples.npz"))
    assert [check.id for check in proof.checks if check.status == "fail"] == ["host.parity"]


@pytest.mark.parametrize("size", [0, 100, -4])
def test_truncated_weights_are_refused(
    size: int, small: tuple[Graph, Artifact], tmp_path: Path
) -> None:
    artifact = copied(small, tmp_path)
    path = artifact.folder / "model.bin"
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(ConversionError, match="running ncnn failed"):
        prove_again(artifact, small[0])


def test_damaged_description_is_refused(small: tuple[Graph, Artifact], tmp_path: Path) -> None:
    artifact = copied(small, tmp_path)
    (artifact.folder / "model.param").write_text("7767517\n1 1\n")
    inputs = read_samples(small[0].samples)[0].inputs
    with pytest.raises(ConversionError, match=r"\.param file is damaged"):
        NCNN.run_host(artifact, [inputs])


@pytest.mark.parametrize(
    ("inputs", "reason"),
    [
        ({}, "input 'input' is missing"),
        ({"input": np.zeros((1, 3, 64, 63), np.float32)}, "does not fit"),
        ({"input": np.zeros((1, 3, 64, 64), np.float64)}, "does not fit"),
    ],
)
def test_inputs_that_do_not_fit(
    inputs: dict[str, np.ndarray], reason: str, small: tuple[Graph, Artifact]
) -> None:
    with pytest.raises(UsageError, match=reason):
        NCNN.run_host(small[1], [inputs])


def test_failed_conversion_leaves_the_earlier_result(
    small: tuple[Graph, Artifact], tmp_path: Path
) -> None:
    artifact = copied(small, tmp_path)
    before = {path.name: sha256_file(path) for path in artifact.folder.iterdir()}
    graph = make_graph(foreign(), tmp_path)
    with pytest.raises(ConversionError):
        NCNN.convert(graph, FP32, artifact.folder, QUIET)
    assert {path.name: sha256_file(path) for path in artifact.folder.iterdir()} == before


def test_offline_without_toolbox(
    small: tuple[Graph, Artifact], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOBILEGEN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    with pytest.raises(DownloadError, match="is not in the cache and --offline forbids"):
        NCNN.convert(small[0], FP32, tmp_path / "out", replace(QUIET, offline=True))
