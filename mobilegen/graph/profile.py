"""What `mobilegen.graph.profiling` measures; apart from it, because reading it takes no onnx."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class LayerCost:
    """The cost of one node of the graph.

    Attributes:
        shape: Of its first output; () when unknown.
        parameters: Of the weights that it is the first to use.
        macs: Multiply-accumulates; None when a shape is missing.
        read_bytes: Inputs and weights, each read once.
        written_bytes: Outputs, each written once.
        live_bytes: Tensors that exist while it runs, its own included, weights not.
    """

    name: str
    operator: str
    shape: tuple[int, ...]
    parameters: int
    macs: int | None
    read_bytes: int
    written_bytes: int
    live_bytes: int


@dataclass(frozen=True)
class OperatorCost:
    """The sum over all nodes of one operator."""

    operator: str
    count: int
    parameters: int
    macs: int
    read_bytes: int
    written_bytes: int


@dataclass(frozen=True)
class Profile:
    """The cost of a model and of its layers, in the order in which they run.

    Memory is that of the graph as it is written: no operator works in place, and none is fused
    with its neighbour, which runtimes do. So it bounds what a runtime needs.

    Attributes:
        parameters: As `Costs.parameters`.
        macs: Multiply-accumulates of the layers that can be counted.
        uncounted: Layers that would have some but whose shapes are unknown.
        weight_bytes: Of all weights as the model stores them.
        peak_bytes: The most bytes of tensors that exist at once, weights apart.
        peak_layer: Index of the layer that runs then.
        unknown: Tensors whose size is unknown; they count as empty.
    """

    layers: tuple[LayerCost, ...]
    operators: tuple[OperatorCost, ...]
    parameters: int
    macs: int
    uncounted: int
    weight_bytes: int
    read_bytes: int
    written_bytes: int
    peak_bytes: int
    peak_layer: int
    unknown: int
