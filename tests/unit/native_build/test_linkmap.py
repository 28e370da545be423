"""Reading LLD's map; the bytes of real libraries are in tests/integration/test_inspect.py."""

from __future__ import annotations

import pytest

from mobilegen.native_build.linkmap import parse_map

MAP = """\
             VMA              LMA     Size Align Out     In      Symbol
             1c8              1c8       13     1 .interp
             1c8              1c8       13     1         <internal>:(.interp)
            1000             1000       30    16 .text
            1000             1000       20    16         /some where/lib(a).o:(.text.f)
            1000             1000        0     1                 $x
            1000             1000       20     1                 f(int (*)(int), a::b:(c))
            1020             1020        8     4         lib.a(part.o):(.text)
            1028             1028        8     1         . = ALIGN ( 0x8 )
"""


def test_sections_objects_and_symbols() -> None:
    interp, text = parse_map(MAP)
    assert (interp.name, interp.size, interp.inputs[0].origin) == (".interp", 0x13, "<internal>")
    first, second = text.inputs
    assert (first.origin, first.name, first.size) == ("/some where/lib(a).o", ".text.f", 0x20)
    assert first.symbols == [
        (0x1000, 0, "$x"),
        (0x1000, 0x20, "f(int (*)(int), a::b:(c))"),
    ]
    assert (second.origin, second.address) == ("lib.a(part.o)", 0x1020)


def test_columns_of_32_bit_targets() -> None:
    text = "     VMA      LMA     Size Align Out     In      Symbol\n"
    text += "     154      154       18     4 .note\n"
    text += "     154      154       18     4         n.o:(.note)\n"
    [section] = parse_map(text)
    assert (section.name, section.inputs[0].origin) == (".note", "n.o")


@pytest.mark.parametrize(
    "text", ["", "Archive member included\n", "Memory Configuration\n\n.text 0x0 0x10\n"]
)
def test_map_of_another_linker_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="not a link map of LLD"):
        parse_map(text)


def test_damaged_map_is_refused() -> None:
    lines = MAP.splitlines()
    with pytest.raises(ValueError, match="in no section"):
        parse_map("\n".join([lines[0], *lines[2:]]))
