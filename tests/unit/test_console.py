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


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(console, "width", lambda: 30)


def test_text_folds_between_words_on_a_narrow_terminal(
    narrow: None, capsys: pytest.CaptureFixture[str]
) -> None:
    console.line("  some words that are longer than a-line-is")
    assert capsys.readouterr().out == "  some words that are longer\n  than a-line-is\n"


def test_the_last_column_folds_below_itself(
    narrow: None, capsys: pytest.CaptureFixture[str]
) -> None:
    console.table(("a", "text"), [("1", "more words than there is room for")])
    assert capsys.readouterr().out == "a  text\n1  more words than there is\n   room for\n"


def test_columns_are_left_out_where_there_is_no_room(
    narrow: None, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    row = ("a" * 10, "b" * 10, "7", "c" * 10)
    console.table(("a", "b", "n", "c"), [row], right=2, spare=(1, 0))
    assert capsys.readouterr().out.splitlines()[1] == f"{row[0]}  7  {row[3]}"
    monkeypatch.setattr(console, "width", lambda: 0)
    console.table(("a", "b", "n", "c"), [row], spare=(1, 0))
    assert capsys.readouterr().out.splitlines()[1] == "  ".join(row)
