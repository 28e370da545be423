from __future__ import annotations

import pytest

from mobilegen import console


def test_names_do_nothing_to_a_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    console.line("a\x1b]0;title\x07\x9b2J \udcff [red]b\nc é")
    assert capsys.readouterr().out == "a\\x1b]0;title\\x07\\x9b2J \\udcff [red]b\nc é\n"
