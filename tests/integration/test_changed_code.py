"""Results of other code are made again: mobilegen's own, its templates, its data types."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import models
import pytest
from kept import keep, put_back
from program import ROOT, fail, succeed

from mobilegen import errors

STAGES = {
    "graph",
    "description",
    "artifact",
    "lib/android-x86",
    "proof/android-x86",
    "project/android",
}


@pytest.fixture(scope="module")
def code(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of mobilegen that a test may change."""
    folder = tmp_path_factory.mktemp("code")
    for part in ("mobilegen", "native", "templates"):
        shutil.copytree(ROOT / part, folder / part, ignore=shutil.ignore_patterns("__pycache__"))
    return folder


@pytest.fixture(scope="module")
def built(code: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small model and its build by that copy."""
    folder = tmp_path_factory.mktemp("net")
    models.save(models.lenet(), folder / "net.onnx")
    (folder / "mobilegen.yml").write_text("model: net.onnx\nname: net\nabi: [x86]\n")
    assert redone(code, folder) == STAGES
    return folder


def run(code: Path, *arguments: str | Path) -> str:
    """Run the copy: it comes before the installed package on Python's path."""
    start = f"import sys; sys.path.insert(0, {str(code)!r})"
    script = f"{start}; from mobilegen.__main__ import main; main()"
    argv = [sys.executable, "-c", script, *map(str, arguments)]
    done = subprocess.run(argv, cwd=code, text=True, capture_output=True, timeout=900)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def redone(code: Path, folder: Path) -> set[str]:
    report = json.loads(run(code, "build", folder, "--json"))
    return {step["name"] for step in report["steps"] if not step["cached"]}


def test_nothing_is_redone_without_a_change(code: Path, built: Path) -> None:
    assert redone(code, built) == set()


@pytest.mark.parametrize(
    "name",
    [
        "templates/android/sdk/build.gradle.kts.j2",
        "mobilegen/system/process.py",
        "native/core/engine.cpp",
    ],
)
def test_changed_code_redoes_all(code: Path, built: Path, name: str) -> None:
    path = code / name
    path.write_text(path.read_text() + "\n")
    assert redone(code, built) == STAGES
    assert redone(code, built) == set()


def test_a_new_field_meets_no_result_of_before(code: Path, built: Path) -> None:
    """Such a value cannot be read: it has to be made again before anything reads it."""
    path = code / "mobilegen" / "artifacts.py"
    mark = 'class Proof:\n    """What running a library showed.\n'
    text = path.read_text()
    assert mark in text
    fields = "    target: Target\n    checks: tuple[Check, ...]\n"
    assert fields in text
    path.write_text(text.replace(fields, f"    brand_new: int\n{fields}"))
    stage = code / "mobilegen" / "pipeline" / "stages" / "library.py"
    stage.write_text(stage.read_text().replace("Proof(target", "Proof(1, target"))
    assert redone(code, built) == STAGES
    assert redone(code, built) == set()


@pytest.fixture(scope="module")
def result(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A conversion."""
    folder = tmp_path_factory.mktemp("result")
    models.save(models.lenet(), folder / "net.onnx")
    succeed("convert", folder / "net.onnx", "--out", folder / "out")
    return folder


@pytest.fixture(scope="module")
def kept(result: Path) -> Path:
    return keep(result)


@pytest.fixture
def old(result: Path, kept: Path) -> Path:
    """The same, as another version of mobilegen would have left it."""
    put_back(result, kept)
    out = result / "out"
    for path in out.rglob("*.json"):
        path.write_text(path.read_text().replace('"framework"', '"once"').replace('"opset"', '"o"'))
    report = json.loads((out / "build.json").read_text())
    del report["format"]
    (out / "build.json").write_text(json.dumps(report))
    (out / ".mobilegen" / "format").unlink()
    return result


def test_an_old_result_is_built_anew(old: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "mobilegen", "convert", old / "net.onnx", "--out", old / "out"],
        text=True,
        capture_output=True,
    )
    assert done.returncode == 0
    assert "is from another version of mobilegen: it is built anew" in done.stdout + done.stderr
    succeed("verify", old / "out")


def test_an_old_result_is_not_verified(old: Path) -> None:
    text = fail(errors.UsageError.exit_code, "verify", old / "out")
    assert "another version of mobilegen" in text
    assert "build it again" in text
