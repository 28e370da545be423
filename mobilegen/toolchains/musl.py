"""A C library for static programs: of musl, what native/musl/sources.txt names.

zig links static programs too, but compiles all 1100 files of musl for that, one after the other;
the programs here need a quarter. A function whose file is missing from the list is an undefined
symbol for the linker. Some of musl's functions are written in zig in the wheel (`c.zig`), others
are left to the compiler's helper functions.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from mobilegen.errors import ToolchainError
from mobilegen.resources import native_dir
from mobilegen.system import process
from mobilegen.toolchains.zig import Zig, copy_compiler_rt, is_helper

LIBRARY = "libc.a"
STARTUP = "crt1.o"
_TIMEOUT_SECONDS = 300.0
# Those of musl's own Makefile, and what lets the linker leave out unused functions.
_FLAGS = (
    "-std=c99", "-nostdinc", "-ffreestanding", "-fexcess-precision=standard", "-frounding-math",
    "-ffp-contract=off", "-fno-strict-aliasing", "-fno-stack-protector", "-fno-unwind-tables",
    "-fno-asynchronous-unwind-tables", "-ffunction-sections", "-fdata-sections", "-fno-addrsig",
    "-Wa,--noexecstack", "-D_XOPEN_SOURCE=700", "-Os", "-w", "-Qunused-arguments",
)  # fmt: skip
# Its assembler files are for ARM instructions, whatever the programs have.
_ARCH_FLAGS = {"arm": ("-marm",)}
# Without the second, a loop that copies becomes a call of memcpy, in memcpy itself, too.
_ZIG_FLAGS = ("-OReleaseFast", "-fno-builtin", "-fstrip", "-ffunction-sections")
# What of C only zig's compiler_rt has, and arithmetic of long doubles where it is in software.
_LEFT_TO_ZIG = re.compile(
    r"mem(cpy|set|move|cmp)|bcmp|strlen|__\w*tf\w*|__aeabi_[df]\w+|(fabs|fmod)l"
    r"|(ceil|cos|exp2?|fabs|floor|fmax|fmin|fmod|log|log10|log2|round|sin|sincos|sqrt|tan|trunc)f?"
)
# Programs name these to the linker although musl has all of it in one.
_EMPTY_ARCHIVES = ("libm.a", "libpthread.a")
_SUFFIXES = (".c", ".s", ".S")


@dataclass(frozen=True)
class Musl:
    """For which processor the library is made.

    Attributes:
        arch: musl's name of the processor.
        zig_target: zig's target triple.
        flags: Target and instruction set for clang.
        headers: Names of the folders of public headers below zig's.
    """

    arch: str
    zig_target: str
    flags: tuple[str, ...]
    headers: tuple[str, ...]


def sources_list() -> Path:
    """The file that names the sources, without their suffix, below musl's folder `src`."""
    return native_dir() / "musl" / "sources.txt"


def make_library(zig: Zig, musl: Musl, folder: Path) -> None:
    """Make `LIBRARY` and `STARTUP` in a folder, and empty archives that programs may ask for.

    Raises:
        ToolchainError: The wheel lacks a file.
        ProcessError: The compiler failed.
    """
    maker = _Maker(zig, musl, folder / "objects")
    maker.objects.mkdir()
    startup = zig.lib / "libc" / "musl" / "crt" / "crt1.c"
    sources = {maker.objects / _object_name(path): path for path in maker.sources()}
    # The two that take longest come first.
    tasks: list[Callable[[], None]] = [
        maker.compile_zig_libc,
        maker.compile_helpers,
        partial(maker.compile, startup, folder / STARTUP, "-DCRT"),
        *(partial(maker.compile, source, to) for to, source in sources.items()),
    ]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        futures = [pool.submit(task) for task in tasks]
        try:
            for future in futures:
                future.result()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
    maker.archive(folder / LIBRARY, sources)
    for name in _EMPTY_ARCHIVES:
        (folder / name).write_bytes(b"!<arch>\n")
    shutil.rmtree(maker.objects)


@dataclass(frozen=True)
class _Maker:
    zig: Zig
    musl: Musl
    objects: Path

    def sources(self) -> list[Path]:
        """Paths of the sources; a processor's own version goes before the one for all."""
        root = self.zig.lib / "libc" / "musl" / "src"
        lines = sources_list().read_text("utf-8").splitlines()
        names = [line for line in lines if not line.startswith("#")]
        return [self._source(root / name) for name in names if self._is_for_us(name)]

    def _is_for_us(self, name: str) -> bool:
        """Tell whether it is for all processors, or for this one: "thread/arm/atomics"."""
        return name.count("/") == 1 or name.split("/")[1] == self.musl.arch

    def _source(self, stem: Path) -> Path:
        own = stem.parent / self.musl.arch / stem.name
        for path in (base.with_name(base.name + s) for base in (own, stem) for s in _SUFFIXES):
            if path.is_file():
                return path
        raise ToolchainError(
            f"ziglang {self.zig.version} lacks a source of musl",
            seen=[str(stem)],
            hint='pip install "ziglang==0.17.1"',
        )

    def compile(self, source: Path, to: Path, *flags: str) -> None:
        musl, libc = self.zig.lib / "libc" / "musl", self.zig.lib / "libc"
        inside = (
            f"arch/{self.musl.arch}",
            "arch/generic",
            "src/include",
            "src/internal",
            "include",
        )
        folders = [
            *(musl / name for name in inside),
            *(libc / "include" / name for name in self.musl.headers),
        ]
        includes = [word for folder in folders for word in ("-I", folder)]
        flags = (*self.musl.flags, *_ARCH_FLAGS.get(self.musl.arch, ()), *_FLAGS, *flags)
        self._zig("clang", *flags, *includes, "-c", source, "-o", to)

    def compile_zig_libc(self) -> None:
        self._build_obj("zigc", self.zig.lib / "c.zig", "-lc")

    def compile_helpers(self) -> None:
        folder = self.objects / "compiler_rt"
        self._build_obj("helpers", copy_compiler_rt(self.zig, folder, _is_wanted))

    def _build_obj(self, name: str, source: Path, *flags: str) -> None:
        to = f"-femit-bin={self.objects / name}.o"
        target = ("-target", self.musl.zig_target)
        self._zig("build-obj", *_ZIG_FLAGS, *flags, *target, "--name", name, to, source)

    def archive(self, to: Path, objects: Iterable[Path]) -> None:
        """Put all objects into an archive; the first that has a symbol gives it: musl's own."""
        names = [*(path.name for path in objects), "zigc.o", "helpers.o"]
        # D: no time stamps, owners or modes.
        self._zig("ar", "qcsD", to, *names)

    def _zig(self, *argv: str | Path) -> None:
        cache = str(self.objects / "zig-cache")
        process.run(
            [self.zig.path, *argv],
            title=f"compiling musl for {self.musl.arch}",
            timeout=_TIMEOUT_SECONDS,
            cwd=self.objects,
            env={"ZIG_GLOBAL_CACHE_DIR": cache, "ZIG_LOCAL_CACHE_DIR": cache},
        )


def _object_name(source: Path) -> str:
    """Name of an object: files of two folders may be called the same."""
    return "-".join((*source.parts[-3:-1], source.stem)) + ".o"


def _is_wanted(name: str) -> bool:
    return is_helper(name) or _LEFT_TO_ZIG.fullmatch(name) is not None
