"""What the bytes of a stripped library are: by part, source file, section and symbol.

The library itself no longer tells; so its build leaves a file beside it, outside of the result.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from pydantic import ValidationError

from mobilegen.errors import NativeBuildError, UsageError
from mobilegen.native_build.linkmap import InputSection, OutputSection, parse_map
from mobilegen.native_build.plan import EnginePlan, FromSource
from mobilegen.serialize import load_json
from mobilegen.system.files import sha256_file

SUFFIX = ".sizes.json"
HEADERS = "ELF headers"
ALIGNMENT = "alignment"
CONSTANTS = "merged constants"
TABLES = "tables for the loader"
SUPPORT = "compiler support"

_OWN_PREFIX = "mobilegen.dir/"
_INTERNAL = "<internal>"
_OWN_PARTS = {"core": "engine", "jni": "Java natives"}
_CODE_SECTIONS = (".text", ".plt", ".init", ".fini")


@dataclass(frozen=True)
class Piece:
    """Some bytes of a library.

    Attributes:
        part: What they are for, in words.
        section: Of the library; "" between the sections.
        source: The source file, relative to its project; "" when there is none.
        symbol: As C++ writes it; "" when there is none.
    """

    part: str
    section: str
    source: str
    symbol: str
    size: int

    @property
    def is_code(self) -> bool:
        """Whether they are instructions."""
        return self.section in _CODE_SECTIONS


@dataclass(frozen=True)
class LibrarySizes:
    """Every byte of a library's file: the sizes of the pieces add up to the file's."""

    file: str
    size: int
    sha256: str
    pieces: tuple[Piece, ...]


def measure_sizes(library: Path, link_map: str, plan: EnginePlan) -> LibrarySizes:
    """Say what every byte of a library's file is.

    Args:
        link_map: The text of LLD's map of this very library.

    Raises:
        NativeBuildError: The map is not LLD's, or not that of this library.
    """
    try:
        mapped = {section.name: section for section in parse_map(link_map)}
        pieces = list(_pieces(library, mapped, plan))
    except (KeyError, ValueError) as error:
        raise NativeBuildError(
            f"the link map of {library.name} cannot be used", seen=[str(error)]
        ) from error
    size = library.stat().st_size
    rest = size - sum(piece.size for piece in pieces)
    if rest < 0:
        raise NativeBuildError(f"the sections of {library.name} overlap", seen=[f"{rest} bytes"])
    if rest:
        pieces.append(Piece(ALIGNMENT, "", "", "", rest))
    return LibrarySizes(library.name, size, sha256_file(library), tuple(pieces))


def find_sizes(library: Path) -> LibrarySizes:
    """Return what the build of a library left about its bytes.

    Args:
        library: In a result folder, or with the file of its sizes beside it.

    Raises:
        UsageError: There is no such library, or no or another build's file about it.
    """
    if not library.is_file():
        raise UsageError(f"{library} does not exist", hint="name a .so file or a result folder")
    hint = "name a library in the result folder of mobilegen build, or build it again"
    found = [_load_sizes(place) for place in _places(library.resolve()) if place.is_file()]
    if not found:
        raise UsageError(
            f"nothing tells what the bytes of {library.name} are",
            seen=[f"{library.name}{SUFFIX} is missing; a stripped library has no names itself"],
            hint=hint,
        )
    sha256 = sha256_file(library)
    fitting = next((sizes for sizes in found if sizes.sha256 == sha256), None)
    if fitting is None:
        name = library.name + SUFFIX
        raise UsageError(f"{name} is about another build of {library.name}", hint=hint)
    return fitting


def _load_sizes(path: Path) -> LibrarySizes:
    try:
        return load_json(LibrarySizes, path)
    except (OSError, ValidationError) as error:
        raise UsageError(f"{path} is damaged", seen=str(error).splitlines()[:2]) from error


def _places(library: Path) -> Iterator[Path]:
    name = library.name + SUFFIX
    yield library.with_name(name)
    # RESULT/lib/<folder>/lib<name>.so: the stage's folder, named after the target, keeps it.
    if len(library.parents) > 2:
        lib, result = library.parents[1], library.parents[2]
        yield from sorted((result / ".mobilegen" / "work" / lib.name).glob(f"*/{name}"))


def _pieces(library: Path, mapped: dict[str, OutputSection], plan: EnginePlan) -> Iterator[Piece]:
    import lief

    binary = lief.ELF.parse(str(library))
    if binary is None:
        raise ValueError("no ELF file")
    head = binary.header
    thumb = head.machine_type == lief.ELF.ARCH.ARM
    size = head.header_size + head.program_header_size * head.numberof_segments
    yield Piece(HEADERS, "", "", "", size + head.section_header_size * head.numberof_sections)
    for section in binary.sections:
        if not section.size or section.type == lief.ELF.Section.TYPE.NOBITS:
            continue
        found = mapped[str(section.name)]
        if found.size != section.size:
            raise ValueError(f"{found.name} has {section.size} bytes, in the map {found.size}")
        yield from _of_section(found, plan, thumb=thumb)


def _of_section(section: OutputSection, plan: EnginePlan, *, thumb: bool) -> Iterator[Piece]:
    for item in section.inputs:
        part, source = _origin(item, plan)
        # Bit 0 of the address of a Thumb function says that it is one.
        unused_bits = 1 if thumb and section.name == ".text" else 0
        for symbol, size in _by_symbol(item, unused_bits):
            yield Piece(part, section.name, source, symbol, size)
    rest = section.size - sum(item.size for item in section.inputs)
    if rest:
        yield Piece(ALIGNMENT, section.name, "", "", rest)


def _by_symbol(section: InputSection, unused_bits: int = 0) -> Iterator[tuple[str, int]]:
    """Yield (symbol, bytes): each byte once, also where symbols lie over each other."""
    done, end = section.address, section.address + section.size
    symbols = ((address & ~unused_bits, size, name) for address, size, name in section.symbols)
    for address, size, name in sorted(symbols, key=lambda s: (s[0], -s[1], s[2])):
        stop = min(address + size, end)
        if address > done:
            yield "", address - done
            done = address
        if stop > done:
            yield name, stop - done
            done = stop
    if end > done:
        yield "", end - done


def _origin(section: InputSection, plan: EnginePlan) -> tuple[str, str]:
    """Return the part and the source file of a section of an object."""
    path = section.origin.replace("\\", "/")
    if path == _INTERNAL:
        return (CONSTANTS if section.name.startswith(".rodata") else TABLES), ""
    if isinstance(plan.code, FromSource):
        _, is_runtime, name = path.rpartition(plan.code.recipe.prefix)
        if is_runtime:
            name = _without_object_suffix(name)
            return f"{plan.runtime}: {plan.code.part_of(name)}", name
    _, is_own, name = path.rpartition(_OWN_PREFIX)
    if is_own:
        return _own_part(_without_object_suffix(name), plan)
    return SUPPORT, path.rpartition("/")[2]


def _own_part(name: str, plan: EnginePlan) -> tuple[str, str]:
    folder, _, file = name.partition("/")
    if folder == "engines" or plan.folder.as_posix() in f"/{name}":
        return f"adapter to {plan.runtime}", name
    code = plan.code
    if isinstance(code, FromSource) and f"/{code.package.name}" in f"/{name}":
        # A source of the runtime that is compiled for this model.
        file = PurePosixPath(name).name
        return f"{plan.runtime}: {code.part_of(file)}", file
    return _OWN_PARTS.get(folder, folder), name


def _without_object_suffix(name: str) -> str:
    return name.removesuffix(".obj").removesuffix(".o")
