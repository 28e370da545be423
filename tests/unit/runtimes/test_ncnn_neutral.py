from __future__ import annotations

from pathlib import Path

import models
import numpy as np
import onnx
import pytest
from onnx.reference import ReferenceEvaluator

from mobilegen.graph import walk
from mobilegen.runtimes.ncnn.neutral import write_neutral_copy


def branching() -> onnx.ModelProto:
    """A branch that uses tensors of the outer graph, and names with spaces and line ends."""
    inner = models.Net(seed=1)
    inner.op("Mul", "in0 1\n2", "big w", output="r")
    branch = inner.model({"in0 1\n2": [2, 3]}, {"r": [2, 3]}, check=False).graph
    del branch.input[:]
    net = models.Net(seed=2)
    total = net.op("ReduceSum", "in0 1\n2", keepdims=0)
    net.op("Relu", "in0 1\n2", output="relu")
    condition = net.op("Greater", total, net.const(0.0))
    net.op("If", condition, output="a b", then_branch=branch, else_branch=branch)
    net.op("Add", "a b", "relu", output="out0")
    net.weights.append(onnx.numpy_helper.from_array(np.full((2, 3), 4, np.float32), "big w"))
    return net.model({"in0 1\n2": [2, 3]}, {"out0": [2, 3]})


def test_same_network_under_other_names(tmp_path: Path) -> None:
    model = branching()
    write_neutral_copy(models.save(model, tmp_path / "m.onnx"), tmp_path / "copy.onnx")
    copy = onnx.load(str(tmp_path / "copy.onnx"))
    onnx.checker.check_model(copy, full_check=True)
    x = np.random.default_rng(0).standard_normal((2, 3)).astype(np.float32)
    wanted = ReferenceEvaluator(model).run(None, {"in0 1\n2": x})
    seen = ReferenceEvaluator(copy).run(None, {copy.graph.input[0].name: x})
    np.testing.assert_array_equal(seen[0], wanted[0])


def test_names_are_plain(tmp_path: Path) -> None:
    write_neutral_copy(models.save(branching(), tmp_path / "m.onnx"), tmp_path / "copy.onnx")
    copy = onnx.load(str(tmp_path / "copy.onnx"))
    names = [name for node in walk.nodes(copy) for name in (*node.input, *node.output)]
    names += [tensor.name for tensor in copy.graph.initializer]
    assert all(name[0] == "v" and name[1:].isdigit() for name in names)


def test_omitted_inputs_stay_omitted(tmp_path: Path) -> None:
    net = models.Net()
    net.op("Clip", "x", "", net.const(1.0), output="y")
    path = models.save(net.model({"x": [3]}, {"y": [3]}), tmp_path / "m.onnx")
    write_neutral_copy(path, tmp_path / "copy.onnx")
    assert list(onnx.load(str(tmp_path / "copy.onnx")).graph.node[0].input)[1] == ""


def test_source_file_is_not_touched(tmp_path: Path) -> None:
    path = models.save(branching(), tmp_path / "m.onnx")
    before = path.read_bytes()
    write_neutral_copy(path, tmp_path / "copy.onnx")
    assert path.read_bytes() == before


def test_no_model(tmp_path: Path) -> None:
    (tmp_path / "m.onnx").write_bytes(b"\xff" * 9)
    with pytest.raises(Exception, match="parsing"):
        write_neutral_copy(tmp_path / "m.onnx", tmp_path / "copy.onnx")
