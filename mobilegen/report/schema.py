"""JSON schemas of mobilegen.yml, build.json and bench.json, made from the types themselves."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from mobilegen.artifacts import BuildReport
from mobilegen.bench.result import Benchmark
from mobilegen.platforms.settings import settings_type
from mobilegen.system.files import write_text

CONFIG_SCHEMA = "mobilegen.schema.json"
REPORT_SCHEMA = "build.schema.json"
BENCH_SCHEMA = "bench.schema.json"
_DIALECT = "https://json-schema.org/draft/2020-12/schema"


def config_schema() -> dict[str, Any]:
    """Return the schema of mobilegen.yml."""
    schema = settings_type().model_json_schema()
    # Without a name, that of the model file is taken.
    schema["required"] = [name for name in schema["required"] if name != "name"]
    return {"$schema": _DIALECT, **schema, "title": "mobilegen.yml"}


def report_schema() -> dict[str, Any]:
    """Return the schema of build.json."""
    schema = TypeAdapter(BuildReport).json_schema(mode="serialization")
    return {"$schema": _DIALECT, **schema, "title": "build.json"}


def bench_schema() -> dict[str, Any]:
    """Return the schema of bench.json."""
    schema = TypeAdapter(Benchmark).json_schema(mode="serialization")
    return {"$schema": _DIALECT, **schema, "title": "bench.json"}


def write_schemas(folder: Path) -> tuple[Path, ...]:
    """Write all schemas into a folder."""
    schemas = {
        CONFIG_SCHEMA: config_schema(),
        REPORT_SCHEMA: report_schema(),
        BENCH_SCHEMA: bench_schema(),
    }
    return tuple(
        write_text(folder / name, json.dumps(schema, indent=2) + "\n")
        for name, schema in schemas.items()
    )
