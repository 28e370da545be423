"""Libraries that were compiled elsewhere and go beside the library of a model."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from mobilegen.artifacts import Companion, Target
from mobilegen.errors import NativeBuildError
from mobilegen.native_build.elf import read_elf
from mobilegen.system.files import sha256_file, write_text

_FILE_NAME = re.compile(r"lib[A-Za-z0-9_+.-]{1,100}\.so")
_C_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def adopt_companion(companion: Companion, package: Path, target: Target) -> Companion:
    """Return a companion library as it lies in the unpacked package.

    Args:
        companion: As the runtime's plan names it: paths are relative to the package; no sha256
            leaves it to the package's own, no exports stand for all that it has.

    Raises:
        NativeBuildError: It is missing, or not what the plan says.
    """
    path = package / companion.path
    if not _FILE_NAME.fullmatch(companion.name):
        raise _refused(companion, target, f"the name {companion.name!r} is not lib….so")
    if not path.is_file():
        raise _refused(companion, target, f"the package has no {companion.path}")
    sha256 = sha256_file(path)
    if companion.sha256 not in ("", sha256):
        raise _refused(
            companion, target, f"sha256 expected {companion.sha256}", f"sha256 found {sha256}"
        )
    exports = read_elf(path).exports
    if absent := sorted(set(companion.exports) - set(exports)):
        raise _refused(companion, target, f"it does not export {', '.join(absent[:10])}")
    licence = package / companion.licence if companion.licence else None
    return replace(
        companion,
        path=path,
        sha256=sha256,
        licence=licence,
        exports=companion.exports or exports,
    )


def write_stub(companion: Companion, folder: Path) -> Path:
    """Write the source of a library that stands for a companion while linking.

    Against the library itself a linker would note the versions of its symbols, and another build
    of it would no longer fit.
    """
    names = [name for name in companion.exports if _C_NAME.fullmatch(name)]
    lines = [f"void {name}(void) {{}}\n" for name in names]
    text = f"/* What {companion.name} offers, for the linker; generated. */\n"
    return write_text(folder / f"{companion.name}.c", text + "".join(lines))


def _refused(companion: Companion, target: Target, *seen: str) -> NativeBuildError:
    return NativeBuildError(
        f"{companion.name} for {target.abi} cannot be used",
        seen=list(seen),
        hint="run mobilegen cache clean and build again, or update the package of the runtime",
    )
