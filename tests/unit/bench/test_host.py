"""Which ABIs can be timed on this computer."""

from __future__ import annotations

import platform
import sys

import pytest

from mobilegen.bench.host import host_abi
from mobilegen.errors import UsageError


def pretend(monkeypatch: pytest.MonkeyPatch, system: str, machine: str) -> None:
    monkeypatch.setattr(sys, "platform", system)
    monkeypatch.setattr(platform, "machine", lambda: machine)


@pytest.mark.parametrize(
    ("machine", "wanted", "abi"),
    [
        ("x86_64", None, "x86_64"),
        ("AMD64", None, "x86_64"),
        ("x86_64", "x86", "x86"),
        ("aarch64", None, "arm64-v8a"),
        ("aarch64", "aarch64", "arm64-v8a"),
        ("armv7l", "armv7hf", "armeabi-v7a"),
    ],
)
def test_abis_of_a_processor(
    monkeypatch: pytest.MonkeyPatch, machine: str, wanted: str | None, abi: str
) -> None:
    pretend(monkeypatch, "linux", machine)
    assert host_abi(wanted) == abi


def test_an_emulator_is_not_timed(monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, "linux", "x86_64")
    with pytest.raises(UsageError, match="arm64-v8a cannot be timed") as caught:
        host_abi("arm64-v8a")
    assert "--device" in caught.value.hint


@pytest.mark.parametrize(
    ("system", "machine"), [("darwin", "arm64"), ("win32", "AMD64"), ("linux", "riscv64")]
)
def test_other_computers(monkeypatch: pytest.MonkeyPatch, system: str, machine: str) -> None:
    pretend(monkeypatch, system, machine)
    with pytest.raises(UsageError, match="Linux computers and on phones only"):
        host_abi(None)


def test_unknown_abi() -> None:
    with pytest.raises(UsageError, match="no ABI 'arm64'"):
        host_abi("arm64")
