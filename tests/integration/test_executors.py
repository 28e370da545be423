"""Every executor runs real compiled libraries, good ones and bad ones."""

from __future__ import annotations

import dataclasses
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
import standin
from android_run import EXECUTORS, execute

from mobilegen.artifacts import Artifact, TensorBinding, TensorSpec
from mobilegen.errors import UsageError
from mobilegen.executors.base import Execution, ExecutionError, Executor, Unavailable, Unsuited
from mobilegen.platforms.android.executors import elfrun, emulator, jvm
from mobilegen.platforms.android.jni import bridge_of
from mobilegen.system.download import fetch
from mobilegen.system.pinned import MavenFile

Interface = Literal["jni", "c"]
Library = Callable[..., Path]


def ways(*interfaces: str, java: bool = True) -> pytest.MarkDecorator:
    """Every (ABI, executor, interface) that can run; the Java VM has no C interface."""
    names = {emulator: "emulite", jvm: "jvm", elfrun: "elfrun"}
    found = [
        pytest.param(abi, executor, interface, id=f"{abi}-{names[executor]}-{interface}")
        for abi, executors in EXECUTORS.items()
        for executor in executors
        for interface in interfaces
        if executor is not jvm or (java and interface == "jni")
    ]
    return pytest.mark.parametrize(("abi", "executor", "interface"), found)


every_way = ways("jni", "c")
# The stand-in does not have the natives of the Java classes for images.
native_ways = ways("jni", "c", java=False)


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Library:
    """Compiles a stand-in once per ABI and fault."""
    made: dict[tuple[object, ...], Path] = {}

    def get(abi: str, fault: str = "", links: tuple[str, ...] = ()) -> Path:
        key = (abi, fault, links)
        if key not in made:
            made[key] = standin.build(abi, tmp_path_factory.mktemp("standin"), fault, links)
        return made[key]

    return get


@pytest.fixture
def model(tmp_path: Path) -> Artifact:
    return standin.make_model(tmp_path / "model folder")


def run(
    executor: Executor,
    abi: str,
    path: Path,
    artifact: Artifact,
    interface: Interface,
    *,
    threads: int = 1,
    timeout: float = 120,
) -> Execution:
    request = standin.make_request(path, artifact, interface, threads)
    return executor.execute(abi, request, offline=False, timeout=timeout)


def difference(execution: Execution) -> float:
    """Largest difference from the right answer, over all samples."""
    pairs = zip(execution.outputs, standin.samples(), strict=True)
    return max(float(np.abs(out["y"] - standin.reference(x["x"])).max()) for out, x in pairs)


@every_way
def test_equals_the_reference(
    abi: str, executor: Executor, interface: Interface, library: Library, model: Artifact
) -> None:
    execution = run(executor, abi, library(abi), model, interface)
    assert difference(execution) < 1e-6
    assert [out["y"].shape for out in execution.outputs] == [standin.SHAPE] * 2
    assert len(execution.predict_seconds) == 2
    assert execution.load_seconds > 0
    assert execution.facts["constructors_ran"]
    assert execution.facts.get("constructors", 1) == 1


@every_way
def test_damaged_weights_are_seen(
    abi: str, executor: Executor, interface: Interface, library: Library, tmp_path: Path
) -> None:
    damaged = standin.make_model(tmp_path / "damaged", zeroed=5)
    assert difference(run(executor, abi, library(abi), damaged, interface)) > 1e-2


@every_way
def test_threads_give_the_same_result(
    abi: str, executor: Executor, interface: Interface, library: Library, model: Artifact
) -> None:
    single = run(executor, abi, library(abi), model, interface)
    several = run(executor, abi, library(abi), model, interface, threads=3)
    for one, other in zip(single.outputs, several.outputs, strict=True):
        np.testing.assert_array_equal(one["y"], other["y"])
    if executor is not jvm:
        assert single.facts["threads_started"] == 0
        assert several.facts["threads_started"] == 2 * len(several.outputs)


@every_way
def test_crash_is_an_error(
    abi: str, executor: Executor, interface: Interface, library: Library, model: Artifact
) -> None:
    with pytest.raises(ExecutionError) as caught:
        run(executor, abi, library(abi, "crash"), model, interface)
    assert "mobilegen_predict" in str(caught.value)


@every_way
def test_endless_loop_meets_the_time_limit(
    abi: str, executor: Executor, interface: Interface, library: Library, model: Artifact
) -> None:
    path = library(abi, "hang")
    executor.prepare(abi, offline=False)
    with pytest.raises(ExecutionError, match="did not finish within 3 s"):
        run(executor, abi, path, model, interface, timeout=3)


@every_way
def test_missing_import_is_named(
    abi: str, executor: Executor, interface: Interface, library: Library, model: Artifact
) -> None:
    with pytest.raises(ExecutionError, match="function_of_no_android"):
        run(executor, abi, library(abi, "missing"), model, interface)


@every_way
def test_what_lies_beside_the_library_is_loaded_before_it(
    abi: str, executor: Executor, interface: Interface, tmp_path: Path, model: Artifact
) -> None:
    path = standin.build(abi, tmp_path, "missing", links=("libcompanion",))
    beside = standin.build_companion(abi, tmp_path)
    request = standin.make_request(path, model, interface)
    request = dataclasses.replace(request, companions=(beside,))
    assert difference(executor.execute(abi, request, offline=False, timeout=120)) < 1e-6
    beside.unlink()
    with pytest.raises(ExecutionError, match=r"companion|function_of_no_android|No such file"):
        run(executor, abi, path, model, interface)


TFLITE = MavenFile(
    "org.tensorflow",
    "tensorflow-lite",
    "2.16.1",
    "aar",
    "34b065817e294e7dd3569504e8b9454938ceae453b6a459da54d5f6e45d3c94e",
)


@pytest.mark.slow
@every_way
def test_a_published_runtime_is_loaded(
    abi: str, executor: Executor, interface: Interface, tmp_path: Path, model: Artifact
) -> None:
    """TensorFlow Lite as its makers compiled it: versions of symbols, weak imports, locales."""
    name = "libtensorflowlite_jni.so"
    path = standin.build(abi, tmp_path, links=("libtensorflowlite_jni",))
    with zipfile.ZipFile(fetch(TFLITE)) as archive:
        (tmp_path / name).write_bytes(archive.read(f"jni/{abi}/{name}"))
    request = standin.make_request(path, model, interface)
    request = dataclasses.replace(request, companions=(tmp_path / name,))
    assert difference(executor.execute(abi, request, offline=False, timeout=120)) < 1e-6


@every_way
def test_missing_library_is_named(
    abi: str, executor: Executor, interface: Interface, library: Library, model: Artifact
) -> None:
    with pytest.raises(ExecutionError, match=r"libnowhere\.so"):
        run(executor, abi, library(abi, links=("libnowhere",)), model, interface)


@every_way
def test_refused_model_is_an_error(
    abi: str, executor: Executor, interface: Interface, library: Library, model: Artifact
) -> None:
    (model.folder / "model.bin").write_bytes(b"short")
    with pytest.raises(ExecutionError, match=r"cannot read weights|returned false"):
        run(executor, abi, library(abi), model, interface)


@every_way
def test_not_a_library_is_an_error(
    abi: str, executor: Executor, interface: Interface, library: Library, model: Artifact
) -> None:
    path = library(abi).with_name("libcut.so")
    path.write_bytes(library(abi).read_bytes()[:3000])
    with pytest.raises(ExecutionError):
        run(executor, abi, path, model, interface)


@ways("jni")
def test_java_exception_is_an_error(
    abi: str, executor: Executor, interface: Interface, library: Library, model: Artifact
) -> None:
    with pytest.raises(ExecutionError, match=r"IllegalStateException: dims do not fit the model"):
        run(executor, abi, library(abi, "throw"), model, interface)


@ways("jni")
@pytest.mark.parametrize(("fault", "text"), [("pending", "pending"), ("wrong", r"JNI")])
def test_wrong_use_of_jni_is_found(
    abi: str,
    executor: Executor,
    interface: Interface,
    fault: str,
    text: str,
    library: Library,
    model: Artifact,
) -> None:
    with pytest.raises(ExecutionError, match=text):
        run(executor, abi, library(abi, fault), model, interface)


def test_two_ways_into_the_library_must_agree(library: Library, model: Artifact) -> None:
    """What Model gives in the Java VM, ImageRecognition has to give too."""
    with pytest.raises(ExecutionError, match="different numbers"):
        run(jvm, "x86_64", library("x86_64", "differ"), model, "jni")


def test_what_no_computer_can_do_is_not_missed(library: Library, model: Artifact) -> None:
    with pytest.raises(Unsuited, match="natives only"):
        run(jvm, "x86_64", library("x86_64"), model, "c")
    execution = execute("x86_64", standin.make_request(library("x86_64"), model, "c"))
    assert execution.executor.startswith("elfrun")
    assert "passed_over" not in execution.facts


@ways("c")
def test_write_past_the_output_is_found(
    abi: str, executor: Executor, interface: Interface, library: Library, model: Artifact
) -> None:
    with pytest.raises(ExecutionError, match="past the end"):
        run(executor, abi, library(abi, "overrun"), model, interface)


PIXELS = np.random.default_rng(1).integers(0, 256, (3, 5, 3), np.uint8)


def run_image(
    executor: Executor,
    abi: str,
    path: Path,
    artifact: Artifact,
    interface: Interface,
    *,
    classify: bool = True,
) -> Execution:
    """The second sample comes with an image."""
    request = standin.make_request(path, artifact, interface)
    request = dataclasses.replace(request, images={1: PIXELS}, classify=classify)
    return executor.execute(abi, request, offline=False, timeout=120)


@native_ways
def test_images_reach_the_library(
    abi: str, executor: Executor, interface: Interface, library: Library, model: Artifact
) -> None:
    """Every field of the image is where the library's own compiler puts it."""
    execution = run_image(executor, abi, library(abi), model, interface)
    assert list(execution.pictures) == [1]
    picture = execution.pictures[1]
    assert picture.input[:10].tolist() == [0, 5, 3, 0, 0, 45, 15, 0, 1, 0]
    assert picture.input[10:55].tolist() == PIXELS.ravel().tolist()
    if executor is emulator:
        scores = execution.outputs[1]["y"].ravel()
        assert (picture.best, picture.probability) == (scores.argmax(), scores.max())
    else:
        assert (picture.best, picture.probability) == (5, 0.25)
    without = run_image(executor, abi, library(abi), model, interface, classify=False)
    assert without.pictures[1].best is None


@ways("jni", java=False)
def test_write_past_the_input_is_found(
    abi: str, executor: Executor, interface: Interface, library: Library, model: Artifact
) -> None:
    with pytest.raises(ExecutionError, match="past the end"):
        run_image(executor, abi, library(abi, "overrun"), model, interface)


@native_ways
def test_refused_image_is_an_error(
    abi: str, executor: Executor, interface: Interface, library: Library, model: Artifact
) -> None:
    with pytest.raises(ExecutionError, match=r"mobilegen_preprocess returned -1: .*no image"):
        run_image(executor, abi, library(abi, "refuse"), model, interface)


@ways("c")
def test_library_without_a_model_is_an_error(
    abi: str, executor: Executor, interface: Interface, library: Library, model: Artifact
) -> None:
    request = standin.make_request(library(abi), model, interface)
    request = dataclasses.replace(request, embedded=True)
    with pytest.raises(ExecutionError, match=r"mobilegen_open_embedded returned -1: .*no model"):
        executor.execute(abi, request, offline=False, timeout=120)


@ways("jni")
def test_other_package_is_an_error(
    abi: str, executor: Executor, interface: Interface, library: Library, model: Artifact
) -> None:
    request = standin.make_request(library(abi), model, interface)
    request = dataclasses.replace(request, bridge=bridge_of("org.example.other"))
    with pytest.raises(ExecutionError, match=r"load|setThread|openFiles0"):
        executor.execute(abi, request, offline=False, timeout=120)


@pytest.mark.parametrize("abi", list(EXECUTORS))
def test_other_tensor_names_are_an_error(abi: str, library: Library, model: Artifact) -> None:
    wrong = TensorBinding(TensorSpec("z", standin.SHAPE), "z", standin.SHAPE[1:])
    other = dataclasses.replace(model, outputs=(wrong,))
    request = standin.make_request(library(abi), other, "c")
    with pytest.raises(ExecutionError, match=r"\by\b"):
        execute(abi, request, timeout=120)


@pytest.mark.parametrize("abi", list(EXECUTORS))
def test_library_of_another_abi_is_an_error(abi: str, library: Library, model: Artifact) -> None:
    other = {"arm64-v8a": "x86", "armeabi-v7a": "x86_64", "x86_64": "x86", "x86": "x86_64"}[abi]
    request = standin.make_request(library(other), model)
    with pytest.raises(ExecutionError):
        execute(abi, request, timeout=120)


def test_without_jdk_the_java_vm_is_unavailable(
    library: Library, model: Artifact, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("JAVA_HOME", raising=False)
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(Unavailable, match="no JDK"):
        run(jvm, "x86_64", library("x86_64"), model, "jni")
    execution = execute("x86_64", standin.make_request(library("x86_64"), model))
    assert execution.executor.startswith("elfrun")
    assert "no JDK" in execution.facts["passed_over"][0]
    assert difference(execution) < 1e-6


def test_broken_java_home_is_passed_over(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    assert jvm.find_jdk() is not None
    (tmp_path / "bin").mkdir()
    for name in ("java", "javac"):
        program = tmp_path / "bin" / name
        program.write_text("#!/bin/sh\nexit 1\n")
        program.chmod(0o755)
    monkeypatch.setenv("JAVA_HOME", str(tmp_path))
    found = jvm.find_jdk()
    assert found is not None
    assert found.home != tmp_path


def test_emulator_that_cannot_be_made_is_unavailable(
    library: Library, model: Artifact, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("MOBILEGEN_CACHE", str(tmp_path / "empty cache"))
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "empty uv cache"))
    request = standin.make_request(library("arm64-v8a"), model)
    for abi in emulator.BITS:
        with pytest.raises(Unavailable, match="no ARM emulator"):
            execute(abi, request, offline=True)


def test_other_host_is_unavailable(
    library: Library, model: Artifact, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("platform.machine", lambda: "aarch64")
    for executor, abi in ((elfrun, "x86"), (jvm, "x86_64")):
        with pytest.raises(Unavailable, match="x86_64 Linux"):
            run(executor, abi, library(abi), model, "jni")
    with pytest.raises(Unavailable, match=r"Java VM.*; .*natively"):
        execute("x86_64", standin.make_request(library("x86_64"), model))


def test_unfit_sample_is_refused(library: Library, model: Artifact) -> None:
    request = standin.make_request(library("x86"), model)
    wrong = dataclasses.replace(request, samples=({"x": np.zeros((1, 2, 2, 15), np.float32)},))
    with pytest.raises(UsageError, match="does not fit"):
        execute("x86", wrong)
