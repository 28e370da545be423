from __future__ import annotations

import re

import pytest

from mobilegen.errors import UsageError
from mobilegen.runtimes import catalog as runtimes
from mobilegen.toolboxes import catalog

NAMES = sorted(catalog.toolboxes())
PIN = re.compile(r"^[a-z0-9][a-z0-9._-]*==[^\s;]+( ; .+)? \\$")
HASH = re.compile(r"^ {4}--hash=sha256:[0-9a-f]{64}( \\)?$")


@pytest.mark.parametrize("name", NAMES)
def test_every_line_is_a_pin_or_a_hash(name: str) -> None:
    lines = catalog.get(name).requirements.read_text("utf-8").splitlines()
    assert [line for line in lines if not (PIN.match(line) or HASH.match(line))] == []


@pytest.mark.parametrize("name", NAMES)
def test_every_pin_has_hashes(name: str) -> None:
    text = catalog.get(name).requirements.read_text("utf-8")
    entries = re.split(r"\n(?=\S)", text)
    assert len(entries) > 2
    assert all("--hash=sha256:" in entry for entry in entries)


@pytest.mark.parametrize("name", NAMES)
def test_what_was_asked_for_is_pinned(name: str) -> None:
    locked = catalog.get(name).requirements
    asked = locked.with_suffix(".in").read_text("utf-8").splitlines()
    exact = [line for line in asked if "==" in line]
    assert exact
    assert all(f"\n{line} " in "\n" + locked.read_text("utf-8") for line in exact)


def test_ncnn_toolbox_has_the_runtime_version_and_no_torch() -> None:
    text = catalog.get("ncnn").requirements.read_text("utf-8")
    assert f"ncnn=={runtimes.get('ncnn').version} " in text
    assert "torch" not in text


def test_unknown_toolbox_names_the_nearest() -> None:
    with pytest.raises(UsageError) as caught:
        catalog.get("emulater")
    assert "did you mean emulator?" in caught.value.hint
