"""An option is what its setting says, and nothing else."""

from __future__ import annotations

import itertools
import re
from pathlib import Path
from typing import Annotated

import pytest
from pydantic import Field

from mobilegen.config.load import load_settings
from mobilegen.config.model import PlatformSection, Settings, with_platforms
from mobilegen.config.option import Option, flags_of
from mobilegen.errors import ConfigError
from mobilegen.platforms.settings import settings_type

ROOT = Path(__file__).resolve().parents[3]
VERBS = ("build", "convert", "verify", "run", "bench", "inspect", "setup", "doctor")


class Boards(PlatformSection):
    title = "Boards"
    abis = ("aarch64", "x86_64")
    default_abis = ("aarch64",)
    reserved_names = frozenset({"taken"})

    libc: Annotated[str, Option(flags=("--libc",))] = Field("glibc", description="The C library.")


@pytest.fixture
def two() -> type[Settings]:
    return with_platforms({**settings_type().platforms, "boards": Boards})


def load(kind: type[Settings], folder: Path, text: str = "") -> Settings:
    (folder / "net.onnx").write_bytes(b"")
    (folder / "mobilegen.yml").write_text(f"model: net.onnx\n{text}\n")
    return load_settings(kind, folder, {})[0]


@pytest.mark.parametrize("verb", VERBS)
def test_no_option_is_there_twice(verb: str, two: type[Settings]) -> None:
    texts = [text for flag in flags_of(two, verb) for text in flag.declarations]
    names = [name for text in texts for name in text.split("/")]
    assert names and sorted(set(names)) == sorted(names)


def test_a_platform_brings_its_options_and_its_section(two: type[Settings], tmp_path: Path) -> None:
    flag = next(each for each in flags_of(two, "build") if each.path == ("boards", "libc"))
    assert (flag.panel, flag.help, flag.default) == ("Boards", "The C library.", "glibc")
    settings = load(two, tmp_path, "platform: boards\nboards: {libc: musl}")
    assert settings.section("boards").model_dump() == {"libc": "musl"}
    assert settings.abis_of("boards") == ("aarch64",)


def test_an_abi_goes_to_each_platform_that_knows_it(two: type[Settings], tmp_path: Path) -> None:
    settings = load(two, tmp_path, "platform: [boards, android]\nabi: [x86_64]")
    assert settings.platform == ("android", "boards")
    assert settings.abis_of("android") == settings.abis_of("boards") == ("x86_64",)
    everything = load(two, tmp_path, "platform: [boards, android]\nabi: all")
    assert everything.abis_of("boards") == Boards.abis
    assert len(everything.abis_of("android")) == 4


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("abi: aarch64", "unknown ABI aarch64; known: armeabi-v7a"),
        ("platform: [android, boards]\nabi: x86", "none of boards; it has aarch64, x86_64"),
        ("platform: ios", "unknown platform ios; known: android, linux, boards"),
        ("platform: []", "platform"),
        ("platform: boards\nname: taken", "Boards has a libtaken.so of its own"),
    ],
)
def test_abis_and_names_fit_the_platforms(
    text: str, words: str, two: type[Settings], tmp_path: Path
) -> None:
    with pytest.raises(ConfigError) as caught:
        load(two, tmp_path, text)
    assert words in str(caught.value)


def test_an_option_is_named_in_one_place_of_the_settings_and_the_command_line() -> None:
    """The title of the app: its field, and where it is used; no command repeats it."""
    folders = [ROOT / "mobilegen" / name for name in ("cli", "config", "report")]
    files = itertools.chain(*(folder.rglob("*.py") for folder in folders))
    assert [path for path in files if re.search("app[_-]name", path.read_text("utf-8"))] == []
