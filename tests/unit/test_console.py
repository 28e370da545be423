from __future__ import annotations

import pytest

from mobilegen import console


def test_names_do_nothing_to_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    console.line("a\x1b]0;title\x07\x9b2J \udcff [red]b\nc é \u202eback")
    wanted = "a\\x1b]0;title\\x07\\x9b2J \\udcff [red]b\nc é \\u202eback\n"
    assert capsys.readouterr().out == wanted


def test_a_cell_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    console.table(["name", "n"], [["a\nb", "1"], ["é\x1b[2J", "2"]], right=1)
    assert capsys.readouterr().out == "name      n\na\\nb      1\né\\x1b[2J  2\n"
