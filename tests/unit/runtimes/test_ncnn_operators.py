from __future__ import annotations

from pathlib import Path

import models
import pytest

from mobilegen.runtimes.ncnn.operators import LAYERS, describe, left_over, unsupported
from mobilegen.runtimes.ncnn.param import Layer, Network
from mobilegen.runtimes.ncnn.pnnx import telling


def network(*types: str) -> Network:
    return Network(tuple(Layer(name, str(i), (), (str(i),)) for i, name in enumerate(types)))


@pytest.fixture
def model(tmp_path: Path) -> Path:
    net = models.Net()
    mask = net.op("Greater", "x", net.const(0.0))
    net.op("Where", mask, "x", net.const(0.0), output="y")
    return models.save(net.model({"x": [1, 3]}, {"y": [1, 3]}), tmp_path / "m.onnx")


def test_known_layers() -> None:
    assert len(LAYERS) == 108
    assert unsupported(network("Input", "Convolution", "Softmax")) == ()


@pytest.mark.parametrize(
    "foreign",
    ["pnnx.Expression", "aten::foo", "torch.gt", "onnx::Foo", "ArgMax", "SPP", "relu", "Tensor.to"],
)
def test_foreign_types(foreign: str) -> None:
    assert unsupported(network("Input", foreign)) == (foreign,)


def test_expressions_follow_from_other_operators() -> None:
    assert unsupported(network("pnnx.Expression", "TopK")) == ("TopK",)


def test_names_of_the_source_model(model: Path) -> None:
    assert describe(["torch.gt", "torch.where"], [model]) == [
        "Greater (node '/Greater_0')",
        "Where (node '/Where_1')",
    ]


def test_name_that_is_not_in_the_source_model(model: Path) -> None:
    assert describe(["aten::foo"], [model]) == [
        "aten::foo (the converter's name for a part of the model)"
    ]


def test_names_of_the_users_own_file_come_first(model: Path, tmp_path: Path) -> None:
    proto = models.onnx.load(str(model))
    proto.graph.node[1].name = "renamed"
    other = models.save(proto, tmp_path / "other.onnx")
    assert describe(["torch.where"], [other, model]) == ["Where (node 'renamed')"]
    assert describe(["torch.where"], [tmp_path / "none", other]) == ["Where (node 'renamed')"]


def test_nodes_inside_branches_are_found(tmp_path: Path) -> None:
    inner = models.Net()
    inner.op("Det", "x", output="d")
    branch = inner.model({"x": [2, 2]}, {"d": []}).graph
    del branch.input[:]
    net = models.Net()
    net.op("If", net.const(True, bool), output="y", then_branch=branch, else_branch=branch)
    path = models.save(net.model({"x": [2, 2]}, {"y": []}, check=False), tmp_path / "m.onnx")
    assert describe(["torch.det"], [path]) == ["Det (node '/Det_0', '/Det_0')"]


def test_file_that_is_no_model(tmp_path: Path) -> None:
    path = tmp_path / "m.onnx"
    path.write_bytes(b"\xff" * 10)
    assert "the converter's name" in describe(["torch.gt"], [path])[0]


def test_left_over_operators() -> None:
    printed = telling("############# pass_level5\ntodo TopK\ntodo TopK\n  12.3ms\ntodo LSTM\n")
    assert printed == ["todo TopK", "todo TopK", "todo LSTM"]
    assert left_over(printed) == ("TopK", "LSTM")


def test_chatter_is_dropped() -> None:
    output = """pnnxparam = model.pnnx.param
inputshape =
get inputshape from traced inputs
############# pass_level0 onnx
fold_constants ...                \x1b[0;93m[W:onnxruntime:pnnx] Unknown CPU vendor. 0\x1b[m
  211.92ms
│ node              │ 450      │ \x1b[32m111     \x1b[0m │
FLOPS = 783.544M
memory OPS = 35.756M
model inputshape = [1,3,224,224]f32
ort CreateSession failed: no such operator
"""
    assert telling(output) == ["ort CreateSession failed: no such operator"]


@pytest.mark.parametrize(
    ("name", "operator"),
    [("torch.unbind", "Gather"), ("F.max_pool2d", "MaxPool"), ("nn.InstanceNorm1d",
     "InstanceNormalization"), ("nn.Conv3d", "Conv"), ("F.interpolate", "Resize")],
)  # fmt: skip
def test_names_of_layers_are_those_of_the_model(name: str, operator: str, tmp_path: Path) -> None:
    net = models.Net()
    net.op(operator, "input", output="output")
    path = models.save(net.model({"input": [1]}, {"output": [1]}, check=False), tmp_path / "m.onnx")
    assert describe([name], [path]) == [f"{operator} (node '/{operator}_0')"]


def test_names_of_the_copy_are_not_shown() -> None:
    lines = telling("Mul: in node (n1).\nn7 n1x v1 in1 n12345678901", ["Relu 'a'", "Mul 'b'"])
    assert lines == ["Mul: in node (Mul 'b').", "n7 n1x v1 in1 n12345678901"]
