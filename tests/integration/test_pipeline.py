"""The build graph does what has changed, and nothing else."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import models
import numpy as np
import onnx
import pytest
from kept import keep, put_back
from PIL import Image
from program import fail, succeed

from mobilegen import errors
from mobilegen.system.files import cache_dir

LIBRARIES = {"lib/android-x86", "lib/android-x86_64"}
PROOFS = {"proof/android-x86", "proof/android-x86_64"}


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a small model, its settings and its build."""
    folder = tmp_path_factory.mktemp("digits")
    models.save(models.lenet(), folder / "net.onnx")
    (folder / "labels.txt").write_text("".join(f"digit {i}\n" for i in range(10)))
    (folder / "mobilegen.yml").write_text(
        "model: net.onnx\nname: digits\nlabels: labels.txt\nabi: [x86, x86_64]\n"
    )
    succeed("build", folder)
    return folder


@pytest.fixture(scope="module")
def kept(sample: Path) -> Path:
    return keep(sample)


@pytest.fixture
def built(sample: Path, kept: Path) -> Iterator[Path]:
    """The same, for a test to change."""
    yield sample
    put_back(sample, kept)


def library(folder: Path, abi: str) -> Path:
    return folder / "build" / "lib" / abi / "libdigits.so"


def steps(folder: Path, *options: str) -> dict[str, bool]:
    """Build and return for each step whether its earlier result was kept."""
    report = json.loads(succeed("build", folder, "--json", *options))
    return {step["name"]: step["cached"] for step in report["steps"]}


def classifier(*, scale: float = 1.0, seed: int = 3) -> onnx.ModelProto:
    """Return a net for photographs whose logits are all multiplied by `scale`."""
    net = models.Net(seed=seed)
    x = net.op("GlobalAveragePool", net.relu(net.conv("image", 3, 8)))
    weights = net.random.normal(0.0, 1.0, (8, 10)) * scale
    net.op("MatMul", net.op("Flatten", x, axis=1), net.const(weights), output="logits")
    return net.model({"image": [1, 3, 16, 16]}, {"logits": [1, 10]})


def converted(folder: Path) -> set[str]:
    """Convert the folder's net.onnx and return the names of the steps that were done."""
    report = json.loads(succeed("convert", folder / "net.onnx", "--out", folder / "o", "--json"))
    return {step["name"] for step in report["steps"] if not step["cached"]}


def redone(folder: Path, *options: str) -> set[str]:
    return {name for name, cached in steps(folder, *options).items() if not cached}


def test_nothing_changed(built: Path) -> None:
    assert redone(built) == set()


def compiled_objects() -> dict[Path, int]:
    """Compiled objects of the runtime in the cache, with their times of change."""
    return {path: path.stat().st_mtime_ns for path in cache_dir().glob("objects/**/*.o")}


def test_labels_compile_and_run_nothing(built: Path) -> None:
    (built / "labels.txt").write_text("".join(f"number {i}\n" for i in range(10)))
    assert redone(built) == {"description", "project/android"}
    assert (built / "build" / "model" / "labels.txt").read_text().startswith("number 0\n")


def test_touching_a_file_is_no_change(built: Path) -> None:
    (built / "net.onnx").touch()
    assert redone(built) == set()


def test_new_weights_do_not_compile_the_runtime(built: Path) -> None:
    """The libraries know the digest of their weights, so they are linked again."""
    before = compiled_objects()
    model = models.lenet()
    weights = next(w for w in model.graph.initializer if len(w.raw_data) > 1000)
    weights.raw_data = weights.raw_data[::-1][:4] + weights.raw_data[4:]
    models.save(model, built / "net.onnx")
    seen = redone(built)
    assert {"artifact", *LIBRARIES, *PROOFS} <= seen
    # Tests in other processes may add to it; test_native_build.py has a cache of its own.
    assert before and before.items() <= compiled_objects().items()


def test_another_abi_leaves_the_others(built: Path) -> None:
    assert redone(built, "--abi", "x86", "--abi", "x86_64", "--abi", "armeabi-v7a") == {
        "lib/android-armeabi-v7a",
        "proof/android-armeabi-v7a",
        "project/android",
    }


def test_package_and_name_enter_the_library(built: Path) -> None:
    assert {"lib/android-x86", "lib/android-x86_64"} <= redone(built, "--package", "org.my_app.net")


def test_model_can_be_compiled_in(built: Path) -> None:
    redone(built, "--embed-model")
    for abi in ("x86", "x86_64"):
        whole = library(built, abi).read_bytes()
        for name in ("model.bin", "model.param"):
            assert (built / "build" / "model" / name).read_bytes() in whole
        assert b"digit 0\0digit 1\0" in whole
    labels = built / "labels.txt"
    labels.write_text(labels.read_text().replace("digit", "number"))
    assert {*LIBRARIES} <= redone(built, "--embed-model")


def test_damaged_stage_is_done_again(built: Path) -> None:
    stage = (
        built / "build" / ".mobilegen" / "work" / "lib" / "android-x86" / "files" / "libdigits.so"
    )
    stage.write_bytes(stage.read_bytes()[:-1])
    assert "lib/android-x86" in redone(built)


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


def test_weights_that_only_scale_the_answers_are_converted(tmp_path: Path) -> None:
    """All that is said of such a model is the same: only its files tell it from the old one."""
    models.save(classifier(), tmp_path / "net.onnx")
    converted(tmp_path)
    before = (tmp_path / "o" / "model" / "model.bin").read_bytes()
    models.save(classifier(scale=2.0), tmp_path / "net.onnx")
    assert "artifact" in converted(tmp_path)
    assert (tmp_path / "o" / "model" / "model.bin").read_bytes() != before
    succeed("verify", tmp_path / "o")


def test_another_model_of_the_same_time_is_converted(tmp_path: Path) -> None:
    """Unpacked archives give all their files one time, years ago."""
    for seed in (3, 4):
        os.utime(models.save(classifier(seed=seed), tmp_path / "net.onnx"), (1e9, 1e9))
        assert {"graph", "artifact"} <= converted(tmp_path)


def test_labels_added_later_are_proved(tmp_path: Path) -> None:
    models.save(classifier(), tmp_path / "net.onnx")
    pixels = np.random.default_rng(0).integers(0, 256, (20, 20, 3), np.uint8)
    Image.fromarray(pixels).save(tmp_path / "image.png")
    (tmp_path / "labels.txt").write_text("".join(f"class {i}\n" for i in range(10)))
    settings = "model: net.onnx\nabi: [x86]\npreprocess: {}\ncheck_images: [image.png]\n"
    (tmp_path / "mobilegen.yml").write_text(settings)
    succeed("build", tmp_path)
    (tmp_path / "mobilegen.yml").write_text(settings + "labels: labels.txt\n")
    report = json.loads(succeed("build", tmp_path, "--json"))
    assert "x86.class.0" in {check["id"] for check in report["checks"]}


def test_a_build_for_every_place_and_name(tmp_path: Path) -> None:
    """Odd folders, tensors and packages go through CMake, C, Java and their programs."""
    folder = tmp_path / "ü $x q'\";"
    folder.mkdir()
    model = classifier()
    model.graph.node[0].input[0] = model.graph.input[0].name = 'in"p\\n<é>${x}'
    model.graph.node[-1].output[0] = model.graph.output[0].name = "o ut/0:1;#*/"
    models.save(model, folder / "net.onnx")
    arguments = ("--abi", "x86", "--abi", "x86_64", "--package", "com.$x.ü_b")
    out = ("--out", folder / "out", "--require-proof")
    succeed("build", folder / "net.onnx", *arguments, *out, LC_ALL="C")


def test_offline_compiles_from_the_cache_only(tmp_path: Path) -> None:
    """The converter is there, the source of the runtime is not."""
    models.save(classifier(), tmp_path / "net.onnx")
    converted(tmp_path)
    cache = tmp_path / "cache"
    cache.mkdir()
    (cache / "toolboxes").symlink_to(cache_dir() / "toolboxes")
    arguments = ("build", tmp_path / "net.onnx", "--abi", "x86", "--out", tmp_path / "o")
    text = fail(errors.DownloadError.exit_code, *arguments, "--offline", MOBILEGEN_CACHE=str(cache))
    assert "--offline forbids the download" in text


def test_names_are_never_evaluated(tmp_path: Path) -> None:
    """SCons runs Python code in ${...}; a name of a file or of external data is no code."""
    trap = "${__import__('pathlib').Path('trap').touch()}"
    folder = tmp_path / f"a$b {trap} ü'\"#"
    folder.mkdir()
    location = f"{trap}.bin"
    onnx.save_model(
        classifier(),
        str(folder / "net.onnx"),
        save_as_external_data=True,
        location=location,
        size_threshold=0,
    )
    assert (folder / location).is_file()
    assert "artifact" in converted(folder)
    assert converted(folder) == set()
    assert not [path for path in tmp_path.rglob("trap")]
