"""Time of the native preprocessing beside that of Pillow and OpenCV, and its bytes per ABI.

    uv run benchmarks/preprocess.py

Compiles native/core/preprocess for this computer with the embedded compiler and the flags of
Android's x86_64, takes minima of interleaved runs, and writes docs/preprocessing-speed.md.
"""

from __future__ import annotations

import platform
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import lief
import numpy as np
from PIL import Image

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from preprocess_native import (  # noqa: E402
    Bytes,
    Case,
    Floats,
    Library,
    Plan,
    make_plan,
    set_planes,
)

from mobilegen import console  # noqa: E402
from mobilegen.native_build.run import build_type, configure, ninja  # noqa: E402
from mobilegen.resources import native_dir  # noqa: E402
from mobilegen.system.files import cache_dir, write_text  # noqa: E402
from mobilegen.system.process import run  # noqa: E402
from mobilegen.toolchains.choose import choose  # noqa: E402
from mobilegen.toolchains.targets import ANDROID_ABIS, android_target  # noqa: E402
from mobilegen.toolchains.zig import find_zig  # noqa: E402

SIZES = [(4000, 3000), (1280, 720), (600, 400)]
SIDE = 224
SECONDS = 4.0
MEAN, STD = np.float32([123.675, 116.28, 103.53]), np.float32([58.395, 57.12, 57.375])
PILLOW = {
    "pillow-bilinear": Image.Resampling.BILINEAR,
    "pillow-bicubic": Image.Resampling.BICUBIC,
    "nearest": Image.Resampling.NEAREST,
}
METHODS = ["pillow-bilinear", "pillow-bicubic", "opencv-linear", "nearest"]
RULES = ["pillow_bilinear", "pillow_bicubic", "opencv_linear", "tensorflow_bilinear", "nearest"]
Call = Callable[[], object]

SPEED = """# Speed and size of preprocessing

Made by `uv run benchmarks/preprocess.py`, on {machine}; one thread; minima of interleaved runs.
The code is compiled by the embedded clang with the flags of Android's x86_64.

Ours is everything, from the image in memory to {side} x {side} normalised floats in NCHW.
"Resize" is what the library alone takes to resize an RGB image ({pillow}, {opencv});
"pipeline" adds the normalisation and the transposition by numpy, as in training.

| image | method | ours, ms | ours / resize | ours / pipeline | RGBA, ms | turned NV21, ms |
|---|---|--:|--:|--:|--:|--:|
"""
BYTES = """
## Bytes

What a library grows by, for one method with the crop rule `center`: code and constants that stay
after `--gc-sections` in a stripped library, compared with the same library without preprocessing.

| method | """


def compile_host(folder: Path) -> Library:
    native, path = native_dir(), folder / "libpreprocess_test.so"
    sources = [*sorted((native / "core" / "preprocess").glob("*.cpp")), native / "core/error.cpp"]
    sources.append(native / "tests" / "preprocess" / "preprocess_test.cpp")
    machine = platform.machine().lower().replace("amd64", "x86_64")
    cpu = ["-mcpu=x86_64_v2"] if machine == "x86_64" else []
    cache = str(cache_dir() / "zig-cache")
    run(
        [find_zig().path, "cc", "-target", f"{machine}-linux-gnu", *cpu, "-shared", "-fPIC", "-O2",
         "-std=c++11", "-fno-exceptions", "-fno-rtti", "-fno-sanitize=all", "-ffp-contract=off",
         "-fvisibility=hidden", "-nostdinc++", f"-I{native}", f"-I{native / 'include'}", *sources,
         "-o", path],
        title="compiling the preprocessing",
        timeout=300,
        env={"ZIG_GLOBAL_CACHE_DIR": cache, "ZIG_LOCAL_CACHE_DIR": cache},
    )  # fmt: skip
    return Library(path)


def minima(calls: Sequence[Call]) -> list[float]:
    """Return the shortest time of each call, in milliseconds; they take turns."""
    best = [float("inf")] * len(calls)
    end = time.perf_counter() + SECONDS
    while time.perf_counter() < end:
        for i, call in enumerate(calls):
            start = time.perf_counter()
            call()
            best[i] = min(best[i], 1000 * (time.perf_counter() - start))
    return best


def rule(method: str) -> Plan:
    plan = make_plan(method, SIDE, SIDE)
    plan.channels_last = 0
    plan.mean[:], plan.std[:] = MEAN, STD
    return plan


def cases(method: str, pixels: Bytes) -> list[Case]:
    """Return the image as RGB, as RGBA, and as a turned camera frame of the same size."""
    height, width = pixels.shape[:2]
    rgba = np.dstack([pixels, pixels[..., :1]]).ravel()
    frame = rgba[: width * height * 3 // 2].copy()
    plans = [rule(method) for _ in range(3)]
    set_planes(plans[0], "rgb", (width, height), [(0, pixels.size, 3 * width, 3)])
    set_planes(plans[1], "rgba", (width, height), [(0, rgba.size, 4 * width, 4)])
    set_planes(plans[2], "nv21", (width, height), [])
    plans[2].turns = 1
    images = (pixels.ravel(), rgba, frame)
    return [Case(plan, data) for plan, data in zip(plans, images, strict=True)]


def library_resize(method: str, pixels: Bytes) -> Callable[[], Bytes]:
    if method == "opencv-linear":
        return lambda: np.asarray(cv2.resize(pixels, (SIDE, SIDE)))
    image, resample = Image.fromarray(pixels), PILLOW[method]
    return lambda: np.asarray(image.resize((SIDE, SIDE), resample))


def normalise(pixels: Bytes) -> Floats:
    scaled = (pixels.astype(np.float32) - MEAN) / STD
    return np.ascontiguousarray(scaled.transpose(2, 0, 1))


def speed_row(library: Library, method: str, size: tuple[int, int]) -> str:
    pixels = np.random.default_rng(1).integers(0, 256, (size[1], size[0], 3), dtype=np.uint8)
    output = np.zeros(3 * SIDE * SIDE, np.float32)
    resize = library_resize(method, pixels)
    inputs = cases(method, pixels)
    ours: list[Call] = [lambda case=case: library.status(case, output) for case in inputs]  # type: ignore
    rgb, rgba, frame, alone, pipeline = minima([*ours, resize, lambda: normalise(resize())])
    return (
        f"| {size[0]} x {size[1]} | {method} | {rgb:.2f} | {rgb / alone:.2f} "
        f"| {rgb / pipeline:.2f} | {rgba:.2f} | {frame:.2f} |\n"
    )


def library_bytes(abi: str, method: str, folder: Path) -> int:
    """Return the bytes of all that is loaded of a library with one rule, or with none."""
    target = android_target(abi)
    define = f"-DRULE=resize_{method}" if method else ""
    flags = (
        "-Os", "-DNDEBUG", "-fno-unwind-tables", "-fno-asynchronous-unwind-tables", define
    )  # fmt: skip
    project = native_dir() / "tests" / "preprocess"
    variables = (*build_type(flags), ("SIZE", "ON"))
    configure(project, folder, target, choose("embedded", target), variables)
    ninja(folder, [], jobs=2, title="building the preprocessing")
    library = lief.ELF.parse(folder / "libpreprocess_test.so")
    assert library is not None
    # Not those that only reserve addresses, such as the padding up to a page.
    return sum(
        part.size
        for part in library.sections
        if part.has(lief.ELF.Section.FLAGS.ALLOC) and part.type != lief.ELF.Section.TYPE.NOBITS
    )


def size_rows(folder: Path) -> str:
    rows = " | ".join(ANDROID_ABIS) + " |\n|---" + "|--:" * len(ANDROID_ABIS) + "|\n"
    without = {abi: library_bytes(abi, "", folder / abi) for abi in ANDROID_ABIS}
    for method in RULES:
        console.note(f"bytes of {method}")
        sizes = [
            library_bytes(abi, method, folder / f"{abi}-{method}") - without[abi]
            for abi in ANDROID_ABIS
        ]
        rows += f"| {method} | " + " | ".join(f"{size:,}" for size in sizes) + " |\n"
    return rows


def main() -> None:
    cv2.setNumThreads(1)
    text = SPEED.format(
        machine=f"{platform.system()} {platform.machine()}",
        side=SIDE,
        pillow=f"Pillow {Image.__version__}",
        opencv=f"OpenCV {cv2.__version__}",
    )
    with tempfile.TemporaryDirectory() as temporary:
        library = compile_host(Path(temporary))
        for size in SIZES:
            for method in METHODS:
                console.note(f"{size} {method}")
                text += speed_row(library, method, size)
        text += BYTES + size_rows(Path(temporary))
    write_text(ROOT / "docs" / "preprocessing-speed.md", text)


if __name__ == "__main__":
    main()
