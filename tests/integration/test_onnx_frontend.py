"""The ONNX frontend as the pipeline uses it: real checker, onnxruntime and onnxsim children."""

from __future__ import annotations

import random
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import graphs
import hostile_models
import models
import numpy as np
import onnx
import psutil
import pytest
from network import Net
from onnx import numpy_helper

from mobilegen.artifacts import Graph, SourceModel, TensorSpec
from mobilegen.errors import ConfigError, MobilegenError, ModelError
from mobilegen.frontends import catalog
from mobilegen.graph import candidates, native
from mobilegen.graph.build import build_graph
from mobilegen.graph.costs import measure_costs
from mobilegen.graph.reference import run_reference
from mobilegen.graph.samples import Sample, make_inputs, read_samples
from mobilegen.graph.shapes import trace_shapes
from mobilegen.system.process import run
from mobilegen.verify.numeric import parity

LIMIT = 1e-5


def load(path: Path, work: Path, **shapes: tuple[int, ...]) -> Graph:
    frontend = catalog.get(catalog.for_file(path))
    return frontend.load(SourceModel(path, frontend.name, tuple(shapes.items())), work)


def contents(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in folder.rglob("*.*")}


@pytest.fixture
def scratch(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """Temporary files of the code under test; nothing may stay there, and no child either."""
    folder = tmp_path / "scratch"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    yield folder
    assert not list(folder.iterdir())
    children = psutil.Process().children(recursive=True)
    # The guard of all children stays as long as this process.
    assert not [child for child in children if "family.py" not in " ".join(child.cmdline())]


# --- models that work -------------------------------------------------------------------------


@pytest.mark.parametrize("name", models.LEGAL)
def test_legal_model(name: str, tmp_path: Path, scratch: Path) -> None:
    model = models.LEGAL[name]()
    path = models.save(model, tmp_path / "m.onnx")
    graph = load(path, tmp_path / "work")
    assert graph.original.read_bytes() == path.read_bytes() == contents(tmp_path)["m.onnx"]
    assert [c.label for c in graph.candidates][:1] == ["original"]
    assert all(check.status == "pass" for check in graph.checks)
    assert len({check.id for check in graph.checks}) == len(graph.checks) == 12
    assert_samples_are_onnxruntimes_answers(graph, path)


def assert_samples_are_onnxruntimes_answers(graph: Graph, path: Path) -> None:
    """Compare with a session of this process, which shares no code with the worker."""
    samples = read_samples(graph.samples)
    assert len(samples) >= 2
    session = graphs._session(path)
    for sample in samples:
        wanted = graphs.answer(session, dict(sample.inputs))
        check = parity(wanted.outputs, sample.outputs, limit=1e-6, id="i", title="t")
        assert check.status == "pass", check
        assert {n: (a.shape, str(a.dtype)) for n, a in sample.inputs.items()} == {
            spec.name: (spec.shape, spec.dtype) for spec in graph.inputs
        }
        assert {n: (a.shape, str(a.dtype)) for n, a in sample.outputs.items()} == {
            spec.name: (spec.shape, spec.dtype) for spec in graph.outputs
        }


def test_two_loads_give_the_same_bytes(tmp_path: Path) -> None:
    path = models.save(models.identity_weights(), tmp_path / "m.onnx")
    first = load(path, tmp_path / "a")
    time.sleep(2.1)
    load(path, tmp_path / "b")
    assert contents(tmp_path / "a") == contents(tmp_path / "b")
    assert {c.label for c in first.candidates} > {"original", "repaired"}


def test_candidates_stand_alone_and_answer_like_the_original(tmp_path: Path) -> None:
    path = models.save_external(models.double_boxes(), tmp_path / "m" / "m.onnx")
    graph = load(path, tmp_path / "work")
    (tmp_path / "m" / "m.onnx.data").unlink(missing_ok=True)
    samples = read_samples(graph.samples)
    assert len(graph.candidates) == 4
    for candidate in graph.candidates:
        session = graphs._session(candidate.path)
        for sample in samples:
            answer = graphs.answer(session, dict(sample.inputs)).outputs
            assert parity(sample.outputs, answer, limit=LIMIT, id="i", title="").status == "pass"


def test_a_form_that_computes_something_else_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def spoil(model: onnx.ModelProto, tensors: object) -> tuple[str, ...]:
        weight = model.graph.initializer[0]
        values = numpy_helper.to_array(weight) * np.float32(1.01)
        weight.CopyFrom(numpy_helper.from_array(values, weight.name))
        return ("spoilt",)

    monkeypatch.setattr(candidates, "repair", spoil)
    graph = load(models.save(models.lenet(), tmp_path / "m.onnx"), tmp_path / "work")
    assert [c.label for c in graph.candidates] == ["original", "simplified"]
    assert "repaired: left out: differs" in graph.checks[-1].detail
    assert not (tmp_path / "work" / "repaired.onnx").exists()


def test_a_form_that_onnxruntime_refuses_is_left_out(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def spoil(model: onnx.ModelProto, tensors: object) -> tuple[str, ...]:
        model.graph.node[0].op_type = "Wobble"
        return ("spoilt",)

    monkeypatch.setattr(candidates, "repair", spoil)
    graph = load(models.save(models.lenet(), tmp_path / "m.onnx"), tmp_path / "work")
    assert [c.label for c in graph.candidates] == ["original", "simplified"]
    assert "repaired: left out: onnxruntime refused" in graph.checks[-1].detail


def test_external_data_is_put_in(tmp_path: Path) -> None:
    alone = load(models.save(models.lenet(), tmp_path / "a.onnx"), tmp_path / "1")
    split = load(models.save_external(models.lenet(), tmp_path / "b.onnx"), tmp_path / "2")
    assert split.samples.read_bytes() == alone.samples.read_bytes()
    assert onnx.load(split.original) == onnx.load(alone.original)
    assert "b.onnx.data" in next(c.detail for c in split.checks if c.id == "graph.external")


@pytest.mark.parametrize("named", [True, False])
def test_symbolic_batch_axis(named: bool, tmp_path: Path) -> None:
    path = models.save(models.symbolic_batch(named=named), tmp_path / "m.onnx")
    graph = load(path, tmp_path / "work")
    assert graph.inputs == (TensorSpec("input", (1, 3, 32, 32)),)
    assert graph.outputs == (TensorSpec("logits", (1, 10)),)
    assert "taken as 1" in next(c.detail for c in graph.checks if c.id == "graph.shapes")
    declared = onnx.load(graph.original).graph
    assert [d.dim_value for d in declared.input[0].type.tensor_type.shape.dim] == [1, 3, 32, 32]
    assert [d.dim_value for d in declared.output[0].type.tensor_type.shape.dim] == [1, 10]
    assert_samples_are_onnxruntimes_answers(graph, path)


@pytest.mark.parametrize("named", [True, False])
def test_symbolic_sizes_need_the_user(named: bool, tmp_path: Path) -> None:
    path = models.save(models.symbolic(named=named), tmp_path / "m.onnx")
    with pytest.raises(ConfigError, match="'input'") as caught:
        load(path, tmp_path / "work")
    assert "--input-shape input=1x3x224x224" in str(caught.value)
    assert not (tmp_path / "work").exists()
    shape = (1, 3, 20, 20) if named else (1, 3, 20, 28)
    graph = load(path, tmp_path / "work", input=shape)
    assert graph.inputs[0].shape == shape
    assert_samples_are_onnxruntimes_answers(graph, path)


def test_output_without_a_declared_shape(tmp_path: Path) -> None:
    model = models.lenet()
    model.graph.output[0].type.tensor_type.ClearField("shape")
    graph = load(models.save(model, tmp_path / "m.onnx"), tmp_path / "work")
    assert graph.outputs[0].shape == (1, 10)


def test_given_samples_come_first_and_are_filled_up(tmp_path: Path) -> None:
    path = models.save(models.lenet(), tmp_path / "m.onnx")
    mine = {"image": np.random.default_rng(5).normal(size=(1, 1, 28, 28)).astype(np.float32)}
    graph = build_graph(path, tmp_path / "work", sample_source=lambda specs: [Sample(mine)])
    samples = read_samples(graph.samples)
    assert len(samples) == 3
    np.testing.assert_array_equal(samples[0].inputs["image"], mine["image"])
    three = [Sample(make_inputs(graph.inputs, seed)) for seed in (7, 8, 9)]
    graph = build_graph(path, tmp_path / "work", sample_source=lambda specs: three)
    assert len(read_samples(graph.samples)) == 3


def test_samples_that_do_not_fit(tmp_path: Path) -> None:
    path = models.save(models.lenet(), tmp_path / "m.onnx")
    with pytest.raises(ConfigError, match="does not fit"):
        build_graph(path, tmp_path / "w", sample_source=lambda s: [Sample({"image": np.zeros(3)})])
    assert not (tmp_path / "w").exists()


def test_best_class_alone_finds_samples_that_differ(tmp_path: Path) -> None:
    graph = load(models.save(models.best_class(), tmp_path / "m.onnx"), tmp_path / "work")
    one, two, *_ = (sample.outputs["class"] for sample in read_samples(graph.samples))
    assert one != two


# --- models that must be refused --------------------------------------------------------------


@pytest.mark.parametrize("name", hostile_models.HOSTILE)
def test_hostile_model(
    name: str, tmp_path: Path, scratch: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make, word = hostile_models.HOSTILE[name]
    path = models.save(make(), tmp_path / "m.onnx")
    work = tmp_path / "work"
    started = time.monotonic()
    with pytest.raises(ModelError, match=word) as caught:
        build_graph(path, work, timeout=8)
    assert time.monotonic() - started < 20
    assert caught.value.exit_code == 4
    assert caught.value.hint
    assert not work.exists()


def test_earlier_result_survives_an_error(tmp_path: Path) -> None:
    path = models.save(models.lenet(), tmp_path / "m.onnx")
    load(path, tmp_path / "work")
    before = contents(tmp_path / "work")
    models.save(hostile_models.wrong_types(), path)
    with pytest.raises(ModelError):
        load(path, tmp_path / "work")
    assert contents(tmp_path / "work") == before


def test_secret_beside_the_folder_stays_secret(tmp_path: Path) -> None:
    path = models.save_external(models.lenet(), tmp_path / "m" / "m.onnx", location="../s.bin")
    assert (tmp_path / "s.bin").is_file()
    with pytest.raises(ModelError, match="outside"):
        load(path, tmp_path / "work")


@pytest.mark.slow
def test_random_damage_never_reaches_the_parent(tmp_path: Path, scratch: Path) -> None:
    """Byte flips, cuts and repeats: a graph or a clear error, within the time limit."""
    sources = [
        models.multi_io(),
        models.old_softmax(),
        models.embedding(),
        hostile_models.endless_loop(),
    ]
    data = [model.SerializeToString() for model in sources]
    draw = random.Random(11)
    path = tmp_path / "m.onnx"
    outcomes = [_try_damaged(path, _damaged(draw.choice(data), draw)) for _ in range(30)]
    assert outcomes.count("error") > 8
    # Some damage is harmless (a flipped bit of a weight), or the children were never asked.
    assert outcomes.count("graph") > 0


def _damaged(source: bytes, draw: random.Random) -> bytes:
    data = bytearray(source)
    for _ in range(draw.randrange(1, 3)):
        data[draw.randrange(len(data))] = draw.randrange(256)
    if draw.random() < 0.2:
        del data[draw.randrange(len(data)) :]
    return bytes(data)


def _try_damaged(path: Path, data: bytes) -> str:
    path.write_bytes(data)
    started = time.monotonic()
    try:
        build_graph(path, path.parent / "work", timeout=5)
    except MobilegenError as error:
        assert error.exit_code in (3, 4)
        return "error"
    finally:
        assert time.monotonic() - started < 40
    return "graph"


def test_a_refusal_of_the_checker_carries_the_words_of_onnxruntime(tmp_path: Path) -> None:
    net = Net()
    net.op("MatMul", "input", net.const(np.ones((5, 5))), output="output")
    model = net.model({"input": [1, 4]}, {"output": [1, 5]}, check=False)
    with pytest.raises(ModelError, match="checker") as caught:
        native.check(models.save(model, tmp_path / "m.onnx"))
    assert any("/MatMul_0" in line for line in caught.value.seen if "onnxruntime:" in line)


# --- the child process ------------------------------------------------------------------------


def test_a_crash_is_a_model_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = models.save(models.lenet(), tmp_path / "m.onnx")
    crash = "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)"
    _replace_worker(monkeypatch, crash)
    with pytest.raises(ModelError, match="crashed on the model") as caught:
        native.perform([native.Step("check", path)])
    assert "SIGSEGV" in caught.value.what or "exit code" in caught.value.what


def test_an_answer_that_is_none_is_a_model_error(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = models.save(models.lenet(), tmp_path / "m.onnx")
    for program in ("pass", "print('hello')", "print('[]')"):
        _replace_worker(monkeypatch, program)
        with pytest.raises(ModelError, match="gave no answer"):
            native.perform([native.Step("check", path)])


def test_time_limit(tmp_path: Path, scratch: Path) -> None:
    path = models.save(hostile_models.endless_loop(), tmp_path / "m.onnx")
    started = time.monotonic()
    with pytest.raises(ModelError, match="did not finish within 3 s"):
        run_reference(path, [{"input": np.ones((1, 4), np.float32)}], timeout=3)
    assert time.monotonic() - started < 10


def _replace_worker(monkeypatch: pytest.MonkeyPatch, program: str) -> None:
    def instead(argv: list[str], **options: object) -> object:
        return run([argv[0], "-c", program], title="the child", timeout=20)

    monkeypatch.setattr(native, "run", instead)


def test_reference_refuses_wrong_inputs(tmp_path: Path) -> None:
    path = models.save(models.lenet(), tmp_path / "m.onnx")
    with pytest.raises(ModelError, match="onnxruntime refused"):
        run_reference(path, [{"image": np.zeros((1, 1, 9, 9), np.float32)}])
    with pytest.raises(ModelError, match="onnxruntime refused"):
        run_reference(path, [{"wrong": np.zeros((1, 1, 28, 28), np.float32)}])


def test_onnxruntime_leaves_nothing_in_the_home_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its telemetry writes a device id below the user's cache as soon as it is imported."""
    path = models.save(models.lenet(), tmp_path / "m.onnx")
    home = tmp_path / "home"
    home.mkdir()
    for name in ("HOME", "USERPROFILE", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.setenv(name, str(home))
    monkeypatch.delenv("ORT_DISABLE_TELEMETRY", raising=False)
    load(path, tmp_path / "work")
    assert not list(home.rglob("*"))


def test_shapes_and_costs_of_a_file(tmp_path: Path) -> None:
    path = models.save(models.squeezenet(), tmp_path / "m.onnx")
    shapes = trace_shapes(path)
    assert shapes["output"].shape == (1, 1000)
    costs = measure_costs(path)
    assert costs.parameters == 1_235_496
    assert costs.uncounted == 0
    # 0.35 billion, as published for SqueezeNet 1.1 at 224x224.
    assert 0.34e9 < costs.macs < 0.36e9


def test_sizes_computed_from_constants_are_known(tmp_path: Path) -> None:
    """Padding as exporters write it; onnx's own shape inference gives up on it."""
    net = models.Net()
    pads = net.op("Transpose", net.const([[0, 0, 1, 2], [0, 0, 3, 0]], np.int64), perm=[1, 0])
    pads = net.op("Transpose", pads, perm=[1, 0])
    pads = net.op("Reshape", pads, net.const([-1], np.int64))
    net.conv(net.op("Pad", "input", pads), 3, 4, pad=0)
    net.nodes[-1].output[0] = "output"
    path = models.save(
        net.model({"input": [1, 3, 8, 10]}, {"output": ["a", "b", "c", "d"]}), tmp_path / "m.onnx"
    )
    assert trace_shapes(path)["output"].shape == (1, 4, 10, 10)
    costs = measure_costs(path)
    assert (costs.macs, costs.uncounted) == (4 * 10 * 10 * 27, 0)


def test_model_that_cannot_be_run_has_no_known_tensors(tmp_path: Path) -> None:
    path = models.save(hostile_models.huge_tensor(), tmp_path / "m.onnx")
    assert trace_shapes(path) == {}
