"""The native preprocessing gives the bits of Pillow, OpenCV, TensorFlow and of Python."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import cv2
import numpy as np
import preprocess_native
import pytest
from golden.tensorflow_resize import GOLDEN, golden_cases, make_pixels
from native_models import HOST, HOST_TOOLCHAIN
from preprocess_cases import (
    Resize,
    by_pillow,
    random_camera_cases,
    random_resizes,
    same_bits,
)
from preprocess_native import (
    ARGUMENT,
    CROPS,
    METHODS,
    OK,
    Case,
    Library,
    build,
    make_plan,
    rgb_case,
)

from mobilegen import toolboxes
from mobilegen.images.camera import nv21_to_rgb
from mobilegen.images.crop import Region
from mobilegen.images.preprocess import pixels_to_input
from mobilegen.images.resize import resize
from mobilegen.platforms.android.executors.emulator import BITS
from mobilegen.platforms.android.executors.toolbox import EMULATOR
from mobilegen.resources import native_dir
from mobilegen.system.files import sha256_bytes
from mobilegen.system.process import run
from mobilegen.toolboxes import worker
from mobilegen.toolchains.embedded import prepare
from mobilegen.toolchains.static import static_tools
from mobilegen.toolchains.targets import android_target

CASES = 2000
EMULATED_CASES = 20
PILLOW_METHODS = [name for name in METHODS if name.startswith("pillow")] + ["nearest"]


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("preprocess")


@pytest.fixture(scope="module")
def library(folder: Path) -> Library:
    return Library(build(folder / "host", HOST, HOST_TOOLCHAIN))


def differing_bytes(library: Library, resize: Resize, method: str) -> int:
    """Compare with the library that the method is named after; without normalisation."""
    seen = library.run(resize.case(method))
    expected = reference(resize, method)
    return int((seen != expected.astype(np.float32)).sum())


def reference(resize: Resize, method: str) -> preprocess_native.Bytes:
    if method == "opencv-linear":
        made = cv2.resize(resize.pixels, resize.size, interpolation=cv2.INTER_LINEAR)
        return np.asarray(made, np.uint8)
    return by_pillow(resize, method)


@pytest.mark.parametrize("method", PILLOW_METHODS)
def test_bytes_equal_pillow(method: str, library: Library) -> None:
    cases = random_resizes(1, CASES, boxes=True)
    assert sum(differing_bytes(library, case, method) for case in cases) == 0


def test_bytes_equal_opencv(library: Library) -> None:
    cases = random_resizes(2, CASES, boxes=False)
    assert sum(differing_bytes(library, case, "opencv-linear") for case in cases) == 0


def test_floats_equal_the_formula_of_tensorflow(library: Library) -> None:
    for case in random_resizes(3, CASES, boxes=False):
        expected = resize(case.pixels, Region(case.box, case.size), METHODS[3], case.size)
        assert same_bits(library.run(case.case(METHODS[3])), expected.astype(np.float32))


def test_floats_equal_tensorflow_itself(library: Library) -> None:
    """TensorFlow is too large for a test; digests of what it gave are in tests/golden."""
    digests = json.loads(GOLDEN.read_text("utf-8"))["sha256"]
    for index, (source, size) in enumerate(golden_cases()):
        pixels = make_pixels(index, source)
        plan = make_plan("tensorflow-bilinear", *size)
        seen = library.run(rgb_case(plan, pixels))
        assert sha256_bytes(seen.astype("<f4").tobytes()) == digests[index]


@pytest.mark.parametrize("method", METHODS)
def test_floats_equal_python(method: str, library: Library) -> None:
    """Formats, strides, turns, crop rules, normalisation and layout together."""
    for case, pixels, rule in random_camera_cases(4, CASES, method):
        expected = pixels_to_input(pixels, rule)[0]
        assert same_bits(library.run(case), expected), rule


def test_every_yuv_color(library: Library) -> None:
    chroma = np.indices((256, 256), dtype=np.uint8).transpose(1, 2, 0)[..., ::-1]
    for y in (0, 1, 127, 128, 254, 255):
        data = np.concatenate([np.full(512 * 512, y, np.uint8), chroma.ravel()])
        plan = make_plan("nearest", 512, 512)
        preprocess_native.set_planes(plan, "nv21", (512, 512), [])
        seen = library.run(Case(plan, data))
        np.testing.assert_array_equal(seen, nv21_to_rgb(data, 512, 512))
        v, u = (chroma[..., i].repeat(2, 0).repeat(2, 1) - 128.0 for i in (0, 1))
        exact = np.stack([y + 1.402 * v, y - 0.344136 * u - 0.714136 * v, y + 1.772 * u], -1)
        # Fixed point: a value just beside the middle of two bytes may go the other way.
        assert np.abs(seen - exact.clip(0, 255)).max() < 0.51


def test_large_photographs(library: Library) -> None:
    random = np.random.default_rng(5)
    pixels = random.integers(0, 256, (3000, 1500, 3), dtype=np.uint8)
    case = Resize(pixels, (100.25, 3.5, 1400.75, 2990.0), (224, 224))
    whole = Resize(pixels, (0.0, 0.0, 1500.0, 3000.0), (224, 224))
    assert sum(differing_bytes(library, case, method) for method in PILLOW_METHODS) == 0
    assert differing_bytes(library, whole, "opencv-linear") == 0


def bad_cases() -> Iterator[tuple[str, Case]]:
    pixels = np.zeros((6, 5, 3), np.uint8)

    def case(**values: int) -> Case:
        made = rgb_case(make_plan("pillow-bilinear", 4, 4), pixels)
        for name, value in values.items():
            setattr(made.plan, name, value)
        return made

    def plane(kind: int, index: int, **values: int) -> Case:
        made = case(format=kind)
        for i in range(3):
            made.plan.sizes[i], made.plan.row_strides[i], made.plan.pixel_strides[i] = 90, 12, 1
        for name, value in values.items():
            getattr(made.plan, name)[index] = value
        return made

    yield "0 x 6 pixels", case(image_width=0)
    yield "5 x -1 pixels", case(image_height=-1)
    yield "2147483647 x 6 pixels", case(image_width=2**31 - 1)
    yield "65536", case(image_height=65536)
    yield "unknown pixel format 9", case(format=9)
    yield "instead of", case(image_width=6)
    yield "instead of", case(image_height=7)
    yield "instead of", case(image_height=65535)
    yield "instead of", case(format=1)
    yield "instead of", case(format=3, image_width=65535, image_height=65535)
    yield "plane 1 of the image is NULL", case(format=3, image_width=9, image_height=10)
    yield "strides", plane(0, 0, row_strides=0)
    yield "strides", plane(0, 0, row_strides=-15)
    yield "strides", plane(2, 2, pixel_strides=0)
    yield "strides", plane(2, 1, pixel_strides=-1)
    yield "instead of", plane(2, 1, pixel_strides=2**31 - 1)
    yield "instead of", plane(2, 2, row_strides=2**31 - 1)
    yield "instead of", plane(2, 1, sizes=3)
    yield (
        "elongated",
        case(crop=CROPS.index("resize-then-crop"), resize_size=65535),
    )
    tall = rgb_case(make_plan("nearest", 9, 1, "aspect"), np.zeros((9, 1, 3), np.uint8))
    yield "elongated", tall


def test_wrong_arguments_are_errors(library: Library) -> None:
    output = np.full(64, 7.0, np.float32)
    for message, case in bad_cases():
        assert library.status(case, output) == ARGUMENT
        assert message in library.error
    assert (output == 7.0).all()
    good = rgb_case(make_plan("nearest", 4, 4), np.zeros((6, 5, 3), np.uint8))
    assert library.status(good, None) == ARGUMENT
    good.plan.turns = -(2**31)
    good.plan.mirrored = 1
    assert library.status(good, output) == OK


def mixed_cases(seed: int, count: int) -> list[Case]:
    """Cases of every method; the half of them with boxes, the other half with everything else."""
    boxed = list(random_resizes(seed, count // 2, boxes=True))
    made = [case.case(PILLOW_METHODS[i % len(PILLOW_METHODS)]) for i, case in enumerate(boxed)]
    per_method = -(-(count - len(made)) // len(METHODS))
    for method in METHODS:
        made += [case for case, _, _ in random_camera_cases(seed, per_method, method)]
    return made


def run_program(program: Path, cases: list[Case], folder: Path) -> list[tuple[int, bytes]]:
    """Give the cases to the program, each in memory of its exact size."""
    (folder / "cases").write_bytes(b"".join(case.to_bytes() for case in cases))
    run([program, folder / "cases", folder / "results"], title="the cases", timeout=300)
    data, results = (folder / "results").read_bytes(), []
    for case in cases:
        size = 4 * case.count
        results.append((int.from_bytes(data[:4], "little", signed=True), data[4 : 4 + size]))
        data = data[4 + size :]
    assert not data
    return results


def test_sanitizers_find_nothing(folder: Path, library: Library) -> None:
    flags = ("-O1",)
    program = build(folder / "sanitized", HOST, HOST_TOOLCHAIN, sanitize=True, flags=flags)
    cases = mixed_cases(6, 600)
    results = run_program(program, cases, folder)
    assert results == [(OK, library.run(case).tobytes()) for case in cases]
    wrong = [case for message, case in bad_cases() if "65535" not in message]
    assert {status for status, _ in run_program(program, wrong, folder)} == {ARGUMENT}


CHANGES = [
    (
        "pillow.cpp",
        "pillow-bilinear",
        "  return MOBILEGEN_OK;\n}\n\nU8x4",
        "  axis->weights[0] += 99999;\n  return MOBILEGEN_OK;\n}\n\nU8x4",
    ),
    ("opencv.cpp", "opencv-linear", "const float kOne = 2048;", "const float kOne = 2047;"),
    ("nearest.cpp", "nearest", "at = low + step * 0.5;", "at = low + step * 0.4999;"),
]


@pytest.mark.parametrize("change", CHANGES, ids=[change[1] for change in CHANGES])
def test_a_changed_weight_is_seen(change: tuple[str, str, str, str], folder: Path) -> None:
    name, method, old, new = change
    source = folder / f"changed-{method}"
    for part in ("core", "include", "tests"):
        shutil.copytree(native_dir() / part, source / part)
    path = source / "core" / "preprocess" / name
    text = path.read_text("utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), "utf-8")
    changed = Library(build(source / "build", HOST, HOST_TOOLCHAIN, source=source))
    cases = random_resizes(7, 50, boxes=False)
    assert sum(differing_bytes(changed, case, method) for case in cases) > 0


def test_a_reciprocal_is_seen(folder: Path, library: Library) -> None:
    """(x - mean) * (1 / std) is what many write by hand; it has other bits."""
    differing = 0
    for case, pixels, rule in random_camera_cases(8, 50, "nearest"):
        expected = pixels_to_input(pixels, rule)[0]
        axes = (3, 1, 1) if rule.layout == "nchw" else (1, 1, 3)
        std = np.float32(rule.std).reshape(axes)
        by_hand = (expected * std) * (np.float32(1) / std)
        differing += not same_bits(library.run(case), by_hand)
    assert differing > 0


@pytest.mark.parametrize("abi", BITS)
def test_emulated_arm_gives_the_same_bits(abi: str, folder: Path, library: Library) -> None:
    target = android_target(abi)
    path = build(folder / abi, target, prepare(target), flags=("-Os", "-DNDEBUG"))
    cases = mixed_cases(9, EMULATED_CASES)
    arrays = {}
    for i, case in enumerate(cases):
        arrays[f"{i}/plan"] = np.frombuffer(bytes(case.plan), np.uint8)
        arrays[f"{i}/data"] = case.data
    answer = worker.call(
        toolboxes.ensure(EMULATOR),
        Path(__file__).parents[1] / "preprocess_guest.py",
        {
            "bits": BITS[abi],
            "library": str(path),
            "counts": [case.count for case in cases],
            "worker": str(
                native_dir().parent / "mobilegen/platforms/android/executors/emulite_worker.py"
            ),
        },
        title=f"preprocessing on {abi}",
        timeout=300,
        arrays=arrays,
    )
    assert len(cases) >= EMULATED_CASES
    for i, case in enumerate(cases):
        assert same_bits(answer["arrays"][str(i)].reshape(case.shape), library.run(case))


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="runs a Linux program")
def test_32_bit_x86_gives_the_same_bits(folder: Path, library: Library) -> None:
    """Its old floating-point unit would round twice; the code refuses to be compiled for that."""
    native, program = native_dir(), folder / "preprocess-x86"
    sources = [*(native / "core" / "preprocess").glob("*.cpp"), native / "core" / "error.cpp"]
    sources.append(native / "tests" / "preprocess" / "preprocess_test.cpp")
    options = (
        "--driver-mode=g++", "-O2", "-std=c++11", "-fno-exceptions", "-fno-rtti",
        "-ffp-contract=off", "-nostdinc++", "-DPREPROCESS_TEST_MAIN", f"-I{native}",
        f"-I{native / 'include'}",
    )  # fmt: skip
    tools, title = static_tools("x86"), "compiling for 32-bit x86"
    objects = [folder / f"{source.stem}-x86.o" for source in sources]
    for source, to in zip(sources, objects, strict=True):
        run([*tools.compiler(), *options, "-c", source, "-o", to], title=title, timeout=300)
    run(tools.linker(program, objects), title=title, timeout=300)
    cases = mixed_cases(10, 200)
    results = run_program(program, cases, folder)
    assert results == [(OK, library.run(case).tobytes()) for case in cases]
