"""Wrong input on the command line: a clear error, the right exit code, nothing half-written."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import time
from pathlib import Path

import models
import numpy as np
import psutil
import pytest
from program import PHOTO, command, fail, succeed

from mobilegen import errors


@pytest.fixture
def net(tmp_path: Path) -> Path:
    return models.save(models.lenet(), tmp_path / "net.onnx")


def build_error(kind: type[errors.MobilegenError], *arguments: str | Path, **env: str) -> str:
    return fail(kind.exit_code, "build", *arguments, **env)


def test_missing_file(tmp_path: Path) -> None:
    text = build_error(errors.ModelError, tmp_path / "none.onnx")
    assert "none.onnx does not exist" in text


def test_text_named_onnx(tmp_path: Path) -> None:
    (tmp_path / "text.onnx").write_text("not a model\n" * 10)
    text = build_error(errors.ModelError, tmp_path / "text.onnx", "--out", tmp_path / "out")
    assert "text.onnx" in text
    assert_no_result(tmp_path / "out")


def test_truncated_model(net: Path, tmp_path: Path) -> None:
    net.write_bytes(net.read_bytes()[:-2000])
    text = build_error(errors.ModelError, net, "--out", tmp_path / "out")
    assert "net.onnx" in text
    assert_no_result(tmp_path / "out")


def test_unsupported_operator(tmp_path: Path) -> None:
    net = models.Net()
    x = net.op("Det", net.conv("image", 1, 4), output="out")
    path = models.save(net.model({"image": [1, 1, 8, 8]}, {x: [1, 4]}), tmp_path / "net.onnx")
    text = fail(errors.ConversionError.exit_code, "convert", path, "--out", tmp_path / "out")
    assert "Det" in text
    assert_no_result(tmp_path / "out")


def test_unknown_abi(net: Path) -> None:
    text = build_error(errors.ConfigError, net, "--abi", "armv9")
    assert "unknown ABI armv9; known: armeabi-v7a" in text


def test_unknown_runtime(net: Path) -> None:
    assert "did you mean ncnn" in build_error(errors.UsageError, net, "--runtime", "nccn")


@pytest.mark.parametrize("package", ["com.1app", "com..app", "com.class.app", "com app", "Ünî."])
def test_invalid_package(net: Path, package: str) -> None:
    assert "package" in build_error(errors.ConfigError, net, "--package", package)


def test_label_count(net: Path, tmp_path: Path) -> None:
    (tmp_path / "labels.txt").write_text("one\ntwo\n")
    text = build_error(
        errors.ConfigError, net, "--labels", tmp_path / "labels.txt", "--out", tmp_path / "out"
    )
    assert "2 labels, but the model has 10 classes" in text
    assert_no_result(tmp_path / "out")


def test_unknown_option_of_the_program(net: Path) -> None:
    assert "No such option" in fail(2, "build", net, "--abbi", "x86")


def test_offline_without_cache(net: Path, tmp_path: Path) -> None:
    text = build_error(
        errors.DownloadError,
        net,
        "--offline",
        "--out",
        tmp_path / "out",
        MOBILEGEN_CACHE=str(tmp_path / "cache"),
        UV_CACHE_DIR=str(tmp_path / "uv"),
    )
    assert "offline" in text
    assert_no_result(tmp_path / "out")


def test_no_network_without_cache(net: Path, tmp_path: Path) -> None:
    nowhere = "http://127.0.0.1:9/simple"
    text = build_error(
        errors.DownloadError,
        net,
        "--out",
        tmp_path / "out",
        MOBILEGEN_CACHE=str(tmp_path / "cache"),
        UV_CACHE_DIR=str(tmp_path / "uv"),
        UV_INDEX_URL=nowhere,
        UV_DEFAULT_INDEX=nowhere,
        PIP_INDEX_URL=nowhere,
    )
    assert "network" in text
    assert_no_result(tmp_path / "out")


def test_interrupt_keeps_the_previous_result(net: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    succeed("convert", net, "--out", out)
    before = (out / "build.json").read_bytes()
    models.save(models.residual(), net)
    child = start("convert", net, "--out", out)
    wait_for_stage(child)
    child.send_signal(signal.SIGINT)
    assert child.wait(30) == 130
    assert_no_children(child)
    assert (out / "build.json").read_bytes() == before
    succeed("verify", out)
    succeed("convert", net, "--out", out)
    assert (out / "build.json").read_bytes() != before


def test_two_builds_in_one_folder(net: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    first = start("convert", net, "--out", out)
    wait_for_stage(first)
    text = fail(errors.BusyError.exit_code, "convert", net, "--out", out)
    assert "another mobilegen is at work" in text
    assert first.wait(120) == 0
    succeed("verify", out)


def test_damaged_result(net: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    succeed("convert", net, "--out", out)
    (out / "model" / "artifact.json").write_text("{}")
    assert "damaged" in fail(errors.UsageError.exit_code, "verify", out)
    shutil.rmtree(out / "model")
    succeed("convert", net, "--out", out)
    succeed("verify", out)


def test_a_build_heals_what_was_damaged(net: Path, tmp_path: Path) -> None:
    """Its own report, and what it keeps about the stages: nothing of it is the user's."""
    out = tmp_path / "out"
    succeed("convert", net, "--out", out)
    work = out / ".mobilegen" / "work"
    for content in (b"[" * 100_000, b"\xff\xfe\x00"):
        (out / "build.json").write_bytes(content)
        for timing in work.rglob("timing.json"):
            timing.write_bytes(content)
        (out / ".mobilegen" / "fingerprint").write_bytes(content)
        assert "build it again" in fail(errors.UsageError.exit_code, "verify", out)
        succeed("convert", net, "--out", out)
    (out / "build.json").unlink()
    succeed("convert", net, "--out", out)
    succeed("verify", out)


def test_a_folder_in_the_place_of_the_page(net: Path, tmp_path: Path) -> None:
    """Noticed before anything of the result has changed."""
    out = tmp_path / "out"
    succeed("convert", net, "--out", out)
    before = (out / "model" / "model.bin").read_bytes()
    (out / "report.html").unlink()
    (out / "report.html").mkdir()
    models.save(models.residual(), net)
    assert "report.html is a folder" in build_error(errors.UsageError, net, "--out", out)
    assert (out / "model" / "model.bin").read_bytes() == before


def test_numbers_do_not_come_from_damaged_files(net: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    succeed("convert", net, "--out", out)
    np.savez(tmp_path / "in.npz", image=np.zeros((1, 1, 28, 28), np.float32))
    succeed("run", out, "--host", "--input", tmp_path / "in.npz")
    weights = out / "model" / "model.bin"
    data = bytearray(weights.read_bytes())
    data[len(data) // 2] ^= 1
    weights.write_bytes(data)
    text = fail(
        errors.VerificationError.exit_code, "run", out, "--host", "--input", tmp_path / "in.npz"
    )
    assert "model/model.bin" in text


def test_run_needs_a_result(tmp_path: Path) -> None:
    text = fail(errors.UsageError.exit_code, "run", tmp_path, "--image", PHOTO / "coffee.png")
    assert "holds no result" in text


def start(*arguments: str | Path) -> subprocess.Popen[str]:
    """Start `mobilegen` as a terminal does, which a shell's background job is not."""
    return subprocess.Popen(
        command(*arguments),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=_heed_interrupts,
    )


def _heed_interrupts() -> None:
    for number in (signal.SIGINT, signal.SIGHUP):
        signal.signal(number, signal.SIG_DFL)


def wait_for_stage(child: subprocess.Popen[str]) -> None:
    """Wait until the first stage is at work."""
    assert child.stdout is not None
    for line in child.stdout:
        if "read the model" in line:
            return
    raise AssertionError(f"ended with {child.wait()}")


def assert_no_children(child: subprocess.Popen[str]) -> None:
    time.sleep(0.3)
    marker = str(child.args[-1])  # type: ignore[index]
    for process in psutil.process_iter(["cmdline", "pid"]):
        words = " ".join(process.info["cmdline"] or [])
        assert marker not in words or process.pid in (os.getpid(), os.getppid()), words


def assert_no_result(out: Path) -> None:
    assert not (out / "build.json").exists()
    assert not (out / "model").exists()
    assert not list(out.glob(".mobilegen/work/.*"))


def test_an_abi_without_a_library_is_not_verified(net: Path, tmp_path: Path) -> None:
    """Nothing would be checked, and nothing can fail."""
    succeed("convert", net, "--out", tmp_path / "out")
    text = fail(errors.UsageError.exit_code, "verify", tmp_path / "out", "--abi", "x86")
    assert "no library for x86" in text


def test_damaged_reference(net: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    succeed("convert", net, "--out", out)
    for content in (b"", b"PK\x03\x04", b"text"):
        (out / "model" / "reference.npz").write_bytes(content)
        assert "reference.npz" in fail(errors.UsageError.exit_code, "verify", out)


def test_files_of_the_user_survive(net: Path, tmp_path: Path) -> None:
    out = tmp_path / "project"
    (out / "model").mkdir(parents=True)
    (out / "model" / "train.py").write_text("precious")
    assert "model/train.py" in build_error(errors.UsageError, net, "--out", out)
    assert [path.name for path in out.rglob("*")] == ["model", "train.py"]


def test_a_place_where_nothing_can_be_written(net: Path, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert "Not a directory" in fail(
        errors.FileError.exit_code, "convert", net, "--out", tmp_path / "file" / "out"
    )


def test_a_closed_terminal_ends_the_build(net: Path, tmp_path: Path) -> None:
    child = start("convert", net, "--out", tmp_path / "out")
    wait_for_stage(child)
    child.send_signal(signal.SIGHUP)
    assert child.wait(30) == 130
    assert_no_children(child)
