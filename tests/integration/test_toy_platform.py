"""A platform of another shape passes whole builds, installed as a package beside mobilegen."""

from __future__ import annotations

import json
import os
import platform
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import models
import pytest
import toys

import mobilegen
from mobilegen.resources import native_dir

PACKAGE = Path(__file__).parents[1] / "toy_platform"
TARGET = "toy-x86_64"
pytestmark = pytest.mark.skipif(
    (sys.platform, platform.machine()) != ("linux", "x86_64"),
    reason="the programs of the toy platform run on x86_64 Linux only",
)


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder of packages with the toy platform."""
    return install(tmp_path_factory.mktemp("toy") / "site")


def install(folder: Path) -> Path:
    shutil.copytree(PACKAGE, folder / "toy_platform", ignore=shutil.ignore_patterns("__pycache__"))
    metadata = folder / "toy_platform-1.0.dist-info"
    metadata.mkdir()
    (metadata / "METADATA").write_text("Metadata-Version: 2.1\nName: toy-platform\nVersion: 1.0\n")
    (metadata / "entry_points.txt").write_text(
        "[mobilegen.platforms]\ntoy = toy_platform:PLATFORM\n"
    )
    return folder


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return models.save(models.lenet(), tmp_path_factory.mktemp("model") / "net.onnx")


@pytest.fixture(scope="module")
def built(site: Path, model: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The result of a build for Android and the toy platform; no proof may be missing."""
    out = tmp_path_factory.mktemp("built") / "out"
    done = build(site, model, out, "--platform", "android", "--greeting", "good day")
    assert done.returncode == 0, done.stdout + done.stderr
    return out


def build(site: Path, model: Path, out: Path, *options: str) -> subprocess.CompletedProcess[str]:
    arguments = ("--platform", "toy", "--abi", "x86_64", "--require-proof", "--out", out)
    return toys.mobilegen(site, "build", model, *arguments, *options)


def report(out: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((out / "build.json").read_text())
    return found


def test_both_libraries_are_proved(built: Path) -> None:
    checks = report(built)["checks"]
    assert {check["status"] for check in checks} == {"pass"}
    ids = [check["id"] for check in checks]
    assert len(set(ids)) == len(ids), "two platforms with an ABI of one name"
    for name in ("x86_64", TARGET):
        assert [each for each in ids if each.startswith(f"{name}.") and "parity" in each]
    assert f"{TARGET}.names" in ids


def test_each_platform_has_its_project(built: Path) -> None:
    assert [each["folder"] for each in report(built)["projects"]] == ["android", "toy"]
    assert (built / "toy" / "README.txt").read_text() == "good day\n"
    archive = built / "lib" / TARGET / "libnet.a"
    assert archive.read_bytes() == (built / "toy" / "libnet.a").read_bytes()
    assert (built / "lib" / "x86_64" / "libnet.so").is_file()
    kinds = {each["target"]["id"] if "id" in each["target"] else each["target"]["platform"]:
             each["kind"] for each in report(built)["libraries"]}  # fmt: skip
    assert kinds == {"android": "shared", "toy": "static"}


def test_a_result_is_verified(built: Path, site: Path) -> None:
    done = toys.mobilegen(site, "verify", built, "--require-proof")
    assert done.returncode == 0, done.stdout + done.stderr
    assert TARGET in done.stdout


def test_nothing_is_done_twice(built: Path, site: Path, model: Path) -> None:
    done = build(site, model, built, "--platform", "android", "--greeting", "good day", "--json")
    assert done.returncode == 0, done.stderr
    assert {step["cached"] for step in json.loads(done.stdout)["steps"]} == {True}


def test_a_changed_platform_redoes_its_stages(model: Path, tmp_path: Path) -> None:
    """Its code is no part of mobilegen's own."""
    site, out = install(tmp_path / "site"), tmp_path / "out"
    assert build(site, model, out).returncode == 0
    stages = site / "toy_platform" / "stages.py"
    stages.write_text(stages.read_text().replace('f"{greeting}\\n"', 'f"{greeting}!\\n"'))
    done = build(site, model, out, "--json")
    redone = {step["name"] for step in json.loads(done.stdout)["steps"] if not step["cached"]}
    assert "project/toy" in redone and "graph" not in redone
    assert (out / "toy" / "README.txt").read_text() == "hello!\n"


def test_wrong_numbers_are_seen(model: Path, tmp_path: Path) -> None:
    """The negative control: a program that changes an answer fails the proof."""
    site = install(tmp_path / "site")
    program = site / "toy_platform" / "program" / "run.c"
    text = program.read_text()
    line = "    for (int i = 0; i < atoi(argv[4]); i++) {\n"
    assert line in text
    program.write_text(text.replace(line, f"    ((float*)outputs[0])[0] += 1.0f;\n{line}"))
    done = build(site, model, tmp_path / "out")
    assert done.returncode != 0 and TARGET in done.stderr
    assert not (tmp_path / "out" / "lib").exists()


def test_shared_names_are_seen(model: Path, tmp_path: Path) -> None:
    """The platform's own rule for libraries is asked: here it demands other names."""
    site = install(tmp_path / "site")
    parts = site / "toy_platform" / "parts.py"
    parts.write_text(parts.read_text().replace('f"mobilegen_{model}_"', '"mobilegen_other_"'))
    done = build(site, model, tmp_path / "out")
    assert done.returncode != 0 and "names of their own" in done.stderr


def test_nothing_of_it_is_in_mobilegen() -> None:
    root = Path(mobilegen.__file__).parent
    files = [path for folder in (root, native_dir()) for path in folder.rglob("*")]
    texts = [path for path in files if path.suffix in (".py", ".cpp", ".h", ".cmake")]
    assert not [path for path in texts if "toy" in path.read_text("utf-8").lower().split()]


def test_settings_of_it_are_settings(site: Path, tmp_path: Path) -> None:
    done = toys.mobilegen(site, "build", "--help")
    assert "--greeting" in done.stdout
    assert "--greeting" not in toys.mobilegen(tmp_path, "build", "--help").stdout
    assert os.environ.get("PYTHONPATH", "") != str(site)
