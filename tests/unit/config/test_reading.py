"""mobilegen.yml from anybody: every fault is a ConfigError with its place, and costs little."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from mobilegen.config.load import load_settings
from mobilegen.errors import ConfigError
from mobilegen.platforms.settings import settings_type


def error_of(folder: Path, text: str | bytes) -> str:
    data = text if isinstance(text, bytes) else text.encode()
    (folder / "mobilegen.yml").write_bytes(data)
    (folder / "net.onnx").write_bytes(b"")
    started = time.process_time()
    with pytest.raises(ConfigError) as caught:
        load_settings(settings_type(), folder, {})
    assert time.process_time() - started < 5
    assert len(str(caught.value)) < 2000
    return str(caught.value)


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("abi: {x86: 1}", "abi: names are expected, not {'x86': 1} (line 2)"),
        (f"jobs: {'1' * 5000}", "line 2: '1111"),
        (f"jobs: 0x{'f' * 5000}", "a number of 20000 bits (line 2)"),
        ("offline: !!bool maybe", "line 2: 'maybe' cannot be read as true or false"),
        ("offline: maybe", "offline: true or false is expected, not 'maybe' (line 2)"),
        ("jobs: 0x_", "line 2: '0x_' cannot be read as a whole number"),
        ("jobs: 010", "line 2: '010' cannot be read as a whole number"),
        ("jobs: 1.5", "jobs: a whole number is expected, not 1.5 (line 2)"),
        ("jobs: .inf", "jobs"),
        ("jobs: !!timestamp 2024-02-30", "jobs: a whole number is expected"),
        ("input_shapes: {data: [.inf]}", "a shape is written as 1x3x224x224, not [inf] (line 2)"),
        ("input_shapes: {data: [true, 3]}", "not [True, 3] (line 2)"),
        ("input_shapes: {data: [1.9, 3.5]}", "not [1.9, 3.5] (line 2)"),
        ('abi: "\\ud800"', "half of a surrogate pair"),
        ('runtime: "\\ud800"', "line 2"),
        ("name: aa\nname: bb", "lines 2 and 3"),
        ("limits: {fp32: 0.1, fp32: 0.2}", "'fp32' is there twice"),
        (f"labels: {'x' * 5000}", "a path cannot be used"),
        ("labels: ''", "labels is empty"),
        ("out: ''", "out is empty"),
        ("name: &a [*a]", "an alias contains itself"),
        ("android: 5", "android: 'name: value' lines are expected, not 5 (line 2)"),
        ("android: {apk_rout: auto}", "did you mean apk_route? (line 2)"),
        ("colour: {1: 2}", "unknown setting"),
        ("? [a, b]\n: c", "line 2"),
        (
            "package: com.x",
            "write 'android:' and '  package: ...' below it (line 2)",
        ),
    ],
)
def test_a_wrong_line(line: str, words: str, tmp_path: Path) -> None:
    assert words in error_of(tmp_path, f"model: net.onnx\n{line}\n")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("model:\n", "model: a path is expected, not None (line 1)"),
        ("model: [net.onnx, b.onnx]\n", "model: a path is expected"),
        ("model: {}\n", "model: a path is expected"),
        ("", "must hold"),
        ("- a\n- b\n", "it holds ['a', 'b']"),
        ("[" * 5000, "line 1: nested too deeply"),
        ("a: [" + "1, " * 99999 + "1]", "line 1: too many values"),
        (b"\xff\xfe\xff", "not valid YAML"),
        (b"a" * (2 << 20), "larger than 1 MiB"),
    ],
)
def test_a_wrong_file(text: str | bytes, words: str, tmp_path: Path) -> None:
    assert words in error_of(tmp_path, text)


@pytest.mark.parametrize("first", ["- &a0 [x, x, x, x, x, x, x, x, x]", "k0: &a0 [x, x, x, x]"])
def test_aliases_that_stand_for_billions_of_values(first: str, tmp_path: Path) -> None:
    start = "- " if first.startswith("-") else "k{}: "
    lines = [start.format(n) + f"&a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    assert "stands for more than" in error_of(tmp_path, "\n".join([first, *lines]))


def test_thousands_of_unknown_settings_are_a_short_message(tmp_path: Path) -> None:
    text = "".join(f"setting_{n}: 1\n" for n in range(3000))
    assert "and 2993 more" in error_of(tmp_path, f"model: net.onnx\nname: a\nx: 1\n{text}")


def test_dates_and_the_like_are_text(tmp_path: Path) -> None:
    (tmp_path / "net.onnx").write_bytes(b"")
    (tmp_path / "mobilegen.yml").write_text(
        "model: net.onnx\nbase: &base {fp32: 0.5}\n".replace("base: ", "limits: ")
        + "android: {app_name: 2024-02-30}\n"
    )
    settings, _ = load_settings(settings_type(), tmp_path, {})
    assert settings.section("android").app_name == "2024-02-30"  # type: ignore[attr-defined]
