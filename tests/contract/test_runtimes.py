"""Every runtime of the catalog is complete, and a new one is one folder and one line."""

from __future__ import annotations

import inspect
import sys
import typing
from pathlib import Path

import pytest

from mobilegen import resources
from mobilegen.artifacts import Precision
from mobilegen.names import load_object
from mobilegen.runtimes import catalog
from mobilegen.runtimes.base import Runtime
from mobilegen.system.process import run
from mobilegen.toolboxes import catalog as toolboxes

ABIS = {"arm64-v8a", "armeabi-v7a", "x86_64", "x86"}

NEW_RUNTIME = """
from mobilegen.runtimes.base import Runtime

def convert(graph, precision, out_dir, *, limit, offline, timeout, report):
    report(f"converting {precision}")
    return "an artifact"

def run_host(artifact, inputs, *, offline, timeout, report):
    return [{"y": array} for sample in inputs for array in sample.values()]

def plan(artifact):
    return f"a plan for {artifact}"

RUNTIME = Runtime(
    name="tiny",
    version="1",
    precisions=("fp32",),
    abis=("arm64-v8a",),
    toolbox="ncnn",
    converter="tiny_runtime:convert",
    host="tiny_runtime:run_host",
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


def test_precisions_and_abis_are_known(runtime: Runtime) -> None:
    assert runtime.precisions and set(runtime.precisions) <= set(typing.get_args(Precision))
    assert runtime.abis and set(runtime.abis) <= ABIS


def test_toolbox_is_in_the_catalog(runtime: Runtime) -> None:
    assert toolboxes.get(runtime.toolbox).requirements.is_file()


def test_adapter_has_the_functions(runtime: Runtime) -> None:
    assert parameters(load_object(runtime.converter)) == parameters(Runtime.convert)
    assert parameters(load_object(runtime.host)) == parameters(Runtime.run_host)
    assert [name for name, _ in parameters(load_object(runtime.native))] == ["artifact"]


def test_source_package_is_pinned(runtime: Runtime) -> None:
    package = runtime.engine_package()
    assert package is None or len(package.file.sha256) == 64


def test_engine_folder_has_the_same_name(runtime: Runtime) -> None:
    names = {path.name for path in (resources.native_dir() / "engines" / runtime.name).iterdir()}
    assert {"engine.cmake", "sources.cmake"} <= names


def test_catalog_entry_imports_nothing_heavy(runtime: Runtime) -> None:
    code = (
        "import sys; from mobilegen.runtimes import catalog; catalog.get(sys.argv[1]);"
        "print(sorted({'onnx', 'onnxruntime', 'torch', 'tensorflow'} & set(sys.modules)))"
    )
    done = run([sys.executable, "-c", code, runtime.name], title="importing", timeout=60)
    assert done.stdout.strip() == "[]"


def test_new_runtime_is_one_folder_and_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "tiny_runtime"
    folder.mkdir()
    (folder / "__init__.py").write_text(NEW_RUNTIME)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setitem(catalog.RUNTIMES, "tiny", "tiny_runtime:RUNTIME")
    assert "tiny" in catalog.names()
    tiny = catalog.get("tiny")
    test_name_is_the_catalog_name(tiny)
    test_precisions_and_abis_are_known(tiny)
    test_adapter_has_the_functions(tiny)
    said: list[str] = []
    artifact = tiny.convert(None, "fp32", tmp_path, report=said.append)  # type: ignore[arg-type]
    assert (artifact, said) == ("an artifact", ["converting fp32"])
    assert tiny.run_host(artifact, [{"x": 3}]) == [{"y": 3}]  # type: ignore[dict-item]
    assert tiny.plan_native(artifact) == "a plan for an artifact"


def test_installed_packages_can_add_runtimes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "tiny_runtime").mkdir()
    (tmp_path / "tiny_runtime" / "__init__.py").write_text(NEW_RUNTIME)
    metadata = tmp_path / "tiny_runtime-1.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: tiny-runtime\nVersion: 1\n")
    (metadata / "entry_points.txt").write_text(
        "[mobilegen.runtimes]\ntiny = tiny_runtime:RUNTIME\nncnn = tiny_runtime:RUNTIME\n"
    )
    monkeypatch.syspath_prepend(tmp_path)
    assert catalog.get("tiny").name == "tiny"
    assert catalog.get("ncnn").name == "ncnn"
