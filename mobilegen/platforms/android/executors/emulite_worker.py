"""Runs an Android ARM library in the emulite emulator; stands alone, for the emulator's toolbox.

Called as `python emulite_worker.py REQUEST.json ANSWER.json`. The request names the library, the
model files (none: the model is inside of the library) and, under "arrays", an .npz with the inputs
as flat arrays "<sample>/<index>" of their types and with images as "image/<sample>". The answer
holds facts, times, the best classes of the images by sample and, under "arrays", the name of an
.npz with the outputs in the same form and the inputs that the library made of the images as
"input/<sample>"; or the key "error".
"""

from __future__ import annotations

import contextlib
import json
import logging
import math
import struct
import sys
import time
from pathlib import Path
from typing import Any

import emulite  # type: ignore[import-not-found]
import lief
import numpy as np
from emulite import AndroidEmulator32, AndroidEmulator64, AndroidProfile
from emulite.android.java.lang.java_class import JavaClass  # type: ignore[import-not-found]
from emulite.android.java.lang.java_object import JavaObject  # type: ignore[import-not-found]

Array = np.ndarray[Any, Any]
Arrays = dict[str, Array]

OUTPUTS = "outputs.npz"
GUEST_FOLDER = "/data/local/tmp/mobilegen"
AT_HWCAP, AT_HWCAP2 = 16, 26
FLOAT = np.dtype("<f4")
# By the numbers of mobilegen/engine.h.
TYPES = [np.dtype(name) for name in ("<f4", "<f2", "<f8", "<i4", "<i8", "u1", "?")]
GUARD = b"\xa5" * 64
# struct mobilegen_image with its first plane, by the size of a pointer.
IMAGE_LAYOUT = {"Q": "<5i4xQQii48x", "I": "<5iIIii32x"}
RGB = 0
# struct mobilegen_file with a path, by the size of a pointer.
FILE_LAYOUT = {"Q": "<Q40x", "I": "<I28x"}
CPU_FOLDER = "/sys/devices/system/cpu"
PROCESSORS = 2
CPU_PROPERTIES = {
    "ro.cpuinfo.implementer": "0x41",
    "ro.cpuinfo.architecture": "8",
    "ro.cpuinfo.variant": "0x1",
    "ro.cpuinfo.part": "0xd05",
    "ro.cpuinfo.revision": "0",
    "ro.cpuinfo.bogomips": "26.00",
    "ro.cpuinfo.hardware": "Generic",
    "ro.cpuinfo.features": "fp asimd evtstrm aes pmull sha1 sha2 crc32",
    "ro.cpuinfo.features.arm": "half thumb fastmult vfp edsp neon vfpv3 tls vfpv4 idiva idivt lpae",
}


class GuestError(Exception):
    """The library under test reported an error or broke a rule of its interface."""


def main(request_path: str, answer_path: str) -> None:
    """Carry out one request; every failure becomes an answer."""
    logging.disable(logging.CRITICAL)
    request = json.loads(Path(request_path).read_text("utf-8"))
    try:
        answer, outputs = execute(request)
        write_arrays(Path(answer_path).with_name(OUTPUTS), outputs)
        answer["arrays"] = OUTPUTS
    except Exception as error:  # emulite raises whatever its handlers meet
        answer = {"error": f"{type(error).__name__}: {error}"[:4000]}
    Path(answer_path).write_text(json.dumps(answer), "utf-8")


def write_arrays(path: Path, arrays: Arrays) -> None:
    """Write an .npz."""
    named: dict[str, Any] = dict(arrays)
    np.savez(path, **named)


def execute(request: dict[str, Any]) -> tuple[dict[str, Any], Arrays]:
    """Load the library and run every sample; return facts and outputs."""
    emulator = start(int(request["bits"]))
    try:
        map_processors(emulator, Path(request["arrays"]).parent)
        for path in request["files"]:
            emulator.map_file(guest_path(path), path)
        modules = load_all(emulator, [*request["companions"], request["library"]])
        module = modules[-1]
        started = count_calls(modules, "pthread_create")
        signals = count_calls(modules, "pthread_cond_signal", "pthread_cond_broadcast")
        emulator.call_jni_onload(module)
        facts = describe(emulator, module)
        run = run_jni if request["interface"] == "jni" else run_engine
        times, outputs = run(emulator, request)
        inputs, classes = use_images(emulator, request, outputs)
        threads = {"threads_started": len(started), "thread_signals": len(signals)}
        return {**facts, **times, **threads, "classes": classes}, {**outputs, **inputs}
    finally:
        emulator.close()


def load_all(emulator: Any, paths: list[str]) -> list[Any]:
    """Load libraries in order; the constructors of all but the last have run then."""
    modules: list[Any] = []
    for path in paths:
        if modules:
            emulator.run_initializers()
        modules.append(emulator.load_library(path))
        reject_unresolved(emulator, modules[-1], weak_imports(path))
    return modules


def weak_imports(path: str) -> set[str]:
    """Return the names that a library can do without."""
    library: Any = lief.parse(path)
    symbols = library.dynamic_symbols
    return {str(s.name) for s in symbols if s.shndx == 0 and s.binding == s.BINDING.WEAK}


def start(bits: int) -> Any:
    """Make an emulator whose guest sees a plain ARMv8 processor and a filled environment."""
    kind = AndroidEmulator64 if bits == 64 else AndroidEmulator32
    emulator = kind(profile=AndroidProfile(package_name="mobilegen", seed=1))
    for name, value in CPU_PROPERTIES.items():
        emulator.device.set(name, value)
    emulator.load_library("libc.so")
    fill_libc_globals(emulator, bits)
    return emulator


def map_processors(emulator: Any, folder: Path) -> None:
    """Let the guest find two processors where the kernel lists them; runtimes count them there.

    Args:
        folder: For the files.
    """
    listed = folder / "processors.txt"
    listed.write_text(f"0-{PROCESSORS - 1}\n")
    for name in ("possible", "present"):
        emulator.map_file(f"{CPU_FOLDER}/{name}", str(listed))
    for number in range(PROCESSORS):
        emulator.map_file(f"{CPU_FOLDER}/cpu{number}/uevent", str(listed))


def fill_libc_globals(emulator: Any, bits: int) -> None:
    """Point bionic's `__libc_auxv` and `environ` at tables of ours; the emulator leaves them null.

    Both are local symbols, so their addresses come from the `.symtab` of the emulator's libc.
    """
    word = "Q" if bits == 64 else "I"
    system = Path(emulite.__file__).parent / "rootfs" / "android" / "system"
    libc: Any = lief.parse(str(system / ("lib64" if bits == 64 else "lib") / "libc.so"))
    offsets = {symbol.name: symbol.value for symbol in libc.symtab_symbols}
    base = emulator.require_module("libc.so").base
    pairs = (AT_HWCAP, emulator.auxv[AT_HWCAP], AT_HWCAP2, emulator.auxv.get(AT_HWCAP2, 0), 0, 0)
    tables = {"__libc_auxv": struct.pack("<6" + word, *pairs), "environ": bytes(64)}
    for name, table in tables.items():
        pointer = emulator.allocate_bytes(table)
        emulator.mem.write(base + offsets[name], struct.pack("<" + word, int(pointer.address)))


def reject_unresolved(emulator: Any, module: Any, weak: set[str]) -> None:
    """Refuse what Android's linker refuses: a missing library or function; the emulator goes on."""
    absent = [name for name in module.dependencies if emulator.find_module(name) is None]
    if absent:
        raise GuestError(f"the library needs {', '.join(absent)}, which is not there")
    unresolved = {entry[1] for entry in emulator.unresolved_symbols if entry[0] == module.name}
    missing = sorted(unresolved - weak)
    if missing:
        raise GuestError(f"cannot locate symbol {', '.join(missing)}")


def count_calls(modules: list[Any], *names: str) -> list[None]:
    """Return a list that grows by one with each call of the functions that modules import."""
    calls: list[None] = []

    def before(_: Any) -> Any:
        calls.append(None)
        return emulite.ReplacementAction.CALL_ORIGINAL

    for module in modules:
        for name in names:
            with contextlib.suppress(emulite.errors.SymbolMissing):  # not imported: never called
                module.hook_import(name, before)
    return calls


def describe(emulator: Any, module: Any) -> dict[str, Any]:
    """Return what the guest saw: processor features, and whether constructors ran."""
    return {
        "hwcap": hex(emulator.auxv[AT_HWCAP]),
        "hwcap2": hex(emulator.auxv.get(AT_HWCAP2, 0)),
        "constructors": len(module.init_functions()),
        "constructors_ran": module not in emulator.loader.pending_init,
    }


def guest_path(path: str) -> str:
    """Where the guest finds a model file."""
    return f"{GUEST_FOLDER}/{Path(path).name}"


def read_samples(request: dict[str, Any]) -> list[list[Array]]:
    """Return the inputs as flat arrays, [sample][input]."""
    with np.load(request["arrays"]) as arrays:
        inputs, samples = range(len(request["inputs"])), range(request["samples"])
        return [[arrays[f"{s}/{i}"].ravel() for i in inputs] for s in samples]


def run_jni(emulator: Any, request: dict[str, Any]) -> tuple[dict[str, Any], Arrays]:
    """Call the Java natives as a Java class would."""
    java_class = request["java_class"]

    def native(method: str, signature: str, *arguments: Any) -> Any:
        symbol = f"{request['jni_prefix']}_{method}"
        if emulator.find_symbol_address(symbol) is None and not emulator.registered_natives():
            raise GuestError(f"the library does not export {symbol}")
        return emulator.call_static_native(java_class, method, signature, *arguments)

    started = time.perf_counter()
    native("setThread", "(I)V", request["threads"])
    folder = GUEST_FOLDER if request["files"] else None
    if not native("load", "(Ljava/lang/String;)Z", folder):
        raise GuestError(f"load returned false: {last_error(emulator)}")
    loaded = time.perf_counter() - started
    dims = np.asarray(request["dims"], "<i4")
    outputs: Arrays = {}
    seconds = []
    for index, (values,) in enumerate(read_samples(request)):
        arguments = java_array("[F", values), java_array("[I", dims)
        started = time.perf_counter()
        result = native("predictImage", "([F[I)[F", *arguments)
        seconds.append(time.perf_counter() - started)
        if result is None:
            raise GuestError(f"predictImage returned null: {last_error(emulator)}")
        if bytes(arguments[0].value) != values.tobytes():
            raise GuestError("predictImage changed its input array")
        outputs[f"{index}/0"] = np.frombuffer(bytes(getattr(result, "value", result)), "<f4")
    native("clear", "()V")
    return {"load_seconds": loaded, "predict_seconds": seconds}, outputs


def java_array(kind: str, values: Array) -> Any:
    """Make a Java array of primitives; the emulator keeps its elements as a bytearray."""
    return JavaObject(JavaClass(kind), bytearray(values.tobytes()))


def last_error(emulator: Any) -> str:
    """Return what the engine says about its last error, if it has that function."""
    if emulator.find_symbol_address("mobilegen_last_error") is None:
        return ""
    address = emulator.call_symbol("mobilegen_last_error")
    return str(emulator.read_string(address)) if address else ""


class Engine:
    """The C interface of mobilegen/engine.h, called in the guest."""

    def __init__(self, emulator: Any, request: dict[str, Any]) -> None:
        self.emulator = emulator
        self.word = "Q" if request["bits"] == 64 else "I"
        self.handle = 0

    def call(self, name: str, *arguments: Any) -> int:
        """Call `mobilegen_<name>` and return its result as a signed 32-bit number."""
        value = int(self.emulator.call_symbol(f"mobilegen_{name}", *arguments))
        return (value & 0xFFFFFFFF ^ 0x80000000) - 0x80000000

    def address(self, name: str, *arguments: Any) -> int:
        """Call `mobilegen_<name>` and return its result as a pointer."""
        return int(self.emulator.call_symbol(f"mobilegen_{name}", *arguments))

    def require(self, name: str, *arguments: Any) -> None:
        """Call a function that returns a status."""
        if status := self.call(name, *arguments):
            raise GuestError(f"mobilegen_{name} returned {status}: {last_error(self.emulator)}")

    def open(self, files: list[str]) -> None:
        """Load the model from its files, or the one inside of the library."""
        place = self.emulator.calloc(1, 8)
        if files:
            self.require("open", self._files(files), len(files), 1, place)
        else:
            self.require("open_embedded", 1, place)
        data = bytes(self.emulator.mem.read(place.address, struct.calcsize(self.word)))
        (self.handle,) = struct.unpack("<" + self.word, data)

    def _files(self, files: list[str]) -> Any:
        paths = [self.emulator.allocate_bytes(guest_path(path).encode() + b"\0") for path in files]
        layout = FILE_LAYOUT[self.word]
        table = b"".join(struct.pack(layout, int(path.address)) for path in paths)
        return self.emulator.allocate_bytes(table)

    def tensors(self, side: str) -> list[tuple[str, int, np.dtype[Any]]]:
        """Return name, number of elements and their type of every "input" or "output"."""
        found = []
        for index in range(self.call(f"{side}_count", self.handle)):
            name = self.emulator.read_string(self.address(f"{side}_name", self.handle, index))
            rank = self.call(f"{side}_rank", self.handle, index)
            shape = self.address(f"{side}_shape", self.handle, index)
            sizes = struct.unpack(f"<{rank}i", bytes(self.emulator.mem.read(shape, 4 * rank)))
            kind = self.call(f"{side}_type", self.handle, index)
            if not 0 <= kind < len(TYPES):
                raise GuestError(f"the library gives {side} {name} the type {kind}")
            found.append((str(name), math.prod(sizes), TYPES[kind]))
        return found

    def preprocess(self, pixels: Array, count: int) -> Array:
        """Return the input that the library makes of an RGB image."""
        height, width, _ = pixels.shape
        data = self.emulator.allocate_bytes(pixels.tobytes())
        numbers = (RGB, width, height, 0, 0, int(data.address), pixels.size, 3 * width, 0)
        given = self.emulator.allocate_bytes(struct.pack(IMAGE_LAYOUT[self.word], *numbers))
        made = self.emulator.allocate_bytes(GUARD * (FLOAT.itemsize * count // len(GUARD) + 2))
        self.require("preprocess", given, made)
        values = self._read(made, count, FLOAT)
        for pointer in (data, given, made):
            self.emulator.free(pointer)
        return values

    def best_class(self, scores: Array) -> tuple[int, float]:
        """Return the index and the probability that the library gives the best class."""
        given = self.emulator.allocate_bytes(scores.tobytes())
        made = self.emulator.allocate_bytes(bytes(64))
        found = self.call("top_classes", self.handle, given, scores.size, 1, made)
        if found != 1:
            raise GuestError(f"mobilegen_top_classes returned {found}: {last_error(self.emulator)}")
        index, chance = struct.unpack("<if", bytes(self.emulator.mem.read(made.address, 8)))
        for pointer in (given, made):
            self.emulator.free(pointer)
        return int(index), float(chance)

    def predict(
        self, inputs: list[Array], wanted: list[tuple[int, np.dtype[Any]]]
    ) -> tuple[float, list[Array]]:
        """Return the seconds taken and the outputs, of the given numbers and types of elements."""
        emulator = self.emulator
        given = [emulator.allocate_bytes(values.tobytes()) for values in inputs]
        made = [emulator.allocate_bytes(bytes(kind.itemsize * n) + GUARD) for n, kind in wanted]
        tables = [self._table(pointers) for pointers in (given, made)]
        started = time.perf_counter()
        self.require("predict", self.handle, *tables)
        seconds = time.perf_counter() - started
        outputs = [self._read(place, *each) for place, each in zip(made, wanted, strict=True)]
        for pointer in (*given, *made, *tables):
            emulator.free(pointer)
        return seconds, outputs

    def _table(self, pointers: list[Any]) -> Any:
        addresses = [int(pointer.address) for pointer in pointers]
        table = struct.pack(f"<{len(addresses)}{self.word}", *addresses)
        return self.emulator.allocate_bytes(table)

    def _read(self, pointer: Any, count: int, kind: np.dtype[Any]) -> Array:
        size = kind.itemsize * count + len(GUARD)
        data = bytes(self.emulator.mem.read(pointer.address, size))
        if not data.endswith(GUARD):
            raise GuestError("the library wrote past the end of an array")
        return np.frombuffer(data, kind, count)


def run_engine(emulator: Any, request: dict[str, Any]) -> tuple[dict[str, Any], Arrays]:
    """Call the C interface; inputs and outputs are matched by name."""
    engine = Engine(emulator, request)
    started = time.perf_counter()
    engine.open(request["files"])
    if request["threads"] > 1:
        engine.require("set_threads", engine.handle, request["threads"])
    loaded = time.perf_counter() - started
    inputs, outputs = engine.tensors("input"), engine.tensors("output")
    for side, seen in (("inputs", inputs), ("outputs", outputs)):
        if sorted(name for name, *_ in seen) != sorted(request[side]):
            raise GuestError(f"the library's {side} are {[name for name, *_ in seen]}")
    seconds = []
    results: Arrays = {}
    for index, values in enumerate(read_samples(request)):
        ordered = [values[request["inputs"].index(name)] for name, *_ in inputs]
        wanted = [(count, kind) for _, count, kind in inputs]
        if [(array.size, array.dtype) for array in ordered] != wanted:
            raise GuestError(f"the library's inputs have (elements, type) {wanted}")
        taken, arrays = engine.predict(ordered, [(count, kind) for _, count, kind in outputs])
        seconds.append(taken)
        for (name, *_), array in zip(outputs, arrays, strict=True):
            results[f"{index}/{request['outputs'].index(name)}"] = array
    emulator.call_symbol("mobilegen_close", engine.handle)
    return {"load_seconds": loaded, "predict_seconds": seconds}, results


def use_images(
    emulator: Any, request: dict[str, Any], outputs: Arrays
) -> tuple[Arrays, dict[int, tuple[int, float]]]:
    """Let the library prepare each image, and name the best class of the sample's first output.

    The network, which takes nearly all the time here, has run on the sample already.
    """
    engine = Engine(emulator, request)
    inputs: Arrays = {}
    classes = {}
    with np.load(request["arrays"]) as arrays:
        for sample in request["images"]:
            pixels = arrays[f"image/{sample}"]
            inputs[f"input/{sample}"] = engine.preprocess(pixels, request["input_size"])
            if request["classify"]:
                classes[sample] = engine.best_class(outputs[f"{sample}/0"])
    return inputs, classes


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
