"""Which toolchain builds for a target: the user's NDK if there is one, else the embedded one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

from mobilegen.artifacts import CxxLibrary, Target, Toolchain
from mobilegen.errors import ToolchainError
from mobilegen.toolchains import embedded
from mobilegen.toolchains import ndk as ndks

ToolchainKind = Literal["auto", "embedded", "ndk"]


def choose(
    kind: ToolchainKind,
    target: Target,
    *,
    ndk: Path | None = None,
    environ: Mapping[str, str] | None = None,
    root: Path | None = None,
    cxx: CxxLibrary = "none",
) -> Toolchain:
    """Return the toolchain for a target; its `reason` says why this one and not another.

    Args:
        kind: "auto" takes an NDK where a usable one is found.
        ndk: Folder that the user gave with --ndk. It is used or refused, never passed over.
        environ: Environment variables; None takes the process's.
        root: Folder of the embedded toolchain's libraries; None takes the cache.
        cxx: The C++ library that is needed.

    Raises:
        ToolchainError: No NDK although one is demanded or needed, or the target is not supported.
    """
    if kind == "embedded":
        return _embedded(target, root, "asked for", cxx)
    found = ndks.candidates(ndk, environ)
    accepted = next((one for one in found if not one.problem), None)
    if accepted is not None:
        return _ndk(accepted, target, found, cxx)
    if kind == "ndk" or ndk is not None:
        raise _no_ndk(found)
    return _embedded(target, root, _why_no_ndk(found), cxx)


def _embedded(target: Target, root: Path | None, reason: str, cxx: CxxLibrary) -> Toolchain:
    if cxx == "ndk":
        raise ToolchainError(
            "the runtime needs the C++ library of an NDK, which the embedded toolchain has not",
            seen=[f"embedded toolchain: {reason}"],
            hint="give --ndk FOLDER of a complete NDK, or take another --runtime",
        )
    toolchain = embedded.prepare(target, root=root, cxx=cxx)
    return replace(toolchain, reason=f"embedded, {toolchain.version} ({reason})")


def _ndk(
    accepted: ndks.NdkCandidate,
    target: Target,
    found: Sequence[ndks.NdkCandidate],
    cxx: CxxLibrary,
) -> Toolchain:
    toolchain = ndks.toolchain(accepted, target, cxx=cxx)
    passed_over = [one.describe() for one in found if one.problem]
    facts = "; ".join([f"from {accepted.describe()}", *passed_over])
    return replace(toolchain, reason=f"{toolchain.version} ({facts})")


def _why_no_ndk(found: Sequence[ndks.NdkCandidate]) -> str:
    if not found:
        return "no NDK: ANDROID_NDK_HOME, ANDROID_NDK_ROOT and ANDROID_HOME/ndk name none"
    return "no usable NDK: " + "; ".join(one.describe() for one in found)


def _no_ndk(found: Sequence[ndks.NdkCandidate]) -> ToolchainError:
    return ToolchainError(
        "no usable NDK was found",
        seen=[one.describe() for one in found]
        or ["ANDROID_NDK_HOME, ANDROID_NDK_ROOT and ANDROID_HOME/ndk name none"],
        hint="give --ndk FOLDER of a complete NDK, or use --toolchain embedded",
    )
