"""The Java classes of a project, as its APK has them in its dex file."""

from __future__ import annotations

from pathlib import Path

from mobilegen.platforms.android.apk.compile import compile_java, link_resources
from mobilegen.platforms.android.apk.layout import sources_of
from mobilegen.platforms.android.apk.manifest import merge
from mobilegen.platforms.android.apk.settings import ApkSettings
from mobilegen.platforms.android.apk.tools import Tools

MANIFEST = "AndroidManifest.xml"


def compile_app(project: Path, settings: ApkSettings, folder: Path, tools: Tools) -> Path:
    """Compile a project; return the folder of classes, beside which is the merged manifest."""
    folder.mkdir(parents=True, exist_ok=True)
    sources = sources_of(project, settings)
    manifest = folder / MANIFEST
    parts = [(part.manifest, part.module.namespace) for part in sources]
    manifest.write_bytes(merge(parts, settings))
    _, generated = link_resources(sources, manifest, settings, tools, folder)
    files = [path for part in sources for path in part.java] + sorted(generated.rglob("*.java"))
    return compile_java(files, folder / "classes", tools)
