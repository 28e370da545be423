"""Each pass: it applies where it should, leaves the rest alone, and changes no number."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from pathlib import Path
from types import ModuleType

import graphs
import models
import numpy as np
import onnx
import pytest
from onnx import TensorProto, numpy_helper

from mobilegen.artifacts import TensorSpec
from mobilegen.graph.outputs import bare_outputs
from mobilegen.graph.passes import (
    PASSES,
    computed_outputs,
    edit,
    explicit_padding,
    explicit_strides,
    float64_to_float32,
    fold_identity,
    gather_to_slices,
    legacy_softmax,
    repair,
    transposed_padding,
    unit_dilations,
)
from mobilegen.graph.samples import read_samples
from mobilegen.verify.numeric import parity

LIMIT = 1e-5


def tensors(model: onnx.ModelProto) -> dict[str, TensorSpec]:
    """What shape inference tells; here in this process, on models of our own."""
    inferred = onnx.shape_inference.infer_shapes(model, data_prop=True).graph
    return {
        value.name: TensorSpec(
            value.name,
            tuple(d.dim_value for d in value.type.tensor_type.shape.dim),
            str(np.dtype(onnx.helper.tensor_dtype_to_np_dtype(value.type.tensor_type.elem_type))),
        )
        for value in [*inferred.value_info, *inferred.input, *inferred.output]
    }


def applied(module: ModuleType, model: onnx.ModelProto) -> tuple[onnx.ModelProto, int]:
    copy = onnx.ModelProto.FromString(model.SerializeToString())
    count = module.apply(copy, tensors(model))
    onnx.checker.check_model(copy, full_check=True)
    return copy, count


def assert_same_numbers(first: onnx.ModelProto, second: onnx.ModelProto, folder: Path) -> None:
    """Compare by onnxruntime, which knows nothing of the passes."""
    graph = graphs.make_graph(first, folder / "first")
    other = graphs.make_graph(second, folder / "second")
    for one, two in zip(read_samples(graph.samples), read_samples(other.samples), strict=True):
        check = parity(one.outputs, two.outputs, limit=LIMIT, id="p", title="same")
        assert check.status == "pass", check


@pytest.mark.parametrize(
    ("module", "make", "count"),
    [
        (fold_identity, models.identity_weights, 2),
        (explicit_strides, models.plain_pooling, 2),
        (unit_dilations, models.odd_sizes, 1),
        (explicit_padding, models.auto_padded, 2),
        (explicit_padding, models.transposed, 1),
        (legacy_softmax, models.old_softmax, 1),
        (gather_to_slices, models.channel_flip, 1),
        (float64_to_float32, models.double_boxes, 3),
    ],
)
def test_pass_applies_and_changes_no_number(
    module: ModuleType, make: Callable[[], onnx.ModelProto], count: int, tmp_path: Path
) -> None:
    model = make()
    changed, seen = applied(module, model)
    assert seen == count
    assert_same_numbers(model, changed, tmp_path)
    assert applied(module, changed)[1] == 0, "a second time there is nothing to do"


@pytest.mark.parametrize("name", models.LEGAL)
def test_all_passes_on_all_models(name: str, tmp_path: Path) -> None:
    model = models.LEGAL[name]()
    copy = onnx.ModelProto.FromString(model.SerializeToString())
    done = repair(copy, tensors(model))
    assert bool(done) == (copy != model)
    assert_same_numbers(model, copy, tmp_path)


def test_comparison_can_fail(tmp_path: Path) -> None:
    model = models.channel_flip()
    wrong = models.channel_flip()
    positions = next(t for t in wrong.graph.initializer if t.data_type == TensorProto.INT64)
    positions.CopyFrom(numpy_helper.from_array(np.array([0, 1, 2]), positions.name))
    with pytest.raises(AssertionError):
        assert_same_numbers(model, wrong, tmp_path)


def test_every_pass_is_in_the_list() -> None:
    folder = Path(edit.__file__).parent
    modules = {path.stem.replace("_", "-") for path in folder.glob("[a-z]*.py")} - {"edit"}
    assert {name for name, _ in PASSES} == modules


@pytest.mark.parametrize("mode", ["SAME_UPPER", "SAME_LOWER", "VALID"])
@pytest.mark.parametrize("stride", [1, 2, 3])
def test_auto_pad_of_convolution_and_pooling(mode: str, stride: int, tmp_path: Path) -> None:
    net = models.Net(seed=stride)
    weight = net.const(net.random.normal(0.0, 0.3, (5, 3, 3, 4)))
    x = net.op("Conv", "input", weight, auto_pad=mode, strides=[stride, stride])
    net.op("AveragePool", x, output="output", auto_pad=mode, kernel_shape=[3, 2])
    model = net.model({"input": [1, 3, 17, 22]}, {"output": [None] * 4}, check=False)
    changed, count = applied(explicit_padding, model)
    assert count == 2
    assert_same_numbers(model, changed, tmp_path)


@pytest.mark.parametrize(
    ("mode", "sized"),
    [*itertools.product(["SAME_UPPER", "SAME_LOWER"], [True, False]), ("NOTSET", True)],
)
def test_pads_of_transposed_convolution(mode: str, sized: bool, tmp_path: Path) -> None:
    model = models.transposed(mode=mode, sized=sized)
    changed, count = applied(explicit_padding, model)
    assert count == 1
    names = {item.name for item in changed.graph.node[0].attribute}
    assert not names & {"auto_pad", "output_shape"}
    assert_same_numbers(model, changed, tmp_path)


TRANSPOSED = [
    ({"output_shape": [14, 18]}, (1, 1)),
    ({"output_shape": [16, 20]}, (1, 0)),
    ({"output_shape": [14, 18], "auto_pad": "SAME_UPPER"}, (1, 1)),
    ({"output_shape": [14, 18], "dilations": [2, 2]}, (1, 1)),
    ({"auto_pad": "SAME_UPPER", "strides": [3, 3], "dilations": [1, 1]}, (1, 0)),
    ({"auto_pad": "SAME_LOWER", "strides": [4, 4]}, (1, 0)),
    ({"pads": [0, 1, 1, 0]}, (0, 1)),
    ({"pads": [2, 0, 0, 2], "output_padding": [1, 1]}, (0, 1)),
    ({"pads": [1, 1, 1, 1], "output_padding": [1, 1]}, (0, 0)),
]


@pytest.mark.parametrize(("attributes", "counts"), TRANSPOSED)
def test_even_pads_of_transposed_convolution(
    attributes: dict[str, object], counts: tuple[int, int], tmp_path: Path
) -> None:
    net = models.Net(seed=14)
    weight = net.const(net.random.normal(0.0, 0.3, (4, 3, 3, 3)))
    bias = net.const(net.random.normal(0.0, 0.3, 6))
    options = {"strides": [2, 2], "group": 2, "kernel_shape": [3, 3], **attributes}
    net.op("ConvTranspose", "x", weight, bias, output="y", **options)
    model = net.model({"x": [1, 4, 7, 9]}, {"y": [None] * 4}, check=False)
    explicit, first = applied(explicit_padding, model)
    even, second = applied(transposed_padding, explicit)
    assert (first, second) == counts
    node = next(n for n in even.graph.node if n.op_type == "ConvTranspose")
    pads = edit.attribute(node, "pads")
    assert pads[:2] == pads[2:] and not edit.attribute(node, "output_shape")
    assert_same_numbers(model, even, tmp_path)
    assert applied(transposed_padding, even)[1] == 0


BARE: dict[str, tuple[str, ...]] = {
    "input": ("output 'y' is input 'x'",),
    "chain": ("output 'y' is input 'x'",),
    "weight": ("output 'y' is a constant",),
    "shared": ("output 'y' is a constant",),
    "constant": ("output 'y' is a constant",),
    "again": ("output 'y' is output 'z' once more",),
    "twins": ("output 'z' is output 'y' once more",),
}


def bare(kind: str) -> onnx.ModelProto:
    """Outputs y and z, of which one is not computed."""
    net = models.Net(seed=15)
    shape = [1, 3, 5, 7]
    weight = net.const(net.random.normal(0.0, 1.0, shape))
    if kind == "twins":
        hidden = net.relu("x")
        net.op("Identity", hidden, output="z")
    else:
        net.op("Mul", "x", weight, output="z")
    if kind == "shared":
        net.weights[0].name = net.nodes[0].input[1] = "y"
    elif kind == "constant":
        value = numpy_helper.from_array(np.ones(shape, np.float32))
        net.op("Constant", output="y", value=value)
    else:
        source = {"again": "z", "twins": "", "weight": weight}.get(kind, "x")
        last = net.op("Identity", source or hidden) if kind == "chain" else source or hidden
        net.op("Identity", last, output="y")
    return net.model({"x": shape}, {"y": shape, "z": shape})


@pytest.mark.parametrize("kind", BARE)
def test_outputs_become_computed(kind: str, tmp_path: Path) -> None:
    model = bare(kind)
    assert tuple(bare_outputs(model).values()) == BARE[kind]
    changed, count = applied(computed_outputs, model)
    assert count == 1 and bare_outputs(changed) == {}
    assert_same_numbers(model, changed, tmp_path)
    makers = {name: node for node in changed.graph.node for name in node.output}
    users = [node for node in changed.graph.node if node.op_type == "Mul"]
    assert all(node.input[1] not in makers for node in users), "the weight is still a constant"


def test_input_that_is_an_output_cannot_be_computed() -> None:
    net = models.Net()
    net.op("Relu", "x", output="z")
    model = net.model({"x": [1, 3]}, {"x": [1, 3], "z": [1, 3]}, check=False)
    assert bare_outputs(model) == {"x": "output 'x' is input 'x'"}
    assert computed_outputs.apply(model, tensors(model)) == 0


def test_computed_outputs_are_left_alone() -> None:
    assert [name for name in models.LEGAL if bare_outputs(models.LEGAL[name]())] == []


@pytest.mark.parametrize("axis", [0, 1, 2, 3, -1, -2])
@pytest.mark.parametrize("kind", ["Softmax", "LogSoftmax"])
def test_old_softmax_on_each_axis(axis: int, kind: str, tmp_path: Path) -> None:
    net = models.Net(seed=3, opset=11)
    net.op(kind, net.conv("input", 3, 5), output="output", axis=axis)
    model = net.model({"input": [2, 3, 4, 6]}, {"output": [2, 5, 4, 6]})
    changed, count = applied(legacy_softmax, model)
    assert count == (0 if axis in (3, -1) else 1)
    assert_same_numbers(model, changed, tmp_path)


def test_new_softmax_is_left_alone() -> None:
    net = models.Net(opset=13)
    net.op("Softmax", "input", output="output", axis=1)
    assert applied(legacy_softmax, net.model({"input": [1, 3, 4]}, {"output": [1, 3, 4]}))[1] == 0


@pytest.mark.parametrize("positions", [[2, 1, 0], [0, 1, 2], [1, 2, 2, 0], [-1]])
def test_positions_become_slices(positions: list[int], tmp_path: Path) -> None:
    net = models.Net()
    net.op("Gather", "input", net.const(positions, np.int64), output="output", axis=-2)
    model = net.model({"input": [2, 3, 4]}, {"output": [2, len(positions), 4]})
    changed, count = applied(gather_to_slices, model)
    assert count == 1
    assert_same_numbers(model, changed, tmp_path)


def test_lookups_in_a_table_are_left_alone() -> None:
    assert applied(gather_to_slices, models.embedding())[1] == 0
    net = models.Net()
    many = list(range(0, 80, 2))
    net.op("Gather", "input", net.const(many, np.int64), output="output", axis=1)
    assert applied(gather_to_slices, net.model({"input": [1, 80]}, {"output": [1, 40]}))[1] == 0


def test_dilated_pooling_keeps_its_dilations() -> None:
    net = models.Net()
    net.op("MaxPool", "input", output="output", kernel_shape=[2, 2], dilations=[2, 1])
    assert (
        applied(unit_dilations, net.model({"input": [1, 1, 6, 6]}, {"output": [1, 1, 4, 5]}))[1]
        == 0
    )


def test_identity_that_makes_an_output_stays() -> None:
    net = models.Net()
    weight = net.const(np.ones(4))
    net.op("Identity", weight, output="constant")
    net.op("Add", "input", weight, output="output")
    model = net.model({"input": [4]}, {"output": [4], "constant": [4]})
    assert applied(fold_identity, model)[1] == 0


def test_float64_interface_stays() -> None:
    net = models.Net()
    net.op("Add", "input", net.const(np.ones(4), np.float64), output="output")
    kind = TensorProto.DOUBLE
    model = net.model({"input": [4]}, {"output": [4]}, input_type=kind, output_type=kind)
    assert applied(float64_to_float32, model)[1] == 0


def test_largest_float64_becomes_the_largest_float32() -> None:
    tensor = numpy_helper.from_array(np.array([1.7e308, -1.7e308, np.inf, 0.5]), "t")
    model = models.double_boxes()
    model.graph.initializer.append(tensor)
    float64_to_float32.apply(model, {})
    values = numpy_helper.to_array(model.graph.initializer[-1])
    largest = np.finfo(np.float32).max
    np.testing.assert_array_equal(values, np.array([largest, -largest, np.inf, 0.5], np.float32))
