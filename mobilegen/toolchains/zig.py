"""What is taken of the ziglang wheel: the executable and its helper functions."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import os
import re
import shutil
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from mobilegen.errors import ToolchainError

# What clang calls where a processor of the ABIs has no instruction: arithmetic of integers wider
# than a register, their conversion from and to floats, half precision. The rest (long double,
# complex numbers, mathematics) takes most of the time to compile.
_HELPER = re.compile(
    r"__(u?div|u?mod|mul|u?divmod|ashl|ashr|lshr)[sdt]i\d|__mulo[sdt]i4"
    r"|__(clz|ctz|ffs|popcount|parity|bswap)[sdt]i2|__u?cmp[dt]i2"
    r"|__(fix|fixuns|float|floatun)(sf|df|hf|si|di|ti){2}"
    r"|__(extend|trunc)(hf|sf|df){2}2|__gnu_[fh]2[fh]_ieee"
    r"|__aeabi_(u?idiv|u?ldiv)(mod)?|__aeabi_l(mul|lsl|lsr|asr|cmp)|__aeabi_ulcmp"
    r"|__aeabi_(d2|f2|h2|i2|ui2|l2|ul2)\w+|__aeabi_unwind_cpp_pr\d"
    r"|__clear_cache|__emutls_get_address"
)
_EXPORT = "if (!builtin.is_test) @export("


@dataclass(frozen=True)
class Zig:
    """The zig executable, whose clang, LLD and ar are used."""

    path: Path
    version: str

    @property
    def lib(self) -> Path:
        """Folder of the compiler's own headers and sources."""
        return self.path.parent / "lib"


def find_zig() -> Zig:
    """Return the zig executable of the installed ziglang wheel.

    Raises:
        ToolchainError: The wheel is not installed, or has no executable.
    """
    spec = importlib.util.find_spec("ziglang")
    if spec is None or spec.origin is None:
        raise ToolchainError(
            "the embedded toolchain is not installed", hint='pip install "ziglang==0.17.1"'
        )
    path = Path(spec.origin).parent / ("zig.exe" if os.name == "nt" else "zig")
    if not path.is_file():
        raise ToolchainError("the ziglang package has no zig executable", seen=[str(path)])
    return Zig(path, importlib.metadata.version("ziglang"))


def is_helper(name: str) -> bool:
    """Tell whether clang calls the function in code that computes with integers and floats."""
    return _HELPER.fullmatch(name) is not None


def copy_compiler_rt(zig: Zig, to: Path, is_wanted: Callable[[str], bool]) -> Path:
    """Copy zig's helper functions, to be compiled without those that are not wanted.

    They come as one object, and what an object defines goes before what a shared library
    does: unfiltered, the first division would replace Android's memcpy and sqrt by slow ones.

    Returns:
        The file to compile.

    Raises:
        ToolchainError: They are not as in the version of zig that is known.
    """
    root = (zig.lib / "compiler_rt.zig").read_text("utf-8")
    if root.count(_EXPORT) != 1:
        raise ToolchainError(
            f"ziglang {zig.version} exports its helper functions in an unknown way",
            hint='pip install "ziglang==0.17.1"',
        )
    shutil.copytree(zig.lib / "compiler_rt", to / "compiler_rt")
    sources = [root, *(path.read_text("utf-8") for path in (to / "compiler_rt").glob("*.zig"))]
    mentioned = set(re.findall(r'"(\w+)"', "\n".join(sources)))
    root = root.replace(_EXPORT, "if (!builtin.is_test and comptime isWanted(name)) @export(")
    path = to / "compiler_rt.zig"
    path.write_text(root + _is_wanted(filter(is_wanted, mentioned)), "utf-8")
    return path


def _is_wanted(wanted: Iterable[str]) -> str:
    names = ", ".join(f'"{name}"' for name in sorted(wanted))
    return f"""
fn isWanted(comptime name: []const u8) bool {{
    @setEvalBranchQuota(1_000_000);
    for ([_][]const u8{{ {names} }}) |wanted| {{
        if (std.mem.eql(u8, name, wanted)) return true;
    }}
    return false;
}}
"""
