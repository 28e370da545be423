"""A small Android library that tests can make misbehave: y[i] = tanh(w[i] * x[i])."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from mobilegen.artifacts import Artifact, TensorBinding, TensorSpec
from mobilegen.executors.base import Request
from mobilegen.platforms.android.jni import bridge_of
from mobilegen.resources import native_dir
from mobilegen.system import process
from mobilegen.system.files import record
from mobilegen.toolchains.zig import Zig, find_zig

PACKAGE = "org.example.my_app"
SHAPE = (1, 2, 2, 16)
SOURCE = Path(__file__).with_name("standin.c")
COMPANION = SOURCE.with_name("companion.c")
SYSTEM_LIBRARIES = ("libc", "libm", "libdl", "liblog")

COMPILE = {
    "arm64-v8a": ("--target=aarch64-linux-android21", "-mno-outline-atomics"),
    "armeabi-v7a": (
        "--target=armv7a-linux-androideabi21",
        "-mthumb",
        "-mfloat-abi=softfp",
        "-mcpu=cortex-a15",
    ),
    "x86_64": ("--target=x86_64-linux-android21", "-msse4.2"),
    "x86": ("--target=i686-linux-android21", "-mstackrealign", "-mssse3"),
}
EMULATION = {
    "arm64-v8a": "aarch64linux",
    "armeabi-v7a": "armelf_linux_eabi",
    "x86_64": "elf_x86_64",
    "x86": "elf_i386",
}


def build(abi: str, folder: Path, fault: str = "", links: tuple[str, ...] = ()) -> Path:
    """Compile the library; `fault` is one of the STANDIN_… names, `links` further libraries."""
    folder.mkdir(parents=True, exist_ok=True)
    zig = find_zig()
    stubs = [_stub(zig, abi, folder, name) for name in (*SYSTEM_LIBRARIES, *links)]
    options = ["-O2", "-fPIC", "-fvisibility=hidden", "-nostdlibinc", "-w"]
    options += [f"-DSTANDIN_{fault.upper()}"] if fault else []
    options += ["-I", str(native_dir() / "include")]
    compiled = folder / "standin.o"
    _compile(zig, abi, SOURCE, compiled, options)
    library = folder / "libstandin.so"
    link = ["-z", "max-page-size=16384", "-z", "relro", "-z", "now", "--hash-style=both"]
    _link(zig, abi, library, [*link, "--no-as-needed", str(compiled), *map(str, stubs)])
    return library


def build_companion(abi: str, folder: Path) -> Path:
    """Compile the library that has what the stand-in with the fault "missing" lacks."""
    zig = find_zig()
    compiled = folder / "companion.o"
    _compile(zig, abi, COMPANION, compiled, ["-O2", "-fPIC", "-nostdlibinc", "-w"])
    library = folder / "libcompanion.so"
    _link(zig, abi, library, ["-z", "max-page-size=16384", "--hash-style=both", str(compiled)])
    return library


def _stub(zig: Zig, abi: str, folder: Path, name: str) -> Path:
    source, compiled = folder / "empty.c", folder / "empty.o"
    source.write_text("")
    _compile(zig, abi, source, compiled, [])
    library = folder / "stubs" / f"{name}.so"
    library.parent.mkdir(exist_ok=True)
    _link(zig, abi, library, [str(compiled)])
    return library


def _compile(zig: Zig, abi: str, source: Path, output: Path, options: list[str]) -> None:
    argv = [zig.path, "clang", "-resource-dir", zig.lib, *COMPILE[abi], *options, "-c", source]
    process.run([*argv, "-o", output], title=f"compiling {source.name}", timeout=120)


def _link(zig: Zig, abi: str, output: Path, arguments: list[str]) -> None:
    base = [zig.path, "ld.lld", "-m", EMULATION[abi], "-shared", "-soname", output.name]
    process.run([*base, *arguments, "-o", output], title=f"linking {output.name}", timeout=120)


def make_model(folder: Path, *, zeroed: int = 0, seed: int = 7) -> Artifact:
    """Write the model files; `zeroed` weights are damaged."""
    folder.mkdir(parents=True, exist_ok=True)
    weights = reference_weights(seed)
    weights[:zeroed] = 0
    (folder / "model.param").write_text(f"{weights.size}\n")
    (folder / "model.bin").write_bytes(weights.tobytes())
    files = (
        ("params", record(folder / "model.param", folder)),
        ("weights", record(folder / "model.bin", folder)),
    )
    x, y = (TensorBinding(TensorSpec(name, SHAPE), name, SHAPE[1:]) for name in "xy")
    return Artifact("standin", "1", "fp32", folder, files, (x,), (y,), (), "original")


def reference_weights(seed: int = 7) -> NDArray[np.float32]:
    """The weights that `make_model` writes."""
    return np.random.default_rng(seed).normal(size=int(np.prod(SHAPE))).astype(np.float32)


def reference(x: NDArray[Any]) -> NDArray[np.float64]:
    """The right answer, in double precision."""
    return np.tanh(reference_weights().astype(np.float64).reshape(SHAPE) * x)


def samples(count: int = 2) -> tuple[dict[str, NDArray[Any]], ...]:
    """Inputs that differ from each other."""
    random = np.random.default_rng(3)
    return tuple({"x": random.normal(size=SHAPE).astype(np.float32)} for _ in range(count))


def make_request(
    library: Path, artifact: Artifact, interface: Literal["jni", "c"] = "jni", threads: int = 1
) -> Request:
    """A request on two samples."""
    return Request(library, bridge_of(PACKAGE), artifact, threads, samples(), interface)
