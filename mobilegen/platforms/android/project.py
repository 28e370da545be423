"""The Android Studio project of a model: an SDK module for any app, and a demo app."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import mobilegen
from mobilegen.artifacts import Artifact, FileRecord, Library, NativeSources, Project, ProjectFile
from mobilegen.platforms.android.jni import NATIVES
from mobilegen.platforms.android.options import PLATFORM, ProjectOptions
from mobilegen.platforms.android.rendering import render, target_path, template_names
from mobilegen.platforms.android.sources import LABELS_FILE, library_values, stored_suffixes
from mobilegen.platforms.escapes import Code
from mobilegen.system.files import sha256_bytes, sha256_file, write_bytes

GOLDEN = "sdk/src/androidTest/assets/golden"
_APP = "app/src/main"
_APP_JAVA = f"{_APP}/java/APP_PACKAGE"
# Of an app whose model names what is on a picture.
_FOR_IMAGES = frozenset(
    (
        *(
            f"{_APP_JAVA}/{name}.java.j2"
            for name in (
                "CameraFiles",
                "CameraPermission",
                "LiveActivity",
                "LiveCamera",
                "MainActivity",
                "Pictures",
                "ResultText",
            )
        ),
        *(
            f"{_APP}/res/layout/{name}.xml"
            for name in (
                "activity_live",
                "activity_main",
                "part_buttons",
                "part_picture",
                "part_result",
            )
        ),
        f"{_APP}/res/layout-land/activity_main.xml",
    )
)
# Of a model that lies beside the library.
_FOR_FILES = frozenset(("sdk/src/androidTest/java/SDK_PACKAGE/ModelDigestTest.java.j2",))
# Of a project that compiles the libraries itself.
_CPP = "sdk/src/main/cpp"
_FOR_SOURCES = frozenset((f"{_CPP}/CMakeLists.txt.j2",))
_NDK = "NDK "
_EXECUTABLE = frozenset(("gradlew",))


@dataclass(frozen=True)
class ProjectParts:
    """What the project holds beside source code.

    Attributes:
        labels: The file of class names, or None.
        golden: Folder that `golden.write_golden` has filled.
        sources: Those of the libraries, one for each, or none.
    """

    artifact: Artifact
    libraries: tuple[Library, ...]
    labels: Path | None
    golden: Path
    sources: tuple[NativeSources, ...] = ()


def render_project(options: ProjectOptions, parts: ProjectParts, folder: Path) -> Project:
    """Write the sources of a project below `folder`, and name all of its files.

    Model and libraries are large, so they are named where they are instead of being copied.

    Raises:
        ConfigError: The package name is not valid.
    """
    files = [*_rendered(options, parts, folder), *_copied(options, parts)]
    return Project(PLATFORM, tuple(sorted(files, key=lambda file: file.path)), options.names)


def _rendered(options: ProjectOptions, parts: ProjectParts, folder: Path) -> Iterator[ProjectFile]:
    values = _values(options, parts)
    for name in template_names():
        if name in _FOR_IMAGES and not options.images:
            continue
        if name in _FOR_FILES and options.embedded:
            continue
        if name in _FOR_SOURCES and not parts.sources:
            continue
        path, data = target_path(name, values), render(name, values)
        write_bytes(folder / path, data)
        yield ProjectFile(path, folder / path, sha256_bytes(data), path in _EXECUTABLE)


def _values(options: ProjectOptions, parts: ProjectParts) -> dict[str, Any]:
    """Return what the templates may print."""
    artifact = parts.artifact
    licence = next(iter(_licences(parts)), None)
    library = library_values(
        options.package,
        options.name,
        artifact,
        embedded=options.embedded,
        has_labels=parts.labels is not None,
    )
    return {
        **library,
        "app_package": Code(options.application_id),
        "application_id": options.application_id,
        "sdk_namespace": options.sdk_namespace,
        "app_name": options.app_name,
        "main_activity": Code("MainActivity" if options.images else "BenchmarkActivity"),
        "min_sdk": options.min_sdk,
        "target_sdk": options.target_sdk,
        "compile_sdk": options.compile_sdk,
        "version_code": options.version_code,
        "version_name": options.version_name,
        "images": options.images,
        "abis": [each.target.abi for each in parts.libraries],
        "native_classes": [Code(name) for name in sorted(NATIVES)],
        "with_sources": bool(parts.sources),
        "ndk_version": _ndk_version(parts.libraries),
        "embedded_files": [Code(file.path) for _, file in artifact.files],
        "stored": stored_suffixes(artifact),
        "engine": Code(artifact.runtime),
        "runtime": f"{artifact.runtime} {artifact.runtime_version}",
        "precision": artifact.precision,
        "weights_sha256": _weights(artifact).sha256,
        "licence_asset": f"{options.name}/{licence}" if licence else "",
        "generator": f"mobilegen {mobilegen.__version__}",
    }


def _weights(artifact: Artifact) -> FileRecord:
    """Return the file with the weights: the one of that role, or the largest."""
    files = dict(artifact.files)
    return files.get("weights") or max(files.values(), key=lambda file: file.size)


def _ndk_version(libraries: tuple[Library, ...]) -> str:
    """Return the version of the NDK that made the libraries; "" when none did."""
    versions = {library.toolchain for library in libraries if library.toolchain.startswith(_NDK)}
    return min(versions).removeprefix(_NDK) if len(versions) == 1 else ""


def _licences(parts: ProjectParts) -> dict[str, Path]:
    """Return the licences of what is in the libraries and beside them by name, the runtime's first.

    What several libraries have is there once.
    """
    found: dict[str, Path] = {}
    for library in parts.libraries:
        for licence in library.licences:
            found.setdefault(licence.name, licence)
    return found


def _copied(options: ProjectOptions, parts: ProjectParts) -> Iterator[ProjectFile]:
    assets = f"sdk/src/main/assets/{options.name}"
    if not options.embedded:
        for _, file in parts.artifact.files:
            source = parts.artifact.folder / file.path
            yield ProjectFile(f"{assets}/{file.path}", source, file.sha256)
        if parts.labels:
            path = f"{assets}/{LABELS_FILE}"
            yield ProjectFile(path, parts.labels, sha256_file(parts.labels))
    for name, licence in _licences(parts).items():
        yield ProjectFile(f"{assets}/{name}", licence, sha256_file(licence))
    for library in parts.libraries:
        folder = f"sdk/src/main/jniLibs/{library.target.abi}"
        yield ProjectFile(f"{folder}/{library.path.name}", library.path, library.sha256)
        for each in library.companions:
            yield ProjectFile(f"{folder}/{each.name}", each.path, each.sha256)
    yield from _sources(parts)
    for file_path in sorted(parts.golden.iterdir()):
        yield ProjectFile(f"{GOLDEN}/{file_path.name}", file_path, sha256_file(file_path))


def _sources(parts: ProjectParts) -> Iterator[ProjectFile]:
    """Name the sources of all libraries; what several have in common is there once."""
    found: dict[str, ProjectFile] = {}
    for sources in parts.sources:
        for file in sources.files:
            path = f"{_CPP}/{file.path}"
            found.setdefault(path, ProjectFile(path, sources.folder / file.path, file.sha256))
    yield from found.values()
