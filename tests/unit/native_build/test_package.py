"""Source archives are hostile input until their names and kinds are checked."""

from __future__ import annotations

import io
import tarfile
import threading
import zipfile
from pathlib import Path

import pytest

from mobilegen.errors import NativeBuildError
from mobilegen.native_build import package as package_module
from mobilegen.native_build.package import Package, discard_if_damaged, unpack, unpacked
from mobilegen.system.files import file_lock, lock_of
from mobilegen.system.lockfile import adopt
from mobilegen.system.pinned import PackageFile

PACKAGE = Package(PackageFile("p", "p-1.tar.gz", "0" * 64), "p-1", ("src", "LICENSE"), "LICENSE")
GOOD = {"p-1/src/a.cpp": b"int a;\n", "p-1/LICENSE": b"free\n"}


def archive(folder: Path, files: dict[str, bytes], *special: tarfile.TarInfo) -> Path:
    path = folder / "p-1.tar.gz"
    with tarfile.open(path, "w:gz") as tar:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
        for info in special:
            tar.addfile(info)
    return path


def entry(name: str, kind: bytes, link: str = "") -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.linkname = kind, link
    return info


def written(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_only_the_wanted_parts_are_written(tmp_path: Path) -> None:
    files = {**GOOD, "p-1/docs/x": b"", "other/src/y": b"", "z": b""}
    unpack(archive(tmp_path, files), PACKAGE, tmp_path / "out")
    assert written(tmp_path / "out") == {"src/a.cpp", "LICENSE"}
    assert (tmp_path / "out" / "src" / "a.cpp").read_bytes() == b"int a;\n"


def test_folders_are_fine(tmp_path: Path) -> None:
    unpack(archive(tmp_path, GOOD, entry("p-1/src", tarfile.DIRTYPE)), PACKAGE, tmp_path / "out")


@pytest.mark.parametrize(
    "name", ["p-1/src/../../../evil", "p-1/src/a\\..\\evil", "p-1/src/C:evil", "p-1/src/.."]
)
def test_unsafe_name_is_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(NativeBuildError, match="unsafe name"):
        unpack(archive(tmp_path, {**GOOD, name: b""}), PACKAGE, tmp_path / "deep" / "er" / "out")
    assert not any(path.name == "evil" for path in tmp_path.rglob("*"))


@pytest.mark.parametrize(
    "special",
    [
        entry("p-1/src/link", tarfile.SYMTYPE, "/etc/passwd"),
        entry("p-1/src/hard", tarfile.LNKTYPE, "p-1/src/a.cpp"),
        entry("p-1/src/pipe", tarfile.FIFOTYPE),
        entry("p-1/src/device", tarfile.CHRTYPE),
    ],
)
def test_special_member_is_refused(special: tarfile.TarInfo, tmp_path: Path) -> None:
    with pytest.raises(NativeBuildError, match="unexpected member"):
        unpack(archive(tmp_path, GOOD, special), PACKAGE, tmp_path / "out")


def test_missing_part_is_told(tmp_path: Path) -> None:
    with pytest.raises(NativeBuildError, match="missing: LICENSE"):
        unpack(archive(tmp_path, {"p-1/src/a.cpp": b""}), PACKAGE, tmp_path / "out")


@pytest.mark.parametrize("keep", [0, 10, 60])
def test_truncated_archive_is_refused(keep: int, tmp_path: Path) -> None:
    path = archive(tmp_path, GOOD)
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(NativeBuildError, match="cannot be unpacked"):
        unpack(path, PACKAGE, tmp_path / "out")


def zip_archive(path: Path, files: dict[str, bytes], mode: int = 0o100644) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            info = zipfile.ZipInfo(name)
            info.external_attr = mode << 16
            archive.writestr(info, data)
    return path


AAR = Package(PackageFile("p", "p-1.aar", "0" * 64), "", ("jni/x86", "headers"))


def test_zip_without_a_top_folder(tmp_path: Path) -> None:
    files = {"jni/x86/liba.so": b"a", "jni/x86_64/liba.so": b"b", "headers/a.h": b"", "c": b""}
    unpack(zip_archive(tmp_path / "p-1.aar", files), AAR, tmp_path / "out")
    assert written(tmp_path / "out") == {"jni/x86/liba.so", "headers/a.h"}


@pytest.mark.parametrize("mode", ["w", "w:gz", "w:bz2", "w:xz"])
def test_every_compression_of_tar(mode: str, tmp_path: Path) -> None:
    path = tmp_path / "p.crate"
    with tarfile.open(path, mode) as tar:  # type: ignore[call-overload]
        for name, data in GOOD.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    unpack(path, PACKAGE, tmp_path / "out")
    assert written(tmp_path / "out") == {"src/a.cpp", "LICENSE"}


@pytest.mark.parametrize("name", ["jni/x86/../../evil", "jni/x86/a\\b", "/jni/x86/a"])
def test_unsafe_name_in_a_zip_is_refused(name: str, tmp_path: Path) -> None:
    path = zip_archive(tmp_path / "p.zip", {"headers/a.h": b"", name: b""})
    with pytest.raises(NativeBuildError):
        unpack(path, AAR, tmp_path / "deep" / "out")
    assert not any(each.name == "evil" for each in tmp_path.rglob("*"))


def test_link_in_a_zip_is_refused(tmp_path: Path) -> None:
    path = zip_archive(tmp_path / "p.zip", {"headers/a.h": b"/etc/passwd"}, mode=0o120777)
    with pytest.raises(NativeBuildError, match="unexpected member"):
        unpack(path, AAR, tmp_path / "out")


def test_zip_that_says_too_little_is_refused(tmp_path: Path) -> None:
    path = zip_archive(tmp_path / "p.zip", {"headers/a.h": bytes(1_000_000), "jni/x86/b": b""})
    data = path.read_bytes()
    path.write_bytes(data.replace((1_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little")))
    with pytest.raises(NativeBuildError, match="cannot be unpacked"):
        unpack(path, AAR, tmp_path / "out")
    assert sum(each.stat().st_size for each in (tmp_path / "out").rglob("*.h")) <= 10


def test_too_much_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(package_module, "_MAX_BYTES", 8)
    with pytest.raises(NativeBuildError, match="more than 8 bytes"):
        unpack(archive(tmp_path, GOOD), PACKAGE, tmp_path / "out")
    monkeypatch.setattr(package_module, "_MAX_BYTES", 1000)
    monkeypatch.setattr(package_module, "_MAX_FILES", 1)
    with pytest.raises(NativeBuildError, match="or 1 files"):
        unpack(archive(tmp_path, GOOD), PACKAGE, tmp_path / "out2")


def test_deep_parts(tmp_path: Path) -> None:
    files = {"p-1/vendor/include/a.h": b"", "p-1/vendor/large/b": b"", "p-1/vendor/include2/c": b""}
    package = Package(PACKAGE.file, "p-1", ("vendor/include",))
    unpack(archive(tmp_path, files), package, tmp_path / "out")
    assert written(tmp_path / "out") == {"vendor/include/a.h"}


def test_a_folder_of_the_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOBILEGEN_CACHE", str(tmp_path / "cache"))
    folder = tmp_path / "sdk"
    (folder / "lib").mkdir(parents=True)
    (folder / "lib" / "liba.so").write_bytes(b"a")
    mine = Package(adopt(folder, tmp_path / "mobilegen.lock"), "sdk", ("lib",))
    assert (unpacked(mine) / "lib" / "liba.so").read_bytes() == b"a"
    (folder / "lib" / "liba.so").write_bytes(b"b")
    assert (unpacked(mine) / "lib" / "liba.so").read_bytes() == b"a"


def test_link_in_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "sdk").mkdir()
    (tmp_path / "sdk" / "a").symlink_to("/etc/passwd")
    with pytest.raises(NativeBuildError, match="unexpected member"):
        unpack(tmp_path / "sdk", Package(PACKAGE.file, "sdk"), tmp_path / "out")


def test_damaged_package_is_removed_under_its_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another build may be about to unpack it."""
    monkeypatch.setenv("MOBILEGEN_CACHE", str(tmp_path / "cache"))
    (tmp_path / "sdk").mkdir()
    (tmp_path / "sdk" / "a").write_bytes(b"a")
    mine = Package(adopt(tmp_path / "sdk", tmp_path / "mobilegen.lock"), "sdk")
    folder = unpacked(mine)
    (folder / "a").write_bytes(b"x")
    with file_lock(lock_of(folder)):
        waiting = threading.Thread(target=discard_if_damaged, args=(mine,))
        waiting.start()
        waiting.join(0.3)
        assert waiting.is_alive() and folder.is_dir()
    waiting.join()
    assert not folder.exists()
    assert (unpacked(mine) / "a").read_bytes() == b"a"
