"""The published JSON schemas are those of the code."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from mobilegen.artifacts import BuildReport
from mobilegen.bench.result import Benchmark
from mobilegen.platforms.settings import settings_type
from mobilegen.report import schema

PUBLISHED = Path(__file__).resolve().parents[3] / "docs" / "schema"


def stale(folder: Path) -> list[str]:
    """Names of the files that differ from what would be written."""
    made = {
        schema.CONFIG_SCHEMA: schema.config_schema(),
        schema.REPORT_SCHEMA: schema.report_schema(),
        schema.BENCH_SCHEMA: schema.bench_schema(),
    }
    return [
        name for name, value in made.items() if json.loads((folder / name).read_text()) != value
    ]


def test_published_schemas_are_up_to_date() -> None:
    assert stale(PUBLISHED) == [], "run: mobilegen schema --out docs/schema"


def test_a_changed_setting_makes_them_stale(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    schema.write_schemas(tmp_path)
    assert stale(tmp_path) == []

    class Changed(settings_type()):  # type: ignore[misc]
        colour: str = "blue"

    monkeypatch.setattr(schema, "settings_type", lambda: Changed)
    assert stale(tmp_path) == [schema.CONFIG_SCHEMA]


def test_schema_has_every_setting_and_field() -> None:
    config, report = schema.config_schema(), schema.report_schema()
    assert set(config["properties"]) == set(settings_type().model_fields)
    assert config["required"] == ["model"]
    assert config["additionalProperties"] is False
    assert set(report["properties"]) == set(BuildReport.__dataclass_fields__)
    assert set(schema.bench_schema()["properties"]) == set(Benchmark.__dataclass_fields__)


def test_abi_may_be_one_or_several() -> None:
    one, several = schema.config_schema()["properties"]["abi"]["anyOf"]
    phones, boards = {"arm64-v8a", "armeabi-v7a", "x86_64", "x86"}, {"aarch64", "armv7hf", "x86_64"}
    assert set(one["enum"]) == {*phones, *boards, "all"}
    assert several["items"]["enum"] == one["enum"]


def test_schemas_name_no_place_of_this_computer() -> None:
    def strings(value: Any) -> list[str]:
        if isinstance(value, dict):
            return [text for item in value.items() for part in item for text in strings(part)]
        if isinstance(value, list):
            return [text for part in value for text in strings(part)]
        return [value] if isinstance(value, str) else []

    found = strings(schema.config_schema()) + strings(schema.report_schema())
    found += strings(schema.bench_schema())
    assert not [text for text in found if text.startswith(("/", "C:"))]
