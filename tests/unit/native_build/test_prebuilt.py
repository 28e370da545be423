"""What a prebuilt library has to be before it is linked with."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from tiny_elf import TinyElf

from mobilegen.artifacts import Companion, Target
from mobilegen.errors import NativeBuildError
from mobilegen.native_build.prebuilt import adopt_companion, write_stub
from mobilegen.system.files import sha256_bytes

TARGET = Target("android", "arm64-v8a", "21")
DATA = TinyElf(soname="libtoy.so", exports=("toy_open", "toy_run")).to_bytes()
TOY = Companion("libtoy.so", Path("arm64/libtoy.so"), sha256_bytes(DATA))


@pytest.fixture
def package(tmp_path: Path) -> Path:
    (tmp_path / "arm64").mkdir()
    (tmp_path / "arm64" / "libtoy.so").write_bytes(DATA)
    return tmp_path


def test_a_companion_gets_its_place_and_what_it_offers(package: Path) -> None:
    found = adopt_companion(replace(TOY, licence=Path("LICENSE")), package, TARGET)
    assert found.path == package / "arm64" / "libtoy.so"
    assert found.licence == package / "LICENSE"
    assert found.exports == ("toy_open", "toy_run")


def test_only_what_is_named_is_offered(package: Path) -> None:
    found = adopt_companion(replace(TOY, sha256="", exports=("toy_run",)), package, TARGET)
    assert (found.exports, found.sha256) == (("toy_run",), TOY.sha256)


@pytest.mark.parametrize(
    ("wrong", "seen"),
    [
        (replace(TOY, sha256="0" * 64), "sha256 found"),
        (replace(TOY, path=Path("arm64/libno.so")), "the package has no arm64/libno.so"),
        (replace(TOY, exports=("toy_run", "toy_close")), "it does not export toy_close"),
        (replace(TOY, name="../libtoy.so"), "is not lib….so"),
    ],
)
def test_another_companion_is_refused(wrong: Companion, seen: str, package: Path) -> None:
    with pytest.raises(NativeBuildError, match="cannot be used") as caught:
        adopt_companion(wrong, package, TARGET)
    assert any(seen in line for line in caught.value.seen)


def test_stub_defines_what_c_can_name(tmp_path: Path) -> None:
    odd = replace(TOY, exports=("toy_run", "_ZN3toy3runEv", "name$odd", "x@VERS"))
    text = write_stub(odd, tmp_path).read_text()
    assert "void toy_run(void) {}" in text and "void _ZN3toy3runEv(void) {}" in text
    assert "$" not in text and "@" not in text
