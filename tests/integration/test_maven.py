"""Files of Maven repositories, fetched by the real Maven."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from mobilegen.errors import DownloadError
from mobilegen.system.download import fetch
from mobilegen.system.files import sha256_file
from mobilegen.system.maven import fetch_maven
from mobilegen.system.pinned import MavenFile

SMALL = MavenFile(
    "org.hamcrest",
    "hamcrest-core",
    "1.3",
    "jar",
    "66fdef91e9739348df7a096aa384a5685f4e875584cce89386a7a47251c4d8e9",
)

OTHER = MavenFile(
    "junit",
    "junit",
    "4.13.2",
    "pom",
    "569b6977ee4603c965c1c46c3058fa6e969291b0160eb6964dd092cd89eadd94",
)


@pytest.fixture(autouse=True)
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MOBILEGEN_CACHE", str(tmp_path / "cache"))


def test_file_is_fetched_once(monkeypatch: pytest.MonkeyPatch) -> None:
    path = fetch(SMALL)
    assert path.name == "hamcrest-core-1.3.jar" and sha256_file(path) == SMALL.sha256
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert fetch(SMALL, offline=True) == path


def test_several_files_in_one_run() -> None:
    paths = fetch_maven((SMALL, OTHER))
    assert [path.name for path in paths] == ["hamcrest-core-1.3.jar", "junit-4.13.2.pom"]
    assert fetch_maven((OTHER, SMALL), offline=True) == paths[::-1]


def test_other_content_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match="other content than pinned"):
        fetch(replace(SMALL, sha256="0" * 64))
    assert not list((tmp_path / "cache").rglob("*.jar"))


def test_missing_version_is_told() -> None:
    with pytest.raises(DownloadError, match=r"hamcrest-core-99\.jar could not be downloaded"):
        fetch(replace(SMALL, version="99"))


def test_without_maven(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    with pytest.raises(DownloadError, match="there is no mvn on the PATH"):
        fetch(SMALL)
