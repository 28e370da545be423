"""mobilegen bench: real programs, timed here, in an emulator, and through a stand-in for adb."""

from __future__ import annotations

import dataclasses
import json
import platform
import shutil
from pathlib import Path
from typing import Any

import lief
import models
import numpy as np
import pytest
from program import PHOTO, fail, succeed
from standin import adb

from mobilegen import errors
from mobilegen.bench.job import Job
from mobilegen.bench.program import benchmark_program
from mobilegen.bench.result import Place
from mobilegen.pipeline.bench import Stand, bench, host_stand
from mobilegen.pipeline.result import Result, open_result
from mobilegen.report.schema import bench_schema
from mobilegen.system.process import run
from mobilegen.toolchains.targets import ANDROID_ABIS

# The same operators as onnx sees them; test_inspect.py compares those with a tool of others.
PHOTO_MACS = {"Conv": 383_907_552, "Gemm": 1_280_000}
EMULATORS = {"arm64-v8a": "qemu-aarch64", "armeabi-v7a": "qemu-arm"}
SERIAL = "R58M12ABCDE"

pytestmark = pytest.mark.skipif(
    platform.machine() != "x86_64", reason="the stand-in phone has this computer's processor"
)


@pytest.fixture(scope="module")
def photo(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The sample model, converted; no library is needed to time it."""
    out = tmp_path_factory.mktemp("photo") / "out"
    succeed("convert", PHOTO, "--out", out)
    return out


@pytest.fixture(scope="module")
def digits(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A small model, converted."""
    folder = tmp_path_factory.mktemp("digits")
    models.save(models.lenet(), folder / "net.onnx")
    succeed("convert", folder / "net.onnx", "--out", folder / "out")
    return folder / "out"


@pytest.fixture
def copy(digits: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(digits, tmp_path / "copy"))


def times(*arguments: str | Path, **env: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(succeed("bench", *arguments, "--json", **env))
    return found


# --- on this computer ------------------------------------------------------------------------


def test_every_layer_is_timed_and_counted(photo: Path) -> None:
    found = times(photo, "--rounds", "5")
    lines = (photo / "model" / "model.param").read_text().splitlines()[2:]
    layers = found["layers"]
    assert [(x["operator"], x["name"]) for x in layers] == [tuple(x.split()[:2]) for x in lines]
    onnx = json.loads(succeed("inspect", PHOTO, "--json"))
    wanted = sorted(x["macs"] for x in onnx["layers"] if x["macs"])
    assert sorted(x["macs"] for x in layers if x["macs"]) == wanted
    assert found["macs"] == sum(PHOTO_MACS.values()) == onnx["macs"]
    by_operator = {each["operator"]: each for each in found["operators"]}
    convolutions = [by_operator[name] for name in ("Convolution", "ConvolutionDepthWise")]
    assert sum(each["macs"] for each in convolutions) == PHOTO_MACS["Conv"]
    assert by_operator["InnerProduct"]["macs"] == PHOTO_MACS["Gemm"]
    assert layers[-1]["shape"] == [1000]
    assert found["parity"]["status"] == "pass" and found["image"] == [1280, 720]


def test_times_agree_with_each_other(photo: Path) -> None:
    found = times(photo, "--rounds", "10")
    fastest = sum(layer["milliseconds"]["min"] for layer in found["layers"])
    assert found["layers_milliseconds"] == pytest.approx(fastest)
    # The clock of a whole run encloses those of its layers.
    assert 0 < fastest <= found["by_layer"]["min"]
    assert sum(layer["share"] for layer in found["layers"]) == pytest.approx(1)
    for each in (found["predict"], found["by_layer"], found["preprocess"]):
        assert 0 < each["min"] <= each["median"] <= each["max"]
    by_operator = {each["operator"]: each["share"] for each in found["operators"]}
    # A layer that were computed again for the next one, or with another's work, would show here.
    convolutions = by_operator["Convolution"] + by_operator["ConvolutionDepthWise"]
    assert convolutions > 0.8 and by_operator["Split"] < 0.1
    largest = max(found["layers"], key=lambda layer: layer["share"])
    assert largest["operator"] == "Convolution" and largest["share"] < 0.5


def test_options_and_schema(digits: Path) -> None:
    found = times(digits, "--threads", "2", "--rounds", "3", "--abi", "x86")
    assert (found["threads"], found["rounds"], found["abi"]) == (2, 3, "x86")
    assert found["place"]["kind"] == "computer" and found["preprocess"] is None
    assert set(found) == set(bench_schema()["properties"])
    text = succeed("bench", digits, "--rounds", "3")
    for layer in found["layers"]:
        assert layer["name"] in text
    assert "sum of the above" in text and "preprocessing" not in text


def test_errors(digits: Path, tmp_path: Path) -> None:
    usage = errors.UsageError.exit_code
    assert "--device" in fail(usage, "bench", digits, "--abi", "arm64-v8a")
    assert "no ABI 'x64'" in fail(usage, "bench", digits, "--abi", "x64")
    assert "holds no result" in fail(usage, "bench", tmp_path)
    assert "--serial" in fail(usage, "bench", digits, "--serial", "a")
    fail(usage, "bench", digits, "--rounds", "0")
    refused = fail(errors.FileError.exit_code, "bench", digits, "--rounds", "1", "--save", tmp_path)
    assert "cannot be written" in refused


def test_a_changed_model_is_not_timed(copy: Path) -> None:
    weights = copy / "model" / "model.bin"
    weights.write_bytes(weights.read_bytes()[:-4] + b"\0\0\x80?")
    before = sorted(path.name for path in copy.iterdir())
    told = fail(errors.VerificationError.exit_code, "bench", copy, "--rounds", "1")
    assert "model/model.bin" in told
    assert sorted(path.name for path in copy.iterdir()) == before


def test_a_wrong_answer_is_refused(digits: Path, tmp_path: Path) -> None:
    result = open_result(digits)
    with np.load(result.reference) as stored:
        arrays = {name: stored[name] for name in stored.files}
    output = next(name for name in arrays if name.startswith("0/out/"))
    arrays[output] = arrays[output] + np.float32(0.5)
    np.savez(tmp_path / "other.npz", **arrays)
    other = dataclasses.replace(result, reference=tmp_path / "other.npz")
    with pytest.raises(errors.VerificationError) as caught:
        bench(other, host_stand(None), threads=1, rounds=1, jobs=2)
    assert "answers like the source model" in caught.value.seen[0]


# --- what it leaves --------------------------------------------------------------------------


def test_result_keeps_the_times_until_its_model_changes(tmp_path: Path) -> None:
    model, out = tmp_path / "net.onnx", tmp_path / "out"
    build = ("convert", model, "--out", out)
    models.save(models.lenet(), model)
    succeed(*build)
    files = {path: path.read_bytes() for path in (out / "model").iterdir()}
    page = out / "report.html"
    plain = page.read_text()
    assert "Time of the layers" not in plain
    found = times(out, "--rounds", "2")
    assert json.loads((out / "bench.json").read_text()) == found
    assert {path: path.read_bytes() for path in (out / "model").iterdir()} == files
    shown = page.read_text()
    assert "Time of the layers" in shown and "Multiply-accumulates" in shown
    succeed("verify", out)
    succeed(*build)
    assert "Time of the layers" in page.read_text()
    models.save(models.mobilenet(), model)
    succeed(*build)
    assert "Time of the layers" not in page.read_text()
    assert not (out / "bench.json").exists()


def test_out_leaves_the_result_alone(copy: Path, tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()}
    found = times(copy, "--rounds", "1", "--save", tmp_path / "times.json")
    assert json.loads((tmp_path / "times.json").read_text()) == found
    assert {path: path.read_bytes() for path in copy.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("damage", ["gone", "other version"])
def test_a_result_without_its_build_keeps_its_page(copy: Path, damage: str) -> None:
    if damage == "gone":
        shutil.rmtree(copy / ".mobilegen")
    else:
        (copy / ".mobilegen" / "work" / "graph" / "profile.json").write_text("{}")
    page = (copy / "report.html").read_bytes()
    succeed("bench", copy, "--rounds", "1")
    assert (copy / "report.html").read_bytes() == page
    assert (copy / "bench.json").is_file()


def test_a_file_of_that_name_is_not_replaced(copy: Path) -> None:
    (copy / "bench.json").write_text('{"mine": 1}')
    told = fail(errors.UsageError.exit_code, "bench", copy, "--rounds", "1")
    assert "not from mobilegen bench" in told
    assert (copy / "bench.json").read_text() == '{"mine": 1}'


# --- programs for all processors -------------------------------------------------------------


@pytest.mark.parametrize("abi", ANDROID_ABIS)
def test_program_needs_nothing_of_the_phone(digits: Path, tmp_path: Path, abi: str) -> None:
    result = open_result(digits)
    path = benchmark_program(result.artifact, None, abi, work_dir=tmp_path, jobs=2)
    elf = lief.ELF.parse(str(path))
    assert elf is not None
    assert elf.header.machine_type.value == ANDROID_ABIS[abi].elf_machine
    assert not elf.has_interpreter and not list(elf.libraries)
    stack = next(s for s in elf.segments if s.type == lief.ELF.Segment.TYPE.GNU_STACK)
    assert stack.virtual_size == 1 << 20
    loads = [s for s in elf.segments if s.type == lief.ELF.Segment.TYPE.LOAD]
    assert all(s.alignment >= 1 << 14 for s in loads)


@pytest.mark.parametrize("abi", EMULATORS)
@pytest.mark.parametrize("threads", [1, 2])
def test_arm_programs_answer_in_an_emulator(digits: Path, abi: str, threads: int) -> None:
    def emulate(job: Job) -> str:
        argv: list[str | Path] = [EMULATORS[abi], job.program, *job.arguments(str)]
        return run(argv, title="the program in the emulator", timeout=300).stdout

    stand = Stand(abi, Place("computer", "emulator", "", ""), emulate)
    found = bench(open_result(digits), stand, threads=threads, rounds=1, jobs=2)
    assert found.parity.status == "pass"
    assert found.layers == same_layers(open_result(digits), found.layers)


def same_layers(result: Result, layers: tuple[Any, ...]) -> tuple[Any, ...]:
    """Return layers with names, shapes and counts as this computer's program has them."""
    here = bench(result, host_stand(None), threads=1, rounds=1, jobs=2).layers
    return tuple(
        dataclasses.replace(layer, milliseconds=other.milliseconds, share=other.share)
        for layer, other in zip(here, layers, strict=True)
    )


# --- through adb -----------------------------------------------------------------------------


def properties(abis: str = "x86_64,x86") -> dict[str, str]:
    return {
        "ro.product.cpu.abilist": abis,
        "ro.product.manufacturer": "Maker's",
        "ro.product.model": "Model $(7) \\ 8",
        "ro.build.version.release": "15",
        "ro.build.version.sdk": "35",
    }


def phone(folder: Path, **changes: Any) -> dict[str, str]:
    values = {"devices": [f"{SERIAL}\tdevice"], "properties": properties(), **changes}
    return adb.install(folder, **values)


def left_on_phone(folder: Path) -> list[Path]:
    return list((folder / "phone").iterdir())


@pytest.mark.parametrize("changes", [{}, {"old": True}, {"fault": "noise"}])
def test_phone(digits: Path, tmp_path: Path, changes: dict[str, Any]) -> None:
    found = times(
        digits, "--device", "--rounds", "3", "--threads", "2", **phone(tmp_path, **changes)
    )
    assert found["place"] == {
        "kind": "device",
        "name": "Maker's Model $(7) \\ 8",
        "processor": "",
        "system": "Android 15, API level 35",
    }
    assert (found["abi"], found["threads"], found["rounds"]) == ("x86_64", 2, 3)
    assert found["parity"]["status"] == "pass"
    assert left_on_phone(tmp_path) == []


def test_one_of_several_phones(digits: Path, tmp_path: Path) -> None:
    devices = ["first\tdevice", "second phone\tdevice", "third\tunauthorized"]
    env = phone(tmp_path, devices=[*devices, f"{SERIAL}\tdevice"])
    code = errors.DeviceError.exit_code
    told = fail(code, "bench", digits, "--device", **env)
    assert "several phones" in told and "third: unauthorized" in told
    options = ("bench", digits, "--device", "--rounds", "1", "--abi", "x86")
    succeed(*options, "--serial", SERIAL, **env)
    succeed(*options, **{**env, "ANDROID_SERIAL": SERIAL})
    assert "third is not connected" in fail(code, *options, "--serial", "third", **env)


def test_no_phone(digits: Path, tmp_path: Path) -> None:
    code = errors.DeviceError.exit_code
    told = fail(code, "bench", digits, "--device", **phone(tmp_path / "a", devices=[]))
    assert "no phone is connected" in told and "USB debugging" in told
    env = {"PATH": str(tmp_path), "ANDROID_HOME": "", "ANDROID_SDK_ROOT": ""}
    assert "adb was not found" in fail(code, "bench", digits, "--device", **env)


def test_phone_of_another_processor(digits: Path, tmp_path: Path) -> None:
    env = phone(tmp_path, properties=properties("arm64-v8a,armeabi-v7a"))
    code = errors.DeviceError.exit_code
    told = fail(code, "bench", digits, "--device", "--abi", "x86_64", **env)
    assert "does not run x86_64" in told and "--abi arm64-v8a" in told


@pytest.mark.parametrize(
    ("fault", "message"), [("push", "No space left on device"), ("gone", "device offline")]
)
def test_phone_that_fails(digits: Path, tmp_path: Path, fault: str, message: str) -> None:
    env = phone(tmp_path, fault=fault)
    code = errors.DeviceError.exit_code
    assert message in fail(code, "bench", digits, "--device", "--rounds", "1", **env)
    assert left_on_phone(tmp_path) == []


@pytest.mark.parametrize("old", [False, True])
def test_program_that_fails_on_the_phone(digits: Path, tmp_path: Path, old: bool) -> None:
    env = phone(tmp_path, old=old, fault="cut")
    told = fail(errors.DeviceError.exit_code, "bench", digits, "--device", "--rounds", "1", **env)
    assert "a command failed on the phone (exit code 1)" in told
    assert "it is damaged or not of the model" in " ".join(told.split())
    assert left_on_phone(tmp_path) == []
