"""What a frontend is to the rest of mobilegen."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from mobilegen.artifacts import Graph, SourceModel
from mobilegen.names import load_object
from mobilegen.run import DEFAULT, Run
from mobilegen.toolboxes.spec import ToolboxSpec

if TYPE_CHECKING:
    from mobilegen.graph.samples import SampleSource


@dataclass(frozen=True)
class Frontend:
    """Reads one kind of source model; its parts are named, and imported when they are used.

    Attributes:
        name: The framework, as in `SourceModel.framework`.
        title: For people, for example "ONNX".
        suffixes: Of the files it reads, with the dot, in lower case.
        loader: "module:OBJECT" of a function like `load` below.
        lister: "module:OBJECT" of a function like `companions` below.
        toolboxes: The environments that reading a model needs.
    """

    name: str
    title: str
    suffixes: tuple[str, ...]
    loader: str
    lister: str
    toolboxes: tuple[ToolboxSpec, ...] = ()

    def load(
        self,
        source: SourceModel,
        work_dir: Path,
        run: Run = DEFAULT,
        *,
        samples: SampleSource | None = None,
    ) -> Graph:
        """Check a source model, compute its reference and leave the graph in `work_dir`.

        Args:
            source: What the user has, and the shapes he gives.
            work_dir: The files of the graph are put there; nothing is, after an error.
            samples: Gives inputs to compare on; where it gives fewer than two, made ones follow.

        A frontend that exports its model hands `build_graph` an `Answerer` beside the export: the
        framework's own answers become the reference, and that the export equals them a check.

        Raises:
            ModelError: The model is missing, damaged, hostile or not supported.
            ConfigError: What the user says about its inputs does not fit, or is needed.
        """
        graph: Graph = load_object(self.loader)(source, work_dir, run, samples=samples)
        return graph

    def companions(self, path: Path) -> tuple[Path, ...]:
        """Return the other files that the model consists of, for example its external data.

        A file that is no proper model has none: `load` says what is wrong with it.
        """
        files: tuple[Path, ...] = load_object(self.lister)(path)
        return files
