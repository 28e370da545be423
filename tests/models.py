"""Networks for tests, and how they get into files."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import onnx
from network import OPSET, Net
from onnx import TensorProto, helper, numpy_helper


def lenet() -> onnx.ModelProto:
    """LeNet-5 on 28x28 grey images, 10 classes with softmax: input "image", output "prob"."""
    net = Net(seed=1)
    x = net.relu(net.conv("image", 1, 6, 5))
    x = net.max_pool(x)
    x = net.relu(net.conv(x, 6, 16, 5, pad=0))
    x = net.op("Flatten", net.max_pool(x), axis=1)
    x = net.relu(net.dense(x, 400, 120))
    x = net.relu(net.dense(x, 120, 84))
    net.op("Softmax", net.dense(x, 84, 10), output="prob", axis=1)
    return net.model({"image": [1, 1, 28, 28]}, {"prob": [1, 10]})


def _fire(net: Net, x: str, inputs: int, squeeze: int, expand: int) -> str:
    x = net.relu(net.conv(x, inputs, squeeze, 1))
    left = net.relu(net.conv(x, squeeze, expand, 1))
    right = net.relu(net.conv(x, squeeze, expand, 3))
    return net.op("Concat", left, right, axis=1)


def squeezenet(*, classes: int = 1000, size: int = 224) -> onnx.ModelProto:
    """SqueezeNet 1.1 (1.24 million parameters): input "input", output "output" (logits)."""
    net = Net(seed=2)
    x = net.max_pool(net.relu(net.conv("input", 3, 64, 3, stride=2, pad=0)), 3, ceil=1)
    x = _fire(net, _fire(net, x, 64, 16, 64), 128, 16, 64)
    x = net.max_pool(x, 3, ceil=1)
    x = _fire(net, _fire(net, x, 128, 32, 128), 256, 32, 128)
    x = net.max_pool(x, 3, ceil=1)
    x = _fire(net, _fire(net, x, 256, 48, 192), 384, 48, 192)
    x = _fire(net, _fire(net, x, 384, 64, 256), 512, 64, 256)
    x = net.relu(net.conv(x, 512, classes, 1))
    net.op("Flatten", net.op("GlobalAveragePool", x), output="output", axis=1)
    return net.model({"input": [1, 3, size, size]}, {"output": [1, classes]})


def mobilenet(*, size: int = 64, classes: int = 20) -> onnx.ModelProto:
    """A small MobileNetV1: depthwise separable blocks, batch norm, ReLU6, dense layer."""
    net = Net(seed=3)
    x = net.relu6(net.conv_bn("input", 3, 8, stride=2))
    for inputs, outputs, stride in ((8, 16, 1), (16, 32, 2), (32, 32, 1), (32, 64, 2)):
        x = net.relu6(net.conv_bn(x, inputs, inputs, stride=stride, group=inputs))
        x = net.relu6(net.conv_bn(x, inputs, outputs, 1))
    x = net.op("Flatten", net.op("GlobalAveragePool", x), axis=1)
    net.dense(x, 64, classes, output="logits")
    return net.model({"input": [1, 3, size, size]}, {"logits": [1, classes]})


def residual(*, batch: int | str | None = 1, size: int | str | None = 32) -> onnx.ModelProto:
    """Residual blocks with batch norm, one with a projection: "input" -> "logits".

    Any of the sizes can be symbolic (a name) or unknown (None).
    """
    net = Net(seed=4)
    x = net.relu(net.conv_bn("input", 3, 16))
    left = net.conv_bn(net.relu(net.conv_bn(x, 16, 16)), 16, 16)
    x = net.relu(net.op("Add", left, x))
    left = net.conv_bn(net.relu(net.conv_bn(x, 16, 24, stride=2)), 24, 24)
    x = net.relu(net.op("Add", left, net.conv_bn(x, 16, 24, 1, stride=2)))
    x = net.op("Flatten", net.op("GlobalAveragePool", x), axis=1)
    net.dense(x, 24, 10, output="logits")
    return net.model({"input": [batch, 3, size, size]}, {"logits": [batch, 10]})


def multi_io() -> onnx.ModelProto:
    """Two inputs of different sizes, three outputs: a map, a vector, an intermediate map."""
    net = Net(seed=5)
    x = net.relu(net.conv("picture", 3, 8, stride=2))
    y = net.op("Sigmoid", net.conv("side", 5, 8, 1))
    both = net.op("Mul", x, y, output="both")
    net.conv(both, 8, 4, 3)
    net.nodes[-1].output[0] = "map"
    flat = net.op("Flatten", net.op("GlobalAveragePool", both), axis=1)
    net.op("Tanh", net.dense(flat, 8, 3), output="vector")
    return net.model(
        {"picture": [1, 3, 22, 26], "side": [1, 5, 11, 13]},
        {"map": [1, 4, 11, 13], "vector": [1, 3], "both": [1, 8, 11, 13]},
    )


def squeeze_excite() -> onnx.ModelProto:
    """Squeeze-and-excitation block with hard sigmoid gates, spatial output."""
    net = Net(seed=6)
    x = net.op("HardSwish", net.conv_bn("input", 3, 16))
    gate = net.relu(net.conv(net.op("GlobalAveragePool", x), 16, 4, 1))
    gate = net.op("HardSigmoid", net.conv(gate, 4, 16, 1), alpha=1 / 6, beta=0.5)
    net.conv(net.op("Mul", x, gate), 16, 7, 1)
    net.nodes[-1].output[0] = "output"
    return net.model({"input": [1, 3, 20, 28]}, {"output": [1, 7, 20, 28]})


def odd_sizes() -> onnx.ModelProto:
    """Channels, height and width all different and odd; a non-square kernel; spatial output."""
    net = Net(seed=7)
    x = net.relu(net.conv_bn("input", 3, 9, stride=2))
    x = net.relu(net.conv(x, 9, 13, (3, 5)))
    net.max_pool(x, 3, stride=2)
    net.nodes[-1].output[0] = "output"
    return net.model({"input": [1, 3, 37, 53]}, {"output": [1, 13, 9, 13]})


def symbolic(*, named: bool = True) -> onnx.ModelProto:
    """`residual` with symbolic batch, height and width."""
    return residual(batch="batch", size="size") if named else residual(batch=None, size=None)


def symbolic_batch(*, named: bool = True) -> onnx.ModelProto:
    """`residual` whose batch axis alone is symbolic."""
    return residual(batch="N" if named else None)


def old_softmax() -> onnx.ModelProto:
    """Opset 11: Softmax over (C, H, W) flattened, as it meant before opset 13."""
    net = Net(seed=8, opset=11)
    net.op("Softmax", net.conv("input", 3, 5), output="output", axis=1)
    return net.model({"input": [1, 3, 7, 9]}, {"output": [1, 5, 7, 9]})


def plain_pooling() -> onnx.ModelProto:
    """Pooling without the strides attribute: legal, and the default is 1."""
    net = Net(seed=9)
    x = net.op("MaxPool", net.conv("input", 3, 5), kernel_shape=[3, 3])
    net.op("AveragePool", x, output="output", kernel_shape=[2, 2])
    return net.model({"input": [1, 3, 12, 14]}, {"output": [1, 5, 9, 11]})


def identity_weights() -> onnx.ModelProto:
    """A weight shared through Identity nodes, as the exporter of PyTorch writes it."""
    net = Net(seed=10)
    weight = net.const(net.random.normal(0.0, 0.3, (4, 4, 3, 3)))
    first = net.op("Identity", weight)
    x = net.relu(net.op("Conv", net.conv("input", 3, 4), first, pads=[1, 1, 1, 1]))
    net.op("Conv", x, net.op("Identity", first), output="output", pads=[1, 1, 1, 1])
    return net.model({"input": [1, 3, 10, 12]}, {"output": [1, 4, 10, 12]})


def weights_as_inputs() -> onnx.ModelProto:
    """IR version 3: every initializer is listed among the graph inputs too."""
    net = Net(seed=11, opset=8)
    net.relu(net.conv("input", 3, 4))
    net.nodes[-1].output[0] = "output"
    model = net.model({"input": [1, 3, 8, 10]}, {"output": [1, 4, 8, 10]})
    for weight in model.graph.initializer:
        model.graph.input.append(
            helper.make_tensor_value_info(weight.name, weight.data_type, list(weight.dims))
        )
    model.ir_version = 3
    return model


def embedding() -> onnx.ModelProto:
    """Integer input: word numbers below 11 are looked up, then a dense layer."""
    net = Net(seed=12)
    table = net.const(net.random.normal(0.0, 1.0, (11, 6)))
    x = net.op("ReduceMean", net.op("Gather", table, "words", axis=0), axes=[1], keepdims=0)
    net.dense(x, 6, 4, output="output")
    return net.model({"words": [1, 5]}, {"output": [1, 4]}, input_type=TensorProto.INT64)


def auto_padded(*, mode: str = "SAME_UPPER", stride: int = 2) -> onnx.ModelProto:
    """Convolution and pooling with auto_pad on sizes that do not divide evenly."""
    net = Net(seed=13)
    weight = net.const(net.random.normal(0.0, 0.3, (5, 3, 3, 4)))
    x = net.op("Conv", "input", weight, auto_pad=mode, strides=[stride, stride])
    net.op("MaxPool", x, output="output", auto_pad=mode, kernel_shape=[2, 2], strides=[2, 2])
    height, width = -(-13 // stride), -(-18 // stride)
    shape = [1, 5, -(-height // 2), -(-width // 2)]
    return net.model({"input": [1, 3, 13, 18]}, {"output": shape})


def transposed(*, mode: str = "NOTSET", sized: bool = True) -> onnx.ModelProto:
    """ConvTranspose whose pads follow from output_shape or auto_pad."""
    net = Net(seed=14)
    weight = net.const(net.random.normal(0.0, 0.3, (3, 4, 3, 4)))
    attributes: dict[str, Any] = {"strides": [2, 2], "auto_pad": mode}
    height, width = (14, 19) if sized else (14, 18)
    if sized:
        attributes["output_shape"] = [height, width]
    net.op("ConvTranspose", "input", weight, output="output", **attributes)
    return net.model({"input": [1, 3, 7, 9]}, {"output": [1, 4, height, width]})


def channel_flip() -> onnx.ModelProto:
    """RGB to BGR by Gather with a vector of positions, one of them negative."""
    net = Net(seed=15)
    x = net.op("Gather", "input", net.const([2, -2, 0], np.int64), axis=1)
    net.conv(x, 3, 4)
    net.nodes[-1].output[0] = "output"
    return net.model({"input": [1, 3, 8, 10]}, {"output": [1, 4, 8, 10]})


def double_boxes() -> onnx.ModelProto:
    """Box arithmetic in float64 between casts, as detection heads have it."""
    net = Net(seed=16)
    wide = net.op("Cast", net.conv("input", 3, 4), to=TensorProto.DOUBLE)
    offset = net.const(net.random.normal(0.0, 1.0, (1, 4, 1, 1)), np.float64)
    moved = net.op("Mul", net.op("Add", wide, offset), net.const(8.0, np.float64))
    net.op("Cast", moved, output="output", to=TensorProto.FLOAT)
    return net.model({"input": [1, 3, 6, 7]}, {"output": [1, 4, 6, 7]})


def local_function() -> onnx.ModelProto:
    """An operator of the model's own, defined by a function inside it."""
    net = Net(seed=17)
    net.op("Gate", net.conv("input", 3, 4), output="output", domain="tests.local")
    model = net.model({"input": [1, 3, 6, 7]}, {"output": [1, 4, 6, 7]}, check=False)
    body = [
        helper.make_node("Sigmoid", ["x"], ["s"]),
        helper.make_node("Mul", ["x", "s"], ["y"]),
    ]
    opsets = [helper.make_opsetid("", OPSET)]
    model.functions.append(helper.make_function("tests.local", "Gate", ["x"], ["y"], body, opsets))
    model.opset_import.append(helper.make_opsetid("tests.local", 1))
    return model


def best_class() -> onnx.ModelProto:
    """LeNet that answers with the number of the best class alone."""
    model = lenet()
    model.graph.node.append(helper.make_node("ArgMax", ["prob"], ["class"], axis=1, keepdims=0))
    del model.graph.output[:]
    model.graph.output.append(helper.make_tensor_value_info("class", TensorProto.INT64, [1]))
    return model


LEGAL: dict[str, Callable[[], onnx.ModelProto]] = {
    "lenet": lenet,
    "mobilenet": mobilenet,
    "residual": residual,
    "multi_io": multi_io,
    "squeeze_excite": squeeze_excite,
    "odd_sizes": odd_sizes,
    "old_softmax": old_softmax,
    "plain_pooling": plain_pooling,
    "identity_weights": identity_weights,
    "weights_as_inputs": weights_as_inputs,
    "embedding": embedding,
    "auto_padded": auto_padded,
    "transposed": transposed,
    "channel_flip": channel_flip,
    "double_boxes": double_boxes,
    "local_function": local_function,
    "best_class": best_class,
}


# --- files ------------------------------------------------------------------------------------


def save(model: onnx.ModelProto, path: Path) -> Path:
    """Write the model as one file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(model.SerializeToString(deterministic=True))
    return path


def save_external(
    model: onnx.ModelProto, path: Path, *, location: str = "", write: bool = True
) -> Path:
    """Write the model with its larger weights in a second file `location` beside it.

    Args:
        location: As the model is to name it; anything goes, the data is written there.
        write: False leaves the data file out.
    """
    copy = onnx.ModelProto()
    copy.CopyFrom(model)
    data = bytearray()
    for tensor in copy.graph.initializer:
        raw = numpy_helper.to_array(tensor).tobytes()
        if len(raw) >= 64:
            _make_external(tensor, location or path.name + ".data", len(data), len(raw))
            data += raw
    if write:
        target = path.parent / (location or path.name + ".data")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(bytes(data))
    return save(copy, path)


def _make_external(tensor: onnx.TensorProto, location: str, offset: int, length: int) -> None:
    for name in ("raw_data", "float_data", "int64_data", "int32_data"):
        tensor.ClearField(name)
    tensor.data_location = TensorProto.EXTERNAL
    entries = {"location": location, "offset": str(offset), "length": str(length)}
    for key, value in entries.items():
        tensor.external_data.add(key=key, value=value)
