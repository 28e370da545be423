"""Every runtime of the catalog is complete, and a new one is one folder and one line."""

from __future__ import annotations

import inspect
import sys
import typing
from pathlib import Path

import models
import numpy as np
import onnx
import pytest
from graphs import make_graph

from mobilegen import resources
from mobilegen.arrays import read_npz
from mobilegen.artifacts import Candidate, Format, Graph, Precision, Scheme, Tolerance
from mobilegen.errors import ConversionError, UsageError
from mobilegen.graph.samples import read_samples
from mobilegen.names import load_object
from mobilegen.run import Run
from mobilegen.runtimes import catalog
from mobilegen.runtimes.attempts import Attempt
from mobilegen.runtimes.base import Runtime
from mobilegen.system import process
from mobilegen.toolboxes import catalog as toolboxes
from mobilegen.toolchains.targets import android_target

ABIS = {"arm64-v8a", "armeabi-v7a", "x86_64", "x86"}

# A runtime that keeps the graph's constant as its model, and adds it.
NEW_RUNTIME = """
import json
import numpy as np
import onnx
from pathlib import Path
from onnx import numpy_helper
from mobilegen.artifacts import Artifact, TensorBinding
from mobilegen.errors import ConversionError
from mobilegen.runtimes.attempts import Attempt
from mobilegen.runtimes.base import Runtime
from mobilegen.system.files import record, write_text
from mobilegen.toolboxes import ToolboxSpec

def attempt(graph, candidate, scheme, folder, run):
    run.report(f"converting {candidate.label} to {scheme.precision}")
    model = onnx.load(candidate.path)
    if [node.op_type for node in model.graph.node] != ["Add"]:
        raise ConversionError("tiny can only add", hint="let it add")
    numbers = numpy_helper.to_array(model.graph.initializer[0]).tolist()
    file = write_text(folder / "model.json", json.dumps(numbers))
    inputs = tuple(TensorBinding(spec, "a", spec.shape) for spec in graph.inputs)
    outputs = tuple(TensorBinding(spec, "b", spec.shape) for spec in graph.outputs)
    files = (("model", record(file, folder)),)
    artifact = Artifact(
        "tiny", "1", scheme.precision, folder, files, inputs, outputs, ("Add",), candidate.label
    )
    return Attempt(artifact, ("tiny is known to be weak",))

def execute(artifact, calls, run):
    [(_, file)] = artifact.files
    numbers = json.loads((artifact.folder / file.path).read_text())
    return [{"b": call["a"] + np.float32(numbers)} for call in calls]

def plan(artifact):
    return f"a plan for {artifact}"

TOOLBOX = ToolboxSpec("tiny", "add", ("3.12",), 1, Path(__file__).with_name("tiny.txt"))
RUNTIME = Runtime(
    name="tiny",
    version="1",
    precisions=("fp32",),
    accepts=("onnx",),
    targets=("android-arm64-v8a",),
    toolboxes=(TOOLBOX,),
    converter="tiny_runtime:attempt",
    host="tiny_runtime:execute",
    native="tiny_runtime:plan",
)
"""


def parameters(function: object) -> list[tuple[str, object]]:
    """Names and kinds of a function's parameters, `self` left out."""
    signature = inspect.signature(typing.cast("typing.Callable[..., object]", function))
    return [(p.name, p.kind) for p in signature.parameters.values() if p.name != "self"]


@pytest.fixture(params=catalog.names())
def runtime(request: pytest.FixtureRequest) -> Runtime:
    return catalog.get(request.param)


def test_name_is_the_catalog_name(runtime: Runtime) -> None:
    assert catalog.get(runtime.name) is runtime
    assert runtime.name.isidentifier() and runtime.name == runtime.name.lower()


def test_precisions_formats_and_targets_are_known(runtime: Runtime) -> None:
    assert runtime.precisions and set(runtime.precisions) <= set(typing.get_args(Precision))
    assert runtime.accepts and set(runtime.accepts) <= set(typing.get_args(Format))
    assert any(runtime.builds_for(android_target(abi)) for abi in ABIS)


def test_toolboxes_are_in_the_catalog(runtime: Runtime) -> None:
    for spec in runtime.toolboxes:
        assert toolboxes.get(spec.name) == spec
        assert spec.requirements.is_file()


def test_adapter_has_the_functions(runtime: Runtime) -> None:
    names = [name for name, _ in parameters(load_object(runtime.converter))]
    assert names == ["graph", "candidate", "scheme", "folder", "run"]
    assert parameters(load_object(runtime.host)) == parameters(Runtime.execute)
    assert [name for name, _ in parameters(load_object(runtime.native))] == ["artifact"]


def test_source_package_is_pinned(runtime: Runtime) -> None:
    package = runtime.engine_package()
    assert package is None or len(package.file.sha256) == 64


def test_engine_folder_has_the_same_name(runtime: Runtime) -> None:
    names = {path.name for path in (resources.native_dir() / "engines" / runtime.name).iterdir()}
    assert "engine.cmake" in names


def test_catalog_entry_imports_nothing_heavy(runtime: Runtime) -> None:
    code = (
        "import sys; from mobilegen.runtimes import catalog; catalog.get(sys.argv[1]);"
        "print(sorted({'onnx', 'onnxruntime', 'torch', 'tensorflow'} & set(sys.modules)))"
    )
    done = process.run([sys.executable, "-c", code, runtime.name], title="importing", timeout=60)
    assert done.stdout.strip() == "[]"


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Runtime:
    folder = tmp_path / "tiny_runtime"
    folder.mkdir()
    (folder / "__init__.py").write_text(NEW_RUNTIME)
    (folder / "tiny.txt").write_text("")
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "tiny_runtime", raising=False)
    monkeypatch.setitem(catalog.RUNTIMES, "tiny", "tiny_runtime:RUNTIME")
    return catalog.get("tiny")


def adding(*numbers: float) -> onnx.ModelProto:
    net = models.Net()
    net.op("Add", "x", net.const(numbers), output="y")
    return net.model({"x": [2]}, {"y": [2]})


def test_new_runtime_is_one_folder_and_one_line(tiny: Runtime, tmp_path: Path) -> None:
    assert "tiny" in catalog.names()
    test_name_is_the_catalog_name(tiny)
    test_precisions_formats_and_targets_are_known(tiny)
    test_toolboxes_are_in_the_catalog(tiny)
    test_adapter_has_the_functions(tiny)
    said: list[str] = []
    graph = make_graph(adding(1.0, 2.0), tmp_path / "graph")
    artifact = tiny.convert(graph, Scheme("fp32"), tmp_path / "out", Run(report=said.append))
    assert said == ["converting original to fp32"]
    assert [check.status for check in artifact.checks] == ["pass"] * 3
    numbers = np.array([5.0, 7.0], np.float32)
    [made] = tiny.run_host(artifact, [{"x": numbers}])
    np.testing.assert_array_equal(made["y"], [6.0, 9.0])
    assert tiny.plan_native(artifact) == f"a plan for {artifact}"


def test_targets_that_the_engine_lacks_are_refused(tiny: Runtime) -> None:
    tiny.require_targets([android_target("arm64-v8a")])
    with pytest.raises(
        UsageError, match="does not build for android-x86, android-x86_64"
    ) as caught:
        tiny.require_targets([android_target(abi) for abi in ("x86", "arm64-v8a", "x86_64")])
    assert "android-arm64-v8a" in str(caught.value)


def test_answers_of_the_runtime_are_kept(tiny: Runtime, tmp_path: Path) -> None:
    graph = make_graph(adding(1.0, 2.0), tmp_path / "graph", count=3)
    artifact = tiny.convert(graph, Scheme("fp32"), tmp_path / "out", Run(report=print))
    assert artifact.answers is not None
    answers = read_npz(artifact.folder / artifact.answers.path)
    for index, sample in enumerate(read_samples(graph.samples)):
        np.testing.assert_array_equal(
            answers[f"{index}/y"], sample.inputs["x"] + np.float32([1, 2])
        )


def test_first_form_that_proves_right_is_taken(tiny: Runtime, tmp_path: Path) -> None:
    right, wrong = adding(1.0, 2.0), adding(1.0, 2.5)
    foreign = models.squeeze_excite()
    again = adding(1.0, 2.5)
    forms = [("foreign", foreign), ("wrong", wrong), ("again", again), ("right", right)]
    said: list[str] = []
    graph = make_graph(right, tmp_path / "graph", candidates=forms)
    artifact = tiny.convert(graph, Scheme("fp32"), tmp_path / "out", Run(report=said.append))
    assert artifact.candidate == "right"
    refused = [line.split(" ")[1] for line in said if "does not convert to tiny" in line]
    assert refused == ["foreign", "wrong"], "the second wrong one has the bytes of the first"
    assert "not taken: foreign: tiny can only add; wrong:" in artifact.checks[0].detail


def test_no_form_proves_right(tiny: Runtime, tmp_path: Path) -> None:
    graph = make_graph(adding(1.0, 2.0), tmp_path, candidates=[("wrong", adding(1.0, 2.5))])
    with pytest.raises(ConversionError, match="does not convert to tiny") as caught:
        tiny.convert(graph, Scheme("fp32"), tmp_path / "out", Run(report=print))
    assert "tiny is known to be weak" in str(caught.value)
    assert not (tmp_path / "out").exists()


def test_a_limit_that_only_the_user_asks_for(tiny: Runtime, tmp_path: Path) -> None:
    graph = make_graph(adding(1.0, 2.0), tmp_path, candidates=[("near", adding(1.0, 2.0001))])
    strict = Tolerance(1e-12)
    with pytest.raises(ConversionError, match="as near to the source model") as caught:
        tiny.convert(graph, Scheme("fp32"), tmp_path / "out", Run(report=print), tolerance=strict)
    limit = float(caught.value.hint.split("fp32: ")[1].split("}")[0])
    assert 1e-6 < limit < 1e-3
    again = Tolerance(limit)
    tiny.convert(graph, Scheme("fp32"), tmp_path / "out", Run(report=print), tolerance=again)


def test_all_forms_share_the_time(
    tiny: Runtime, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[float] = []

    def slow(graph: Graph, candidate: Candidate, scheme: Scheme, folder: Path, run: Run) -> Attempt:
        asked.append(run.timeout)
        raise ConversionError("too slow")

    monkeypatch.setattr("tiny_runtime.attempt", slow)
    forms = [(str(i), adding(1.0, float(i))) for i in range(3)]
    graph = make_graph(adding(1.0, 2.0), tmp_path, candidates=forms)
    with pytest.raises(ConversionError):
        tiny.convert(graph, Scheme("fp32"), tmp_path / "out", Run(timeout=100, report=print))
    assert asked == [50.0, 50.0, 100.0], "each may take half of what is left, the last one all"


def test_installed_packages_can_add_runtimes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tiny_runtime").mkdir()
    (tmp_path / "tiny_runtime" / "__init__.py").write_text(NEW_RUNTIME)
    (tmp_path / "tiny_runtime" / "tiny.txt").write_text("")
    metadata = tmp_path / "tiny_runtime-1.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: tiny-runtime\nVersion: 1\n")
    (metadata / "entry_points.txt").write_text(
        "[mobilegen.runtimes]\ntiny = tiny_runtime:RUNTIME\nncnn = tiny_runtime:RUNTIME\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "tiny_runtime", raising=False)
    assert catalog.get("tiny").name == "tiny"
    assert catalog.get("ncnn").name == "ncnn"
    assert toolboxes.get("tiny").requirements == tmp_path / "tiny_runtime" / "tiny.txt"
