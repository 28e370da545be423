"""Errors of the system become errors for people, with one exit code."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from mobilegen import errors
from mobilegen.__main__ import main
from mobilegen.errors import FileError
from mobilegen.system.files import telling_os_errors


def refuse(path: Path) -> None:
    raise PermissionError(errno.EACCES, "Permission denied", str(path))


def test_where_it_is_expected(tmp_path: Path) -> None:
    with pytest.raises(FileError) as caught, telling_os_errors("the result cannot be written"):
        refuse(tmp_path)
    assert caught.value.what == "the result cannot be written"
    assert caught.value.seen == (f"Permission denied: {tmp_path}",)
    assert "--out" in caught.value.hint


def test_where_it_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("mobilegen.__main__._run", lambda: refuse(tmp_path))
    with pytest.raises(SystemExit) as caught:
        main()
    assert caught.value.code == FileError.exit_code
    assert f"Permission denied: {tmp_path}" in capsys.readouterr().err


def test_an_error_of_our_own_keeps_its_name(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail() -> None:
        raise ZeroDivisionError("by nothing")

    monkeypatch.setattr("mobilegen.__main__._run", fail)
    with pytest.raises(SystemExit) as caught:
        main()
    assert caught.value.code == 1
    told = capsys.readouterr().err
    assert "unexpected ZeroDivisionError: by nothing" in told and "report it with the log" in told


@pytest.mark.parametrize(
    ("error", "kind", "words"),
    [
        (errors.ModelError("no model"), errors.ModelError, "no model"),
        (PermissionError(13, "Permission denied", "f"), errors.FileError, "Permission denied"),
        (MemoryError("Unable to allocate 8 GiB"), errors.MobilegenError, "too little memory"),
        (RecursionError("deep"), errors.MobilegenError, "unexpected RecursionError: deep"),
        (KeyError("x" * 10_000), errors.MobilegenError, "unexpected KeyError"),
    ],
)
def test_any_exception_becomes_an_error_for_people(
    error: Exception, kind: type[errors.MobilegenError], words: str
) -> None:
    told = errors.unexpected(error)
    assert type(told) is kind
    assert words in str(told)
    assert len(str(told)) < 1000


def test_a_folder_in_use_on_windows_has_its_own_remedy() -> None:
    error = PermissionError(13, "The process cannot access the file", "lib")
    error.winerror = 32  # type: ignore[attr-defined]
    assert "close the programs" in errors.from_os(error).hint
    assert "close the programs" not in errors.from_os(PermissionError(13, "no", "lib")).hint
