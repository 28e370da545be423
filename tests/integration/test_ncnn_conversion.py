"""Conversion to ncnn with the real converter and the real runtime, against onnxruntime."""

from __future__ import annotations

from pathlib import Path

import models
import numpy as np
import onnx
import pytest
from graphs import make_graph
from ncnn_conversion import FP32, NCNN, convert, refusal
from onnx import numpy_helper

from mobilegen.artifacts import Scheme, Tolerance
from mobilegen.graph.samples import read_samples
from mobilegen.run import Run
from mobilegen.runtimes import catalog
from mobilegen.runtimes.ncnn import TOOLBOX
from mobilegen.runtimes.ncnn.operators import LAYERS
from mobilegen.system.files import sha256_file
from mobilegen.toolboxes import ensure
from mobilegen.toolboxes.worker import call

PHOTO = Path(__file__).parents[2] / "samples" / "photo" / "efficientnet_lite0.onnx"


@pytest.mark.parametrize(("precision", "limit"), [("fp32", 1e-4), ("fp16", 1e-2)])
def test_efficientnet(precision: str, limit: float, tmp_path: Path) -> None:
    graph = make_graph(PHOTO, tmp_path)
    artifact = NCNN.convert(
        graph,
        Scheme(precision),  # type: ignore[arg-type]
        tmp_path / "out",
        tolerance=Tolerance(limit),
    )
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


def test_again_the_same_bytes_and_the_source_left_alone(tmp_path: Path) -> None:
    graph = make_graph(models.mobilenet(), tmp_path / "source", count=3)
    before = sha256_file(graph.original), sorted(graph.original.parent.iterdir())
    first, second = (convert(graph, tmp_path / place) for place in ("first", "second"))
    assert first.files == second.files
    assert (sha256_file(graph.original), sorted(graph.original.parent.iterdir())) == before


def test_layer_list_is_the_wheels_own() -> None:
    script = Path(catalog.__file__).parent / "ncnn" / "worker.py"
    asked = sorted(LAYERS | {"ArgMax", "SPP", "Foo"})
    answer = call(ensure(TOOLBOX), script, {"types": asked}, title="asking", timeout=60)
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
    artifact = NCNN.convert(graph, FP32, tmp_path / "out", Run(report=said.append))
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
