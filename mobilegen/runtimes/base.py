"""What a runtime is to the rest of mobilegen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mobilegen.artifacts import Artifact, Format, Graph, Precision, Scheme, Target, Tolerance
from mobilegen.errors import UsageError
from mobilegen.names import load_object
from mobilegen.run import DEFAULT, Run
from mobilegen.toolboxes.spec import ToolboxSpec

if TYPE_CHECKING:
    import numpy.typing as npt

    from mobilegen.native_build.package import Package
    from mobilegen.native_build.plan import EnginePlan

Arrays = Mapping[str, "npt.NDArray[Any]"]

# Weights of fp16 are rounded to 11 bits, 5e-4 relative; it grows with the depth of the network.
TOLERANCES: dict[Precision, Tolerance] = {"fp32": Tolerance(1e-3), "fp16": Tolerance(1e-2)}


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
        name: As on the command line.
        version: Of the runtime, as its package index has it.
        precisions: What `convert` can make, the default first.
        accepts: Formats that its converter reads, the best first.
        targets: Patterns of the ids of targets that its engine builds for, such as "linux-*".
        toolboxes: The environments that converter and host run need.
        converter: "module:OBJECT" of a `mobilegen.runtimes.attempts.Converter`.
        host: "module:OBJECT" of a function like `execute` below.
        native: "module:OBJECT" of a function from an artifact to the plan of its library.
        package: "module:OBJECT" of a function that returns the package that its native build
            takes; "" when there is none.
        layers: "module:OBJECT" of a function like `layer_costs` below; "" when its engine
            cannot time single layers.
    """

    name: str
    version: str
    precisions: tuple[Precision, ...]
    accepts: tuple[Format, ...]
    targets: tuple[str, ...]
    toolboxes: tuple[ToolboxSpec, ...]
    converter: str
    host: str
    native: str
    package: str = ""
    layers: str = ""

    def builds_for(self, target: Target) -> bool:
        """True when its engine can be built for a target."""
        return any(fnmatchcase(target.id, pattern) for pattern in self.targets)

    def require_targets(self, targets: Iterable[Target]) -> None:
        """Make sure that its engine can be built for all targets.

        Raises:
            UsageError: It cannot for one; all such are named.
        """
        foreign = [target.id for target in targets if not self.builds_for(target)]
        if foreign:
            raise UsageError(
                f"the runtime {self.name} does not build for {', '.join(foreign)}",
                seen=[f"it builds for {', '.join(self.targets)}"],
                hint="leave these out with --abi, or use another runtime",
            )

    def tolerance(self, scheme: Scheme) -> Tolerance:
        """Return how near its results are to be, if nobody asks for more."""
        return TOLERANCES[scheme.precision]

    def convert(
        self,
        graph: Graph,
        scheme: Scheme,
        out_dir: Path,
        run: Run = DEFAULT,
        *,
        tolerance: Tolerance | None = None,
    ) -> Artifact:
        """Convert a graph, prove that the result gives its numbers, and leave it in `out_dir`.

        Args:
            run: Its time is shared by all forms of the graph.
            tolerance: How near to the source model's answers; None: that of the runtime.

        Raises:
            UsageError: The runtime does not have this precision.
            ConversionError: No form of the graph could be converted so that it passes.
            DownloadError: The toolbox could not be made.
        """
        from mobilegen.runtimes.attempts import first_that_proves

        if scheme.precision not in self.precisions:
            raise UsageError(
                f"the runtime {self.name} has no precision {scheme.precision}",
                hint=f"--precision {' or '.join(self.precisions)}",
            )
        return first_that_proves(
            graph,
            self,
            load_object(self.converter),
            run,
            scheme=scheme,
            tolerance=tolerance or self.tolerance(scheme),
            out_dir=out_dir,
        )

    def execute(
        self, artifact: Artifact, calls: Sequence[Arrays], run: Run
    ) -> list[dict[str, npt.NDArray[Any]]]:
        """Run an artifact on this computer, one loaded model for all calls in turn.

        Args:
            calls: For each call the arrays by blob, in the runtime's types and shapes.

        Returns:
            For each call the arrays by blob, in the runtime's types and shapes.

        Raises:
            ConversionError: The runtime could not load or run the artifact.
            DownloadError: The toolbox could not be made.
        """
        outputs: list[dict[str, npt.NDArray[Any]]] = load_object(self.host)(artifact, calls, run)
        return outputs

    def run_host(
        self,
        artifact: Artifact,
        inputs: Sequence[Arrays],
        run: Run = DEFAULT,
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
        from mobilegen.runtimes.tensors import to_runtime, to_source

        calls = [call for sample in inputs for call in to_runtime(artifact, sample)]
        raw = self.execute(artifact, calls, run)
        size = artifact.batch
        return [to_source(artifact, raw[i : i + size]) for i in range(0, len(raw), size)]

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
