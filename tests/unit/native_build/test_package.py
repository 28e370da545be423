"""Source archives are hostile input until their names and kinds are checked."""

from __future__ import annotations

import io
import tarfile
from pathlib import Path

import pytest

from mobilegen.errors import NativeBuildError
from mobilegen.native_build.package import Package, unpack
from mobilegen.system.download import PackageFile

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
