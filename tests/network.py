"""Builds networks with onnx.helper: seeded weights, randomised batch-norm statistics."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper, numpy_helper

OPSET = 17
_FLOAT = TensorProto.FLOAT


@dataclass
class Net:
    """A network under construction: each method adds a layer and returns its output's name."""

    seed: int = 0
    opset: int = OPSET
    nodes: list[onnx.NodeProto] = field(default_factory=list)
    weights: list[onnx.TensorProto] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = np.random.default_rng(self.seed)

    def const(self, value: npt.ArrayLike, dtype: Any = np.float32) -> str:
        name = f"w{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(np.asarray(value, dtype=dtype), name))
        return name

    def op(self, kind: str, *inputs: str, output: str = "", **attributes: Any) -> str:
        output = output or f"t{len(self.nodes)}"
        name = f"/{kind}_{len(self.nodes)}"
        self.nodes.append(helper.make_node(kind, list(inputs), [output], name=name, **attributes))
        return output

    def conv(
        self,
        x: str,
        inputs: int,
        outputs: int,
        kernel: int | tuple[int, int] = 3,
        *,
        stride: int = 1,
        pad: int | None = None,
        group: int = 1,
        bias: bool = True,
    ) -> str:
        kh, kw = (kernel, kernel) if isinstance(kernel, int) else kernel
        shape = (outputs, inputs // group, kh, kw)
        scale = np.sqrt(2.0 / np.prod(shape[1:]))
        parameters = [self.const(self.random.normal(0.0, scale, shape))]
        if bias:
            parameters.append(self.const(self.random.normal(0.0, 0.1, outputs)))
        pads = [kh // 2, kw // 2] * 2 if pad is None else [pad] * 4
        return self.op(
            "Conv",
            x,
            *parameters,
            dilations=[1, 1],
            group=group,
            kernel_shape=[kh, kw],
            pads=pads,
            strides=[stride, stride],
        )

    def batch_norm(self, x: str, channels: int) -> str:
        random = self.random
        parts = [
            random.uniform(0.5, 1.5, channels),
            random.normal(0.0, 0.2, channels),
            random.normal(0.0, 0.3, channels),
            random.uniform(0.5, 2.0, channels),
        ]
        return self.op("BatchNormalization", x, *(self.const(p) for p in parts), epsilon=1e-5)

    def conv_bn(
        self, x: str, inputs: int, outputs: int, kernel: int = 3, *, stride: int = 1, group: int = 1
    ) -> str:
        x = self.conv(x, inputs, outputs, kernel, stride=stride, group=group, bias=False)
        return self.batch_norm(x, outputs)

    def relu(self, x: str) -> str:
        return self.op("Relu", x)

    def relu6(self, x: str) -> str:
        return self.op("Clip", x, self.const(0.0), self.const(6.0))

    def max_pool(self, x: str, kernel: int = 2, *, stride: int = 2, ceil: int = 0) -> str:
        return self.op(
            "MaxPool",
            x,
            ceil_mode=ceil,
            dilations=[1, 1],
            kernel_shape=[kernel, kernel],
            pads=[0, 0, 0, 0],
            strides=[stride, stride],
        )

    def dense(self, x: str, inputs: int, outputs: int, *, output: str = "") -> str:
        weight = self.const(self.random.normal(0.0, np.sqrt(1.0 / inputs), (outputs, inputs)))
        bias = self.const(self.random.normal(0.0, 0.1, outputs))
        return self.op("Gemm", x, weight, bias, output=output, alpha=1.0, beta=1.0, transB=1)

    def model(
        self,
        inputs: dict[str, Sequence[int | str | None]],
        outputs: dict[str, Sequence[int | str | None]],
        *,
        input_type: int = _FLOAT,
        output_type: int = _FLOAT,
        check: bool = True,
    ) -> onnx.ModelProto:
        graph = helper.make_graph(
            self.nodes,
            "net",
            [helper.make_tensor_value_info(n, input_type, list(s)) for n, s in inputs.items()],
            [helper.make_tensor_value_info(n, output_type, list(s)) for n, s in outputs.items()],
            self.weights,
        )
        model = helper.make_model(
            graph,
            opset_imports=[helper.make_opsetid("", self.opset)],
            ir_version=8,
            producer_name="tests",
        )
        if check:
            onnx.checker.check_model(model, full_check=True)
        return model
