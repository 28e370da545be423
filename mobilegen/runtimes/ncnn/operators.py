"""Says in the source model's words which operators ncnn does not have."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

import onnx
from google.protobuf.message import DecodeError

from mobilegen.graph import walk
from mobilegen.runtimes.ncnn.param import Network

# What ncnn can create: the `ncnn_add_layer` lines of src/CMakeLists.txt in ncnn 1.0.20261020
# without those that are OFF.
LAYERS = frozenset(Path(__file__).with_name("layers.txt").read_text(encoding="utf-8").split())

# pnnx's name of an operator -> the ONNX operators that it makes it from, where the names differ.
_ONNX_NAMES = {
    "f.adaptive_avg_pool": ("GlobalAveragePool",),
    "f.adaptive_max_pool": ("GlobalMaxPool",),
    "f.avg_pool": ("AveragePool",),
    "f.batch_norm": ("BatchNormalization",),
    "f.conv_transpose": ("ConvTranspose",),
    "f.group_norm": ("GroupNormalization",),
    "f.instance_norm": ("InstanceNormalization",),
    "f.interpolate": ("Resize", "Upsample"),
    "f.layer_norm": ("LayerNormalization",),
    "f.linear": ("Gemm", "MatMul"),
    "f.max_pool": ("MaxPool",),
    "f.pad": ("Pad",),
    "f.upsample": ("Resize", "Upsample"),
    "nn.adaptiveavgpool": ("GlobalAveragePool",),
    "nn.avgpool": ("AveragePool",),
    "nn.batchnorm": ("BatchNormalization",),
    "nn.instancenorm": ("InstanceNormalization",),
    "nn.upsample": ("Resize", "Upsample"),
    "tensor.expand": ("Expand",),
    "tensor.index": ("Gather", "GatherND"),
    "tensor.index_put": ("ScatterND",),
    "tensor.select": ("Gather",),
    "tensor.to": ("Cast",),
    "tensor.view": ("Reshape",),
    "torch.addmm": ("Gemm",),
    "torch.amax": ("ReduceMax",),
    "torch.amin": ("ReduceMin",),
    "torch.bitwise_not": ("Not", "BitwiseNot"),
    "torch.cat": ("Concat",),
    "torch.chunk": ("Split",),
    "torch.clamp": ("Clip",),
    "torch.eq": ("Equal",),
    "torch.gather": ("GatherElements",),
    "torch.ge": ("GreaterOrEqual",),
    "torch.gt": ("Greater",),
    "torch.le": ("LessOrEqual",),
    "torch.logical_and": ("And",),
    "torch.logical_not": ("Not",),
    "torch.logical_or": ("Or",),
    "torch.logical_xor": ("Xor",),
    "torch.lt": ("Less",),
    "torch.norm": ("ReduceL1", "ReduceL2"),
    "torch.permute": ("Transpose",),
    "torch.scatter": ("ScatterElements",),
    "torch.stack": ("Concat",),
    "torch.tensor_split": ("Split",),
    "torch.unbind": ("Gather", "Split"),
}
# Of one, two or three dimensions: ONNX has one name for all.
_DIMENSIONS = re.compile(r"[123]d$")
# What pnnx makes of constants and sizes: it follows from another operator being left over.
_SECONDARY = "pnnx.Expression"
_TODO = re.compile(r"^todo (\w+)$")
_SHOWN_NODES = 3


def unsupported(network: Network) -> tuple[str, ...]:
    """Return the types in a network that ncnn cannot create, the telling ones only."""
    foreign = [name for name in network.layer_types if name not in LAYERS]
    primary = [name for name in foreign if name != _SECONDARY]
    return tuple(primary or foreign)


def left_over(printed: Iterable[str]) -> tuple[str, ...]:
    """Return the ONNX operators that pnnx says it has no rule for, each once."""
    found = (match[1] for line in printed if (match := _TODO.match(line)))
    return tuple(dict.fromkeys(found))


def describe(types: Sequence[str], models: Iterable[Path]) -> list[str]:
    """Return a line for each type: the source model's operator and the names of its nodes.

    Args:
        types: Operators as pnnx or ONNX name them.
        models: ONNX files in which to look for them, the user's own first: only its names mean
            anything to him.
    """
    nodes = [_nodes(model) for model in models]
    return [_line(name, nodes) for name in types]


def _line(name: str, models: Iterable[Sequence[tuple[str, str]]]) -> str:
    wanted = [operator.lower() for operator in _candidates(name)]
    found = ([node for node in nodes if node[0].lower() in wanted] for nodes in models)
    hits = next(filter(None, found), [])
    if not hits:
        return f"{name} (the converter's name for a part of the model)"
    operators = "/".join(sorted({operator for operator, _ in hits}))
    named = [repr(node) for _, node in hits if node]
    more = "" if len(named) <= _SHOWN_NODES else f" and {len(named) - _SHOWN_NODES} more"
    where = f" (node {', '.join(named[:_SHOWN_NODES])}{more})" if named else ""
    return f"{operators}{where}"


def _candidates(name: str) -> tuple[str, ...]:
    """Return ONNX operators that a name of pnnx may stand for: torch.where -> Where."""
    bare = _DIMENSIONS.sub("", name)
    known = _ONNX_NAMES.get(bare.lower(), ())
    short = re.split(r"\.|::", bare)[-1].replace("_", "")
    return (*known, name, short, f"Reduce{short}")


def _nodes(model: Path) -> list[tuple[str, str]]:
    """Return (operator, node name) of every node, those in branches and loops included."""
    try:
        proto = onnx.load(str(model), load_external_data=False)
    except (OSError, DecodeError, ValueError):
        return []
    nodes = walk.nodes(proto)
    return [(node.op_type, node.name or next(iter(node.output), "")) for node in nodes]
