"""Finding the user's Android NDK: candidates in order, each accepted or rejected with a reason."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from mobilegen.artifacts import CxxLibrary, Target, Toolchain
from mobilegen.toolchains.targets import android_abi

MIN_MAJOR = 23
_TOOLCHAIN_FILE = Path("build", "cmake", "android.toolchain.cmake")
_COMPILER = "toolchains/llvm/prebuilt/*/bin/clang*"
_HOME_VARIABLES = ("ANDROID_NDK_HOME", "ANDROID_NDK_ROOT")


@dataclass(frozen=True)
class NdkCandidate:
    """A folder that may be an NDK.

    Attributes:
        origin: Who named the folder, for example "--ndk" or "ANDROID_NDK_HOME".
        version: Pkg.Revision, "" when it cannot be read.
        problem: Why it cannot be used; "" when it can.
    """

    origin: str
    path: Path
    version: str
    problem: str

    @property
    def cmake_file(self) -> Path:
        """The NDK's own CMake toolchain file."""
        return self.path / _TOOLCHAIN_FILE

    def describe(self) -> str:
        """Return one phrase for people, with the reason if it cannot be used."""
        place = f"{self.origin}={self.path}"
        return f"{place}: {self.problem}" if self.problem else place


def candidates(
    explicit: Path | None = None, environ: Mapping[str, str] | None = None
) -> tuple[NdkCandidate, ...]:
    """Return every NDK candidate, best first.

    Args:
        explicit: What the user gave with --ndk; then nothing else is looked at.
        environ: Environment variables; None takes the process's.
    """
    if explicit is not None:
        return (_examine("--ndk", explicit),)
    named = _named_folders(os.environ if environ is None else environ)
    return tuple(_examine(origin, path) for origin, path in named)


def toolchain(candidate: NdkCandidate, target: Target, *, cxx: CxxLibrary = "none") -> Toolchain:
    """Return the toolchain that an accepted NDK is for a target."""
    android_abi(target.abi)
    variables = (
        ("ANDROID_ABI", target.abi),
        ("ANDROID_PLATFORM", f"android-{target.level}"),
        ("ANDROID_STL", "none" if cxx == "none" else "c++_static"),
    )
    return Toolchain(
        kind="ndk",
        version=f"NDK {candidate.version}",
        cmake_file=candidate.cmake_file,
        variables=variables,
        reason="",
        identity=_identity(candidate, variables),
    )


def _named_folders(environ: Mapping[str, str]) -> Iterator[tuple[str, Path]]:
    for variable in _HOME_VARIABLES:
        if value := environ.get(variable):
            yield variable, Path(value)
    if home := environ.get("ANDROID_HOME"):
        for path in sorted(Path(home, "ndk").glob("*/"), key=_version_key, reverse=True):
            yield "ANDROID_HOME/ndk", path


def _version_key(path: Path) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", path.name))


def _examine(origin: str, path: Path) -> NdkCandidate:
    version = _read_version(path)
    return NdkCandidate(origin, path, version, _find_problem(path, version))


def _read_version(path: Path) -> str:
    try:
        text = (path / "source.properties").read_text("utf-8")
    except (OSError, UnicodeDecodeError):
        return ""
    match = re.search(r"^Pkg\.Revision\s*=\s*(\d+(?:\.\d+)*)", text, re.MULTILINE)
    return match[1] if match else ""


def _find_problem(path: Path, version: str) -> str:
    if not path.is_dir():
        return "no such folder"
    if not version:
        return "source.properties with a Pkg.Revision is missing"
    if int(version.split(".")[0]) < MIN_MAJOR:
        return f"version {version} is older than {MIN_MAJOR}"
    if not (path / _TOOLCHAIN_FILE).is_file():
        return f"{_TOOLCHAIN_FILE.as_posix()} is missing"
    if not any(path.glob(_COMPILER)):
        return f"no compiler: {_COMPILER} is missing"
    return ""


def _identity(candidate: NdkCandidate, variables: tuple[tuple[str, str], ...]) -> str:
    """Hash the NDK's version and toolchain file, and what is asked of it."""
    digest = hashlib.sha256(repr((candidate.version, variables)).encode())
    digest.update(candidate.cmake_file.read_bytes())
    return digest.hexdigest()
