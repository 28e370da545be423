from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from mobilegen.config.load import load_settings, require_files
from mobilegen.config.model import Settings
from mobilegen.errors import ConfigError, MobilegenError, ModelError, UsageError
from mobilegen.platforms.settings import settings_type


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "net.onnx").write_bytes(b"")
    (tmp_path / "mobilegen.yml").write_text(
        "model: net.onnx\nname: photo\nabi: [x86, arm64-v8a]\nlabels: names.txt\n"
    )
    return tmp_path


def load(argument: Path | None, options: dict[str, Any]) -> tuple[Settings, Path]:
    return load_settings(settings_type(), argument, options)


def test_folder_paths_are_relative_to_its_settings(folder: Path) -> None:
    settings, out = load(folder, {})
    assert settings.model == folder / "net.onnx"
    assert settings.labels == folder / "names.txt"
    assert out == folder / "build"


def test_abis_come_in_their_usual_order(folder: Path) -> None:
    assert load(folder, {})[0].abis_of("android") == ("arm64-v8a", "x86")


def test_command_line_wins_and_its_paths_are_relative_to_here(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = tmp_path / "elsewhere"
    here.mkdir()
    monkeypatch.chdir(here)
    settings, _ = load(folder, {"labels": Path("mine.txt"), "abi": ["all"]})
    assert settings.labels == here / "mine.txt"
    assert settings.abis_of("android") == ("armeabi-v7a", "arm64-v8a", "x86_64", "x86")


def test_without_argument_the_current_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    assert load(None, {})[0].model == folder / "net.onnx"


def test_model_file_uses_the_settings_beside_it(folder: Path) -> None:
    assert load(folder / "net.onnx", {})[0].name == "photo"


def test_model_file_without_settings(tmp_path: Path) -> None:
    (tmp_path / "My Net-2.onnx").write_bytes(b"")
    settings, out = load(tmp_path / "My Net-2.onnx", {})
    assert settings.name == "my_net_2"
    assert out == Path.cwd() / "My Net-2-sdk"


@pytest.mark.parametrize(
    ("options", "kind", "words"),
    [
        ({"abi": ["arm64"]}, ConfigError, "unknown ABI arm64; known: armeabi-v7a"),
        ({"android": {"package": "com.new.app"}}, ConfigError, "new"),
        ({"android": {"package": "1com.app"}}, ConfigError, "1com"),
        ({"name": "No"}, ConfigError, "name"),
        ({"name": "log"}, ConfigError, "liblog.so of its own"),
        ({"abi": 5}, ConfigError, "names are expected, not 5"),
        ({"precision": "int9"}, ConfigError, "fp32"),
        ({"limits": {"fp32": 1}}, ConfigError, "less than 1"),
        ({"limits": {"fp16": float("inf")}}, ConfigError, "finite"),
        ({"preprocess": {"mean": [float("nan"), 0, 0]}}, ConfigError, "finite"),
        ({"labels": "nul\0"}, ConfigError, "cannot be used"),
        ({"labels": "~no such user/x"}, ConfigError, "cannot be used"),
        ({"labels": "\udcff.txt"}, ConfigError, "cannot be used"),
        ({"android": {"toolchain": "gcc"}}, ConfigError, "embedded"),
    ],
)
def test_wrong_options(
    folder: Path, options: dict[str, Any], kind: type[MobilegenError], words: str
) -> None:
    with pytest.raises(kind) as caught:
        load(folder, options)
    assert words in str(caught.value)


def test_unknown_setting_suggests_the_nearest(folder: Path) -> None:
    (folder / "mobilegen.yml").write_text("model: net.onnx\nprecison: fp16\n")
    with pytest.raises(ConfigError, match="did you mean precision"):
        load(folder, {})


@pytest.mark.parametrize("text", ["model: [", "- a\n- b\n", "model: \x01\n", ""])
def test_settings_that_are_no_settings(folder: Path, text: str) -> None:
    (folder / "mobilegen.yml").write_text(text)
    with pytest.raises(ConfigError):
        load(folder, {})


def test_default_name_is_not_one_of_android(tmp_path: Path) -> None:
    (tmp_path / "m.onnx").write_bytes(b"")
    assert load(tmp_path / "m.onnx", {})[0].name == "model_m"


def test_files_of_the_settings_must_be_files(folder: Path) -> None:
    settings, _ = load(folder, {"check_images": ["no.png"]})
    with pytest.raises(ConfigError) as caught:
        require_files(settings)
    assert [line.split(":")[0] for line in caught.value.seen] == ["labels", "check_images"]
    (folder / "net.onnx").unlink()
    (folder / "net.onnx").mkdir()
    with pytest.raises(ModelError, match="is not a file"):
        require_files(settings)


def test_an_argument_that_no_file_can_be() -> None:
    with pytest.raises(ModelError, match="does not exist"):
        load(Path("x" * 5000), {})


def test_missing_argument(tmp_path: Path) -> None:
    with pytest.raises(ModelError, match="does not exist"):
        load(tmp_path / "none.onnx", {})


def test_folder_without_settings(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"has no mobilegen\.yml"):
        load(tmp_path, {})


def test_every_option_is_a_setting_too(folder: Path) -> None:
    with (folder / "mobilegen.yml").open("a") as stream:
        stream.write(
            "out: result\njobs: 3\noffline: true\nrequire_proof: true\njson_output: true\n"
        )
    settings, _ = load(folder, {"jobs": 1})
    assert settings.out == folder / "result"
    assert (settings.jobs, settings.offline, settings.require_proof) == (1, True, True)
    assert settings.json_output


@pytest.mark.parametrize("model", ["model:\n", "model: [a, b]\n", "model: {a: b}\n"])
def test_a_settings_file_that_names_no_model_is_not_for_this_one(folder: Path, model: str) -> None:
    (folder / "mobilegen.yml").write_text(f"{model}name: other\n")
    assert load(folder / "net.onnx", {})[0].name == "net"


def test_the_ending_of_a_link_counts(folder: Path) -> None:
    """As in the cache of a model hub, where files are named by their hashes."""
    blob = folder / "blobs" / "0123abcd"
    blob.parent.mkdir()
    blob.write_bytes(b"")
    (folder / "linked.onnx").symlink_to(blob)
    settings, _ = load(folder / "linked.onnx", {})
    assert settings.model.suffix == ".onnx"
    assert settings.name == "linked"


def test_a_default_may_be_too_low_for_what_is_given(folder: Path) -> None:
    with pytest.raises(ConfigError, match="wrong") as caught:
        load(folder, {"android": {"target_sdk": 40}})
    assert "compile_sdk: 36 is lower than target_sdk, 40" in str(caught.value)
    load(folder, {"android": {"target_sdk": 40, "compile_sdk": 40}})


def test_an_empty_path_is_no_folder(folder: Path) -> None:
    for path in (Path(""), "", Path(".")):
        with pytest.raises(ConfigError, match="out is empty"):
            load(folder, {"out": path})


def test_a_section_of_the_command_line_keeps_the_rest_of_the_file(folder: Path) -> None:
    with (folder / "mobilegen.yml").open("a") as stream:
        stream.write("android: {package: com.example.a, app_name: A}\n")
    settings, _ = load(folder, {"android": {"app_name": "B", "ndk": None}})
    android = settings.section("android").model_dump()
    assert (android["package"], android["app_name"]) == ("com.example.a", "B")
