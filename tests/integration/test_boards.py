"""Libraries for Linux boards: built, proved as on a board, and used from Python and C."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, cast

import models
import numpy as np
import onnx
import pytest
from PIL import Image
from program import PHOTO, fail, succeed

from mobilegen import errors
from mobilegen.artifacts import Bridge
from mobilegen.executors import board
from mobilegen.executors.base import Execution, Executor, Request
from mobilegen.graph.samples import read_samples
from mobilegen.native_build.tools import cmake_program, ninja_program
from mobilegen.pipeline.proof import verify_library
from mobilegen.pipeline.result import open_result

ABIS = ("aarch64", "armv7hf", "x86_64")
SIZE, CLASSES = 24, 10
RULE = {"resize": "pillow-bicubic", "crop": "center", "crop_fraction": 0.875, "mean": [127] * 3,
        "std": [128] * 3}  # fmt: skip
USE = """
import json, sys
import numpy as np
from PIL import Image
from net import Class, Model, ModelError

pixels = np.asarray(Image.open(sys.argv[1]).convert("RGB"))
with Model(threads=2) as model:
    assert [tuple(each) for each in model.inputs] == [("image", (1, 3, 24, 24), np.dtype("f4"))]
    found = model.classify(pixels, count=3)
    made = model.preprocess(pixels)
    alone, named = model.predict(made), model.predict({"image": made})
    assert np.array_equal(alone["scores"], named["scores"])
    padded = np.dstack([pixels, np.zeros(pixels.shape[:2], np.uint8)])[:, ::-1][:, ::-1]
    assert np.array_equal(model.preprocess(padded), made)
    for wrong, kind in ((made.astype("f8"), TypeError), (made[0], ValueError),
                        ({"other": made}, ValueError), ({}, ValueError)):
        try:
            model.predict(wrong)
        except kind as error:
            print(error, file=sys.stderr)
        else:
            raise SystemExit(f"{kind} expected")
    for wrong, kind in ((pixels.astype("f4"), TypeError), (pixels[:, :, 0], ValueError)):
        try:
            model.classify(wrong)
        except kind:
            pass
        else:
            raise SystemExit(f"{kind} expected")
calls = (lambda: model.predict(made), lambda: model.classify(pixels), lambda: Model("/nowhere"))
for call in calls:
    try:
        call()
    except ModelError as error:
        assert error.status < 0 and str(error)
    else:
        raise SystemExit("ModelError expected")
model.close()
np.savez(sys.argv[2], made=made, scores=alone["scores"])
print(json.dumps([list(each) for each in found]))
"""


def network() -> onnx.ModelProto:
    net = models.Net(seed=3)
    x = net.relu(net.conv("image", 3, 8))
    x = net.op("Flatten", net.op("GlobalAveragePool", x), axis=1)
    weights = net.const(net.random.normal(0.0, 1.0, (8, CLASSES)))
    net.op("MatMul", x, weights, output="scores")
    return net.model({"image": [1, 3, SIZE, SIZE]}, {"scores": [1, CLASSES]})


def make_project(folder: Path, **rule: Any) -> Path:
    folder.mkdir()
    models.save(network(), folder / "net.onnx")
    pixels = np.random.default_rng(0).integers(0, 256, (33, 61, 3), np.uint8)
    Image.fromarray(pixels).save(folder / "noise.png")
    settings = {
        "model": "net.onnx",
        "name": "net",
        "preprocess": {**RULE, **rule},
        "check_images": ["noise.png"],
        "labels": "labels.txt",
        "platform": ["linux"],
    }
    (folder / "mobilegen.yml").write_text(json.dumps(settings))
    (folder / "labels.txt").write_text("".join(f"class {i}\n" for i in range(CLASSES)))
    return folder


def build(folder: Path, *options: str, **env: str) -> dict[str, dict[str, Any]]:
    """Build for all boards and return the checks by their names."""
    report = json.loads(succeed("build", folder, "--abi", "all", "--json", *options, **env))
    return {check["id"]: check for check in report["checks"]}


def without_state(folder: Path, to: Path) -> Path:
    return shutil.copytree(folder / "build", to, ignore=shutil.ignore_patterns(".mobilegen"))


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_project(tmp_path_factory.mktemp("boards") / "right")


@pytest.fixture(scope="module")
def checks(project: Path) -> dict[str, dict[str, Any]]:
    return build(project, "--require-proof")


@pytest.fixture(scope="module")
def linux(project: Path, checks: dict[str, dict[str, Any]]) -> Path:
    return project / "build" / "linux"


@pytest.mark.parametrize("abi", ABIS)
def test_library_and_programs_are_proved(checks: dict[str, dict[str, Any]], abi: str) -> None:
    ours = {name: check for name, check in checks.items() if name.startswith(f"linux-{abi}.")}
    assert {check["status"] for check in ours.values()} == {"pass"}
    wanted = {"parity.0", "parity.1", "pixels.0", "class.0", "predict", "benchmark"}
    assert {f"linux-{abi}.{name}" for name in wanted} <= ours.keys()
    assert (ours[f"linux-{abi}.pixels.0"]["measured"], abi) == (0, abi)
    assert ours[f"linux-{abi}.parity.0"]["measured"] <= 1e-5
    cpu = {"aarch64": "cortex-a53", "armv7hf": "cortex-a7"}.get(abi, "process of its own")
    assert cpu in ours[f"linux-{abi}.parity.0"]["title"]


@pytest.mark.parametrize(("abi", "cpu"), [(abi, cpu) for abi in ABIS for cpu in board.CPUS[abi]])
def test_every_processor_answers_like_the_source(
    project: Path, checks: dict[str, dict[str, Any]], abi: str, cpu: str
) -> None:
    result = open_result(project / "build")

    class OnCpu:
        @staticmethod
        def execute(abi: str, request: Request, *, offline: bool, timeout: float) -> Execution:
            return board.execute_as(abi, dataclasses.replace(request, threads=2), cpu, timeout=600)

    found = verify_library(
        result.library(abi),
        result.artifact,
        read_samples(project / "build" / "model" / "reference.npz"),
        [cast(Executor, OnCpu)],
        reference=result.report.reference,
        bridge=Bridge(),
        place=abi,
        limit=1e-4,
        classes=True,
    )
    assert len(found) >= 4 and {check.status for check in found} == {"pass"}
    assert any(f"as {cpu}" in check.title for check in found)


def test_the_folder_holds_what_its_readme_says(linux: Path) -> None:
    files = {path.relative_to(linux).as_posix() for path in linux.rglob("*") if path.is_file()}
    for abi in ABIS:
        assert {f"lib/{abi}/libnet.so", f"bin/{abi}/predict", f"bin/{abi}/benchmark"} <= files
        assert os.access(linux / "bin" / abi / "predict", os.X_OK)
    assert {"model/labels.txt", "python/net.py", "lib/LICENSE.ncnn.txt"} <= files
    assert "include/mobilegen/engine.h" in files
    text = (linux / "README.md").read_text()
    assert "* `image`: 1 x 3 x 24 x 24, float32" in text


def test_the_python_class_answers_like_the_source(
    project: Path, linux: Path, tmp_path: Path
) -> None:
    environment = {
        **os.environ,
        "PYTHONPATH": str(linux / "python"),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    done = subprocess.run(
        [sys.executable, "-W", "error", "-c", USE, project / "noise.png", tmp_path / "seen.npz"],
        env=environment, cwd=tmp_path, capture_output=True, text=True, timeout=300,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    sample = read_samples(project / "build" / "model" / "reference.npz")[0]
    scores = sample.outputs["scores"]
    with np.load(tmp_path / "seen.npz") as seen:
        assert np.array_equal(seen["made"].view("u4"), sample.inputs["image"].view("u4"))
        assert np.abs(seen["scores"] - scores).max() <= 1e-5 * np.abs(scores).max()
    (best, probability, label), *_ = json.loads(done.stdout)
    chances = np.exp(scores[0] - scores.max()) / np.exp(scores[0] - scores.max()).sum()
    assert (best, label) == (int(scores.argmax()), f"class {scores.argmax()}")
    assert probability == pytest.approx(float(chances.max()), abs=1e-5)
    assert "image is of type float32, not float64" in done.stderr


def test_the_example_in_c_compiles_without_warnings_and_runs(
    project: Path, linux: Path, tmp_path: Path
) -> None:
    Image.open(project / "noise.png").convert("RGB").save(tmp_path / "noise.ppm")
    for command in (
        [cmake_program(), "-S", linux / "examples" / "cmake", "-B", tmp_path / "out", "-G", "Ninja",
         f"-DCMAKE_MAKE_PROGRAM={ninja_program()}",
         "-DCMAKE_C_FLAGS=-Werror -Wpedantic -Wconversion"],
        [ninja_program(), "-C", tmp_path / "out"],
    ):  # fmt: skip
        done = subprocess.run(command, capture_output=True, text=True, timeout=300)
        assert done.returncode == 0, done.stdout + done.stderr
    program = tmp_path / "out" / "net_example"
    shown = subprocess.run(
        [program, linux / "model", tmp_path / "noise.ppm"], capture_output=True, text=True
    )
    best = read_samples(project / "build" / "model" / "reference.npz")[0].outputs["scores"].argmax()
    assert f"class {best} ({best})" in shown.stdout.splitlines()[0]
    refused = subprocess.run([program, linux, "none"], capture_output=True, text=True)
    assert refused.returncode == 2 and "MODEL_FOLDER PICTURE.ppm" in refused.stderr


def test_verify_and_run_know_the_boards(
    project: Path, checks: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    result = without_state(project, tmp_path / "result")
    succeed("verify", result, "--require-proof")
    text = succeed(
        "run", result, "--abi", "aarch64", "--image", project / "noise.png", "--top-k", "1"
    )
    best = read_samples(result / "model" / "reference.npz")[0].outputs["scores"].argmax()
    assert f"class {best}" in text


def test_damaged_weights_fail_on_every_board(
    project: Path, checks: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    out = without_state(project, tmp_path / "out")
    weights = out / "model" / "model.bin"
    data = bytearray(weights.read_bytes())
    data[len(data) // 2] ^= 0x40
    weights.write_bytes(data)
    text = fail(errors.VerificationError.exit_code, "verify", out)
    for abi in ABIS:
        assert f"  linux-{abi}.run: " in text, text


def test_another_preprocessing_rule_is_found_on_every_board(
    project: Path, checks: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    other = make_project(tmp_path / "other", mean=[127, 126, 127])
    build(other)
    result = without_state(project, tmp_path / "result")
    shutil.rmtree(result / "lib")
    shutil.copytree(other / "build" / "lib", result / "lib")
    text = fail(errors.VerificationError.exit_code, "verify", result)
    for abi in ABIS:
        assert f"  linux-{abi}.pixels.0: " in text, text
        assert f"  linux-{abi}.parity.0: " not in text, text


def test_what_is_missing_is_skipped_and_named(project: Path, tmp_path: Path) -> None:
    """Without qemu nothing of another processor is proved, nor does it look as if it were."""
    alone = make_project(tmp_path / "alone")
    seen = build(alone, PATH=str(tmp_path))
    for abi, emulator in (("aarch64", "qemu-aarch64"), ("armv7hf", "qemu-arm")):
        assert seen[f"linux-{abi}.run"]["status"] == "skipped"
        assert f"{emulator} is not installed" in seen[f"linux-{abi}.run"]["detail"]
        assert seen[f"linux-{abi}.predict"]["status"] == "skipped"
        assert f"linux-{abi}.parity.0" not in seen
    assert seen["linux-x86_64.parity.0"]["status"] == "pass"
    fail(
        errors.NotProvedError.exit_code, "build", alone, "--abi", "aarch64", "--require-proof",
        PATH=str(tmp_path),
    )  # fmt: skip


def test_a_phone_and_a_board_from_one_configuration(
    project: Path, checks: dict[str, dict[str, Any]], tmp_path: Path
) -> None:
    both = ("--platform", "android", "--platform", "linux", "--abi", "x86_64")
    out = tmp_path / "out"
    text = succeed("build", project, *both, "--out", out, "--json", "--require-proof")
    report = json.loads(text)
    assert [library["target"]["platform"] for library in report["libraries"]] == [
        "android",
        "linux",
    ]
    ids = [check["id"] for check in report["checks"]]
    assert len(ids) == len(set(ids))
    assert {check["status"] for check in report["checks"]} == {"pass"}
    for path in ("lib/x86_64/libnet.so", "lib/linux-x86_64/libnet.so", "android/README.md",
                 "linux/README.md"):  # fmt: skip
        assert (out / path).is_file(), path


@pytest.mark.slow
def test_the_photograph_is_named_alike_on_raspberry_pis(tmp_path: Path) -> None:
    """EfficientNet-Lite0 as processors of Raspberry Pi 2, 3 and 4; the settings' limit is 1e-4."""
    boards = ("--platform", "linux", "--abi", "aarch64", "--abi", "armv7hf")
    options = ("--out", tmp_path / "out", "--json", "--require-proof")
    report = json.loads(succeed("build", PHOTO, *boards, *options))
    titles = [check["title"] for check in report["checks"] if check["limit"] == 1e-4]
    for cpu in ("cortex-a53", "cortex-a72", "cortex-a7"):
        assert any(title.endswith((f"as {cpu}", "coffee.png")) and cpu in title for title in titles)
    assert {check["status"] for check in report["checks"]} == {"pass"}
    details = {check["id"]: check["detail"] for check in report["checks"]}
    for abi in ("aarch64", "armv7hf"):
        assert details[f"linux-{abi}.class.0"].startswith("class 967 with 0.95")
