"""Compiles generated *.gradle.kts files against stand-ins of what they use."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Mapping
from pathlib import Path

from java_tools import QUICK

from mobilegen.system.download import fetch
from mobilegen.system.pinned import MavenFile
from mobilegen.system.process import run

_COMPILER = Path(__file__).parent / "kotlin" / "compiler.json"
_DSL = Path(__file__).parent / "kotlin" / "GradleDsl.kt"
_SCRIPTS = {
    "settings.gradle.kts": "SettingsScript",
    "build.gradle.kts": "BuildScript",
    "sdk/build.gradle.kts": "LibraryScript",
    "app/build.gradle.kts": "ApplicationScript",
}
_ENTRY = re.compile(r"^([\w-]+)\s*=\s*\{", re.MULTILINE)


def catalog_class(toml: str) -> str:
    """The accessors that Gradle makes of a version catalog: libs.plugins.android.application."""
    sections = dict(re.findall(r"^\[(\w+)\]\n(.*?)(?=^\[|\Z)", toml, re.MULTILINE | re.DOTALL))
    tree: dict[str, object] = {}
    for section, prefix, kind in (
        ("libraries", (), "Library"),
        ("plugins", ("plugins",), "PluginDependency"),
    ):
        for name in _ENTRY.findall(sections[section]):
            *parents, leaf = (*prefix, *name.split("-"))
            node = tree
            for parent in parents:
                node = node.setdefault(parent, {})  # type: ignore[assignment]
            node[leaf] = kind
    return f"val libs = {_object(tree)}\n"


def _object(tree: Mapping[str, object]) -> str:
    lines = [
        f"val {name} = {f'gradle.{value}()' if isinstance(value, str) else _object(value)}"  # type: ignore[arg-type]
        for name, value in tree.items()
    ]
    return "object { " + "; ".join(lines) + " }"


def compile_scripts(project: Path, out: Path) -> None:
    """Compile the four build files of a project.

    Raises:
        ProcessError: With what the compiler says.
    """
    out.mkdir(parents=True)
    libs = catalog_class((project / "gradle" / "libs.versions.toml").read_text("utf-8"))
    sources = []
    for number, (name, base) in enumerate(_SCRIPTS.items()):
        text = (project / name).read_text("utf-8")
        source = out / f"Script{number}.kt"
        source.write_text(
            f"package gradle.test{number}\n\nimport gradle.*\n\n"
            f"class Script : {base}() {{ private {libs}fun run() {{\n{text}\n}} }}\n",
            "utf-8",
        )
        sources.append(source)
    jars = [fetch(MavenFile(**pin, extension="jar")) for pin in json.loads(_COMPILER.read_bytes())]
    argv: list[str | Path] = ["java", *QUICK, "-Xmx1g", "-cp", os.pathsep.join(map(str, jars))]
    argv += ["org.jetbrains.kotlin.cli.jvm.K2JVMCompiler", "-no-stdlib", "-no-reflect"]
    argv += ["-nowarn", "-cp", jars[1], "-d", out / "classes", _DSL, *sources]
    run(argv, title="the Kotlin compiler", timeout=300, cwd=out)
