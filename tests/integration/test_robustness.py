"""Builds that are killed, have no space or no permission: nothing is broken afterwards."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path

import models
import pytest
from killing import kill_builds
from program import command, fail, succeed

from mobilegen import errors

KILLS = 3


@pytest.fixture
def net(tmp_path: Path) -> Path:
    return models.save(models.lenet(), tmp_path / "net.onnx")


@pytest.mark.slow
def test_killed_builds_are_gone_on_with(net: Path, tmp_path: Path) -> None:
    """`benchmarks/kill.py` does the same 50 times."""
    other = models.save(models.residual(), tmp_path / "other.onnx")
    options = ("--abi", "x86", "--name", "net")
    kills = list(kill_builds((net, other), tmp_path / "out", options, KILLS))
    assert sum(not kill.ended_before for kill in kills) == KILLS


# Runs in a mount namespace of its own: a small disk, which is full sooner or later.
SMALL_DISK = """
import pathlib, subprocess, sys
place, kilobytes, mode, *argv = sys.argv[1:]
subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={kilobytes}k", "none", place], check=True)
if mode == "ro":
    subprocess.run(["mount", "-o", "remount,ro", place], check=True)
done = subprocess.run(argv, text=True, capture_output=True)
found = sorted(str(path.relative_to(place)) for path in pathlib.Path(place).rglob("*"))
print(done.returncode, found, done.stderr, sep="\\n")
"""


def convert_on(place: Path, net: Path, kilobytes: int, mode: str = "rw") -> tuple[int, str, str]:
    """Convert onto a file system of its own; return exit code, files and messages."""
    place.mkdir(exist_ok=True)
    own = ["unshare", "--map-root-user", "--mount", sys.executable, "-c", SMALL_DISK]
    argv = [*own, str(place), str(kilobytes), mode, *command("convert", net, "--out", place / "o")]
    done = subprocess.run(argv, text=True, capture_output=True, check=True)
    code, files, messages = done.stdout.split("\n", 2)
    assert "Traceback" not in messages, messages
    return int(code), files, messages


@pytest.mark.parametrize("kilobytes", [8, 700])
def test_full_disk(net: Path, tmp_path: Path, kilobytes: int) -> None:
    code, files, messages = convert_on(tmp_path / "disk", net, kilobytes)
    assert code == errors.FileError.exit_code, messages
    assert "No space left on device" in messages
    assert "o/build.json" not in files
    assert "o/model" not in files


def test_a_disk_that_is_large_enough(net: Path, tmp_path: Path) -> None:
    code, files, messages = convert_on(tmp_path / "disk", net, 8000)
    assert code == 0, messages
    assert "o/build.json" in files


def test_read_only_folder(net: Path, tmp_path: Path) -> None:
    code, _, messages = convert_on(tmp_path / "disk", net, 8000, "ro")
    assert code == errors.FileError.exit_code
    assert "Read-only file system" in messages
    assert "--out" in messages


def test_result_folder_that_is_a_file(net: Path, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("mine")
    text = fail(errors.UsageError.exit_code, "convert", net, "--out", tmp_path / "out")
    assert "is not a folder" in text
    assert (tmp_path / "out").read_text() == "mine"


def test_dynamic_shape_without_sizes(tmp_path: Path) -> None:
    net = models.save(models.symbolic(), tmp_path / "net.onnx")
    out = tmp_path / "out"
    text = fail(errors.ConfigError.exit_code, "build", net, "--out", out)
    assert "--input-shape" in text
    assert not (out / "build.json").exists()


@pytest.mark.slow
@pytest.mark.parametrize("package", ["com.my_app.x_1", "org.größe.数字.app2"])
def test_odd_packages_run(net: Path, tmp_path: Path, package: str) -> None:
    """Escaped as the JNI specification says: found by a Java VM and by the emulator."""
    out = tmp_path / "out"
    options = ("--abi", "x86_64", "--abi", "armeabi-v7a", "--package", package)
    text = succeed("build", net, "--out", out, *options, "--require-proof")
    assert "Java VM" in text
    assert "emulite" in text
    shutil.rmtree(out)
