"""Makes an APK without Gradle and without an Android SDK."""

from __future__ import annotations

import tempfile
from collections.abc import Sequence
from pathlib import Path

from mobilegen.platforms.android.apk.archive import Entry, read_entries, write_apk
from mobilegen.platforms.android.apk.compile import compile_java, dex, link_resources
from mobilegen.platforms.android.apk.layout import Sources, native_libraries, sources_of
from mobilegen.platforms.android.apk.manifest import merge
from mobilegen.platforms.android.apk.settings import ApkSettings
from mobilegen.platforms.android.apk.sign import Key, debug_key, sign
from mobilegen.platforms.android.apk.tools import Tools


def build_embedded(project: Path, settings: ApkSettings, tools: Tools, output: Path) -> Path:
    """Compile, package, align and sign the app of a project.

    Raises:
        PackagingError: What is wrong in the project, with file and line where there is one.
    """
    sources = sources_of(project, settings)
    with tempfile.TemporaryDirectory(prefix="mobilegen-") as temporary:
        folder = Path(temporary)
        unsigned = write_apk(_entries(sources, settings, tools, folder), folder / "unsigned.apk")
        key = signing_key(settings, tools)
        return sign(unsigned, output, key, tools, min_sdk=settings.min_sdk)


def signing_key(settings: ApkSettings, tools: Tools) -> Key:
    """Return the user's key, or else the debug key."""
    return Key(settings.keystore) if settings.keystore else debug_key(tools.jdk)


def _entries(
    sources: tuple[Sources, ...], settings: ApkSettings, tools: Tools, folder: Path
) -> list[Entry]:
    libraries = native_libraries(sources)
    manifest = folder / "AndroidManifest.xml"
    parts = [(part.manifest, part.module.namespace) for part in sources]
    manifest.write_bytes(merge(parts, settings))
    base, generated = link_resources(sources, manifest, settings, tools, folder)
    code = _code(sources, generated, settings, tools, folder)
    return [
        *read_entries(base),
        Entry("classes.dex", code.read_bytes(), stored=False),
        *(Entry(name, path.read_bytes(), stored=True) for name, path in libraries.items()),
    ]


def _code(
    sources: Sequence[Sources],
    generated: Path,
    settings: ApkSettings,
    tools: Tools,
    folder: Path,
) -> Path:
    files = [path for part in sources for path in part.java]
    files += sorted(generated.rglob("*.java"))
    classes = compile_java(files, folder / "classes", tools)
    return dex(classes, tools, folder, min_sdk=settings.min_sdk)
