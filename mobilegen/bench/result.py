"""bench.json: how long a model and each of its layers takes, and where."""

from __future__ import annotations

from dataclasses import dataclass

from mobilegen.artifacts import Check, FileRecord


@dataclass(frozen=True)
class Times:
    """The fastest, the middle and the slowest of several rounds, in milliseconds."""

    min: float
    median: float
    max: float


@dataclass(frozen=True)
class Place:
    """What a model was timed on.

    Attributes:
        kind: "computer" or "device".
        name: Of the phone; "this computer" for a computer.
        processor: As the system calls it; "" when it does not say.
        system: Operating system and its version.
    """

    kind: str
    name: str
    processor: str
    system: str


@dataclass(frozen=True)
class LayerTime:
    """One layer of the runtime's file, in its order.

    Attributes:
        shape: Of its first output, outermost axis first.
        macs: Multiply-accumulates; None when they cannot be counted.
        share: Part of the sum over all layers, 0..1, of the fastest rounds.
    """

    name: str
    operator: str
    shape: tuple[int, ...]
    macs: int | None
    milliseconds: Times
    share: float


@dataclass(frozen=True)
class OperatorTime:
    """The sum over all layers of one operator.

    Attributes:
        milliseconds: Sum of the fastest round of each layer.
        macs: Of those layers that can be counted.
        share: Part of the sum over all layers, 0..1.
    """

    operator: str
    count: int
    milliseconds: float
    macs: int
    share: float


@dataclass(frozen=True)
class Benchmark:
    """The times of one model at one place.

    Attributes:
        mobilegen: Version of mobilegen.
        runtime: Name and version of the runtime.
        compiler: What compiled the program.
        files: The model files that were timed.
        abi: ABI of the processor's instructions.
        rounds: How often everything was timed, after a warm-up.
        open_milliseconds: To open the model once, its digest compared.
        predict: A whole prediction.
        by_layer: A whole prediction that stops after every layer to read the clock.
        layers_milliseconds: Sum of the fastest round of each layer.
        macs: Multiply-accumulates of all layers that can be counted.
        preprocess: From an image to the model's input; None for a model without images.
        image: Width and height of that image; None for a model without images.
        parity: The answer of the program, compared with the source model's.
    """

    mobilegen: str
    runtime: str
    compiler: str
    files: tuple[FileRecord, ...]
    place: Place
    abi: str
    threads: int
    rounds: int
    open_milliseconds: float
    predict: Times
    by_layer: Times
    layers_milliseconds: float
    macs: int
    layers: tuple[LayerTime, ...]
    operators: tuple[OperatorTime, ...]
    parity: Check
    preprocess: Times | None = None
    image: tuple[int, int] | None = None


def rate(macs: int | None, milliseconds: float) -> float | None:
    """Return 10^9 multiply-accumulates per second; None where there are none or no time."""
    return macs / milliseconds / 1e6 if macs and milliseconds > 0 else None
