from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mobilegen.cli.options import switches
from mobilegen.config.load import load_settings, require_files
from mobilegen.errors import ConfigError, MobilegenError, ModelError, UsageError


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "net.onnx").write_bytes(b"")
    (tmp_path / "mobilegen.yml").write_text(
        "model: net.onnx\nname: photo\nabi: [x86, arm64-v8a]\nlabels: names.txt\n"
    )
    return tmp_path


def test_folder_paths_are_relative_to_its_settings(folder: Path) -> None:
    settings, base = load_settings(folder, {})
    assert settings.model == folder / "net.onnx"
    assert settings.labels == folder / "names.txt"
    assert base == folder


def test_abis_come_in_their_usual_order(folder: Path) -> None:
    assert load_settings(folder, {})[0].abi == ("arm64-v8a", "x86")


def test_command_line_wins_and_its_paths_are_relative_to_here(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "elsewhere"
    here.mkdir()
    monkeypatch.chdir(here)
    settings, _ = load_settings(folder, {"labels": Path("mine.txt"), "abi": ["all"]})
    assert settings.labels == here / "mine.txt"
    assert settings.abi == ("armeabi-v7a", "arm64-v8a", "x86_64", "x86")


def test_without_argument_the_current_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    assert load_settings(None, {})[0].model == folder / "net.onnx"


def test_model_file_uses_the_settings_beside_it(folder: Path) -> None:
    assert load_settings(folder / "net.onnx", {})[0].name == "photo"


def test_model_file_without_settings(tmp_path: Path) -> None:
    (tmp_path / "My Net-2.onnx").write_bytes(b"")
    settings, base = load_settings(tmp_path / "My Net-2.onnx", {})
    assert settings.name == "my_net_2"
    assert base == Path.cwd()


@pytest.mark.parametrize(
    ("options", "kind", "words"),
    [
        ({"abi": ["arm64"]}, ConfigError, "unknown ABI arm64; known: armeabi-v7a"),
        ({"package": "com.new.app"}, ConfigError, "new"),
        ({"package": "1com.app"}, ConfigError, "1com"),
        ({"name": "No"}, ConfigError, "name"),
        ({"name": "log"}, ConfigError, "liblog.so of its own"),
        ({"abi": 5}, ConfigError, "unknown ABI 5"),
        ({"precision": "int9"}, ConfigError, "fp32"),
        ({"limits": {"fp32": 1}}, ConfigError, "less than 1"),
        ({"limits": {"fp16": float("inf")}}, ConfigError, "finite"),
        ({"preprocess": {"mean": [float("nan"), 0, 0]}}, ConfigError, "finite"),
        ({"labels": "nul\0"}, UsageError, "cannot be used"),
        ({"labels": "~no such user/x"}, UsageError, "cannot be used"),
        ({"labels": "\udcff.txt"}, UsageError, "cannot be used"),
        ({"toolchain": "gcc"}, ConfigError, "embedded"),
    ],
)
def test_wrong_options(
    folder: Path, options: dict[str, Any], kind: type[MobilegenError], words: str
) -> None:
    with pytest.raises(kind) as caught:
        load_settings(folder, options)
    assert words in str(caught.value)


def test_unknown_setting_suggests_the_nearest(folder: Path) -> None:
    (folder / "mobilegen.yml").write_text("model: net.onnx\nprecison: fp16\n")
    with pytest.raises(ConfigError, match="did you mean precision"):
        load_settings(folder, {})


@pytest.mark.parametrize("text", ["model: [", "- a\n- b\n", "model: \x01\n", ""])
def test_settings_that_are_no_settings(folder: Path, text: str) -> None:
    (folder / "mobilegen.yml").write_text(text)
    with pytest.raises(ConfigError):
        load_settings(folder, {})


def test_default_name_is_not_one_of_android(tmp_path: Path) -> None:
    (tmp_path / "m.onnx").write_bytes(b"")
    assert load_settings(tmp_path / "m.onnx", {})[0].name == "model_m"


def test_files_of_the_settings_must_be_files(folder: Path) -> None:
    settings, _ = load_settings(folder, {"check_images": ["no.png"]})
    with pytest.raises(ConfigError) as caught:
        require_files(settings)
    assert [line.split(":")[0] for line in caught.value.seen] == ["labels", "check_images"]
    (folder / "net.onnx").unlink()
    (folder / "net.onnx").mkdir()
    with pytest.raises(ModelError, match="is not a file"):
        require_files(settings)


def test_an_argument_that_no_file_can_be() -> None:
    with pytest.raises(ModelError, match="does not exist"):
        load_settings(Path("x" * 5000), {})


def test_missing_argument(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="does not exist"):
        load_settings(tmp_path / "none.onnx", {})


def test_folder_without_settings(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"has no mobilegen\.yml"):
        load_settings(tmp_path, {})


def test_every_option_is_a_setting_too(folder: Path) -> None:
    with (folder / "mobilegen.yml").open("a") as stream:
        stream.write(
            "out: result\njobs: 3\noffline: true\nrequire_proof: true\njson_output: true\n"
        )
    settings, _ = load_settings(folder, {"jobs": 1})
    assert settings.out == folder / "result"
    assert (settings.jobs, settings.offline, settings.require_proof) == (1, True, True)
    assert settings.json_output


def test_a_switch_that_is_not_given_leaves_the_setting(folder: Path) -> None:
    assert switches(offline=False, jobs=True) == {"jobs": True}
