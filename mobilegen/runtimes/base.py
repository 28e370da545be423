"""What a runtime is to the rest of mobilegen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mobilegen import console
from mobilegen.artifacts import Artifact, Graph, Precision
from mobilegen.errors import UsageError
from mobilegen.names import load_object

if TYPE_CHECKING:
    import numpy.typing as npt

    from mobilegen.native_build.package import Package
    from mobilegen.native_build.plan import EnginePlan

Arrays = Mapping[str, "npt.NDArray[Any]"]
Report = Callable[[str], None]


@dataclass(frozen=True)
class LayerCost:
    """One layer of a runtime's own file.

    Attributes:
        shape: Of its first output, outermost axis first; () when it has none.
        macs: Multiply-accumulates of one run; None when they cannot be counted.
    """

    name: str
    operator: str
    shape: tuple[int, ...]
    macs: int | None


@dataclass(frozen=True)
class Runtime:
    """An engine on the phone; its parts are named, and imported when they are used.

    Attributes:
        name: As on the command line; its native engine is the folder native/engines/<name>.
        version: Of the runtime, as its package index has it.
        precisions: What `convert` can make, the default first.
        abis: Android ABIs that its engine builds for.
        toolbox: Name of the toolbox that converter and host run need.
        converter: "module:OBJECT" of a function like `convert` below.
        host: "module:OBJECT" of a function like `run_host` below.
        native: "module:OBJECT" of a function from an artifact to the plan of its library.
        package: "module:OBJECT" of a function that returns the package that its native build
            takes; "" when there is none.
        layers: "module:OBJECT" of a function like `layer_costs` below; "" when its engine
            cannot time single layers.
    """

    name: str
    version: str
    precisions: tuple[Precision, ...]
    abis: tuple[str, ...]
    toolbox: str
    converter: str
    host: str
    native: str
    package: str = ""
    layers: str = ""

    def convert(
        self,
        graph: Graph,
        precision: Precision,
        out_dir: Path,
        *,
        limit: float | None = None,
        offline: bool = False,
        timeout: float = 180.0,
        report: Report = console.note,
    ) -> Artifact:
        """Convert a graph, prove that the result gives its numbers, and leave it in `out_dir`.

        Args:
            limit: Largest relative error against the source model; None: the runtime's own
                limit for this precision.
            offline: Never use the network.
            timeout: Seconds for each run of a tool.
            report: Told in one line what takes time.

        Raises:
            UsageError: The runtime does not have this precision.
            ConversionError: No form of the graph could be converted so that it passes.
            DownloadError: The toolbox could not be made.
        """
        if precision not in self.precisions:
            raise UsageError(
                f"the runtime {self.name} has no precision {precision}",
                hint=f"--precision {' or '.join(self.precisions)}",
            )
        function = load_object(self.converter)
        artifact: Artifact = function(
            graph, precision, out_dir, limit=limit, offline=offline, timeout=timeout, report=report
        )
        return artifact

    def run_host(
        self,
        artifact: Artifact,
        inputs: Sequence[Arrays],
        *,
        offline: bool = False,
        timeout: float = 180.0,
        report: Report = console.note,
    ) -> list[dict[str, npt.NDArray[Any]]]:
        """Run an artifact on this computer, one loaded model for all samples in turn.

        Args:
            inputs: For each sample the arrays by the source model's input names.

        Returns:
            For each sample the arrays by the source model's output names, in its shapes.

        Raises:
            UsageError: The arrays do not fit the model's inputs.
            ConversionError: The runtime could not load or run the artifact.
            DownloadError: The toolbox could not be made.
        """
        function = load_object(self.host)
        outputs: list[dict[str, npt.NDArray[Any]]] = function(
            artifact, inputs, offline=offline, timeout=timeout, report=report
        )
        return outputs

    def engine_package(self) -> Package | None:
        """Return what the native build has to fetch, None when it is nothing."""
        if not self.package:
            return None
        package: Package = load_object(self.package)()
        return package

    def plan_native(self, artifact: Artifact) -> EnginePlan:
        """Say how the native library for an artifact is built.

        Raises:
            NativeBuildError: The artifact is damaged, or not for this engine.
        """
        plan: EnginePlan = load_object(self.native)(artifact)
        return plan

    def layer_costs(
        self, artifact: Artifact, shapes: Sequence[tuple[int, ...]]
    ) -> tuple[LayerCost, ...]:
        """Return the layers of an artifact, in the order of its file.

        Args:
            shapes: What its engine's benchmark program says of the results of the layers.

        Raises:
            UsageError: The runtime's engine cannot time single layers.
            ConversionError: The artifact is damaged, or the shapes are not of it.
        """
        if not self.layers:
            raise UsageError(f"layers of {self.name} cannot be timed")
        costs: tuple[LayerCost, ...] = load_object(self.layers)(artifact, shapes)
        return costs
