"""Runs Android's lint, as it was in 2017, over a project.

The lint of Maven Central knows only projects as they were before Gradle, so the modules are laid
out as one of those: merged manifest, resources, sources and compiled classes. It has no table of
API levels (which came with the SDK); android_api.py looks after those. It reads class files of
Java 8 and older only, so it gets the classes of Android with that number in them. Left out are
checks that are out of date: icons have been vectors since API 26, indexing by Firebase is gone.
"""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from pathlib import Path
from zipfile import ZipFile

from android_classes import MANIFEST, compile_app
from android_pins import fetch_pinned
from java_tools import QUICK

from mobilegen.executors.jdk import CLEAN
from mobilegen.platforms.android.apk.layout import sources_of
from mobilegen.platforms.android.apk.settings import ApkSettings
from mobilegen.platforms.android.apk.tools import Tools
from mobilegen.system.files import cache_dir, file_lock, new_dir, sha256_bytes
from mobilegen.system.process import run

_SECONDS = 300.0
_FINDING = re.compile(r"\[\w+\]$")
_END = re.compile(r"^(No issues found\.|\d+ errors, \d+ warnings)", re.MULTILINE)
# Its parser looks into Java's own classes.
_OPENED = ("java.lang", "java.lang.reflect", "java.util", "jdk.internal.misc")
_JAVA_8 = (52).to_bytes(2, "big")
CHECKS = (
    # Languages and texts.
    "MissingTranslation", "ExtraTranslation", "HardcodedText", "SetTextI18n", "StringFormatInvalid",
    "StringFormatMatches", "StringFormatCount", "PluralsCandidate", "MissingQuantity",
    "ImpliedQuantity", "UnusedQuantity", "StringEscaping", "ExtraText", "TypographyEllipsis",
    "TypographyDashes", "DefaultLocale", "LocaleFolder", "UseAlpha2", "WrongRegion",
    # Accessibility, and languages that are written from right to left.
    "ContentDescription", "LabelFor", "ClickableViewAccessibility",
    "SpUsage", "SmallSp", "TextFields", "RtlHardcoded", "RtlSymmetry", "RtlEnabled", "RtlCompat",
    # Layouts and other resources.
    "DuplicateIds", "DuplicateIncludedIds", "DuplicateDefinition", "MissingPrefix", "NamespaceTypo",
    "UnusedNamespace", "UnusedResources", "ScrollViewCount", "ScrollViewSize",
    "NestedScrolling", "InefficientWeight", "Orientation", "Suspicious0dp",
    "ObsoleteLayoutParam", "InconsistentLayout", "IncludeLayoutParam", "RequiredSize", "PxUsage",
    "InOrMmUsage", "WrongViewCast", "UnknownId", "UnknownIdInLayout", "UselessLeaf",
    "UselessParent", "TooManyViews", "TooDeepLayout", "ReferenceType", "ResourceCycle",
    "InvalidResourceFolder", "WrongCase", "WrongFolder", "ResAuto", "AaptCrash", "MergeRootFrame",
    "UseCompoundDrawables", "RelativeOverlap", "NegativeMargin", "VectorRaster", "InvalidId",
    "NotSibling", "EnforceUTF8", "InconsistentArrays", "DisableBaselineAlignment",
    # The manifest.
    "ManifestOrder", "ManifestTypo", "ManifestResource", "WrongManifestParent", "DuplicateActivity",
    "DuplicateUsesFeature", "UniquePermission", "InvalidPermission", "AllowBackup", "MockLocation",
    "FullBackupContent", "MissingApplicationIcon", "Registered", "MissingRegistered",
    "Instantiatable", "InnerclassSeparator", "HardcodedDebugMode", "IllegalResourceRef",
    "ProtectedPermissions", "PermissionImpliesUnsupportedHardware",
    # Security.
    "ExportedContentProvider", "ExportedReceiver", "ExportedService", "GrantAllUris",
    "SetWorldReadable", "SetWorldWritable", "WorldReadableFiles", "WorldWriteableFiles",
    "UnprotectedSMSBroadcastReceiver", "UnsafeDynamicallyLoadedCode", "UnsafeNativeCodeLocation",
    "PackagedPrivateKey", "SdCardPath", "HardwareIds", "SecureRandom", "UsingHttp",
    # Java.
    "HandlerLeak", "StaticFieldLeak", "Recycle", "CommitPrefEdits", "ApplySharedPref",
    "MissingSuperCall", "DrawAllocation", "ViewHolder", "InflateParams", "ShowToast",
    "SimpleDateFormat", "Assert", "UseSparseArrays", "UseValueOf", "WrongCall", "OnClick",
    "OverrideAbstract", "ParcelCreator", "ParcelClassLoader", "ServiceCast", "LongLogTag",
    "LogTagMismatch", "StopShip", "SwitchIntDef", "AccidentalOctal", "CutPasteId",
    "SuspiciousImport", "ViewConstructor", "ViewTag", "Wakelock", "MissingPermission",
    "WrongThread", "AdapterViewChildren", "MergeMarker", "ByteOrderMark", "MangledCRLF",
)  # fmt: skip


def lint_findings(project: Path, settings: ApkSettings, tools: Tools) -> list[str]:
    """Return what lint finds in a project, one line each."""
    with tempfile.TemporaryDirectory(prefix="lint-") as temporary:
        folder = Path(temporary)
        classes = compile_app(project, settings, folder / "compiled", tools)
        old = _lay_out(project, settings, folder)
        shutil.copy(folder / "compiled" / MANIFEST, old)
        printed = _run(old, classes, folder, tools)
    return [line for line in printed.splitlines() if _FINDING.search(line)]


def _run(old: Path, classes: Path, folder: Path, tools: Tools) -> str:
    # An empty SDK, in which it looks for tables.
    (folder / "sdk" / "tools").mkdir(parents=True)
    jars = os.pathsep.join(map(str, fetch_pinned("lint").values()))
    done = run(
        [
            tools.jdk.java, "-Xmx2g", *QUICK,
            *(f"--add-opens=java.base/{name}=ALL-UNNAMED" for name in _OPENED),
            f"-Duser.home={folder}", f"-Dcom.android.tools.lint.bindir={folder / 'sdk' / 'tools'}",
            "-cp", jars,
            "com.android.tools.lint.Main", "--quiet", "--nolines", "--showall",
            "--check", ",".join(CHECKS), "--sources", old / "src", "--classpath", classes,
            "--libraries", _old_android(tools), old,
        ],
        title="lint",
        timeout=_SECONDS,
        env={**CLEAN, "ANDROID_HOME": "", "ANDROID_SDK_ROOT": ""},
    )  # fmt: skip
    # A check that crashes is one line on standard error, and nothing else.
    assert _END.search(done.stdout) and not done.stderr.strip(), done.stdout + done.stderr
    return done.stdout


def _old_android(tools: Tools) -> Path:
    """Return the classes of Android and of Java 8, with the version number of Java 8 in them."""
    symbols = tools.jdk.home / "lib" / "ct.sym"
    identity = sha256_bytes(f"{tools.android} {tools.jdk.version}".encode())[:16]
    path = cache_dir() / "android" / f"lint-{identity}" / "classes.jar"
    with file_lock(path.parent.with_suffix(".lock")):
        if not path.is_file():
            with new_dir(path.parent) as temporary, ZipFile(temporary / path.name, "w") as jar:
                with ZipFile(tools.android) as android:
                    _add_old(jar, android, r"(?P<name>(android|org)/.*)\.class")
                # javac's own record of what Java 8 had; folders name the versions they are of.
                with ZipFile(symbols) as java:
                    _add_old(jar, java, r"[^/]*8[^/]*/java.base/(?P<name>java/.*)\.sig")
    return path


def _add_old(jar: ZipFile, source: ZipFile, pattern: str) -> None:
    for name in source.namelist():
        if match := re.fullmatch(pattern, name):
            data = source.read(name)
            jar.writestr(f"{match['name']}.class", data[:6] + _JAVA_8 + data[8:])


def _lay_out(project: Path, settings: ApkSettings, folder: Path) -> Path:
    """Copy sources and resources of all modules into one."""
    old = folder / "project"
    for part in sources_of(project, settings):
        shutil.copytree(part.folder / "java", old / "src", dirs_exist_ok=True)
        for path in sorted(part.res.glob("*/*")):
            # Several modules may have a strings.xml.
            is_named = not path.parent.name.startswith("values")
            name = path.name if is_named else f"{part.module.name}_{path.name}"
            target = old / "res" / path.parent.name / name
            target.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, target)
    (old / "project.properties").write_text(f"target=android-{settings.target_sdk}\n")
    return old
