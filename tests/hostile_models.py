"""Models that must be refused."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import onnx
from models import lenet
from network import Net
from onnx import TensorProto, helper, numpy_helper


def cyclic() -> onnx.ModelProto:
    """Two nodes that each need the other's output."""
    net = Net()
    net.op("Add", "input", "b", output="a")
    net.op("Relu", "a", output="b")
    net.op("Relu", "b", output="output")
    return net.model({"input": [1, 4]}, {"output": [1, 4]}, check=False)


def custom_domain() -> onnx.ModelProto:
    """A node of the domain com.example that nobody knows."""
    net = Net()
    net.op("Wobble", "input", output="output", domain="com.example")
    model = net.model({"input": [1, 4]}, {"output": [1, 4]}, check=False)
    model.opset_import.append(helper.make_opsetid("com.example", 1))
    return model


def unknown_operator() -> onnx.ModelProto:
    """A node of the standard domain that does not exist there."""
    net = Net()
    net.op("Wobble", "input", output="output")
    return net.model({"input": [1, 4]}, {"output": [1, 4]}, check=False)


def future_opset() -> onnx.ModelProto:
    """LeNet that claims an operator set which does not exist yet."""
    model = lenet()
    model.opset_import[0].version = 999
    return model


def nan_weights() -> onnx.ModelProto:
    """LeNet with one weight that is not a number."""
    model = lenet()
    weight = np.array(numpy_helper.to_array(model.graph.initializer[0]))
    weight.flat[3] = np.nan
    model.graph.initializer[0].CopyFrom(
        numpy_helper.from_array(weight, model.graph.initializer[0].name)
    )
    return model


def constant_output() -> onnx.ModelProto:
    """The input is multiplied by zero: any converter would look right."""
    net = Net()
    net.op("Add", net.op("Mul", "input", net.const(0.0)), net.const(0.5), output="output")
    return net.model({"input": [1, 3, 4, 5]}, {"output": [1, 3, 4, 5]})


def infinite_output() -> onnx.ModelProto:
    """Finite weights whose product is not."""
    net = Net()
    big = net.const(3e38)
    net.op("Mul", net.op("Mul", "input", big), big, output="output")
    return net.model({"input": [1, 4]}, {"output": [1, 4]})


def random_operator() -> onnx.ModelProto:
    """Adds noise at each run."""
    net = Net()
    noise = net.op("RandomNormalLike", "input")
    net.op("Add", "input", noise, output="output")
    return net.model({"input": [1, 4]}, {"output": [1, 4]})


def training_mode() -> onnx.ModelProto:
    """Dropout that is switched on by its third input."""
    net = Net()
    ratio, on = net.const(0.5), net.const(True, np.bool_)
    net.op("Dropout", "input", ratio, on, output="output")
    return net.model({"input": [1, 4]}, {"output": [1, 4]})


def endless_loop() -> onnx.ModelProto:
    """A Loop that never ends."""
    net = Net()
    body = helper.make_graph(
        [
            helper.make_node("Identity", ["on"], ["on_again"]),
            helper.make_node("Add", ["x", "x"], ["x_again"]),
        ],
        "body",
        [
            helper.make_tensor_value_info("step", TensorProto.INT64, []),
            helper.make_tensor_value_info("on", TensorProto.BOOL, []),
            helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 4]),
        ],
        [
            helper.make_tensor_value_info("on_again", TensorProto.BOOL, []),
            helper.make_tensor_value_info("x_again", TensorProto.FLOAT, [1, 4]),
        ],
    )
    net.op("Loop", "", net.const(True, np.bool_), "input", output="output", body=body)
    return net.model({"input": [1, 4]}, {"output": [1, 4]})


def long_loop() -> onnx.ModelProto:
    """A Loop of 2^62 turns."""
    model = endless_loop()
    [loop] = model.graph.node
    model.graph.initializer.append(numpy_helper.from_array(np.array(1 << 62), "turns"))
    loop.input[0] = "turns"
    return model


def nodes_without_inputs() -> onnx.ModelProto:
    """Each node lacks inputs that its operator cannot do without."""
    net = Net()
    for kind in ("Cast", "Identity", "Reshape", "Squeeze", "Unsqueeze", "Gather"):
        net.op(kind)
    net.op("Gather", "input")
    net.op("Relu", "input", output="output")
    return net.model({"input": [1, 4]}, {"output": [1, 4]}, check=False)


def attribute_of_a_function() -> onnx.ModelProto:
    """A node of the main graph whose attribute refers to that of a function."""
    net = Net()
    net.op("Conv", "input", net.const(np.ones((3, 3, 1, 1))), output="output", kernel_shape=[1, 1])
    model = net.model({"input": [1, 3, 8, 8]}, {"output": [1, 3, 8, 8]})
    model.graph.node[0].attribute[0].ref_attr_name = "size"
    return model


def huge_output() -> onnx.ModelProto:
    """A few bytes that answer with 1.6 GB."""
    net = Net()
    net.op("Expand", "input", net.const([100_000_000, 4], np.int64), output="output")
    return net.model({"input": [1, 4]}, {"output": [100_000_000, 4]})


def huge_tensor() -> onnx.ModelProto:
    """A few bytes that ask for a tensor of 4 TB."""
    net = Net()
    big = net.op("ConstantOfShape", net.const([1 << 20, 1 << 20], np.int64))
    net.op("Add", "input", net.op("ReduceMax", big, keepdims=0), output="output")
    return net.model({"input": [1, 4]}, {"output": [1, 4]})


def wrong_types() -> onnx.ModelProto:
    """An operator on a type that it does not have."""
    net = Net()
    net.op("Conv", "input", net.const(np.ones((2, 3, 1, 1)), np.int64), output="output")
    return net.model({"input": [1, 3, 4, 4]}, {"output": [1, 2, 4, 4]}, check=False)


def data_dependent() -> onnx.ModelProto:
    """The places of the positive values: their number depends on the input."""
    net = Net()
    positive = net.op("Greater", "input", net.const(0.0))
    net.op("NonZero", positive, output="output")
    return net.model({"input": [1, 40]}, {"output": [2, "count"]}, output_type=TensorProto.INT64)


# What the name says, and a word that the error must have.
HOSTILE: dict[str, tuple[Callable[[], onnx.ModelProto], str]] = {
    "cyclic": (cyclic, "cycle"),
    "custom_domain": (custom_domain, "com.example"),
    "unknown_operator": (unknown_operator, "Wobble"),
    "future_opset": (future_opset, "999"),
    "nan_weights": (nan_weights, "NaN"),
    "constant_output": (constant_output, "constant"),
    "infinite_output": (infinite_output, "infinite"),
    "random_operator": (random_operator, "random"),
    "training_mode": (training_mode, "training"),
    "endless_loop": (endless_loop, "did not finish"),
    "long_loop": (long_loop, "loop that does not end: Loop '/Loop_0'"),
    "nodes_without_inputs": (nodes_without_inputs, "checker"),
    "attribute_of_a_function": (attribute_of_a_function, "Conv '/Conv_0'"),
    "huge_output": (huge_output, "onnxruntime"),
    "huge_tensor": (huge_tensor, "onnxruntime"),
    "wrong_types": (wrong_types, "checker"),
    "data_dependent": (data_dependent, "depends on the data"),
}
