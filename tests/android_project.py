"""Projects rendered without a build, and the compiler for what was rendered."""

from __future__ import annotations

import json
import os
import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

from android_pins import fetch_pinned
from java_tools import QUICK_JAVAC

from mobilegen.artifacts import Artifact, FileRecord, Library, NativeSources, Project, Target
from mobilegen.platforms.android import application
from mobilegen.platforms.android.options import ProjectOptions
from mobilegen.platforms.android.project import ProjectParts, render_project
from mobilegen.platforms.merge import apply_merge, plan_merge
from mobilegen.system.download import fetch
from mobilegen.system.files import record, sha256_file
from mobilegen.system.pinned import MavenFile
from mobilegen.system.process import run

# Android 14 with all of its classes, hidden ones too.
ANDROID = MavenFile(
    "org.robolectric",
    "android-all",
    "14-robolectric-10818077",
    "jar",
    "6be2218c6a53fe3c57bc22ebdc723edcb7270a8a6f187545708aa5c0ed813977",
)
# Of what tests on a phone use; Robolectric is behind it.
STANDINS = Path(__file__).parent / "android" / "java" / "androidx"
ABIS = ("arm64-v8a", "x86_64")
SOURCE = "ncnn/src/net.cpp"
HOSTILE = '"Tom\'s" <b>&amp; $HOME ${x} */ \\u0022 @?% 日本 \U0001f600'

DEFAULT = ProjectOptions(
    name="photo",
    package="com.example.photo",
    application_id="com.example.photo.demo",
    sdk_namespace="com.example.photo",
    app_name="Photo",
    min_sdk=21,
    target_sdk=36,
    compile_sdk=36,
    version_code=1,
    version_name="1.0",
    images=True,
    embedded=False,
)


def renamed(package: str, **values: object) -> ProjectOptions:
    """Options with another package, and the names that follow from it."""
    application_id = application.default_application_id(package, DEFAULT.name)
    return replace(
        DEFAULT,
        package=package,
        application_id=application_id,
        sdk_namespace=application.sdk_namespace(package, application_id),
        **values,  # type: ignore[arg-type]
    )


UNICODE = renamed("com.my_company.größe.日本_1", name="my_model_2", app_name=HOSTILE)
EVERYTHING = replace(
    DEFAULT,
    name="all_1",
    application_id="org.Example_1.app",
    app_name=HOSTILE,
    version_code=42,
    version_name=HOSTILE,
    target_sdk=35,
    embedded=True,
)
NUMBERS = replace(DEFAULT, images=False)
CONFIGURATIONS = {
    "default": DEFAULT,
    "unicode": UNICODE,
    "everything": EVERYTHING,
    "numbers": NUMBERS,
}


def parts(folder: Path, *, labels: bool = True, sources: bool = False) -> ProjectParts:
    """Small files in place of a model, its libraries and its reference."""
    model = folder / "model"
    model.mkdir(parents=True)
    for name in ("model.param", "model.bin"):
        (model / name).write_bytes(name.encode())
    files = (record(model / "model.param", model), record(model / "model.bin", model))
    golden = folder / "golden"
    golden.mkdir()
    (golden / "golden.json").write_text(json.dumps({"limit": 0.1, "samples": []}))
    names = folder / "labels.txt"
    names.write_text(f"{HOSTILE}\nespresso\n", "utf-8")
    return ProjectParts(
        artifact=_artifact(model, files),
        libraries=tuple(_library(folder / "lib" / abi, abi) for abi in ABIS),
        labels=names if labels else None,
        golden=golden,
        sources=tuple(_sources(folder / "sources" / abi, abi) for abi in ABIS) if sources else (),
    )


def _sources(folder: Path, abi: str) -> NativeSources:
    files = (folder / SOURCE, folder / "ncnn" / "abi" / abi / "objects.cmake")
    for path in files:
        path.parent.mkdir(parents=True)
        path.write_text(path.name)
    return NativeSources(
        Target("android", abi, "21"), folder, tuple(record(p, folder) for p in files)
    )


def _artifact(folder: Path, files: tuple[FileRecord, ...]) -> Artifact:
    return Artifact(
        runtime="ncnn",
        runtime_version="1.0",
        precision="fp32",
        folder=folder,
        files=tuple(zip(("params", "weights"), files, strict=True)),
        inputs=(),
        outputs=(),
        operators=(),
        candidate="original",
    )


def _library(folder: Path, abi: str) -> Library:
    folder.mkdir(parents=True)
    path = folder / "libphoto.so"
    path.write_bytes(abi.encode())
    licence = folder / "LICENSE.txt"
    licence.write_text("Free.")
    return Library(
        target=Target("android", abi, "21"),
        path=path,
        soname=path.name,
        size=path.stat().st_size,
        sha256=sha256_file(path),
        needed=(),
        exports=(),
        imports=(),
        toolchain="",
        licences=(licence,),
    )


def render(
    options: ProjectOptions, folder: Path, *, labels: bool = True, sources: bool = False
) -> Project:
    """Render a project; its sources lie in folder/project."""
    given = parts(folder / "parts", labels=labels, sources=sources)
    return render_project(options, given, folder / "project")


def lay_out(project: Project, folder: Path) -> Path:
    """Put all files of a project where a user would find them."""
    apply_merge(plan_merge(project, folder, force=False))
    return folder


def resource_names(res: Path) -> dict[str, set[str]]:
    """Names of resources by type, as the resource compiler would find them."""
    found: dict[str, set[str]] = {}
    for path in res.rglob("*.xml"):
        kind = path.parent.name.split("-")[0]
        if kind == "values":
            for element in ElementTree.parse(path).getroot():
                tag = element.get("type") if element.tag == "item" else element.tag
                found.setdefault(str(tag), set()).add(element.attrib["name"])
        else:
            found.setdefault(kind, set()).add(path.stem)
        found.setdefault("id", set()).update(re.findall(r"@\+id/(\w+)", path.read_text("utf-8")))
    return found


def r_class(package: str, res: Path) -> str:
    """The class R as the resource compiler would make it."""
    lines = [f"package {package};", "public final class R {"]
    for kind, names in sorted(resource_names(res).items()):
        lines.append(f"  public static final class {kind} {{")
        for number, name in enumerate(sorted(names)):
            lines.append(f"    public static final int {name.replace('.', '_')} = {number};")
        lines.append("  }")
    return "\n".join([*lines, "}", ""])


def compile_project(project: Path, options: ProjectOptions, out: Path) -> None:
    """Compile every Java file of a project against Android 14 as the current build tools would.

    Raises:
        ProcessError: With what the compiler says, warnings included.
    """
    generated = out / "generated" / "R.java"
    generated.parent.mkdir(parents=True)
    generated.write_text(r_class(options.application_id, project / "app/src/main/res"), "utf-8")
    sources = [*project.glob("*/src/*/java/**/*.java"), generated, *STANDINS.rglob("*.java")]
    pinned = fetch_pinned("robolectric").items()
    jars = [path for name, path in pinned if name.startswith(("junit:", "org.robolectric:"))]
    path = os.pathsep.join(map(str, (fetch(ANDROID), *jars)))
    argv: list[str | Path] = ["javac", *QUICK_JAVAC]
    argv += ["--release", "8", "-encoding", "UTF-8", "-Werror"]
    argv += ["-Xlint:all,-options,-classfile", "-proc:none", "-cp", path, "-d", out / "classes"]
    run([*argv, *sources], title="javac", timeout=300, cwd=out)
