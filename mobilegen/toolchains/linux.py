"""The toolchain for Linux boards and computers with glibc: clang and LLD of the ziglang wheel.

The wheel has glibc's headers, and knows which of its versions has which function. Stub libraries
of version 2.17 (of 2012, older than any 64-bit ARM board) are made once per ABI and kept in the
cache, so nothing can be linked that an older system lacks.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

from mobilegen.artifacts import CxxLibrary, Target, Toolchain
from mobilegen.errors import ToolchainError
from mobilegen.names import nearest
from mobilegen.resources import native_dir
from mobilegen.system import process
from mobilegen.system.files import cache_dir, kept_dir, sha256_bytes
from mobilegen.toolchains.libcxx import add_libcxx
from mobilegen.toolchains.zig import Zig, copy_compiler_rt, find_zig, is_helper

GLIBC = (2, 17)
LEVEL = "glibc" + ".".join(map(str, GLIBC))
_CMAKE_FILES = ("linux-glibc.cmake", "linux-glibc-rules.cmake")
_STARTUP = "Scrt1.o"
_HELPERS = "libhelpers.a"
# What zig makes, and the name that a linker looks for.
_STUBS = {
    "libc.so.6": "libc.so",
    "libm.so.6": "libm.so",
    "libpthread.so.0": "libpthread.so",
    "libdl.so.2": "libdl.so",
}
# Functions that older versions of glibc have in every program instead of in the library.
_NONSHARED = "libc_nonshared.a"
_TIMEOUT_SECONDS = 600.0


@dataclass(frozen=True)
class LinuxAbi:
    """What tools need to know of a processor under Linux.

    Attributes:
        name: As packages for boards call it.
        processor: CMAKE_SYSTEM_PROCESSOR.
        triple: clang's target.
        zig_arch: zig's name of the architecture, for the compiler's helper functions.
        zig_cpu: zig's name of the oldest processor that code may run on.
        headers: Names of the folders of glibc's and of Linux's headers below zig's.
        compile_flags: Instruction set and conventions for clang.
        link_flags: Work-arounds of errors of processors.
        loader: The program that loads others, where every distribution has it.
        page_size: The largest pages that kernels for the processor use, in bytes.
        elf_machine: e_machine of ELF files.
        bits: 32 or 64.
    """

    name: str
    processor: str
    triple: str
    zig_arch: str
    zig_cpu: str
    headers: tuple[str, ...]
    compile_flags: tuple[str, ...]
    link_flags: tuple[str, ...]
    loader: str
    page_size: int
    elf_machine: int
    bits: int

    @property
    def zig_target(self) -> str:
        """Return the value of zig's -target."""
        version = ".".join(map(str, GLIBC))
        return f"{self.zig_arch}-linux-{self.triple.rpartition('-')[2]}.{version}"


_TABLE = (
    LinuxAbi(
        name="aarch64",
        processor="aarch64",
        triple="aarch64-linux-gnu",
        zig_arch="aarch64",
        zig_cpu="generic",
        headers=("aarch64-linux-gnu", "generic-glibc", "aarch64-linux-any", "any-linux-any"),
        # Outlined atomics ask the system for the processor's features when a library is loaded.
        compile_flags=("-march=armv8-a", "-mno-outline-atomics"),
        link_flags=("--fix-cortex-a53-843419",),
        loader="/lib/ld-linux-aarch64.so.1",
        page_size=65536,
        elf_machine=183,
        bits=64,
    ),
    LinuxAbi(
        name="armv7hf",
        processor="armv7-a",
        triple="armv7a-linux-gnueabihf",
        zig_arch="thumb",
        zig_cpu="cortex_a8",
        headers=("arm-linux-gnu", "generic-glibc", "arm-linux-any", "any-linux-any"),
        compile_flags=("-march=armv7-a", "-mthumb", "-mfloat-abi=hard", "-mfpu=neon"),
        link_flags=("--fix-cortex-a8",),
        loader="/lib/ld-linux-armhf.so.3",
        page_size=65536,
        elf_machine=40,
        bits=32,
    ),
    LinuxAbi(
        name="x86_64",
        processor="x86_64",
        triple="x86_64-linux-gnu",
        zig_arch="x86_64",
        zig_cpu="x86_64",
        headers=("x86-linux-gnu", "generic-glibc", "x86-linux-any", "any-linux-any"),
        compile_flags=("-msse4.2", "-mpopcnt"),
        link_flags=(),
        loader="/lib64/ld-linux-x86-64.so.2",
        page_size=4096,
        elf_machine=62,
        bits=64,
    ),
)

LINUX_ABIS = {abi.name: abi for abi in _TABLE}


def linux_abi(name: str) -> LinuxAbi:
    """Return the table's entry of an ABI.

    Raises:
        ToolchainError: There is no such ABI.
    """
    if name not in LINUX_ABIS:
        raise ToolchainError(f"there is no Linux ABI {name!r}", hint=nearest(name, LINUX_ABIS))
    return LINUX_ABIS[name]


def linux_target(abi: str) -> Target:
    """Return the target of an ABI.

    Raises:
        ToolchainError: There is no such ABI.
    """
    return Target("linux", linux_abi(abi).name, LEVEL)


@dataclass(frozen=True)
class LinuxTools:
    """What makes programs for one ABI.

    Attributes:
        library: Folder of the stub libraries and the start-up code.
        identity: Of all that decides a program's bytes beside its sources.
    """

    zig: Zig
    abi: LinuxAbi
    library: Path
    identity: str

    def compiler(self) -> list[str | Path]:
        """Return the command that compiles, but for the files."""
        flags = (*_clang_flags(self.abi), f"-D__GLIBC_MINOR__={GLIBC[1]}", "-fPIE")
        resources = ("-nostdlibinc", "-resource-dir", self.zig.lib)
        return [self.zig.path, "clang", *flags, *resources, *_headers(self)]

    def linker(self, to: Path, objects: Sequence[Path]) -> list[str | Path]:
        """Return the command that links a program."""
        files: list[str | Path] = [self.library / _STARTUP, *objects, "--as-needed"]
        flags = ("-pie", "--dynamic-linker", self.abi.loader, "-s", "--gc-sections",
                 "-z", "now", "-z", "relro", *_link_flags(self.abi))  # fmt: skip
        files += [self.library / name for name in (_NONSHARED, *_STUBS.values(), _HELPERS)]
        return [self.zig.path, "ld.lld", *flags, "-o", to, *files]


def linux_tools(abi: str, *, root: Path | None = None) -> LinuxTools:
    """Return what makes programs for an ABI, making its libraries on first use.

    Args:
        root: Folder for the libraries of all ABIs; None takes the cache.

    Raises:
        ToolchainError: There is no such ABI, or no ziglang, or another than the one expected.
        ProcessError: The compiler failed.
    """
    found, zig = linux_abi(abi), find_zig()
    identity = linux_identity(abi)
    folder = (root or cache_dir() / "toolchains") / f"linux-{found.name}-{identity[:16]}"
    names = (_STARTUP, _HELPERS, _NONSHARED, *_STUBS.values())
    kept_dir(folder, names, lambda new: _make(zig, found, new))
    return LinuxTools(zig, found, folder, identity)


def prepare(target: Target, *, root: Path | None = None, cxx: CxxLibrary = "none") -> Toolchain:
    """Return the toolchain for a target, making its libraries on first use.

    Args:
        root: Folder for the libraries of all ABIs; None takes the cache.
        cxx: "static": with a C++ library, that of the ziglang wheel.

    Raises:
        ToolchainError: As `linux_tools`, or the C++ library is that of an NDK.
        ProcessError: The compiler failed.
    """
    if cxx == "ndk":
        raise ToolchainError(
            "the runtime needs the C++ library of an Android NDK, which Linux has not",
            hint="take another --runtime, or another --platform",
        )
    tools = linux_tools(target.abi, root=root)
    made = _toolchain(tools)
    if cxx == "none":
        return made
    flags = (*_clang_flags(tools.abi), f"-D__GLIBC_MINOR__={GLIBC[1]}", *_headers(tools))
    return add_libcxx(made, tools.zig, target, flags, tools.library.parent)


def _headers(tools: LinuxTools) -> list[str | Path]:
    folders = [tools.zig.lib / "libc" / "include" / name for name in tools.abi.headers]
    return [word for folder in folders for word in ("-isystem", folder)]


def _toolchain(tools: LinuxTools) -> Toolchain:
    zig, abi = tools.zig, tools.abi
    return Toolchain(
        kind="embedded",
        version=f"ziglang {zig.version}",
        cmake_file=native_dir() / "toolchains" / _CMAKE_FILES[0],
        variables=(
            ("MOBILEGEN_ZIG", zig.path.as_posix()),
            ("MOBILEGEN_PROCESSOR", abi.processor),
            ("MOBILEGEN_CLANG_FLAGS", ";".join(_clang_flags(abi))),
            ("MOBILEGEN_HEADERS", ";".join(abi.headers)),
            ("MOBILEGEN_GLIBC_MINOR", str(GLIBC[1])),
            ("MOBILEGEN_LINK_FLAGS", ";".join(_link_flags(abi))),
            ("MOBILEGEN_LOADER", abi.loader),
            ("MOBILEGEN_LIBC", tools.library.as_posix()),
        ),
        reason=f"embedded, ziglang {zig.version} with glibc {'.'.join(map(str, GLIBC))}",
        identity=tools.identity,
    )


def _clang_flags(abi: LinuxAbi) -> tuple[str, ...]:
    return (f"--target={abi.triple}", *abi.compile_flags)


def _link_flags(abi: LinuxAbi) -> tuple[str, ...]:
    return ("-z", f"max-page-size={max(abi.page_size, 16384)}", *abi.link_flags)


def linux_identity(abi: str) -> str:
    """Return a hash of all that decides the bytes beside sources: zig, ABI, rules, this code.

    Raises:
        ToolchainError: There is no such ABI, or no ziglang.
    """
    zig, code = find_zig(), Path(__file__).parent
    files = [code / "linux.py", code / "zig.py"]
    files += [native_dir() / "toolchains" / name for name in _CMAKE_FILES]
    texts = [path.read_text("utf-8") for path in files]
    return sha256_bytes(json.dumps([zig.version, asdict(linux_abi(abi)), texts]).encode())


def _make(zig: Zig, abi: LinuxAbi, folder: Path) -> None:
    work = folder / "work"
    work.mkdir()
    (work / "empty.c").write_text("int main(void) { return 0; }\n", "utf-8")
    # That zig links a program with glibc makes it write the stub libraries into its own cache.
    flags = ("-fno-compiler-rt", "-fno-ubsan-rt", "-OReleaseSmall", "-fstrip", "-fPIE")
    target = ("-target", abi.zig_target.replace("thumb-", "arm-"))
    _zig(zig, abi, work, "build-exe", *target, "-lc", *flags, "empty.c", "-femit-bin=empty")
    for name, kept in ((_STARTUP, _STARTUP), (_NONSHARED, _NONSHARED), *_STUBS.items()):
        shutil.copyfile(_made(work, name), folder / kept)
    sources = work / "helpers"
    copy_compiler_rt(zig, sources, is_helper)
    _zig(
        zig, abi, work, "build-lib", "-fPIC", "-OReleaseSmall", "-fstrip", "-ffunction-sections",
        "-target", abi.zig_target, "-mcpu", abi.zig_cpu, "--name", "helpers",
        f"-femit-bin={folder / _HELPERS}", sources / "compiler_rt.zig",
    )  # fmt: skip
    shutil.rmtree(work)


def _made(work: Path, name: str) -> Path:
    """Find a file in zig's cache.

    Raises:
        ToolchainError: There is none, or more than one.
    """
    paths = sorted((work / "zig-cache").rglob(name))
    if len(paths) != 1:
        raise ToolchainError(
            f"zig made {len(paths)} files {name}, expected one",
            hint='pip install "ziglang==0.17.1"',
        )
    return paths[0]


def _zig(zig: Zig, abi: LinuxAbi, work: Path, *argv: str | Path) -> None:
    cache = str(work / "zig-cache")
    process.run(
        [zig.path, *argv],
        title=f"making the toolchain for Linux on {abi.name}",
        timeout=_TIMEOUT_SECONDS,
        cwd=work,
        env={"ZIG_GLOBAL_CACHE_DIR": cache, "ZIG_LOCAL_CACHE_DIR": cache},
    )
