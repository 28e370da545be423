"""mobilegen inspect, on the sample model and on real libraries."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import lief
import models
import pytest
from native_models import Converted, build_android, convert
from program import PHOTO, fail, succeed

from mobilegen import errors
from mobilegen.artifacts import Library
from mobilegen.native_build.sizes import LibrarySizes, find_sizes, measure_sizes
from mobilegen.runtimes import catalog
from mobilegen.toolchains.targets import ANDROID_ABIS

# What onnx-tool 1.0.1 counts; it takes a bias for one more per value.
ONNX_TOOL_MACS = {"Conv": 390_645_248, "Gemm": 1_281_000}
ONNX_TOOL_PARAMETERS = 4_631_000
PHOTO_MACS = 385_187_552


@pytest.fixture(scope="module")
def lenet(tmp_path_factory: pytest.TempPathFactory) -> Converted:
    return convert(models.lenet(), tmp_path_factory.mktemp("lenet"))


@pytest.fixture(scope="module")
def libraries(lenet: Converted, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Library]:
    return {
        abi: build_android(
            lenet, abi, tmp_path_factory.mktemp(abi), name="net", package="com.example.vision"
        )
        for abi in ANDROID_ABIS
    }


def test_photo_has_its_published_costs() -> None:
    found = json.loads(succeed("inspect", PHOTO, "--json"))
    assert found["macs"] == PHOTO_MACS
    assert found["parameters"] == ONNX_TOOL_PARAMETERS
    assert sum(layer["macs"] for layer in found["layers"]) == PHOTO_MACS
    assert sum(layer["parameters"] for layer in found["layers"]) == ONNX_TOOL_PARAMETERS
    by_operator = {x["operator"]: x["macs"] for x in found["operators"] if x["macs"]}
    assert set(by_operator) == {"Conv", "Gemm"}
    for operator, macs in ONNX_TOOL_MACS.items():
        values = next(x["written_bytes"] for x in found["operators"] if x["operator"] == operator)
        assert by_operator[operator] + values // 4 == macs
    # The expansion of the second block: 96 channels of 112 x 112, before and after its activation.
    assert found["peak_bytes"] == 2 * 96 * 112 * 112 * 4
    text = succeed("inspect", PHOTO)
    assert f"{PHOTO_MACS:,}" in text and "4,631,000" in text
    assert "incomplete" not in text


def test_sizes_that_a_model_leaves_open(tmp_path: Path) -> None:
    path = models.save(models.symbolic(), tmp_path / "net.onnx")
    assert "--input-shape" in fail(errors.ConfigError.exit_code, "inspect", path)
    small, large = (
        json.loads(succeed("inspect", path, "--json", "--input-shape", shape))
        for shape in ("input=1x3x32x32", "input=1x3x64x64")
    )
    assert large["parameters"] == small["parameters"]
    assert large["macs"] > 3 * small["macs"]


def test_names_cannot_steer_the_terminal(tmp_path: Path) -> None:
    model = models.lenet()
    model.graph.node[0].name = "a\x1b[2Jb\nc"
    text = succeed("inspect", models.save(model, tmp_path / "net.onnx"))
    assert "\x1b" not in text and r"a\x1b[2Jb\nc" in text


@pytest.mark.parametrize("abi", ANDROID_ABIS)
def test_every_byte_of_a_library_is_told(abi: str, libraries: dict[str, Library]) -> None:
    path = libraries[abi].path
    sizes = find_sizes(path)
    assert sum(piece.size for piece in sizes.pieces) == sizes.size == path.stat().st_size
    binary = lief.ELF.parse(str(path))
    assert binary is not None
    text = binary.get_section(".text")
    assert text is not None
    assert sum(p.size for p in sizes.pieces if p.section == ".text") == text.size
    parts = {piece.part for piece in sizes.pieces}
    assert {"ncnn: layer Convolution", "ncnn: core", "engine", "Java natives"} <= parts
    assert sum(p.size for p in sizes.pieces if p.part in ("alignment", "ELF headers")) < 4096


@pytest.mark.parametrize("abi", ANDROID_ABIS)
def test_functions_have_the_size_that_the_library_itself_says(
    abi: str, libraries: dict[str, Library]
) -> None:
    binary = lief.ELF.parse(str(libraries[abi].path))
    assert binary is not None
    by_name = {str(s.name): s.size for s in binary.dynamic_symbols if s.shndx and s.size}
    told = {p.symbol: p.size for p in find_sizes(libraries[abi].path).pieces if p.symbol in by_name}
    assert len(told) > 10
    assert told == {name: by_name[name] for name in told}


def test_map_of_another_library_is_refused(lenet: Converted, libraries: dict[str, Library]) -> None:
    plan = catalog.get("ncnn").plan_native(lenet.artifact)
    path = libraries["x86"].path
    own, other = (libraries[abi].path.parent / "cmake" / "libnet.map" for abi in ("x86", "x86_64"))
    assert isinstance(measure_sizes(path, own.read_text(), plan), LibrarySizes)
    with pytest.raises(errors.NativeBuildError, match="link map"):
        measure_sizes(path, other.read_text(), plan)


def test_result_and_library_on_the_command_line(tmp_path: Path) -> None:
    models.save(models.lenet(), tmp_path / "net.onnx")
    out = tmp_path / "out"
    succeed("build", tmp_path / "net.onnx", "--abi", "x86", "--abi", "x86_64", "--out", out)
    found = json.loads(succeed("inspect", "--library", out, "--json"))
    assert set(found) == {"android-x86", "android-x86_64"}
    library = out / "lib" / "x86" / "libnet.so"
    assert sum(p["size"] for p in found["android-x86"]["pieces"]) == library.stat().st_size
    text = succeed("inspect", "--library", library, "--top", "3")
    assert f"{library.stat().st_size:,} bytes" in text and "Java natives" in text
    assert "ncnn" in (out / "report.html").read_text(encoding="utf-8")
    alone = shutil.copy(library, tmp_path / "alone.so")
    assert "nothing tells" in fail(errors.UsageError.exit_code, "inspect", "--library", alone)
    assert "exclude" in fail(errors.UsageError.exit_code, "inspect", PHOTO, "--library", out)
    (tmp_path / "empty").mkdir()
    fail(errors.UsageError.exit_code, "inspect", "--library", tmp_path / "empty")
