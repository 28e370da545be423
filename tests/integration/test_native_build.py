"""Object sets and libraries for Android: laziness, damage, sameness, checks, errors."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import cast

import models
import numpy as np
import pytest
from native_models import Converted, convert

from mobilegen.artifacts import Library, Target
from mobilegen.errors import DownloadError, NativeBuildError
from mobilegen.executors.base import Interface, Request
from mobilegen.executors.catalog import execute
from mobilegen.native_build.build import build_library
from mobilegen.native_build.source import unpacked
from mobilegen.runtimes.ncnn import RUNTIME, native
from mobilegen.runtimes.ncnn import layers as layer_tables
from mobilegen.serialize import dump_json
from mobilegen.system.files import cache_dir
from mobilegen.toolchains.embedded import prepare
from mobilegen.toolchains.targets import ANDROID_ABIS

PACKAGE = "com.example.vision"


@pytest.fixture(scope="module")
def mobilenet(tmp_path_factory: pytest.TempPathFactory) -> Converted:
    return convert(models.mobilenet(), tmp_path_factory.mktemp("mobilenet"))


@pytest.fixture(scope="module")
def lenet(tmp_path_factory: pytest.TempPathFactory) -> Converted:
    return convert(models.lenet(), tmp_path_factory.mktemp("lenet"))


@pytest.fixture(scope="module")
def downloads() -> Path:
    """The user's own downloads, so that only one test run in a life fetches the source."""
    unpacked(native.recipe().source)
    return cache_dir() / "downloads"


@pytest.fixture(scope="module")
def module_cache(tmp_path_factory: pytest.TempPathFactory, downloads: Path) -> Path:
    """A cache that begins with the downloads only; what one test compiled, others find."""
    return make_cache(tmp_path_factory.mktemp("module cache"), downloads)


@pytest.fixture
def own_cache(module_cache: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MOBILEGEN_CACHE", str(module_cache))
    return module_cache


def make_cache(folder: Path, downloads: Path) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "downloads").symlink_to(downloads)
    return folder


def build(model: Converted, abi: str, folder: Path, *, api_level: int = 21) -> Library:
    target = Target("android", abi, api_level)
    return build_library(
        model.artifact,
        target,
        prepare(target),
        name="recognition",
        package=PACKAGE,
        work_dir=folder,
        jobs=2,
    )


def objects(cache: Path) -> dict[str, int]:
    """Compiled objects of all sets, with their times of change."""
    found = (cache / "objects").rglob("*.cpp.o")
    return {path.name: path.stat().st_mtime_ns for path in found}


@pytest.mark.parametrize("abi", ANDROID_ABIS)
def test_android_library_passes_its_checks(abi: str, mobilenet: Converted, tmp_path: Path) -> None:
    library = build(mobilenet, abi, tmp_path)
    assert [check for check in library.checks if check.status != "pass"] == []
    assert len(library.checks) == 12
    assert library.soname == library.path.name == "librecognition.so"
    assert library.size == library.path.stat().st_size < 500_000
    assert set(library.needed) <= {"libc.so", "libm.so", "libdl.so", "liblog.so"}
    data = library.path.read_bytes()
    for folder in (tmp_path, cache_dir(), Path(native.__file__).parents[3]):
        assert str(folder).encode() not in data


@pytest.mark.slow
@pytest.mark.parametrize("abi", ANDROID_ABIS)
def test_compiled_code_equals_onnxruntime(abi: str, mobilenet: Converted, tmp_path: Path) -> None:
    """The library itself is executed, in an emulator where this machine has another processor."""
    library = build(mobilenet, abi, tmp_path)
    inputs = tuple(sample.inputs for sample in mobilenet.samples)
    for interface, threads in (("jni", 1), ("jni", 2), ("c", 1)):
        request = Request(
            library.path, PACKAGE, mobilenet.artifact, threads, inputs, cast(Interface, interface)
        )
        done = execute(abi, request)
        for seen, sample in zip(done.outputs, mobilenet.samples, strict=True):
            right = sample.outputs["logits"]
            assert np.abs(seen["logits"] - right).max() < 1e-4 * np.abs(right).max()


def test_offline_needs_the_source_in_the_cache(
    mobilenet: Converted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = Target("android", "x86", 21)
    toolchain = prepare(target)
    monkeypatch.setenv("MOBILEGEN_CACHE", str(tmp_path / "empty"))
    with pytest.raises(DownloadError, match="offline"):
        build_library(
            mobilenet.artifact,
            target,
            toolchain,
            name="recognition",
            package=PACKAGE,
            work_dir=tmp_path / "x",
            jobs=1,
            offline=True,
        )


def test_api_level_reaches_the_library(mobilenet: Converted, tmp_path: Path) -> None:
    library = build(mobilenet, "arm64-v8a", tmp_path, api_level=26)
    assert {check.status for check in library.checks} == {"pass"}
    ident = next(check for check in library.checks if check.id.endswith(".ident"))
    assert "26" in ident.title


def test_second_model_compiles_only_what_is_missing(
    mobilenet: Converted, lenet: Converted, tmp_path: Path, own_cache: Path
) -> None:
    first = build(lenet, "armeabi-v7a", tmp_path / "first")
    before = objects(own_cache)
    assert "layer.cpp.o" not in before and "lstm.cpp.o" not in before
    build(mobilenet, "armeabi-v7a", tmp_path / "second")
    after = objects(own_cache)
    assert {name: time for name, time in after.items() if name in before} == before
    new = {name.partition(".")[0].removesuffix("_arm") for name in after.keys() - before.keys()}
    assert new == {"binaryop", "clip", "convolutiondepthwise", "reduction"} & new
    assert "convolutiondepthwise" in new
    again = build(lenet, "armeabi-v7a", tmp_path / "third")
    assert objects(own_cache) == after
    assert again.sha256 == first.sha256


def test_same_bytes_from_other_folders(
    lenet: Converted,
    tmp_path: Path,
    own_cache: Path,
    downloads: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    first = build(lenet, "armeabi-v7a", tmp_path / "a")
    monkeypatch.setenv("MOBILEGEN_CACHE", str(make_cache(tmp_path / "other cache", downloads)))
    second = build(lenet, "armeabi-v7a", tmp_path / "some other folder" / "b")
    assert first.path.read_bytes() == second.path.read_bytes()
    wider = replace(lenet.artifact, operators=(*lenet.artifact.operators, "HardSwish"))
    other = build(replace(lenet, artifact=wider), "armeabi-v7a", tmp_path / "c")
    assert other.sha256 != first.sha256


@pytest.mark.parametrize(
    "damage",
    ["object", "half configured", "ninja", "names", "header", "rules", "source", "changed source"],
)
def test_damaged_set_is_repaired(
    damage: str, lenet: Converted, tmp_path: Path, own_cache: Path
) -> None:
    good = build(lenet, "armeabi-v7a", tmp_path / "good")
    (folder,) = (path for path in (own_cache / "objects").iterdir() if path.is_dir())
    (source,) = (path for path in (own_cache / "sources").iterdir() if path.is_dir())
    DAMAGES[damage](folder, source)
    assert build(lenet, "armeabi-v7a", tmp_path / "again").sha256 == good.sha256


def _damage_object(folder: Path, source: Path) -> None:
    path = next(folder.rglob("net.cpp.o"))
    path.write_bytes(path.read_bytes()[:-1000] + bytes(1000))


def _damage_configuration(folder: Path, source: Path) -> None:
    (folder / "mobilegen-names.json").unlink()
    (folder / "build.ninja").unlink()


def _damage_ninja(folder: Path, source: Path) -> None:
    (folder / "build.ninja").write_text("rule broken\n  comm")


def _damage_names(folder: Path, source: Path) -> None:
    (folder / "mobilegen-names.json").write_text('{"net.cpp":')


def _damage_source(folder: Path, source: Path) -> None:
    shutil.rmtree(folder)
    (source / "src" / "net.cpp").write_text("#error damaged\n")


def _damage_header(folder: Path, source: Path) -> None:
    path = folder / "src" / "platform.h"
    path.write_text(path.read_text().replace("NCNN_STRING 1", "NCNN_STRING 0"))


def _damage_rules(folder: Path, source: Path) -> None:
    path = folder / "build.ninja"
    path.write_text(path.read_text().replace(" -Os ", " -O1 "))


def _change_source(folder: Path, source: Path) -> None:
    """Change what still compiles, and what is compiled from it."""
    path = source / "src" / "paramdict.cpp"
    path.write_text(path.read_text() + "\nint changed() { return 7; }\n")
    next(folder.rglob("paramdict.cpp.o")).unlink()


DAMAGES: dict[str, Callable[[Path, Path], None]] = {
    "object": _damage_object,
    "half configured": _damage_configuration,
    "ninja": _damage_ninja,
    "names": _damage_names,
    "header": _damage_header,
    "rules": _damage_rules,
    "source": _damage_source,
    "changed source": _change_source,
}


BUILD = """
import sys
from pathlib import Path
from mobilegen.artifacts import Artifact, Target
from mobilegen.native_build.build import build_library
from mobilegen.serialize import load_json
from mobilegen.toolchains.embedded import prepare
artifact, abi, folder = load_json(Artifact, Path(sys.argv[1])), sys.argv[2], Path(sys.argv[3])
target = Target("android", abi, 21)
print(build_library(artifact, target, prepare(target), name="recognition",
                    package="com.example.vision", work_dir=folder, jobs=1).sha256)
"""


@pytest.mark.slow
def test_builds_at_once_share_the_sets(
    lenet: Converted, tmp_path: Path, downloads: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Four processes, two ABIs, an empty cache: the bytes are those of a build alone."""
    alone = {abi: build(lenet, abi, tmp_path / abi).sha256 for abi in ("x86", "armeabi-v7a")}
    cache = make_cache(tmp_path / "cache", downloads)
    artifact = dump_json(lenet.artifact, tmp_path / "artifact.json")
    jobs = [(abi, tmp_path / f"{abi}-{i}") for i in range(2) for abi in alone]
    started = [
        subprocess.Popen(
            [sys.executable, "-c", BUILD, str(artifact), abi, str(folder)],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "MOBILEGEN_CACHE": str(cache)},
        )
        for abi, folder in jobs
    ]
    seen = [
        (abi, child.communicate()[0].strip()) for (abi, _), child in zip(jobs, started, strict=True)
    ]
    assert seen == [(abi, alone[abi]) for abi, _ in jobs]
    assert len([path for path in (cache / "objects").iterdir() if path.is_dir()]) == 2


def test_compiler_error_is_told(
    lenet: Converted, tmp_path: Path, own_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sets() -> set[str]:
        return {path.name for path in (own_cache / "objects").iterdir() if path.is_dir()}

    build(lenet, "armeabi-v7a", tmp_path / "good")
    before = sets()
    monkeypatch.setattr(native, "_FLAGS", ("-include", "no_such_header.h"))
    with pytest.raises(NativeBuildError, match=r"no_such_header\.h"):
        build(lenet, "armeabi-v7a", tmp_path / "x")
    assert sets() == before


def test_linker_error_is_told(
    lenet: Converted, tmp_path: Path, own_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    select = native.select_objects

    def without_core(*arguments: object) -> tuple[str, ...]:
        names = select(*arguments)  # type: ignore[arg-type]
        return tuple(name for name in names if name != "paramdict.cpp")

    monkeypatch.setattr(native, "select_objects", without_core)
    with pytest.raises(NativeBuildError, match=r"undefined symbol: .*ParamDict"):
        build(lenet, "armeabi-v7a", tmp_path / "x")
    assert not (tmp_path / "x" / "librecognition.so").exists()


# --- the layer tables against ncnn's source ---------------------------------------------------

# Functions of ncnn's mat.cpp that create a layer.
HELPERS = {
    "copy_make_border": "Padding",
    "copy_make_border_3d": "Padding",
    "copy_cut_border": "Crop",
    "copy_cut_border_3d": "Crop",
    "resize_bilinear": "Interp",
    "resize_bicubic": "Interp",
    "resize_nearest": "Interp",
    "flatten": "Flatten",
}
# Created by a layer's source, but not for a converted network; the reasons are in layers.py.
NOT_NEEDED = {
    ("Convolution", "InnerProduct"),
    # On x86 only, for weights of a deformable convolution that ncnn itself keeps in fp32.
    ("DeformableConv2D", "Convolution"),
}
OFF = re.compile(r"#\s*if\s+(NCNN_INT8|NCNN_BF16|NCNN_VULKAN|NCNN_WEIGHT_QUANT|NCNN_ARM82)\b")


def active_text(path: Path) -> str:
    """Source text without comments and without blocks that our options switch off."""
    text = re.sub(r"/\*.*?\*/", "", re.sub(r"//.*", "", path.read_text()), flags=re.DOTALL)
    lines, inactive = [], [False]
    for line in text.splitlines():
        if re.match(r"\s*#\s*if", line):
            inactive.append(bool(OFF.match(line.strip())))
        elif re.match(r"\s*#\s*(else|elif)", line):
            inactive[-1] = False
        elif re.match(r"\s*#\s*endif", line):
            inactive.pop()
        if not any(inactive):
            lines.append(line)
    return "\n".join(lines)


def created_layers(source: Path, layer: str) -> set[str]:
    """Layers that the sources of a layer create, ARM and x86 variants included."""
    stem = layer.lower()
    files = [source / "layer" / f"{stem}{suffix}" for suffix in (".cpp", ".h")]
    for arch in ("arm", "x86"):
        files += (source / "layer" / arch).glob(f"{stem}_{arch}*")
    variants = re.compile(r"asim|i8mm|bf16|avx|f16c|fma|xop|sve")
    found: set[str] = set()
    for path in files:
        if path.is_file() and not variants.search(path.name):
            text = active_text(path)
            found |= set(re.findall(r"create_layer\w*\((?:ncnn::)?LayerType::(\w+)", text))
            found |= {made for name, made in HELPERS.items() if re.search(rf"\b{name}\(", text)}
    return found - {layer}


def test_layer_tables_cover_the_source() -> None:
    source = unpacked(native.recipe().source) / "src"
    names = re.findall(r"^ncnn_add_layer\((\w+)", (source / "CMakeLists.txt").read_text(), re.M)
    assert len(names) > 100
    dynamic = layer_tables._DYNAMIC_WEIGHT_PARAM
    for name in names:
        known = set(layer_tables.REQUIRES.get(name, ()))
        known |= {"Flatten"} if name in dynamic else set()
        known |= {needed for layer, needed in NOT_NEEDED if layer == name}
        assert created_layers(source, name) <= known, name


def test_scan_finds_what_is_there() -> None:
    source = unpacked(native.recipe().source) / "src"
    assert {"Gemm", "Softmax"} <= created_layers(source, "MultiHeadAttention")
    assert "Padding" in created_layers(source, "Pooling")


def test_activation_table_is_that_of_the_source() -> None:
    text = (unpacked(native.recipe().source) / "src" / "layer" / "fused_activation.h").read_text()
    text = text[text.index("create_activation_layer") :]
    pattern = r"activation_type == (\d+)\)\s*\{\s*activation = .*?LayerType::(\w+)"
    found = {int(number): name for number, name in re.findall(pattern, text)}
    assert found == layer_tables.ACTIVATIONS


def test_dynamic_weight_table_is_that_of_the_source() -> None:
    source = unpacked(native.recipe().source) / "src" / "layer"
    found = {}
    for path in source.glob("*.cpp"):
        if match := re.search(r"dynamic_weight = pd\.get\((\d+), 0\)", path.read_text()):
            found[path.stem] = int(match[1])
    assert found == {k.lower(): v for k, v in layer_tables._DYNAMIC_WEIGHT_PARAM.items()}


def test_pin_is_the_version_of_the_runtime() -> None:
    pin = json.loads(Path(native.__file__).with_name("source.json").read_text())
    assert pin["version"] == RUNTIME.version
