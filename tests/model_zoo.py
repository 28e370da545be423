"""Well-known image classifiers in their real architecture, with random weights.

Numbers of parameters are those that the papers' own and the usual implementations have; a test
counts them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import models
import onnx
from models import Net

IMAGE = {"input": [1, 3, 224, 224]}
SCORES = {"output": [1, 1000]}

# Depthwise separable blocks of MobileNet v1: channels out, stride (arXiv:1704.04861, table 1).
_MOBILENET_V1 = (
    (64, 1), (128, 2), (128, 1), (256, 2), (256, 1), (512, 2), *[(512, 1)] * 5, (1024, 2), (1024, 1)
)  # fmt: skip
# Bottlenecks of MobileNet v2: expansion, channels out, repeats, stride (arXiv:1801.04381, table 2).
_MOBILENET_V2 = (
    (1, 16, 1, 1), (6, 24, 2, 2), (6, 32, 3, 2), (6, 64, 4, 2), (6, 96, 3, 1), (6, 160, 3, 2),
    (6, 320, 1, 1),
)  # fmt: skip


def mobilenet_v1() -> onnx.ModelProto:
    """MobileNet v1, width 1.0: input "input", output "output" (probabilities)."""
    net = Net(seed=101)
    x = net.relu6(net.conv_bn("input", 3, 32, stride=2))
    inputs = 32
    for outputs, stride in _MOBILENET_V1:
        x = net.relu6(net.conv_bn(x, inputs, inputs, stride=stride, group=inputs))
        x = net.relu6(net.conv_bn(x, inputs, outputs, 1))
        inputs = outputs
    net.op("Softmax", _dense(net, x, inputs), output="output", axis=1)
    return net.model(IMAGE, SCORES)


def mobilenet_v2() -> onnx.ModelProto:
    """MobileNet v2, width 1.0: input "input", output "output" (logits)."""
    net = Net(seed=102)
    x = net.relu6(net.conv_bn("input", 3, 32, stride=2))
    inputs = 32
    for expansion, outputs, repeats, first_stride in _MOBILENET_V2:
        for index in range(repeats):
            stride = 1 if index else first_stride
            x = _bottleneck(net, x, inputs, outputs, expansion, stride)
            inputs = outputs
    x = net.relu6(net.conv_bn(x, inputs, 1280, 1))
    _dense(net, x, 1280, output="output")
    return net.model(IMAGE, SCORES)


def _bottleneck(net: Net, x: str, inputs: int, outputs: int, expansion: int, stride: int) -> str:
    hidden, y = inputs * expansion, x
    if expansion > 1:
        y = net.relu6(net.conv_bn(y, inputs, hidden, 1))
    y = net.relu6(net.conv_bn(y, hidden, hidden, stride=stride, group=hidden))
    y = net.conv_bn(y, hidden, outputs, 1)
    return net.op("Add", x, y) if stride == 1 and inputs == outputs else y


def resnet18() -> onnx.ModelProto:
    """ResNet-18 (arXiv:1512.03385): input "input", output "output" (logits)."""
    net = Net(seed=103)
    x = net.relu(net.conv_bn("input", 3, 64, 7, stride=2))
    x = net.op("MaxPool", x, kernel_shape=[3, 3], pads=[1, 1, 1, 1], strides=[2, 2])
    inputs = 64
    for outputs in (64, 128, 256, 512):
        x = _residual(net, x, inputs, outputs)
        x = _residual(net, x, outputs, outputs)
        inputs = outputs
    _dense(net, x, 512, output="output")
    return net.model(IMAGE, SCORES)


def _residual(net: Net, x: str, inputs: int, outputs: int) -> str:
    stride = 1 if inputs == outputs else 2
    y = net.relu(net.conv_bn(x, inputs, outputs, stride=stride))
    y = net.conv_bn(y, outputs, outputs)
    side = x if stride == 1 else net.conv_bn(x, inputs, outputs, 1, stride=stride)
    return net.relu(net.op("Add", y, side))


def _dense(net: Net, x: str, inputs: int, *, output: str = "") -> str:
    x = net.op("Flatten", net.op("GlobalAveragePool", x), axis=1)
    return net.dense(x, inputs, 1000, output=output)


@dataclass(frozen=True)
class Known:
    """A model of the zoo.

    Attributes:
        title: For tables.
        make: Builds it.
        parameters: Trainable ones, as published.
    """

    title: str
    make: Callable[[], onnx.ModelProto]
    parameters: int


ZOO = (
    Known("LeNet-5 (28 x 28)", models.lenet, 61_706),
    Known("SqueezeNet 1.1", models.squeezenet, 1_235_496),
    Known("MobileNet v1", mobilenet_v1, 4_231_976),
    Known("MobileNet v2", mobilenet_v2, 3_504_872),
    Known("ResNet-18", resnet18, 11_689_512),
)
