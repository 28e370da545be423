"""mobilegen cache: what goes, and what a running command keeps."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from program import fail, succeed

from mobilegen.errors import UsageError
from mobilegen.system.files import lock_of, note_use

USES = """
import sys
from pathlib import Path
from mobilegen.system.cache import in_use, touch
with in_use():
    touch(Path(sys.argv[1]))
    print("ready", flush=True)
    input()
"""


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache with two things, one of them old, and a folder of somebody else."""
    monkeypatch.setenv("MOBILEGEN_CACHE", str(tmp_path))
    for kind, name in (("toolboxes", "ncnn-2"), ("downloads", "abc")):
        folder = tmp_path / kind / name
        folder.mkdir(parents=True)
        (folder / "file").write_bytes(bytes(1000))
        lock_of(folder).touch()
        note_use(folder)
    os.utime(tmp_path / "downloads" / "abc.used", (1e6, 1e6))
    (tmp_path / "documents" / "mine").mkdir(parents=True)
    return tmp_path


def cleaned(*options: str) -> tuple[set[str], set[str]]:
    told = json.loads(succeed("cache", "clean", "--json", *options))
    return {each["name"] for each in told["removed"]}, {each["name"] for each in told["kept"]}


def test_list_and_clean(cache: Path) -> None:
    listed = json.loads(succeed("cache", "list", "--json"))
    assert {(each["kind"], each["name"]) for each in listed} == {
        ("downloads", "abc"),
        ("toolboxes", "ncnn-2"),
    }
    assert cleaned("--unused-for", "30") == ({"abc"}, set())
    assert cleaned("--all") == ({"ncnn-2"}, set())
    assert (cache / "documents" / "mine").is_dir()
    assert "0 bytes in" in succeed("cache", "list")


def test_clean_must_be_told_what(cache: Path) -> None:
    assert "--unused-for" in fail(UsageError.exit_code, "cache", "clean")
    fail(UsageError.exit_code, "cache", "clean", "--all", "--unused-for", "3")
    assert (cache / "downloads" / "abc").is_dir()


def test_what_a_running_command_uses_stays(cache: Path) -> None:
    child = subprocess.Popen(
        [sys.executable, "-c", USES, str(cache / "toolboxes" / "ncnn-2")],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "ready\n"
    assert cleaned("--all") == ({"abc"}, {"ncnn-2"})
    child.kill()
    child.wait()
    assert cleaned("--all") == ({"ncnn-2"}, set())
