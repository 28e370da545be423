"""The command line: what it costs, what verbs take, and what is left after a failure."""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
from pathlib import Path

import models
import numpy as np
import pytest
from program import command, fail, mobilegen, succeed

from mobilegen import errors

VERBS = (
    *("build", "convert", "verify", "run", "bench", "inspect", "init", "setup", "doctor"),
    *("cache", "schema"),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A model with the settings that init writes, and its conversion."""
    # A name that SCons and shells would take for something to evaluate.
    folder = tmp_path_factory.mktemp("above") / "a $(b $) c"
    folder.mkdir()
    models.save(models.lenet(), folder / "net.onnx")
    succeed("init", "net.onnx", cwd=folder)
    succeed("convert", "net.onnx", cwd=folder)
    return folder


def processor_seconds(*arguments: str) -> float:
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(command(*arguments), check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def test_the_version_is_there_at_once() -> None:
    assert min(processor_seconds("--version") for _ in range(3)) < 0.3


def test_a_verb_imports_no_other() -> None:
    code = "import sys; sys.argv = ['mobilegen', 'schema', '-h']\n"
    code += "from mobilegen.__main__ import main\n"
    code += "try: main()\nexcept SystemExit: print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    modules = done.stdout.split()
    assert "mobilegen.cli.schema" in modules
    assert not {"numpy", "onnx", "mobilegen.cli.build", "mobilegen.cli.run"} & {*modules}


@pytest.mark.parametrize("verb", VERBS)
def test_help_of_every_verb(verb: str) -> None:
    text = succeed(verb, "-h")
    assert "Usage:" in text
    if verb != "cache":
        assert "--verbose" in text


def test_help_names_every_verb_and_the_platforms_have_panels() -> None:
    text = succeed("-h")
    assert [verb for verb in VERBS if f" {verb} " not in text] == []
    panels = succeed("build", "-h")
    assert "─ Android ─" in panels and "--app-name" in panels.partition("─ Android ─")[2]


def test_shells_complete_verbs() -> None:
    words = {"_MOBILEGEN_COMPLETE": "complete_bash", "COMP_WORDS": "mobilegen b", "COMP_CWORD": "1"}
    done = subprocess.run(
        [Path(sys.executable).with_name("mobilegen")],
        env={**os.environ, **words},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert done.stdout.split() == ["build", "bench"]


def test_a_wrong_verb() -> None:
    assert "did you mean build?" in fail(errors.UsageError.exit_code, "buidl")


def test_nothing_is_left_beside_the_result(folder: Path) -> None:
    assert [path.name for path in folder.parent.iterdir()] == [folder.name]
    assert {path.name for path in folder.iterdir()} == {"net.onnx", "mobilegen.yml", "build"}


@pytest.mark.parametrize("named", ["net.onnx", ".", "build/converted", None])
def test_verify_finds_what_was_made_of_a_model(folder: Path, named: str | None) -> None:
    arguments = [named] if named else []
    checks = json.loads(succeed("verify", *arguments, "--json", cwd=folder))
    assert {check["status"] for check in checks} == {"pass"}


def test_run_takes_the_model(folder: Path) -> None:
    np.savez(folder / "in.npz", image=np.zeros((1, 1, 28, 28), np.float32))
    told = json.loads(succeed("run", "net.onnx", "--input", "in.npz", "--json", cwd=folder))
    (folder / "in.npz").unlink()
    assert list(told["outputs"].values()) == [[1, 10]]


def test_a_model_that_was_never_built(folder: Path, tmp_path: Path) -> None:
    other = models.save(models.lenet(), tmp_path / "other.onnx")
    text = fail(errors.UsageError.exit_code, "verify", other, cwd=tmp_path)
    assert "nothing has been built of" in text and "mobilegen build" in text


def test_a_conversion_leaves_a_build_as_it_is(folder: Path) -> None:
    library = folder / "build" / "lib" / "x86" / "libnet.so"
    library.parent.mkdir(parents=True)
    library.write_bytes(b"library")
    (folder / "build" / "build.json").write_text("{}")
    succeed("convert", folder)
    text = fail(errors.UsageError.exit_code, "convert", folder, "--out", folder / "build")
    assert "has the libraries of a build" in text
    assert library.read_bytes() == b"library"
    for path in (library, folder / "build" / "build.json"):
        path.unlink()


def test_quiet_and_verbose(folder: Path) -> None:
    assert succeed("convert", "-q", folder).splitlines() == ["all 15 checks passed"]
    assert mobilegen("-q", "convert", folder).stderr == ""
    assert "sha256" not in succeed("convert", folder)
    assert "sha256" in succeed("convert", folder, "--verbose")


def test_a_failure_as_json(tmp_path: Path) -> None:
    done = mobilegen("build", tmp_path / "no.onnx", "--json")
    told = json.loads(done.stdout)
    assert (told["exit"], done.returncode) == (4, 4)
    assert told["error"]["kind"] == "ModelError"
    assert "does not exist" in told["error"]["what"]
    assert told["error"]["hint"] and told["error"]["seen"]
    told = json.loads(mobilegen("build", "--no-such-option", "--json").stdout)
    assert told["error"]["kind"] == "UsageError"


def test_json_that_the_settings_ask_for(tmp_path: Path) -> None:
    (tmp_path / "mobilegen.yml").write_text("model: no.onnx\njson_output: true\n")
    assert json.loads(mobilegen("build", tmp_path).stdout)["exit"] == 4


def test_a_failure_leaves_a_log_of_all_that_was_printed(tmp_path: Path) -> None:
    net = models.save(models.lenet(), tmp_path / "net.onnx")
    empty = {"MOBILEGEN_CACHE": str(tmp_path / "cache"), "UV_CACHE_DIR": str(tmp_path / "uv")}
    options = ("--offline", "--out", tmp_path / "o")
    told = fail(errors.DownloadError.exit_code, "convert", net, *options, **empty)
    log = Path(told.splitlines()[-1].partition("log: ")[2])
    assert log.parent == tmp_path / "cache" / "logs"
    text = log.read_text()
    assert "Traceback" in text and "(exit code 0)" in text
    assert f"convert {net} --offline" in text
    assert "uv pip install" in text or " pip install " in text


def test_a_success_leaves_no_log(tmp_path: Path) -> None:
    succeed("doctor", MOBILEGEN_CACHE=str(tmp_path))
    assert not list(tmp_path.glob("logs/*"))


def test_init_of_what_is_not_there(tmp_path: Path) -> None:
    text = fail(errors.ModelError.exit_code, "init", tmp_path / "nope.onnx")
    assert "nope.onnx does not exist" in text
    assert "is not a file" in fail(errors.ModelError.exit_code, "init", tmp_path)
