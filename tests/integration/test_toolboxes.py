"""Toolboxes made for real, into a cache of their own."""

from __future__ import annotations

import os
import stat
import sys
import time
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from mobilegen.errors import DownloadError, ProcessError
from mobilegen.run import Run
from mobilegen.runtimes.ncnn import TOOLBOX
from mobilegen.toolboxes import Toolbox, catalog, create, ensure, interpreters
from mobilegen.toolboxes.worker import call

THIS = interpreters.this_version()


@pytest.fixture
def own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MOBILEGEN_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


@pytest.fixture
def here(tmp_path: Path) -> Toolbox:
    """The interpreter of the tests as a toolbox: the protocol does not care which it is."""
    return Toolbox("tests", Path(sys.executable), tmp_path)


def script(folder: Path, body: str) -> Path:
    path = folder / "script.py"
    path.write_text("import json, os, signal, sys, time\n" + body)
    return path


def test_made_once_then_found_then_repaired(own_cache: Path) -> None:
    said: list[str] = []
    first = ensure(TOOLBOX, Run(report=said.append))
    assert len(said) == 1 and "making the toolbox ncnn" in said[0]
    assert ensure(TOOLBOX, Run(offline=True, report=said.append)) == first
    assert len(said) == 1
    damaged = first.packages / "ncnn" / "__init__.py"
    damaged.write_text("")
    # All files are looked at once a day.
    yesterday = time.time() - 90_000
    os.utime(first.root / "toolbox.seen.json", (yesterday, yesterday))
    assert ensure(TOOLBOX, Run(report=said.append)) == first
    assert "remaking the damaged toolbox" in said[1]
    assert damaged.read_text() != ""
    leftovers = [path.name for path in first.root.parent.iterdir() if path.name.startswith(".")]
    assert leftovers == []


def test_toolbox_runs_and_is_isolated(own_cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(Path(__file__).parent))
    toolbox = ensure(TOOLBOX)
    body = """
import ncnn, numpy
found = [name for name in ("onnx", "mobilegen", "test_toolboxes") if __import__(
    "importlib.util").util.find_spec(name)]
with open(sys.argv[2], "w") as out:
    json.dump({"found": found, "ncnn": ncnn.__version__, "telemetry": [
        os.environ["ORT_DISABLE_TELEMETRY"], os.environ.get("PYTHONPATH")]}, out)
"""
    answer = call(toolbox, script(own_cache, body), {}, title="asking", timeout=60)
    assert answer == {"found": [], "ncnn": "1.0.20261020", "telemetry": ["1", None]}


def test_offline_without_any_cache(
    own_cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    with pytest.raises(DownloadError) as caught:
        ensure(TOOLBOX, Run(offline=True))
    assert "the toolbox ncnn is not in the cache and --offline forbids" in str(caught.value)
    assert "without --offline" in caught.value.hint
    assert not create.folder(catalog.get("ncnn"), THIS).exists()


def test_no_network(own_cache: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv"))
    monkeypatch.setenv("UV_DEFAULT_INDEX", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("UV_INDEX_URL", "http://127.0.0.1:9/simple")
    monkeypatch.setenv("UV_HTTP_RETRIES", "0")
    monkeypatch.delenv("PIP_FIND_LINKS", raising=False)
    with pytest.raises(DownloadError, match="the toolbox ncnn could not be made") as caught:
        ensure(TOOLBOX)
    assert "package index" in caught.value.hint


def test_other_content_than_pinned_is_refused(own_cache: Path, tmp_path: Path) -> None:
    version = next(
        line.split()[0]
        for line in catalog.get("ncnn").requirements.read_text().splitlines()
        if line.startswith("ncnn==")
    )
    wrong = tmp_path / "ncnn.txt"
    wrong.write_text(f"{version} --hash=sha256:{'0' * 64}\n")
    with pytest.raises(DownloadError, match="could not be made") as caught:
        ensure(replace(TOOLBOX, requirements=wrong))
    assert "hash" in str(caught.value).lower()


def test_interpreters_that_abort_are_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shim = tmp_path / "shims" / f"python{THIS}"
    shim.parent.mkdir()
    shim.write_text("#!/bin/sh\necho 'pyenv: version not installed' >&2\nexit 127\n")
    shim.chmod(shim.stat().st_mode | stat.S_IXUSR)
    monkeypatch.setenv("PATH", str(shim.parent))
    found = interpreters.find([THIS], extra=[shim], managed=tmp_path, offline=True)
    assert found == interpreters.Interpreter(Path(sys.executable), THIS)
    assert interpreters.probe(shim) == (None, f"{shim} failed (exit code 127)")


def test_no_interpreter_offline(tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match=r"no Python 3\.99 was found") as caught:
        interpreters.find(["3.99"], managed=tmp_path, offline=True)
    assert any("is Python" in line for line in caught.value.seen)
    assert "MOBILEGEN_PYTHON" in caught.value.hint


def test_no_interpreter_and_none_to_download(tmp_path: Path) -> None:
    with pytest.raises(DownloadError, match=r"no Python 3\.99 .* could not be downloaded"):
        interpreters.find(["3.99"], managed=tmp_path / "python")


def test_arrays_go_there_and_back(here: Toolbox, tmp_path: Path) -> None:
    body = """
import numpy
request = json.load(open(sys.argv[1]))
with numpy.load(request["arrays"]) as arrays:
    numpy.savez("back.npz", **{"0/file": arrays["0/file"] * request["factor"]})
json.dump({"arrays": "back.npz", "fine": True}, open(sys.argv[2], "w"))
"""
    array = np.arange(6, dtype=np.float32).reshape(2, 3)
    answer = call(
        here,
        script(tmp_path, body),
        {"factor": 2},
        title="doubling",
        timeout=60,
        arrays={"0/file": array},
    )
    assert answer["fine"] is True
    np.testing.assert_array_equal(answer["arrays"]["0/file"], array * 2)


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("os.kill(os.getpid(), signal.SIGSEGV)", r"working failed \(signal SIGSEGV\)"),
        ("time.sleep(60)", "working did not finish within 2 s"),
        ("sys.exit(4)", r"working failed \(exit code 4\)"),
        ("pass", "working gave no proper answer"),
        ("open(sys.argv[2], 'w').write('{')", "working gave no proper answer"),
        ("open(sys.argv[2], 'w').write('[1]')", "working gave no proper answer"),
        ("open(sys.argv[2], 'wb').write(b'\\xff\\x00')", "working gave no proper answer"),
        ("open(sys.argv[2], 'w').write('{\"arrays\": \"x\"}')", "working gave no proper answer"),
        ("open(sys.argv[2], 'w').write('{\"error\": \"so\"}')", "working failed"),
        ("open(sys.argv[2], 'w').write('[' * 100000)", "working gave no proper answer"),
    ],
)
def test_bad_workers_become_errors(here: Toolbox, tmp_path: Path, body: str, message: str) -> None:
    path = script(tmp_path, "print('the last words', flush=True)\n" + body)
    with pytest.raises(ProcessError, match=message) as caught:
        call(here, path, {}, title="working", timeout=2)
    assert "the last words" in str(caught.value)
