"""Where bytes are attributed to; whole libraries are in tests/integration/test_inspect.py."""

from __future__ import annotations

from pathlib import Path

import pytest

from mobilegen.errors import UsageError
from mobilegen.native_build.linkmap import InputSection
from mobilegen.native_build.sizes import SUFFIX, LibrarySizes, Piece, _by_symbol, find_sizes
from mobilegen.runtimes.ncnn.engine import part_of
from mobilegen.serialize import dump_json
from mobilegen.system.files import sha256_file


def pieces(size: int, *symbols: tuple[int, int, str]) -> list[tuple[str, int]]:
    return list(_by_symbol(InputSection(100, size, "a.o", ".text", list(symbols))))


def test_every_byte_of_a_section_counts_once() -> None:
    assert pieces(30, (100, 10, "f"), (110, 20, "g")) == [("f", 10), ("g", 20)]
    # Two names of one function, a gap, a tail without a name.
    assert pieces(30, (100, 8, "f"), (100, 8, "alias"), (112, 8, "g")) == [
        ("alias", 8),
        ("", 4),
        ("g", 8),
        ("", 10),
    ]
    # One inside the other, and one that says it is longer than its section.
    assert pieces(30, (100, 20, "outer"), (104, 4, "inner"), (118, 99, "long")) == [
        ("outer", 20),
        ("long", 10),
    ]
    assert pieces(30) == [("", 30)]
    thumb = InputSection(100, 20, "a.o", ".text", [(101, 12, "f"), (113, 8, "g")])
    assert list(_by_symbol(thumb, 1)) == [("f", 12), ("g", 8)]
    assert pieces(0, (100, 0, "$x")) == []


@pytest.mark.parametrize(
    ("name", "part"),
    [
        ("layer/relu.cpp", "layer ReLU"),
        ("layer/arm/relu_arm.cpp", "layer ReLU"),
        ("layer/arm/convolutiondepthwise_arm_vfpv4.cpp", "layer ConvolutionDepthWise"),
        ("layer/x86/convolution_x86.cpp", "layer Convolution"),
        ("net.cpp", "core"),
        ("layer.cpp", "core"),
    ],
)
def test_parts_of_ncnn(name: str, part: str) -> None:
    assert part_of(("ReLU", "Convolution", "ConvolutionDepthWise"), name) == part


@pytest.fixture
def library(tmp_path: Path) -> Path:
    path = tmp_path / "lib" / "x86" / "libnet.so"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"1234")
    return path


def leave(library: Path, folder: Path) -> Path:
    sizes = LibrarySizes(
        library.name, 4, sha256_file(library), (Piece("engine", ".text", "a.cpp", "f", 4),)
    )
    return dump_json(sizes, folder / (library.name + SUFFIX))


def test_sizes_lie_beside_the_library_or_in_the_stage(library: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="nothing tells what the bytes"):
        find_sizes(library)
    leave(library, tmp_path / ".mobilegen" / "work" / "lib" / "x86")
    assert find_sizes(library).pieces[0].is_code
    leave(library, library.parent)
    assert find_sizes(library).size == 4


def test_another_build_of_the_library_is_noticed(library: Path) -> None:
    leave(library, library.parent)
    library.write_bytes(b"4321")
    with pytest.raises(UsageError, match="another build"):
        find_sizes(library)


def test_damaged_and_missing_files(library: Path, tmp_path: Path) -> None:
    leave(library, library.parent).write_text('{"file": 3')
    with pytest.raises(UsageError, match="damaged"):
        find_sizes(library)
    with pytest.raises(UsageError, match="does not exist"):
        find_sizes(tmp_path / "none.so")
