"""The build graph does what has changed, and nothing else."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import models
import pytest
from program import fail, succeed

from mobilegen import errors
from mobilegen.system.files import cache_dir

LIBRARIES = {"lib/x86", "lib/x86_64"}
PROOFS = {"proof/x86", "proof/x86_64"}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small model, its settings and its build."""
    folder = tmp_path_factory.mktemp("digits")
    models.save(models.lenet(), folder / "net.onnx")
    (folder / "labels.txt").write_text("".join(f"digit {i}\n" for i in range(10)))
    (folder / "mobilegen.yml").write_text(
        "model: net.onnx\nname: digits\nlabels: labels.txt\nabi: [x86, x86_64]\n"
    )
    succeed("build", folder)
    return folder


def library(folder: Path, abi: str) -> Path:
    return folder / "build" / "lib" / abi / "libdigits.so"


def steps(folder: Path, *options: str) -> dict[str, bool]:
    """Build and return for each step whether its earlier result was kept."""
    report = json.loads(succeed("build", folder, "--json", *options))
    return {step["name"]: step["cached"] for step in report["steps"]}


def redone(folder: Path, *options: str) -> set[str]:
    return {name for name, cached in steps(folder, *options).items() if not cached}


def test_nothing_changed(built: Path) -> None:
    assert redone(built) == set()


def runtime_objects() -> dict[Path, int]:
    """Compiled objects of the runtime in the cache, with their times of change."""
    return {path: path.stat().st_mtime_ns for path in cache_dir().glob("objects/**/*.cpp.o")}


def test_labels_do_not_compile_the_runtime(built: Path) -> None:
    """They are in the libraries, so these are linked again; nothing of the model is done again."""
    before = runtime_objects()
    (built / "labels.txt").write_text("".join(f"number {i}\n" for i in range(10)))
    assert redone(built) == {"description", *LIBRARIES, *PROOFS}
    assert before and runtime_objects() == before
    for abi in ("x86", "x86_64"):
        assert b"number 0\0number 1\0" in library(built, abi).read_bytes()
    assert (built / "build" / "model" / "labels.txt").read_text().startswith("number 0\n")


def test_touching_a_file_is_no_change(built: Path) -> None:
    (built / "net.onnx").touch()
    assert redone(built) == set()


def test_new_weights_do_not_compile_the_runtime(built: Path) -> None:
    """The libraries know the digest of their weights, so they are linked again."""
    before = runtime_objects()
    model = models.lenet()
    weights = next(w for w in model.graph.initializer if len(w.raw_data) > 1000)
    weights.raw_data = weights.raw_data[::-1][:4] + weights.raw_data[4:]
    models.save(model, built / "net.onnx")
    seen = redone(built)
    assert {"artifact", *LIBRARIES, *PROOFS} <= seen
    assert before and runtime_objects() == before


def test_another_abi_leaves_the_others(built: Path) -> None:
    assert redone(built, "--abi", "x86", "--abi", "x86_64", "--abi", "armeabi-v7a") == {
        "lib/armeabi-v7a",
        "proof/armeabi-v7a",
    }
    redone(built)


def test_package_and_name_enter_the_library(built: Path) -> None:
    assert {"lib/x86", "lib/x86_64"} <= redone(built, "--package", "org.my_app.net")
    redone(built)


def test_model_can_be_compiled_in(built: Path) -> None:
    redone(built, "--embed-model")
    for abi in ("x86", "x86_64"):
        whole = library(built, abi).read_bytes()
        for name in ("model.bin", "model.param"):
            assert (built / "build" / "model" / name).read_bytes() in whole
    redone(built)


def test_damaged_stage_is_done_again(built: Path) -> None:
    stage = built / "build" / ".mobilegen" / "work" / "lib" / "x86" / "libdigits.so"
    stage.write_bytes(stage.read_bytes()[:-1])
    assert "lib/x86" in redone(built)


def test_two_places_give_the_same_bytes(built: Path, tmp_path: Path) -> None:
    other = shutil.copytree(built, tmp_path / "other place", ignore=shutil.ignore_patterns("build"))
    succeed("build", other)
    for path in sorted((built / "build").rglob("*")):
        relative = path.relative_to(built / "build")
        if path.is_file() and relative.parts[0] in ("model", "lib"):
            assert path.read_bytes() == (other / "build" / relative).read_bytes(), relative


def test_without_a_jdk_it_says_not_proved(built: Path, tmp_path: Path) -> None:
    """Skipped never counts as pass: loudly said, and an error where proof is demanded."""
    out = tmp_path / "out"
    hidden = {"JAVA_HOME": "", "PATH": str(tmp_path)}
    text = succeed("build", built, "--abi", "x86_64", "--out", out, **hidden)
    assert "NOT PROVED" in text
    assert "JDK" in text
    arguments = ("build", built, "--abi", "x86_64", "--out", out, "--require-proof")
    assert "not proved" in fail(errors.NotProvedError.exit_code, *arguments, **hidden)
    succeed(*arguments)
