"""Reads a finished APK back and checks what phones and the store demand of it."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

import lief

from mobilegen.artifacts import Check
from mobilegen.errors import NativeBuildError, PackagingError
from mobilegen.native_build.elf import read_elf
from mobilegen.platforms.android.apk.archive import alignment_of, data_offset
from mobilegen.platforms.android.apk.settings import ApkSettings
from mobilegen.platforms.android.apk.sign import verified_schemes
from mobilegen.platforms.android.apk.tools import Tools, run_tool
from mobilegen.platforms.android.checks import PAGE_SIZE
from mobilegen.system.files import sha256_bytes, sha256_file

_REQUIRED = ("AndroidManifest.xml", "classes.dex", "resources.arsc")
# Phones before Android 7 know only v1; from Android 11 on, newer apps need v2 or later.
_V1_UP_TO = 23
_MAX_BYTES = 4 << 30
_SHOWN = 5


@dataclass(frozen=True)
class Expected:
    """What must be in an APK.

    Attributes:
        libraries: Native libraries by their names in the APK.
        classes: Full names of the classes that the manifest names.
    """

    libraries: Mapping[str, Path]
    classes: tuple[str, ...]


def check_apk(
    apk: Path, expected: Expected, settings: ApkSettings, tools: Tools
) -> tuple[Check, ...]:
    """Return the checks of an APK; a damaged one fails them."""
    try:
        with zipfile.ZipFile(apk) as archive:
            in_archive = (
                _entries(archive),
                _alignment(archive),
                _libraries(archive, expected),
                _page_size(expected),
                _code(archive, expected),
            )
    except (OSError, ValueError, zipfile.BadZipFile, NotImplementedError) as error:
        return (_check("entries", "the APK is a sound zip file", [str(error)]),)
    return (
        *in_archive,
        _manifest(apk, expected, settings, tools),
        _signature(apk, settings, tools),
    )


def _check(name: str, title: str, faults: Iterable[str], detail: str = "") -> Check:
    found = list(faults)
    shown = "; ".join(found[:_SHOWN]) + (" …" if len(found) > _SHOWN else "")
    return Check(f"apk.{name}", title, "fail" if found else "pass", detail=shown or detail)


def _entries(archive: zipfile.ZipFile) -> Check:
    names = archive.namelist()
    faults = [f"{name} is missing" for name in _REQUIRED if name not in names]
    faults += [f"{name} twice" for name in sorted({n for n in names if names.count(n) > 1})]
    faults += [f"{name}: not a plain path" for name in names if _is_strange(name)]
    if sum(info.file_size for info in archive.infolist()) > _MAX_BYTES:
        faults.append("more than 4 GiB")
    elif damaged := archive.testzip():
        faults.append(f"{damaged} is damaged")
    return _check("entries", "the APK is a sound zip file", faults, f"{len(names)} entries")


def _is_strange(name: str) -> bool:
    return name.startswith("/") or "\\" in name or ".." in name.split("/")


def _alignment(archive: zipfile.ZipFile) -> Check:
    """Everything that Android maps into memory: libraries, resources and stored assets."""
    faults = []
    for info in archive.infolist():
        stored = info.compress_type == zipfile.ZIP_STORED
        if not stored and (info.filename.endswith(".so") or info.filename == "resources.arsc"):
            faults.append(f"{info.filename} is compressed")
        offset = data_offset(archive, info)
        if stored and info.file_size and offset % alignment_of(info.filename):
            faults.append(f"{info.filename} at {offset}")
    return _check(
        "alignment", "libraries are stored at multiples of 16 KB, other files of 4 bytes", faults
    )


def _libraries(archive: zipfile.ZipFile, expected: Expected) -> Check:
    present = {name for name in archive.namelist() if name.endswith(".so")}
    faults = [f"{name} is missing" for name in sorted(expected.libraries.keys() - present)]
    faults += [f"{name} is unknown" for name in sorted(present - expected.libraries.keys())]
    for name in sorted(present & expected.libraries.keys()):
        if sha256_bytes(archive.read(name)) != sha256_file(expected.libraries[name]):
            faults.append(f"{name} is another one")
    detail = f"{len(expected.libraries)} libraries"
    return _check("libraries", "the libraries of the project are in the APK", faults, detail)


def _page_size(expected: Expected) -> Check:
    faults = []
    for name, path in sorted(expected.libraries.items()):
        try:
            elf = read_elf(path)
        except NativeBuildError as error:
            faults.append(f"{name}: {error.what}")
            continue
        aligned = [segment.align for segment in elf.segments if segment.kind == "LOAD"]
        if not aligned or min(aligned) < PAGE_SIZE:
            faults.append(f"{name}: segments aligned to {min(aligned, default=0)}")
    return _check("page-size", "the libraries load on phones with pages of 16 KB", faults)


def _code(archive: zipfile.ZipFile, expected: Expected) -> Check:
    """The classes of the manifest exist; a second opinion on what dx or d8 wrote."""
    defined: set[str] = set()
    faults = []
    for name in archive.namelist():
        if re.fullmatch(r"classes\d*\.dex", name):
            parsed = lief.DEX.parse(list(archive.read(name)))
            if parsed is None or not (classes := [item.fullname for item in parsed.classes]):
                faults.append(f"{name} is not readable")
                continue
            defined.update(_java_name(item) for item in classes)
    faults += [f"{name} is not there" for name in expected.classes if name not in defined]
    return _check(
        "code", "the code has the classes of the manifest", faults, f"{len(defined)} classes"
    )


def _java_name(name: str) -> str:
    return name.removeprefix("L").removesuffix(";").replace("/", ".")


def _manifest(apk: Path, expected: Expected, settings: ApkSettings, tools: Tools) -> Check:
    title = "aapt2 reads the manifest, and it says what was asked for"
    try:
        printed = run_tool((tools.aapt2, "dump", "badging", apk), title="reading the manifest")
    except PackagingError as error:
        return _check("manifest", title, [error.what, *error.seen])
    abis = sorted({name.split("/")[1] for name in expected.libraries})
    wanted = [
        rf"package: name='{re.escape(settings.application_id)}' ",
        rf"versionCode='{settings.version_code}' ",
        rf"versionName='{re.escape(settings.version_name)}'",
        # aapt2 2.20 says minSdkVersion, older ones sdkVersion.
        rf"(?m)^(minS|s)dkVersion:'{settings.min_sdk}'",
        rf"(?m)^targetSdkVersion:'{settings.target_sdk}'",
        r"(?m)^launchable-activity: name='[^']",
        *(rf"(?m)^(alt-)?native-code:.*'{re.escape(abi)}'" for abi in abis),
    ]
    faults = [f"not there: {pattern}" for pattern in wanted if not re.search(pattern, printed)]
    return _check("manifest", title, faults)


def _signature(apk: Path, settings: ApkSettings, tools: Tools) -> Check:
    title = "the signature verifies"
    try:
        schemes = verified_schemes(apk, tools, min_sdk=settings.min_sdk)
    except PackagingError as error:
        return _check("signature", title, error.seen or [error.what])
    faults = ["no v1"] if settings.min_sdk <= _V1_UP_TO and 1 not in schemes else []
    faults += [] if schemes & {2, 3} else ["neither v2 nor v3"]
    return _check("signature", title, faults, ", ".join(f"v{number}" for number in sorted(schemes)))
