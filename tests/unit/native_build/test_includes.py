"""What a source includes, as far as the runtime's switches tell."""

from __future__ import annotations

from pathlib import Path

import pytest

from mobilegen.native_build.includes import closure, included_names, read_switches

SWITCHES = {"ON": 1, "OFF": 0}


def names(text: str) -> list[str]:
    return list(included_names(text, SWITCHES))


def test_switches_are_plain_numbers() -> None:
    text = '#define A 1\n#define B 0\n#define C "x"\n#define D(x) 1\n#define F 20\n'
    assert read_switches(text) == {"A": 1, "B": 0, "F": 20}


def test_both_kinds_of_names_and_spaces() -> None:
    text = '#include "a.h"\n # include <b/c.h>\n#include MACRO\n//#include "d.h"\n'
    assert names(text) == ["a.h", "b/c.h"]


@pytest.mark.parametrize(
    ("condition", "taken"),
    [
        ("ON", "yes"),
        ("OFF", "no"),
        ("!ON", "no"),
        ("! OFF // why", "yes"),
        ("1", "yes"),
        ("0", "no"),
        ("ON && OFF", "no"),
        ("ON || OFF", "yes"),
        ("UNKNOWN", "both"),
        ("OFF && UNKNOWN", "no"),
        ("ON && UNKNOWN", "both"),
        ("ON || UNKNOWN", "yes"),
        ("OFF || UNKNOWN", "both"),
        ("ON && !(UNKNOWN & 8)", "both"),
        ("OFF && !(UNKNOWN & 8)", "no"),
        ("!(ON || OFF)", "both"),
        ("defined(ON) && ON", "both"),
        ("OFF && (ON || (UNKNOWN))", "no"),
        ("UNKNOWN >= 26", "both"),
        ("(ON", "both"),
        ("ON &&", "both"),
    ],
)
def test_conditions(condition: str, taken: str) -> None:
    """Never less than a compiler with any value of the unknown would read."""
    text = f'#if {condition}\n#include "yes"\n#else\n#include "no"\n#endif\n#include "end"\n'
    expected = ["yes", "no"] if taken == "both" else [taken]
    assert names(text) == [*expected, "end"]


def test_chains_and_nesting() -> None:
    text = """
#if OFF
#include "a"
#if UNKNOWN
#include "b"
#endif
#elif UNKNOWN
#include "c"
#elif ON
#include "d"
#else
#include "e"
#endif
#ifdef OFF
#include "f"
#else
#include "g"
#endif
#endif
#include "h"
"""
    assert names(text) == ["c", "d", "f", "g", "h"]


def test_closure_finds_what_is_included_by_what_is_included(tmp_path: Path) -> None:
    for name, text in {
        "src/a.cpp": '#include "b.h"\n#include <stdio.h>\n#if OFF\n#include "off.h"\n#endif\n',
        "src/off.h": "",
        "src/b.h": '#include "sub/c.h"\n',
        "inc/sub/c.h": '#include "../b.h"\n#include "d.h"\n',
        "inc/sub/d.h": "",
        "inc/b.h": '#include "sub/c.h"\n',
        "inc/other.h": "",
    }.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text)
    found = closure([tmp_path / "src/../src/a.cpp"], [tmp_path / "inc"], SWITCHES)
    assert [path.relative_to(tmp_path).as_posix() for path in found] == [
        "inc/b.h",
        "inc/sub/c.h",
        "inc/sub/d.h",
        "src/a.cpp",
        "src/b.h",
    ]
