"""Merges the manifests of the project's modules into that of the app.

Of what the Android Gradle Plugin's merger does, this does what a library with an own manifest
and an app need, and refuses the rest: names of classes become absolute, `${applicationId}` is
replaced, children of a library's <manifest> and <application> are appended unless the app has
the same, attributes of a library's <application> are taken over unless the app has another
value. Attributes in the `tools` namespace are for lint and for the merger itself; of them
tools:node, tools:replace, tools:remove and tools:selector would have to be obeyed, so a
manifest that has them is refused.

https://developer.android.com/build/manage-manifests has the rules of the real one.
"""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Sequence
from pathlib import Path

from mobilegen.errors import PackagingError
from mobilegen.platforms.android.apk.settings import ApkSettings

_URI = "http://schemas.android.com/apk/res/android"
_TOOLS = "{http://schemas.android.com/tools}"
NAME = f"{{{_URI}}}name"
_EXTRACT = f"{{{_URI}}}extractNativeLibs"
# Attributes that name classes, by element.
_CLASSES = {
    "application": ("name", "backupAgent"),
    "activity": ("name", "parentActivityName"),
    "activity-alias": ("name", "targetActivity"),
    "service": ("name",),
    "receiver": ("name",),
    "provider": ("name",),
    "instrumentation": ("name",),
}
COMPONENTS = ("activity", "service", "receiver", "provider")
_ORDERS = ("node", "replace", "remove", "selector")
_PLACEHOLDER = re.compile(r"\$\{([^}]*)\}")
_REMEDY = "build with Gradle: install an Android SDK and set ANDROID_HOME"


def merge(manifests: Sequence[tuple[Path, str]], settings: ApkSettings) -> bytes:
    """Return the app's manifest as XML.

    Args:
        manifests: Files with the namespace of their module, the app's first.

    Raises:
        PackagingError: One is no manifest, or needs what only the real merger does.
    """
    # aapt2 wants the usual prefix.
    ET.register_namespace("android", _URI)
    roots = [_read(path, namespace, settings) for path, namespace in manifests]
    merged = roots[0]
    application = _application(merged)
    for (path, _), library in zip(manifests[1:], roots[1:], strict=True):
        added = library.find("application")
        _append(merged, [child for child in library if child.tag != "application"], before=True)
        if added is not None:
            _take_over(application, added, path)
            _append(application, list(added))
    merged.set("package", settings.application_id)
    _set_levels(merged, settings)
    # Libraries stay stored and aligned in the APK; installers before Android 6 ignore this.
    application.attrib.setdefault(_EXTRACT, "false")
    return bytes(ET.tostring(merged, encoding="utf-8", xml_declaration=True))


def component_classes(manifest: bytes) -> tuple[str, ...]:
    """Return the classes that a merged manifest names, sorted."""
    application = _application(ET.fromstring(manifest))
    names = {application.get(NAME)} | {
        element.get(NAME) for tag in COMPONENTS for element in application.iter(tag)
    }
    return tuple(sorted(filter(None, names)))


def _application(root: ET.Element) -> ET.Element:
    found = root.find("application")
    return found if found is not None else ET.SubElement(root, "application")


def _read(path: Path, namespace: str, settings: ApkSettings) -> ET.Element:
    try:
        root = ET.fromstring(path.read_bytes())
    except (OSError, ET.ParseError) as error:
        raise PackagingError(
            "a manifest cannot be read", seen=[f"{path}: {error}"], hint="correct the file"
        ) from error
    if root.tag != "manifest":
        raise PackagingError(
            "a manifest does not begin with <manifest>",
            seen=[f"{path}: <{root.tag}>"],
            hint="correct the file",
        )
    for element in root.iter():
        _resolve(element, path, namespace, settings)
    return root


def _resolve(element: ET.Element, path: Path, namespace: str, settings: ApkSettings) -> None:
    """Make one element independent of its module."""
    for key in [key for key in element.attrib if key.startswith(_TOOLS)]:
        if key.removeprefix(_TOOLS) in _ORDERS:
            raise PackagingError(
                "a manifest has orders for Gradle's manifest merger",
                seen=[f"{path}: tools:{key.removeprefix(_TOOLS)}"],
                hint=_REMEDY,
            )
        del element.attrib[key]
    for key, value in element.attrib.items():
        element.set(key, _filled(value, path, settings))
    for name in _CLASSES.get(element.tag, ()):
        key = f"{{{_URI}}}{name}"
        if class_name := element.get(key):
            element.set(key, absolute(class_name, namespace))


def _filled(value: str, path: Path, settings: ApkSettings) -> str:
    def replace(match: re.Match[str]) -> str:
        if match[1] != "applicationId":
            raise PackagingError(
                "a manifest has a placeholder that only Gradle knows",
                seen=[f"{path}: {match[0]}"],
                hint=_REMEDY,
            )
        return settings.application_id

    return _PLACEHOLDER.sub(replace, value)


def absolute(name: str, namespace: str) -> str:
    """Return the full name of a class that a manifest names."""
    if name.startswith("."):
        return namespace + name
    return name if "." in name else f"{namespace}.{name}"


def _take_over(application: ET.Element, library: ET.Element, path: Path) -> None:
    for key, value in library.attrib.items():
        if application.attrib.setdefault(key, value) != value:
            raise PackagingError(
                "app and library want different things of <application>",
                seen=[f"{path}: {key.rpartition('}')[2]}={value!r}"],
                hint=_REMEDY,
            )


def _set_levels(merged: ET.Element, settings: ApkSettings) -> None:
    """Say what Gradle takes from the build files."""
    levels = merged.find("uses-sdk")
    if levels is None:
        levels = ET.Element("uses-sdk")
        merged.insert(0, levels)
    levels.set(f"{{{_URI}}}minSdkVersion", str(settings.min_sdk))
    levels.set(f"{{{_URI}}}targetSdkVersion", str(settings.target_sdk))


def _append(parent: ET.Element, children: Sequence[ET.Element], *, before: bool = False) -> None:
    """Add elements, at the end or before the others, unless the parent has such ones."""
    present = {_identity(child) for child in parent}
    new = [child for child in children if _identity(child) not in present]
    place = 0 if before else len(parent)
    parent[place:place] = new


def _identity(element: ET.Element) -> tuple[str, str]:
    # Without a name, such as <queries>, only an equal one is the same.
    return element.tag, element.get(NAME) or ET.tostring(element, encoding="unicode").strip()
