"""Sizes that ncnn's converter leaves open, with the real converter and the real runtime."""

from __future__ import annotations

from pathlib import Path

import models
import numpy as np
import onnx
import pytest
from graphs import make_graph

from mobilegen.artifacts import Artifact, Scheme, TensorBinding, TensorSpec
from mobilegen.errors import ConversionError
from mobilegen.run import DEFAULT
from mobilegen.runtimes import catalog
from mobilegen.runtimes.ncnn import host, static_shapes
from mobilegen.runtimes.ncnn.param import format_param, parse_param
from mobilegen.system.files import record, write_bytes, write_text


def channel_groups() -> onnx.ModelProto:
    """Groups of channels become samples of a batch for a convolution that they share."""
    net = models.Net(seed=36)
    x = net.op("Reshape", net.conv("x", 3, 8), net.const([2, 4, 7, 9], np.int64))
    net.op("Reshape", net.conv(x, 4, 4), net.const([1, 8, 7, 9], np.int64), output="y")
    return net.model({"x": [1, 3, 7, 9]}, {"y": [1, 8, 7, 9]})


def test_batch_inside_the_network(tmp_path: Path) -> None:
    """ncnn on this computer can do that, the library on the phone cannot."""
    graph = make_graph(channel_groups(), tmp_path)
    with pytest.raises(ConversionError, match="makes a batch of 2 inside the network"):
        catalog.get("ncnn").convert(graph, Scheme("fp32"), tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_size_taken_from_another_blob(tmp_path: Path) -> None:
    """An expression in a resizing layer becomes numbers that give the same image."""
    text = (
        "7767517\n3 3\nInput a 0 1 in0\nInput b 0 1 in1\n"
        'Interp resize 2 1 in0 in1 out0 0=2 9="1w,1h"\n'
    )
    param = write_text(tmp_path / "a.param", text)
    files = record(param, tmp_path), record(write_bytes(tmp_path / "a.bin", b""), tmp_path)
    shapes = {"in0": (2, 3, 4), "in1": (1, 7, 5), "out0": (2, 7, 5)}
    bound = {k: TensorBinding(TensorSpec(k, v, "float32"), k, v) for k, v in shapes.items()}
    artifact = Artifact(
        runtime="ncnn",
        runtime_version="",
        precision="fp32",
        folder=tmp_path,
        files=(("params", files[0]), ("weights", files[1])),
        inputs=(bound["in0"], bound["in1"]),
        outputs=(bound["out0"],),
        operators=(),
        candidate="",
    )
    random = np.random.default_rng(1)
    sample = {k: random.random(shapes[k], np.float32) for k in ("in0", "in1")}
    before = host.execute(artifact, [sample], DEFAULT)[0]["out0"]
    seen = host.blob_shapes(artifact, ["out0"], sample, DEFAULT)
    assert seen == {"out0": (1, 2, 7, 5)}
    fixed = format_param(static_shapes.fix(parse_param(text), seen))
    assert '"' not in fixed and fixed != text
    write_text(param, fixed)
    after = host.execute(artifact, [sample], DEFAULT)[0]["out0"]
    assert after.shape == (2, 7, 5) and np.array_equal(before, after)
