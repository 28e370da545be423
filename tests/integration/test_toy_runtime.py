"""A runtime of another shape passes whole builds, installed as a package beside mobilegen."""

from __future__ import annotations

import json
import shutil
import subprocess
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import toys

import mobilegen
from mobilegen.resources import native_dir
from mobilegen.system.files import sha256_file
from mobilegen.toolchains.linux import LINUX_ABIS, linux_target
from mobilegen.toolchains.targets import ANDROID_ABIS, android_target

ABIS = tuple(ANDROID_ABIS)
# Numbers that a build holds against each other: the proof of a library.
PARITY = "equals"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of packages with the toy runtime, its libraries compiled for every ABI."""
    folder = tmp_path_factory.mktemp("toy") / "site"
    boards = [linux_target(abi) for abi in LINUX_ABIS]
    toys.install(folder, [*(android_target(abi) for abi in ABIS), *boards])
    return folder


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return toys.toy_model(tmp_path_factory.mktemp("model") / "affine.onnx")


@pytest.fixture(scope="module")
def built(site: Path, model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The result of a build for every ABI, with an app; no proof may be missing."""
    out = tmp_path_factory.mktemp("built") / "out"
    done = build(site, model, out, "--abi", "all", "--require-proof", "--apk")
    assert done.returncode == 0, done.stdout + done.stderr
    return out


@pytest.fixture
def changed(site: Path, tmp_path: Path) -> Callable[[str, str, str], Path]:
    """Gives a copy of the packages in which a file of the toy runtime is another one."""

    def change(name: str, old: str, new: str) -> Path:
        copy = tmp_path / "site"
        if not copy.exists():
            shutil.copytree(site, copy)
        path = copy / "toy_runtime" / name
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))
        return copy

    return change


def build(
    site: Path, model: Path, out: Path, *options: str, runtime: str = "toy"
) -> subprocess.CompletedProcess[str]:
    arguments = ("--runtime", runtime, "--out", out, *options)
    return toys.mobilegen(site, "build", model, *arguments)


def report(out: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((out / "build.json").read_text())
    return found


def test_every_library_is_proved(built: Path) -> None:
    checks = report(built)["checks"]
    assert {check["status"] for check in checks} == {"pass"}
    for abi in ABIS:
        proofs = [c for c in checks if c["id"].startswith(f"{abi}.") and PARITY in c["title"]]
        assert len(proofs) >= 2
        # Bytes are equal or they are not.
        assert {check["measured"] for check in proofs} == {0}


def test_companions_go_wherever_the_library_goes(built: Path, site: Path) -> None:
    pins = json.loads((site / "toy_runtime" / "libraries.json").read_text())
    (apk,) = built.glob("apk/*.apk")
    names = set(zipfile.ZipFile(apk).namelist())
    for library in report(built)["libraries"]:
        abi = library["target"]["abi"]
        (companion,) = library["companions"]
        assert companion["name"] in library["needed"]
        assert companion["sha256"] == pins[f"android-{abi}"]
        places = [
            built / companion["path"],
            built / f"android/sdk/src/main/jniLibs/{abi}/libtoy.so",
        ]
        assert {sha256_file(path) for path in places} == {companion["sha256"]}
        assert f"lib/{abi}/libtoy.so" in names
    assert "assets/affine/LICENSE.toy.txt" in names
    assert (built / "lib" / "LICENSE.toy.txt").read_text().startswith("Free to use")


def test_a_result_is_verified_with_what_lies_beside_it(
    built: Path, site: Path, tmp_path: Path
) -> None:
    out = shutil.copytree(built, tmp_path / "out")
    assert toys.mobilegen(site, "verify", out, "--abi", "x86").returncode == 0
    (out / "lib" / "x86" / "libtoy.so").unlink()
    done = toys.mobilegen(site, "verify", out, "--abi", "x86")
    assert done.returncode != 0 and "libtoy.so" in done.stdout + done.stderr


@pytest.mark.slow
@pytest.mark.skipif(shutil.which("qemu-arm") is None, reason="no qemu")
def test_boards_are_proved(site: Path, model: Path, tmp_path: Path) -> None:
    options = ("--platform", "linux", "--abi", "all", "--require-proof")
    done = build(site, model, tmp_path / "out", *options)
    assert done.returncode == 0, done.stdout + done.stderr
    assert {check["status"] for check in report(tmp_path / "out")["checks"]} == {"pass"}
    for library in report(tmp_path / "out")["libraries"]:
        assert "libtoy.so" in library["needed"]


def test_a_project_does_not_compile_it_itself(site: Path, model: Path, tmp_path: Path) -> None:
    done = build(site, model, tmp_path / "out", "--abi", "x86", "--with-sources")
    assert done.returncode != 0 and "build without --with-sources" in done.stderr


def test_nothing_of_it_is_in_mobilegen() -> None:
    root = Path(mobilegen.__file__).parent
    folders = (root, native_dir())
    files = [path for folder in folders for path in folder.rglob("*") if path.is_file()]
    assert not [path for path in files if "toy" in path.name.lower()]
    assert not [path for path in files if path.suffix in (".py", ".cpp", ".h", ".cmake")
                and "toy_runtime" in path.read_text("utf-8")]  # fmt: skip


def test_the_same_runtime_from_source(site: Path, model: Path, tmp_path: Path) -> None:
    """Objects of a package of the user's, compiled with the C++ library, and no companion."""
    options = ("--abi", "x86", "--abi", "armeabi-v7a", "--require-proof")
    done = build(site, model, tmp_path / "out", *options, runtime="toysource")
    assert done.returncode == 0, done.stdout + done.stderr
    for library in report(tmp_path / "out")["libraries"]:
        assert library["companions"] == []
        assert not [name for name in library["needed"] if "toy" in name or "c++" in name]


def test_another_companion_is_refused(
    changed: Callable[..., Path], site: Path, model: Path, tmp_path: Path
) -> None:
    pin = sha256_file(site / "toy_runtime/sdk/lib/android-x86_64/libtoy.so")
    other = changed("libraries.json", pin, "0" * 64)
    done = build(other, model, tmp_path / "out", "--abi", "x86_64")
    assert done.returncode != 0
    assert f"sha256 found {pin}" in done.stderr and "libtoy.so for x86_64" in done.stderr


def test_missing_companion_is_told(
    changed: Callable[..., Path], model: Path, tmp_path: Path
) -> None:
    other = changed("libraries.json", '"android-x86_64"', '"android-none"')
    done = build(other, model, tmp_path / "out", "--abi", "x86_64")
    assert done.returncode != 0 and "toy has no libraries for x86_64" in done.stderr
    assert not (tmp_path / "out" / "lib").exists()


def test_lost_file_of_a_companion_is_told(
    changed: Callable[..., Path], model: Path, tmp_path: Path
) -> None:
    other = changed("engine.py", 'libtoy.so")\n', 'libother.so")\n')
    done = build(other, model, tmp_path / "out", "--abi", "x86_64")
    assert done.returncode != 0
    assert "the package has no lib/android-x86_64/libother.so" in done.stderr


def test_wrong_order_of_axes_is_seen_while_converting(
    changed: Callable[..., Path], model: Path, tmp_path: Path
) -> None:
    other = changed("convert.py", "PERMUTATION = (0, 2, 3, 1)", "PERMUTATION = (0, 3, 2, 1)")
    done = build(other, model, tmp_path / "out", "--abi", "x86_64")
    assert done.returncode != 0 and "does not convert to toy" in done.stderr


def test_library_that_takes_another_order_is_seen_when_it_runs(model: Path, tmp_path: Path) -> None:
    """The same files and names; only the compiled code reads channels first."""
    site = tmp_path / "site"
    toys.install(site, [android_target("x86_64")], defines=("TOY_CHANNELS_FIRST",))
    done = build(site, model, tmp_path / "out", "--abi", "x86_64")
    assert done.returncode != 0 and "equals" in done.stderr
    assert not (tmp_path / "out" / "lib").exists()


def test_a_library_cannot_have_the_name_of_a_companion(
    site: Path, model: Path, tmp_path: Path
) -> None:
    done = build(site, model, tmp_path / "out", "--abi", "x86_64", "--name", "toy")
    assert done.returncode != 0 and "--name toy_model" in done.stderr
