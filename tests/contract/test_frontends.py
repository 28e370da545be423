"""Every frontend of the catalog is complete, and a new one is one folder and one line."""

from __future__ import annotations

import inspect
import json
import sys
from pathlib import Path

import numpy as np
import pytest

from mobilegen.artifacts import SourceModel
from mobilegen.errors import ModelError
from mobilegen.frontends import catalog
from mobilegen.frontends.base import Frontend
from mobilegen.graph.samples import Sample, read_samples
from mobilegen.names import load_object
from mobilegen.run import Run
from mobilegen.toolboxes import catalog as toolboxes

# A framework whose models are factors in JSON. Its export rounds them to `digits`.
NEW_FRONTEND = """
import json
import numpy as np
import onnx
from pathlib import Path
from onnx import TensorProto, helper, numpy_helper
from mobilegen.frontends.base import Frontend
from mobilegen.graph.answers import Answerer
from mobilegen.graph.build import build_graph
from mobilegen.toolboxes import ToolboxSpec

def load(source, work_dir, run, *, samples=None):
    values = json.loads(source.path.read_text())
    factors = np.float32(values["factors"])
    rounded = np.float32([round(float(f), values["digits"]) for f in factors])
    shape = [1, len(factors)]
    weight = numpy_helper.from_array(rounded, "w")
    node = helper.make_node("Mul", ["x", "w"], ["y"])
    ends = [helper.make_tensor_value_info(n, TensorProto.FLOAT, shape) for n in "xy"]
    graph = helper.make_graph([node], "g", ends[:1], ends[1:], [weight])
    model = helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", 17)])
    export = work_dir / "export.onnx"
    export.write_bytes(model.SerializeToString())

    def answer(inputs):
        run.report(f"{len(inputs)} samples")
        return [{"y": each["x"] * factors.astype(values["type"])} for each in inputs]

    return build_graph(
        export, work_dir, sample_source=samples, source=Answerer("factors 3.1", answer)
    )

def companions(path):
    return ()

FRONTEND = Frontend(
    name="factors",
    title="Factors",
    suffixes=(".factors",),
    loader="factors_frontend:load",
    lister="factors_frontend:companions",
    toolboxes=(
        ToolboxSpec("factors", "multiply", ("3.12",), 1, Path(__file__).with_name("box.txt")),
    ),
)
"""


def parameters(function: object) -> list[str]:
    return [name for name in inspect.signature(function).parameters if name != "self"]  # type: ignore[arg-type]


def require_complete(frontend: Frontend) -> None:
    assert frontend.suffixes and all(each == each.lower() for each in frontend.suffixes)
    assert parameters(load_object(frontend.loader)) == parameters(Frontend.load)
    assert parameters(load_object(frontend.lister)) == parameters(Frontend.companions)
    for spec in frontend.toolboxes:
        assert toolboxes.get(spec.name) == spec


@pytest.mark.parametrize("name", sorted(catalog.references()))
def test_frontend_is_complete(name: str) -> None:
    frontend = catalog.get(name)
    assert frontend.name == name
    require_complete(frontend)


@pytest.fixture
def factors(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Frontend:
    folder = tmp_path / "factors_frontend"
    folder.mkdir()
    (folder / "__init__.py").write_text(NEW_FRONTEND)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.delitem(sys.modules, "factors_frontend", raising=False)
    monkeypatch.setitem(catalog.FRONTENDS, "factors", "factors_frontend:FRONTEND")
    return catalog.get("factors")


def model(folder: Path, *, digits: int = 6, kind: str = "float32") -> SourceModel:
    path = folder / "net.factors"
    values = {"factors": [1.23456789, -2.34567891, 3.4567891], "digits": digits, "type": kind}
    path.write_text(json.dumps(values))
    (folder / "work").mkdir()
    return SourceModel(path, catalog.for_file(path))


def test_new_frontend_is_one_folder_and_one_line(factors: Frontend, tmp_path: Path) -> None:
    require_complete(factors)
    source = model(tmp_path)
    assert source.framework == "factors"
    said: list[str] = []
    graph = factors.load(source, tmp_path / "work", Run(report=said.append))
    assert said == ["4 samples"]
    assert graph.reference == "factors 3.1"


def test_the_source_answers_not_its_export(factors: Frontend, tmp_path: Path) -> None:
    graph = factors.load(model(tmp_path, digits=4), tmp_path / "work", Run(report=print))
    truth = np.float32([1.23456789, -2.34567891, 3.4567891])
    for sample in read_samples(graph.samples):
        np.testing.assert_array_equal(sample.outputs["y"], sample.inputs["x"] * truth)
    [check] = [check for check in graph.checks if check.id == "graph.export"]
    assert check.status == "pass" and check.measured is not None and 0 < check.measured < 1e-4
    assert "factors 3.1" in check.title


def test_an_export_that_differs_is_refused(factors: Frontend, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match=r"differs from the model in factors 3\.1") as caught:
        factors.load(model(tmp_path, digits=2), tmp_path / "work", Run(report=print))
    assert "allowed 0.0001" in str(caught.value)


def test_answers_of_another_type_are_refused(factors: Frontend, tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="differs from the model") as caught:
        factors.load(model(tmp_path, kind="float64"), tmp_path / "work", Run(report=print))
    assert "float64 instead of float32" in str(caught.value)


def test_samples_of_the_user_are_answered_by_the_source(factors: Frontend, tmp_path: Path) -> None:
    given = [Sample({"x": np.float32([[1, i, 2]])}) for i in range(3)]
    graph = factors.load(
        model(tmp_path), tmp_path / "work", Run(report=print), samples=lambda specs: given
    )
    samples = read_samples(graph.samples)
    assert [float(sample.inputs["x"][0, 1]) for sample in samples] == [0, 1, 2]
