"""Conversion to ncnn with the real converter and the real runtime, against onnxruntime."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import models
import numpy as np
import onnx
import pytest
from graphs import make_graph
from onnx import TensorProto, numpy_helper

from mobilegen.artifacts import Artifact, Graph
from mobilegen.errors import ConversionError, DownloadError, UsageError
from mobilegen.graph.samples import read_samples
from mobilegen.runtimes import catalog
from mobilegen.runtimes.ncnn import neutral
from mobilegen.runtimes.ncnn.operators import LAYERS
from mobilegen.runtimes.ncnn.prove import Proof, prove
from mobilegen.system.files import sha256_file
from mobilegen.toolboxes import Toolbox, ensure
from mobilegen.toolboxes.worker import call

NCNN = catalog.get("ncnn")
PHOTO = Path(__file__).parents[2] / "samples" / "photo" / "efficientnet_lite0.onnx"
STRICT = 1e-4


def quiet(line: str) -> None:
    del line


def convert(graph: Graph, folder: Path, *, limit: float = STRICT) -> Artifact:
    return NCNN.convert(graph, "fp32", folder / "out", limit=limit, report=quiet)


def refusal(graph: Graph, folder: Path) -> ConversionError:
    with pytest.raises(ConversionError) as caught:
        convert(graph, folder)
    assert not (folder / "out").exists()
    return caught.value


def prove_again(artifact: Artifact, graph: Graph, toolbox: Toolbox) -> Proof:
    model = (artifact.folder / "model.param", artifact.folder / "model.bin")
    samples = read_samples(graph.samples)
    return prove(
        toolbox, model, artifact.inputs, artifact.outputs, samples, limit=STRICT, timeout=60
    )


@pytest.fixture(scope="module")
def toolbox() -> Toolbox:
    return ensure("ncnn")


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> tuple[Graph, Artifact]:
    folder = tmp_path_factory.mktemp("small")
    graph = make_graph(models.mobilenet(), folder, count=3)
    return graph, convert(graph, folder)


# --- what must work ---------------------------------------------------------------------------


@pytest.mark.parametrize(("precision", "limit"), [("fp32", 1e-4), ("fp16", 1e-2)])
def test_efficientnet(precision: str, limit: float, tmp_path: Path) -> None:
    graph = make_graph(PHOTO, tmp_path)
    artifact = NCNN.convert(graph, precision, tmp_path / "out", limit=limit)  # type: ignore[arg-type]
    assert [check.status for check in artifact.checks] == ["pass"] * 3
    parity = next(check for check in artifact.checks if check.id == "host.parity")
    assert parity.measured is not None and 0 < parity.measured <= limit
    weights = dict(artifact.files)["weights"]
    assert weights.size == (18_524_200 if precision == "fp32" else 9_306_216)
    assert artifact.inputs[0].runtime_shape == (3, 224, 224)
    assert artifact.outputs[0].runtime_shape == (1000,)
    assert "Convolution" in artifact.operators and set(artifact.operators) <= LAYERS
    # An independent look at the numbers, without the product's own comparison.
    sample = read_samples(graph.samples)[1]
    measured = NCNN.run_host(artifact, [sample.inputs])[0]["logits"]
    wanted = sample.outputs["logits"]
    assert measured.shape == wanted.shape
    assert np.abs(measured - wanted).max() <= limit * np.abs(wanted).max()


@pytest.mark.parametrize(
    "name",
    [
        "lenet",
        "mobilenet",
        "residual",
        "multi_io",
        "squeeze_excite",
        "odd_sizes",
        "plain_pooling",
        "identity_weights",
        "weights_as_inputs",
    ],
)
def test_networks(name: str, tmp_path: Path) -> None:
    graph = make_graph(models.LEGAL[name](), tmp_path)
    artifact = convert(graph, tmp_path)
    assert {check.status for check in artifact.checks} == {"pass"}
    samples = read_samples(graph.samples)
    runs = NCNN.run_host(artifact, [sample.inputs for sample in samples])
    for sample, outputs in zip(samples, runs, strict=True):
        for key, wanted in sample.outputs.items():
            assert outputs[key].shape == wanted.shape
            np.testing.assert_allclose(outputs[key], wanted, atol=1e-4 * np.abs(wanted).max())


def cube() -> onnx.ModelProto:
    """Channels, height and width are equal: a lost transposition keeps the shape."""
    net = models.Net(seed=30)
    net.op("Transpose", net.conv("x", 6, 6), output="y", perm=[0, 3, 1, 2])
    return net.model({"x": [1, 6, 6, 6]}, {"y": [1, 6, 6, 6]})


def channels_last() -> onnx.ModelProto:
    net = models.Net(seed=31)
    net.op("Transpose", net.conv("x", 3, 5), output="y", perm=[0, 2, 3, 1])
    return net.model({"x": [1, 3, 7, 9]}, {"y": [1, 7, 9, 5]})


def volume() -> onnx.ModelProto:
    net = models.Net(seed=32)
    weight = net.const(net.random.normal(0, 0.2, (4, 3, 3, 3, 3)))
    net.op("Conv", "x", weight, output="y")
    return net.model({"x": [1, 3, 5, 8, 7]}, {"y": [1, 4, 3, 6, 5]})


def without_batch() -> onnx.ModelProto:
    net = models.Net(seed=33)
    weight = net.const(net.random.normal(0, 0.2, (10, 5)))
    net.op("MatMul", "x", weight, output="y")
    return net.model({"x": [12, 10]}, {"y": [12, 5]})


@pytest.mark.parametrize("model", [cube, channels_last, volume, without_batch])
def test_layouts(model: object, tmp_path: Path) -> None:
    graph = make_graph(model(), tmp_path)  # type: ignore[operator]
    artifact = convert(graph, tmp_path)
    for binding in (*artifact.inputs, *artifact.outputs):
        assert np.prod(binding.runtime_shape) == np.prod(binding.tensor.shape)


def test_order_of_inputs_and_outputs(tmp_path: Path) -> None:
    """Two inputs and two outputs of one shape, used in another order than declared."""
    net = models.Net(seed=34)
    net.op("Add", net.op("Mul", "b", net.const(2.0)), "a", output="y")
    net.op("Sub", "a", "b", output="z")
    shape = [1, 3, 5, 7]
    graph = make_graph(net.model({"a": shape, "b": shape}, {"z": shape, "y": shape}), tmp_path)
    artifact = convert(graph, tmp_path)
    assert [(b.tensor.name, b.blob) for b in artifact.inputs] == [("a", "in0"), ("b", "in1")]
    assert [(b.tensor.name, b.blob) for b in artifact.outputs] == [("z", "out0"), ("y", "out1")]


@pytest.mark.parametrize("name", ["two words\n9 9", "n" * 5000, "in0", "out0", "1"])
def test_names_of_constants_do_no_harm(name: str, tmp_path: Path) -> None:
    net = models.Net(seed=35)
    net.const(net.random.normal(0, 0.3, (1, 3, 5, 7)))
    net.weights[0].name = name
    net.op("Add", "x", name, output="y")
    convert(make_graph(net.model({"x": [1, 3, 5, 7]}, {"y": [1, 3, 5, 7]}), tmp_path), tmp_path)


def test_same_model_gives_the_same_bytes(small: tuple[Graph, Artifact], tmp_path: Path) -> None:
    graph, artifact = small
    assert convert(graph, tmp_path).files == artifact.files


def test_source_file_is_left_alone(small: tuple[Graph, Artifact], tmp_path: Path) -> None:
    graph, _ = small
    before = sha256_file(graph.original), sorted(graph.original.parent.iterdir())
    convert(graph, tmp_path)
    assert (sha256_file(graph.original), sorted(graph.original.parent.iterdir())) == before


def test_layer_list_is_the_wheels_own(toolbox: Toolbox) -> None:
    script = Path(catalog.__file__).parent / "ncnn" / "worker.py"
    asked = sorted(LAYERS | {"ArgMax", "SPP", "Foo"})
    answer = call(toolbox, script, {"types": asked}, title="asking", timeout=60)
    assert answer["types"] == sorted(LAYERS)


def test_single_sample_proves_no_statelessness(tmp_path: Path) -> None:
    artifact = convert(make_graph(models.lenet(), tmp_path, count=1), tmp_path)
    statuses = {check.id: check.status for check in artifact.checks}
    assert statuses["host.repeat"] == "skipped"


# --- which form is taken ----------------------------------------------------------------------


def test_second_form_is_taken_when_the_first_fails(tmp_path: Path) -> None:
    wrong, right = models.mobilenet(), models.mobilenet()
    wrong.graph.initializer[0].CopyFrom(_changed(wrong.graph.initializer[0]))
    forms = [("first", wrong), ("again", wrong), ("second", right)]
    said: list[str] = []
    graph = make_graph(right, tmp_path, candidates=forms)
    artifact = NCNN.convert(graph, "fp32", tmp_path / "out", report=said.append)
    assert artifact.candidate == "second"
    assert len(said) == 1 and said[0].startswith("the first form does not convert to ncnn")
    assert "not taken: first: not so: ncnn on this computer gives" in artifact.checks[0].detail


def test_every_form_is_named_when_all_fail(tmp_path: Path) -> None:
    right, one, two = models.mobilenet(), models.mobilenet(), models.mobilenet()
    one.graph.initializer[0].CopyFrom(_changed(one.graph.initializer[0]))
    two.graph.initializer[4].CopyFrom(_changed(two.graph.initializer[4]))
    error = refusal(make_graph(right, tmp_path, candidates=[("a", one), ("b", two)]), tmp_path)
    assert error.what == "the model does not convert to ncnn"
    assert [line.split(":")[0] for line in error.seen if not line.startswith(" ")] == ["a", "b"]
    assert "measured" in str(error) and "allowed 0.0001" in str(error)


def _changed(tensor: onnx.TensorProto) -> onnx.TensorProto:
    values = np.array(numpy_helper.to_array(tensor))
    values.flat[0] += 2.0
    return numpy_helper.from_array(values, tensor.name)


# --- what must be refused ---------------------------------------------------------------------


def top_k() -> onnx.ModelProto:
    net = models.Net()
    net.op("TopK", "x", net.const([3], np.int64), output="y")
    net.nodes[0].output.append("indices")
    net.op("Cast", "indices", output="z", to=1)
    return net.model({"x": [1, 10]}, {"y": [1, 3], "z": [1, 3]})


def suppression() -> onnx.ModelProto:
    net = models.Net()
    limits = net.const([3], np.int64), net.const([0.5]), net.const([0.1])
    found = net.op("NonMaxSuppression", "boxes", "scores", *limits)
    net.op("Cast", net.op("ReduceMax", found, axes=[0], keepdims=0), output="y", to=1)
    return net.model({"boxes": [1, 6, 4], "scores": [1, 2, 6]}, {"y": [3]})


def comparison() -> onnx.ModelProto:
    net = models.Net()
    mask = net.op("Greater", "x", net.const(0.1))
    net.op("Where", mask, "x", net.op("Neg", "x"), output="y")
    return net.model({"x": [1, 3, 5, 7]}, {"y": [1, 3, 5, 7]})


def largest_index() -> onnx.ModelProto:
    net = models.Net()
    net.op("ArgMax", net.conv("x", 3, 6), output="y", axis=1)
    shapes = {"x": [1, 3, 8, 7]}, {"y": [1, 1, 8, 7]}
    return net.model(*shapes, output_type=TensorProto.INT64)


def six_axes() -> onnx.ModelProto:
    net = models.Net()
    x = net.op("Reshape", "x", net.const([1, 4, 2, 4, 2, 3], np.int64))
    x = net.op("Transpose", x, perm=[0, 1, 4, 2, 5, 3])
    net.op("Reshape", x, net.const([1, 4, 8, 6], np.int64), output="y")
    return net.model({"x": [1, 4, 8, 6]}, {"y": [1, 4, 8, 6]})


def recurrent() -> onnx.ModelProto:
    net = models.Net()
    weights = (net.const(net.random.normal(0, 0.3, (1, 24, size))) for size in (5, 6))
    net.op("LSTM", "x", *weights, output="y", hidden_size=6)
    return net.model({"x": [9, 1, 5]}, {"y": [9, 1, 1, 6]})


def test_same_reason_is_told_once(tmp_path: Path) -> None:
    """Two forms that differ, in other places, and fail alike; names are the original's."""
    one, two = comparison(), comparison()
    one.graph.doc_string = "another file"
    one.graph.node[0].name = two.graph.node[0].name = "made-up"
    graph = make_graph(comparison(), tmp_path, candidates=[("a", one), ("b", two)])
    assert refusal(graph, tmp_path).seen == (
        "a, b: ncnn cannot express Greater (node '/Greater_0'), Where (node '/Where_2')",
    )


@pytest.mark.parametrize(
    ("model", "named"),
    [
        (top_k, "TopK (node '/TopK_0')"),
        (suppression, "NonMaxSuppression (node '/NonMaxSuppression_0')"),
        (comparison, "Greater (node '/Greater_0'), Where (node '/Where_2')"),
        (largest_index, "ArgMax (node '/ArgMax_1')"),
        (six_axes, "Reshape (node '/Reshape_0', '/Reshape_2')"),
        (recurrent, "LSTM (node '/LSTM_0')"),
    ],
)
def test_operators_that_ncnn_lacks_are_named(model: object, named: str, tmp_path: Path) -> None:
    error = refusal(make_graph(model(), tmp_path), tmp_path)  # type: ignore[operator]
    assert named in str(error)


def test_old_softmax_is_not_accepted(tmp_path: Path) -> None:
    """The converter ignores what softmax meant before opset 13: silently wrong numbers."""
    error = refusal(make_graph(models.old_softmax(), tmp_path), tmp_path)
    assert "not so: ncnn on this computer gives the source model's numbers" in str(error)


def test_integer_input(tmp_path: Path) -> None:
    error = refusal(make_graph(models.embedding(), tmp_path), tmp_path)
    assert error.seen == ("words: int64",)


def test_several_samples_in_the_batch(tmp_path: Path) -> None:
    net = models.Net()
    net.conv("x", 3, 4)
    net.nodes[-1].output[0] = "y"
    graph = make_graph(net.model({"x": [2, 3, 8, 7]}, {"y": [2, 4, 8, 7]}), tmp_path)
    error = refusal(graph, tmp_path)
    assert "'x' holds 2 samples" in str(error) and "batch size of 1" in error.hint


def handed_through() -> onnx.ModelProto:
    """An output that is an input."""
    net = models.Net()
    net.op("Identity", "x", output="y")
    net.op("Relu", "x", output="z")
    shape = [1, 3, 5, 7]
    return net.model({"x": shape}, {"y": shape, "z": shape})


def test_output_that_is_an_input(tmp_path: Path) -> None:
    """The converter would die of a memory error."""
    graph = make_graph(handed_through(), tmp_path)
    assert "output 'y' is input 'x'" in str(refusal(graph, tmp_path))


def test_converter_crash(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same model, had nobody looked at its outputs."""
    monkeypatch.setattr(neutral, "bare_outputs", lambda model: {})
    graph = make_graph(handed_through(), tmp_path)
    assert "the converter pnnx failed (signal SIGSEGV)" in str(refusal(graph, tmp_path))


def test_converter_hang(tmp_path: Path) -> None:
    net = models.Net()
    last = "x"
    for _ in range(3000):
        last = net.op("Add", net.relu(last), net.const(0.001))
    net.op("Relu", last, output="y")
    graph = make_graph(net.model({"x": [1, 8]}, {"y": [1, 8]}), tmp_path)
    with pytest.raises(ConversionError, match="does not convert") as caught:
        NCNN.convert(graph, "fp32", tmp_path / "out", timeout=3, report=quiet)
    assert "the converter pnnx did not finish within 3 s" in str(caught.value)


def test_converter_that_leaves_no_file(tmp_path: Path) -> None:
    graph = make_graph(models.lenet(), tmp_path)
    graph.candidates[0].path.write_bytes(onnx.ModelProto(ir_version=8).SerializeToString())
    assert "the converter pnnx" in str(refusal(graph, tmp_path))


def test_file_that_is_no_model(tmp_path: Path) -> None:
    graph = make_graph(models.lenet(), tmp_path)
    graph.candidates[0].path.write_bytes(b"\xff" * 9)
    assert "the model file cannot be read" in str(refusal(graph, tmp_path))


# --- negative controls of the proof -----------------------------------------------------------


def copied(small: tuple[Graph, Artifact], folder: Path) -> Artifact:
    shutil.copytree(small[1].folder, folder / "copy")
    return replace(small[1], folder=folder / "copy")


def test_proof_of_an_undamaged_copy_passes(
    small: tuple[Graph, Artifact], tmp_path: Path, toolbox: Toolbox
) -> None:
    proof = prove_again(copied(small, tmp_path), small[0], toolbox)
    assert {check.status for check in proof.checks} == {"pass"}


def test_damaged_weights_fail_the_comparison(
    small: tuple[Graph, Artifact], tmp_path: Path, toolbox: Toolbox
) -> None:
    artifact = copied(small, tmp_path)
    path = artifact.folder / "model.bin"
    data = bytearray(path.read_bytes())
    data[len(data) // 2 | 3] ^= 0x40
    path.write_bytes(bytes(data))
    failed = [c.id for c in prove_again(artifact, small[0], toolbox).checks if c.status == "fail"]
    assert failed == ["host.parity"]


def test_other_reference_fails_the_comparison(
    small: tuple[Graph, Artifact], tmp_path: Path, toolbox: Toolbox
) -> None:
    graph, artifact = small
    other = make_graph(models.mobilenet(), tmp_path / "other", count=3)
    samples = dict(np.load(other.samples))
    samples["2/out/logits"] = samples["2/out/logits"] * np.float32(1.001)
    np.savez(tmp_path / "samples.npz", **samples)
    proof = prove_again(artifact, replace(graph, samples=tmp_path / "samples.npz"), toolbox)
    assert [check.id for check in proof.checks if check.status == "fail"] == ["host.parity"]


@pytest.mark.parametrize("size", [0, 100, -4])
def test_truncated_weights_are_refused(
    size: int, small: tuple[Graph, Artifact], tmp_path: Path, toolbox: Toolbox
) -> None:
    artifact = copied(small, tmp_path)
    path = artifact.folder / "model.bin"
    path.write_bytes(path.read_bytes()[:size])
    with pytest.raises(ConversionError, match="running ncnn failed"):
        prove_again(artifact, small[0], toolbox)


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
    graph = make_graph(comparison(), tmp_path)
    with pytest.raises(ConversionError):
        NCNN.convert(graph, "fp32", artifact.folder, report=quiet)
    assert {path.name: sha256_file(path) for path in artifact.folder.iterdir()} == before


def test_offline_without_toolbox(
    small: tuple[Graph, Artifact], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOBILEGEN_CACHE", str(tmp_path / "cache"))
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    with pytest.raises(DownloadError, match="is not in the cache and --offline forbids"):
        NCNN.convert(small[0], "fp32", tmp_path / "out", offline=True, report=quiet)
