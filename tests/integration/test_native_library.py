"""The native library: built with real compilers, run with real models, against onnxruntime."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import engine_api
import models
import numpy as np
import onnx
import pytest
from engine_api import Engine
from native_models import Converted, build_host, convert, library_request

from mobilegen.artifacts import Library
from mobilegen.errors import NativeBuildError, ProcessError
from mobilegen.native_build.header import Contents
from mobilegen.native_build.library import build_library
from mobilegen.runtimes.ncnn import engine, static_shapes
from mobilegen.system.process import run

PHOTO = Path(__file__).parents[2] / "samples" / "photo" / "efficientnet_lite0.onnx"
PACKAGE = "com.example.vision"
NAME = "recognition"
TOLERANCE = {"fp32": 1e-4, "fp16": 1e-2}

Build = Callable[[Converted], Library]


def volume() -> onnx.ModelProto:
    """A network on volumes: tensors of four dimensions in ncnn."""
    net = models.Net(seed=8)
    weight = net.const(net.random.normal(0.0, 0.2, (3, 2, 3, 3, 3)))
    x = net.op("Conv", "volume", weight, kernel_shape=[3] * 3, pads=[1] * 6, strides=[1] * 3)
    net.op("Relu", x, output="output")
    return net.model({"volume": [1, 2, 5, 7, 6]}, {"output": [1, 3, 5, 7, 6]})


def vectors() -> onnx.ModelProto:
    """Dense layers only: tensors of one dimension in ncnn."""
    net = models.Net(seed=9)
    net.dense(net.relu(net.dense("vector", 13, 7)), 7, 5, output="scores")
    return net.model({"vector": [1, 13]}, {"scores": [1, 5]})


def pooled() -> onnx.ModelProto:
    """Ends with pooling: the converter computes the shape of the output from the batch."""
    net = models.Net(seed=10)
    net.op("GlobalAveragePool", net.relu(net.conv("image", 3, 5)), output="features")
    return net.model({"image": [1, 3, 7, 9]}, {"features": [1, 5, 1, 1]})


def pooled_volume() -> onnx.ModelProto:
    """The same in four dimensions, and in the middle of a network."""
    net = models.Net(seed=11)
    weight = net.const(net.random.normal(0.0, 0.2, (4, 2, 3, 3, 3)))
    x = net.op("Conv", "volume", weight, kernel_shape=[3] * 3)
    net.op("Relu", net.op("GlobalMaxPool", x), output="features")
    net.op("Sigmoid", x, output="map")
    return net.model(
        {"volume": [1, 2, 5, 7, 6]}, {"features": [1, 4, 1, 1, 1], "map": [1, 4, 3, 5, 4]}
    )


def enlarged() -> onnx.ModelProto:
    """A pooled value is made as large as the image again."""
    net = models.Net(seed=12)
    x = net.conv("image", 3, 8)
    sizes = net.const([1, 8, 7, 9], np.int64)
    pool = net.conv(net.op("GlobalAveragePool", x), 8, 8, 1)
    wide = net.op("Resize", pool, "", "", sizes, mode="linear")
    net.op("Concat", x, wide, output="both", axis=1)
    return net.model({"image": [1, 3, 7, 9]}, {"both": [1, 16, 7, 9]})


def handed_through() -> onnx.ModelProto:
    """Outputs that are an input and a weight, as the repair of such a model writes them."""
    net = models.Net(seed=13)
    shape = net.const([1, 3, 5, 7], np.int64)
    net.op("Reshape", "image", shape, output="same")
    net.op("Reshape", net.const(net.random.normal(0.0, 1.0, (3, 5, 7))), shape, output="weight")
    net.op("Relu", "image", output="active")
    sizes = [1, 3, 5, 7]
    return net.model({"image": sizes}, {"same": sizes, "weight": sizes, "active": sizes})


MODELS: dict[str, Callable[[], onnx.ModelProto]] = {
    "enlarged": enlarged,
    "handed_through": handed_through,
    "lenet": models.lenet,
    "mobilenet": models.mobilenet,
    "multi_io": models.multi_io,
    "odd_sizes": models.odd_sizes,
    "pooled": pooled,
    "pooled_volume": pooled_volume,
    "squeeze_excite": models.squeeze_excite,
    "vectors": vectors,
    "volume": volume,
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("native")


@pytest.fixture(scope="module")
def converted(folder: Path) -> Callable[[str], Converted]:
    made: dict[str, Converted] = {}

    def get(name: str) -> Converted:
        if name not in made:
            base, _, precision = name.partition("-")
            model = PHOTO if base == "photo" else MODELS[base]()
            made[name] = convert(
                model, folder / name, precision="fp16" if precision == "fp16" else "fp32"
            )
        return made[name]

    return get


def host_library(model: Converted, folder: Path) -> Library:
    return build_library(library_request(model, name=NAME, package=PACKAGE), folder)


@pytest.fixture(scope="module")
def build(folder: Path) -> Build:
    made: dict[Path, Library] = {}

    def get(model: Converted) -> Library:
        key = model.artifact.folder
        if key not in made:
            made[key] = host_library(model, folder / f"host-{len(made)}")
        return made[key]

    return get


def error_of(engine: Engine, model: Converted, sample: int = 0) -> float:
    """Largest error of a prediction, relative to the largest value of that output."""
    expected = model.outputs(sample)
    status, outputs = engine.predict(model.inputs(sample), [array.size for array in expected])
    assert (status, engine.error) == (engine_api.OK, "")
    return max(
        float(np.abs(seen.reshape(right.shape) - right).max() / np.abs(right).max())
        for seen, right in zip(outputs, expected, strict=True)
    )


@pytest.mark.parametrize("name", ["photo", "photo-fp16", "mobilenet-fp16", *MODELS])
def test_equals_onnxruntime(name: str, converted: Callable[[str], Converted], build: Build) -> None:
    model = converted(name)
    engine = Engine(build(model).path, model.params, model.weights)
    limit = TOLERANCE[model.artifact.precision]
    for threads in (1, 2):
        assert engine.set_threads(threads) == engine_api.OK
        # The first sample again: nothing may stay behind from the second.
        assert max(error_of(engine, model, sample) for sample in (0, 1, 0)) < limit
    for kind, bindings in (("input", model.artifact.inputs), ("output", model.artifact.outputs)):
        expected = [(binding.tensor.name, binding.tensor.shape) for binding in bindings]
        assert engine.tensors(kind) == expected
    engine.close()


def test_damaged_weights_are_refused(
    converted: Callable[[str], Converted], build: Build, tmp_path: Path
) -> None:
    model = converted("mobilenet")
    data = bytearray(model.weights.read_bytes())
    data[-40:] = bytes(40)
    weights = tmp_path / "weights"
    weights.write_bytes(data)
    engine = Engine(build(model).path, model.params, weights)
    assert engine.status == engine_api.MODEL
    assert engine.error.startswith(f"{weights} is damaged or not of the model")


def test_refuses_another_model(converted: Callable[[str], Converted], build: Build) -> None:
    model, other = converted("mobilenet"), converted("lenet")
    engine = Engine(build(model).path, other.params, other.weights)
    assert engine.status == engine_api.MODEL
    assert "not of the model that this library was built for" in engine.error


def test_open_sizes_cannot_be_read(
    build: Build, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Why the conversion writes numbers: this is what the library says otherwise."""
    monkeypatch.setattr(static_shapes, "open_layers", lambda network: ())
    model = convert(pooled(), tmp_path)
    assert '6="1,1,//(5,0n),0n"' in model.params.read_text()
    engine = Engine(build(model).path, model.params, model.weights)
    assert engine.status == engine_api.MODEL
    assert "cannot read the graph" in engine.error


def test_model_without_weights_is_refused(build: Build, tmp_path: Path) -> None:
    """Before anything is compiled: the library would take its empty file for a damaged one."""
    net = models.Net()
    net.op("Relu", "x", output="y")
    model = convert(net.model({"x": [1, 3, 5, 7]}, {"y": [1, 3, 5, 7]}), tmp_path)
    assert model.weights.stat().st_size == 0
    with pytest.raises(NativeBuildError, match="a model without weights"):
        build(model)


@pytest.mark.parametrize("name", ["mobilenet", "mobilenet-fp16", "multi_io", "volume"])
def test_sanitizers_find_nothing(
    name: str, converted: Callable[[str], Converted], tmp_path: Path
) -> None:
    """Good and damaged files, wrong arguments and threads, under ASan and UBSan."""
    model = converted(name)
    program = sanitized_program(model, tmp_path)
    for kind, arrays in (("inputs", model.inputs()), ("outputs", model.outputs())):
        (tmp_path / kind).write_bytes(b"".join(array.tobytes() for array in arrays))
    (tmp_path / "scratch").mkdir()
    folders = [tmp_path / name for name in ("inputs", "outputs", "scratch")]
    done = run(
        [program, model.params, model.weights, *folders],
        title="the test program",
        timeout=300,
        env={"ASAN_OPTIONS": "detect_leaks=1"},
    )
    assert float(done.stdout) < 1e-3


def sanitized_program(model: Converted, folder: Path) -> Path:
    goals, switch = ["engine_test"], "MOBILEGEN_TESTS"
    built = build_host(model, folder, goals, name=NAME, package=PACKAGE, switch=switch)
    return built / "engine_test"


@pytest.fixture
def without_layer(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], None]]:
    """Builds as if a layer had been forgotten."""
    needed = engine.needed_layers

    def forget(layer: str) -> None:
        def fewer(*arguments: object, **options: object) -> set[str]:
            return needed(*arguments, **options) - {layer}  # type: ignore[arg-type]

        monkeypatch.setattr(engine, "needed_layers", fewer)

    yield forget


@pytest.mark.parametrize("layer", ["Clip", "Flatten", "Convolution", "Cast"])
def test_forgotten_layer_is_an_error(
    layer: str,
    converted: Callable[[str], Converted],
    without_layer: Callable[[str], None],
    tmp_path: Path,
) -> None:
    """Neither a crash nor a network that silently goes without."""
    model = converted("mobilenet-fp16")
    without_layer(layer)
    library = host_library(model, tmp_path)
    sizes = [",".join(str(a.size) for a in arrays) for arrays in (model.inputs(), model.outputs())]
    argv = [sys.executable, engine_api.__file__, library.path, *sizes]
    done = run([*argv, model.params, model.weights], title=f"without {layer}", timeout=60)
    assert int(done.stdout.split()[0]) == engine_api.MODEL


# --- the programs over the C interface -------------------------------------------------------


def programs(model: Converted, folder: Path, *, embed: bool = False) -> Path:
    """Build `predict` and `benchmark` with the library beside them; return their folder."""
    goals, switch = ["predict", "benchmark"], "MOBILEGEN_TOOLS"
    contents = Contents(embed=embed)
    return build_host(
        model, folder, goals, name=NAME, package=PACKAGE, switch=switch, contents=contents
    )


def test_predict_and_benchmark(converted: Callable[[str], Converted], tmp_path: Path) -> None:
    model = converted("multi_io")
    folder = programs(model, tmp_path)
    given = [tmp_path / f"in{i}" for i in range(len(model.inputs()))]
    made = [tmp_path / f"out{i}" for i in range(len(model.outputs()))]
    for path, array in zip(given, model.inputs(), strict=True):
        path.write_bytes(array.tobytes())
    files = [model.params, model.weights]
    run([folder / "predict", *files, "2", *given, *made], title="predict", timeout=60)
    for path, right in zip(made, model.outputs(), strict=True):
        seen = np.fromfile(path, np.float32).reshape(right.shape)
        assert np.abs(seen - right).max() <= TOLERANCE["fp32"] * np.abs(right).max()
    done = run([folder / "benchmark", *files, "2", "9"], title="benchmark", timeout=60)
    figures = json.loads(done.stdout)
    assert figures["rounds"] == 9 and figures["threads"] == 2 and figures["open"] > 0
    for times in (figures["predict"], figures["by_layer"]):
        assert 0 < times["min"] <= times["median"] <= times["max"]
    assert "preprocess" not in figures
    lines = model.params.read_text().splitlines()
    assert [len(figures[kind]) for kind in ("layers", "shapes")] == [*map(int, lines[1].split())]
    made[0].unlink()
    run([folder / "benchmark", *files, "1", "1", *given, *made], title="benchmark", timeout=60)
    assert np.abs(np.fromfile(made[0], np.float32) - model.outputs()[0].ravel()).max() < 1e-3
    given[0].write_bytes(b"1234")
    with pytest.raises(ProcessError, match="is not a file of"):
        run([folder / "predict", *files, "1", *given, *made], title="predict", timeout=60)


def test_model_inside_of_the_library(converted: Callable[[str], Converted], tmp_path: Path) -> None:
    model = converted("mobilenet-fp16")
    folder = programs(model, tmp_path, embed=True)
    (tmp_path / "in").write_bytes(model.inputs()[0].tobytes())
    argv = [folder / "predict", "-", "1", tmp_path / "in", tmp_path / "out"]
    run(argv, title="predict", timeout=60)
    right = model.outputs()[0]
    seen = np.fromfile(tmp_path / "out", np.float32).reshape(right.shape)
    assert np.abs(seen - right).max() <= TOLERANCE["fp16"] * np.abs(right).max()
