"""What runs programs of boards here: this computer, qemu, or nothing, which is then named."""

from __future__ import annotations

from pathlib import Path

import pytest

from mobilegen.executors import board
from mobilegen.executors.base import Unavailable


@pytest.fixture
def computer(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """An x86_64 Linux with qemu, and a folder for another system."""
    monkeypatch.setattr(board.sys, "platform", "linux")
    monkeypatch.setattr(board.platform, "machine", lambda: "x86_64")
    monkeypatch.setattr(board.shutil, "which", lambda name: f"/usr/bin/{name}")
    monkeypatch.setattr(board, "_version", lambda emulator: "7.2")
    monkeypatch.setenv("QEMU_LD_PREFIX", str(tmp_path))
    return tmp_path


def add_loader(root: Path, name: str) -> None:
    (root / name).parent.mkdir(parents=True, exist_ok=True)
    (root / name).touch()


def test_the_weakest_processor_is_played(computer: Path) -> None:
    add_loader(computer, "lib/ld-linux-aarch64.so.1")
    found = board.find_board("aarch64")
    assert found.title == "qemu-aarch64 7.2 as cortex-a53"
    assert found.command == (
        "/usr/bin/qemu-aarch64", "-L", str(computer), "-cpu", "cortex-a53"
    )  # fmt: skip


def test_another_processor_can_be_asked_for(computer: Path) -> None:
    add_loader(computer, "lib/ld-linux-armhf.so.3")
    assert board.find_board("armv7hf", "cortex-a15").title.endswith("as cortex-a15")


def test_an_arm_computer_needs_no_emulator(computer: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(board.platform, "machine", lambda: "aarch64")
    monkeypatch.setattr(board.Path, "exists", lambda self: True)
    assert board.find_board("aarch64").command == ()


def test_missing_qemu_is_named(computer: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(board.shutil, "which", lambda name: None)
    with pytest.raises(Unavailable, match="qemu-arm is not installed") as caught:
        board.find_board("armv7hf")
    assert "apt-get install qemu-user libc6-armhf-cross" in caught.value.hint


def test_missing_glibc_is_named(computer: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(board.Path, "exists", lambda self: False)
    with pytest.raises(Unavailable, match="no glibc for aarch64") as caught:
        board.find_board("aarch64")
    assert "QEMU_LD_PREFIX" in caught.value.hint


def test_other_systems_run_nothing(computer: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(board.sys, "platform", "darwin")
    with pytest.raises(Unavailable, match="on Linux only"):
        board.find_board("x86_64")


def test_the_state_names_what_decides(computer: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = board.state("aarch64")
    add_loader(computer, "lib/ld-linux-aarch64.so.1")
    assert board.state("aarch64") != before
