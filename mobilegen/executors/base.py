"""What every executor is given, gives back and raises."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, Protocol

from mobilegen.artifacts import Artifact, Bridge
from mobilegen.errors import MobilegenError, VerificationError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Arrays = Mapping[str, NDArray[Any]]
Interface = Literal["jni", "c"]


@dataclass(frozen=True)
class Request:
    """A compiled library and the inputs to run it on.

    Attributes:
        bridge: What its platform has added to the C interface.
        artifact: The model files, and the names and shapes of the tensors.
        threads: How many threads the engine computes with.
        samples: Arrays by the source model's input names.
        interface: "jni" calls the Java natives, as far as the executor can: a Java VM calls those
            of any model, the others those for one input and one output of 32-bit floats. "c" calls
            the functions of mobilegen/engine.h, as "jni" does where there is no more.
        embedded: True: open the model inside of the library instead of the files.
        images: By number of the sample that Python made from it, the upright pixels of an image,
            height x width x (red, green, blue): the library shall make its input of them.
        classify: True: the library shall also name the best class of each image.
        companions: Libraries that lie beside it, what others need first.
    """

    library: Path
    bridge: Bridge
    artifact: Artifact
    threads: int
    samples: tuple[Arrays, ...]
    interface: Interface
    embedded: bool = False
    images: Mapping[int, NDArray[np.uint8]] = field(default_factory=dict)
    classify: bool = False
    companions: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Picture:
    """What a compiled library made of an image.

    Attributes:
        input: The model's input, flat float32.
        best: Index of the best class; None if it was not asked for.
        probability: Of that class, 0..1.
    """

    input: NDArray[np.float32]
    best: int | None = None
    probability: float = 0.0


@dataclass(frozen=True)
class Execution:
    """The answers of a compiled library.

    Attributes:
        outputs: For each sample, arrays by the source model's output names.
        load_seconds: Time to load the model.
        predict_seconds: Time of each sample.
        executor: What ran the library, for people.
        facts: What else was seen, for example processor features and constructors run.
        pictures: What became of each image, by number of the sample.
    """

    outputs: tuple[dict[str, NDArray[Any]], ...]
    load_seconds: float
    predict_seconds: tuple[float, ...]
    executor: str
    facts: Mapping[str, Any] = field(default_factory=dict)
    pictures: Mapping[int, Picture] = field(default_factory=dict)


# What `Executor.state` says of one that the next run may fetch.
TO_BE_MADE = "to be made"


class Executor(Protocol):
    """Runs libraries of some ABIs; a module with these functions satisfies it."""

    def state(self, abi: str) -> str:
        """Say in a moment what decides whether this computer can do it; starts no program.

        While it is the same, a run that was skipped would be skipped again; but for `TO_BE_MADE`.
        """

    def prepare(self, abi: str, *, offline: bool) -> str:
        """Fetch and make what running takes; return what it is, for people.

        Raises:
            Unavailable: This computer cannot do it.
        """

    def execute(self, abi: str, request: Request, *, offline: bool, timeout: float) -> Execution:
        """Run the library on every sample.

        Raises:
            Unavailable: This computer cannot do it.
            Unsuited: No computer can do it in this way.
            ExecutionError: The library failed, crashed or ran out of time.
        """


class Unavailable(MobilegenError):
    """This computer cannot run the library; the caller records a skipped check."""

    def __init__(self, reason: str, hint: str = "") -> None:
        super().__init__(reason, hint=hint)


class Unsuited(Unavailable):
    """The executor has nothing for such a request, on no computer; another one does it."""


class ExecutionError(VerificationError):
    """The library under test failed, crashed, ran out of time or broke its interface."""
