"""The project uses public API only, and what is newer than its oldest phone behind SDK_INT."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from android_api import api_findings
from android_classes import compile_app

from mobilegen.platforms.android.apk.compile import compile_java
from mobilegen.platforms.android.apk.settings import ApkSettings
from mobilegen.platforms.android.apk.tools import Tools

CASES = Path(__file__).parent / "api_cases"


def lines_of(name: str) -> dict[str, range]:
    """Lines of the methods of a case by their names."""
    lines = (CASES / f"{name}.java").read_text("utf-8").splitlines()
    starts = [
        (match[1], number)
        for number, line in enumerate(lines, 1)
        if (match := re.match(r"    (?:static|@Override public) [\w<>, ]*?(\w+)\(", line))
    ]
    ends = [number for _, number in starts[1:]] + [len(lines) + 1]
    return {name: range(start, end) for (name, start), end in zip(starts, ends, strict=True)}


@pytest.fixture(scope="module")
def findings(tools: Tools, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    folder = tmp_path_factory.mktemp("cases")
    classes = compile_java(sorted(CASES.iterdir()), folder / "classes", tools)
    return api_findings(classes, tools.jdk, oldest=21)


def test_the_project_has_no_finding(
    project: Path, settings: ApkSettings, tools: Tools, tmp_path: Path
) -> None:
    classes = compile_app(project, settings, tmp_path, tools)
    assert api_findings(classes, tools.jdk, oldest=settings.min_sdk) == []


def test_guarded_uses_are_accepted(findings: list[str]) -> None:
    assert [line for line in findings if line.startswith("cases.Guarded")] == []


@pytest.mark.parametrize(
    ("method", "what"),
    [
        ("withoutGuard", "checkSelfPermission"),
        ("withTheOppositeGuard", "checkSelfPermission"),
        ("withTooLowAGuard", "checkSelfPermission"),
        ("behindAGuardThatHasEnded", "checkSelfPermission"),
        ("withAnOr", "checkSelfPermission"),
        ("ofJava", "getOrDefault"),
        ("callsAnnotated", "annotated"),
        ("anonymous", "setMutableRequired"),
        ("hiddenMethod", "currentApplication"),
        ("hiddenClass", "ServiceManager.getService"),
        ("cast", "android.graphics.ImageDecoder"),
    ],
)
def test_others_are_found(method: str, what: str, findings: list[str]) -> None:
    lines = lines_of("Unguarded")[method]
    matches = [re.match(r"cases\.Unguarded(?:\$\d)?:(\d+): (.*)", line) for line in findings]
    here = [match[2] for match in matches if match and int(match[1]) in lines]
    assert any(what in text for text in here), findings


def test_guards_are_not_needed_where_the_oldest_phone_is_newer(
    tools: Tools, tmp_path: Path
) -> None:
    classes = compile_java([CASES / "Unguarded.java"], tmp_path / "classes", tools)
    found = api_findings(classes, tools.jdk, oldest=30)
    assert found and all("is not public" in line for line in found)
