"""A project with the library's C++ sources: any compiler makes the proved library of them."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path

import models
import numpy as np
import pytest
from ndk_standin import make_ndk
from PIL import Image
from program import fail, succeed

from mobilegen import errors
from mobilegen.artifacts import Toolchain
from mobilegen.errors import ProcessError
from mobilegen.native_build.includes import closure, read_switches
from mobilegen.native_build.objects import set_key
from mobilegen.native_build.package import unpacked
from mobilegen.native_build.run import configure, ninja
from mobilegen.native_build.tools import ninja_program
from mobilegen.pipeline.result import open_result
from mobilegen.pipeline.verify import verify_result
from mobilegen.runtimes.ncnn import engine
from mobilegen.system.files import cache_dir
from mobilegen.toolchains import ndk
from mobilegen.toolchains.embedded import prepare
from mobilegen.toolchains.targets import android_target

ABIS = ("armeabi-v7a", "arm64-v8a", "x86_64", "x86")
CPP = Path("android", "sdk", "src", "main", "cpp")
SIZE, CLASSES = 64, 20


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A network for photographs with its settings."""
    folder = tmp_path_factory.mktemp("sample")
    models.save(models.mobilenet(size=SIZE, classes=CLASSES), folder / "net.onnx")
    pixels = np.random.default_rng(0).integers(0, 256, (90, 77, 3), np.uint8)
    Image.fromarray(pixels).save(folder / "noise.png")
    (folder / "labels.txt").write_text("".join(f"class {i}\n" for i in range(CLASSES)))
    settings = {
        "model": "net.onnx",
        "name": "net",
        "android": {"with_sources": True},
        "labels": "labels.txt",
        "preprocess": {"resize": "pillow-bicubic", "crop": "center", "mean": [127] * 3},
        "check_images": ["noise.png"],
    }
    (folder / "mobilegen.yml").write_text(json.dumps(settings))
    return folder


@pytest.fixture(scope="module")
def built(sample: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("built") / "out"
    succeed("build", sample, "--out", out, *[word for abi in ABIS for word in ("--abi", abi)])
    return out


def compile_sources(
    folder: Path, build: Path, abi: str, toolchain: Toolchain | None = None, **variables: str
) -> Path:
    """Build the CMake project of a project; return the library."""
    target = android_target(abi)
    configure(folder, build, target, toolchain or prepare(target), list(variables.items()))
    ninja(build, ["mobilegen"], jobs=2, title="compiling the sources")
    return next(build.rglob("libnet.so"))


def release(folder: Path, build: Path, abi: str, **variables: str) -> Path:
    """Compile as mobilegen does: without names and lines."""
    settings = {"CMAKE_BUILD_TYPE": "Release", "MOBILEGEN_STRIP": "ON", **variables}
    return compile_sources(folder, build, abi, **settings)


@pytest.mark.slow
@pytest.mark.parametrize("abi", ["armeabi-v7a", "x86"])
def test_the_same_compiler_makes_the_proved_library(abi: str, built: Path, tmp_path: Path) -> None:
    """From another folder, and without a warning in our own sources."""
    moved = tmp_path / "a folder for größe"
    shutil.copytree(built / CPP, moved)
    library = release(moved, tmp_path / "build", abi, CMAKE_CXX_FLAGS="-Wall -Wextra -Werror")
    proved = (built / "lib" / abi / "libnet.so").read_bytes()
    assert library.read_bytes() == proved
    # The comparison sees one number in one kernel.
    path = moved / "ncnn" / "src" / "layer" / "clip.cpp"
    text = path.read_text()
    assert text.count("ptr[i] = min;") == 1
    path.write_text(text.replace("ptr[i] = min;", "ptr[i] = min + 1;"))
    ninja(tmp_path / "build", ["mobilegen"], jobs=2, title="compiling the change")
    assert library.read_bytes() != proved


@pytest.mark.slow
def test_as_gradle_compiles_it_for_a_debugger(built: Path, tmp_path: Path) -> None:
    """With an NDK's toolchain file and little optimised; the answers are right."""
    abi = "x86_64"
    folder = make_ndk(tmp_path / "ndk", abi)
    (found,) = ndk.candidates(folder)
    library = compile_sources(
        built / CPP,
        tmp_path / "build",
        abi,
        ndk.toolchain(found, android_target(abi)),
        CMAKE_BUILD_TYPE="Debug",
        CMAKE_LIBRARY_OUTPUT_DIRECTORY=str(tmp_path / "build" / "obj"),
    )
    out = tmp_path / "out"
    shutil.copytree(built, out, ignore=shutil.ignore_patterns(".mobilegen", "android"))
    shutil.copyfile(library, out / "lib" / abi / "libnet.so")
    checks = {check.id: check.status for check in verify_result(open_result(out), abis=[abi])}
    assert checks[f"{abi}.parity.0"] == checks[f"{abi}.class.0"] == "pass"
    # The library is not the one of the build, and Gradle is yet to strip it.
    failed = {id for id, status in checks.items() if status != "pass"}
    assert failed == {"files", f"{abi}.elf.stripped"}


def test_nothing_that_the_model_does_not_need(built: Path) -> None:
    files = {path.relative_to(built / CPP).as_posix() for path in (built / CPP).rglob("*")}
    assert {"ncnn/LICENSE.txt", "ncnn/src/layer/convolution.cpp"} <= files
    assert not [
        name for name in files if "lstm" in name or "gpu.cpp" in name or "gemm_int8" in name
    ]
    assert {path.name for path in (built / CPP / "ncnn" / "abi").iterdir()} == set(ABIS)
    assert sum(path.stat().st_size for path in (built / CPP).rglob("*")) < 6_000_000


def test_no_header_is_missing_that_the_compiler_read(built: Path) -> None:
    """What ninja wrote down while the objects were compiled, for all of the set."""
    code = engine.code()
    source = unpacked(code.package)
    for abi, arch in (("arm64-v8a", "arm"), ("x86", "x86")):
        target = android_target(abi)
        binary = cache_dir() / "objects" / set_key(code, target, prepare(target))
        listed = subprocess.run(
            [ninja_program(), "-C", binary, "-t", "deps"], capture_output=True, text=True
        )
        read = {Path(line.strip()) for line in listed.stdout.splitlines() if line[:1] == " "}
        read = {path for path in read if path.is_relative_to(source)}
        layers = source / "src" / "layer"
        folders = [layers / arch, source / "src", binary / "src", layers]
        switches = read_switches((binary / "src" / "platform.h").read_text())
        found = closure([p for p in read if p.suffix == ".cpp"], folders, switches)
        assert len(read) > 100
        assert read <= set(found)


def test_an_abi_without_sources_is_named(built: Path, tmp_path: Path) -> None:
    shutil.copytree(built / CPP, tmp_path / "cpp")
    shutil.rmtree(tmp_path / "cpp" / "ncnn" / "abi" / "x86")
    with pytest.raises(ProcessError) as caught:
        release(tmp_path / "cpp", tmp_path / "build", "x86")
    assert "There are no sources for x86" in caught.value.output


@pytest.mark.slow
def test_with_the_model_inside(sample: Path, tmp_path: Path) -> None:
    out, abi = tmp_path / "out", "arm64-v8a"
    succeed("build", sample, "--out", out, "--abi", abi, "--embed-model")
    library = release(out / CPP, tmp_path / "build", abi)
    assert library.read_bytes() == (out / "lib" / abi / "libnet.so").read_bytes()
    weights = (out / CPP / "generated" / "model.bin").read_bytes()
    assert weights == (out / "model" / "model.bin").read_bytes()
    assert weights in library.read_bytes()


def test_sources_come_and_go_with_the_option(built: Path, sample: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    shutil.copytree(built, out)
    line = 'target_sources(mobilegen PRIVATE "my own.cpp")\n'
    changed = out / CPP / "CMakeLists.txt"
    changed.write_text(changed.read_text() + line)
    succeed("build", sample, "--out", out, "--abi", "arm64-v8a", "--without-sources")
    assert [path for path in (out / CPP).rglob("*") if path.is_file()] == [changed]
    assert "externalNativeBuild" not in (out / "android/sdk/build.gradle.kts").read_text()
    again = succeed("build", sample, "--out", out, "--abi", "arm64-v8a")
    assert "CMakeLists.txt" in again and changed.read_text().endswith(line)
    assert not (out / CPP / "ncnn" / "abi" / "x86").exists()


def test_no_sources_without_a_project(sample: Path, tmp_path: Path) -> None:
    text = fail(
        errors.ConfigError.exit_code, "build", sample, "--out", tmp_path / "out", "--no-project"
    )
    assert "with_sources" in text and "the project, which is left out" in text
