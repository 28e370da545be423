"""The tools that the embedded route fetches: files of Maven Central, all under Apache-2.0."""

from __future__ import annotations

import sys

from mobilegen.system.pinned import MavenFile

# Holds aapt2 for Linux, macOS and Windows.
AAPT2 = MavenFile(
    "org.apktool",
    "apktool-lib",
    "2.12.1",
    "jar",
    "8e1e517ba30f579d4f6cf87c806c6b8535f93db6495471ecddf7a36080a21784",
)
AAPT2_MEMBERS = {
    "linux": "prebuilt/linux/aapt2_64",
    "darwin": "prebuilt/macosx/aapt2_64",
    "win32": "prebuilt/windows/aapt2_64.exe",
}
# Android 14 (API 34), classes and resources: the newest whose resources aapt2 reads.
ANDROID = MavenFile(
    "org.robolectric",
    "android-all",
    "14-robolectric-10818077",
    "jar",
    "6be2218c6a53fe3c57bc22ebdc723edcb7270a8a6f187545708aa5c0ed813977",
)
DX = MavenFile(
    "com.jakewharton.android.repackaged",
    "dalvik-dx",
    "16.0.1",
    "jar",
    "1e4b645628e3bdb097b5331d669e177ef235a551582a8c646dbe36865e541907",
)
APKSIG = MavenFile(
    "com.android.tools.build",
    "apksig",
    "4.2.2",
    "jar",
    "632690bf641b429dcb31650e6b2f6a2e87c4ac8afd45a6ba3cbc99fb1612178f",
)


def aapt2_member() -> str | None:
    """Return the file in `AAPT2` for this computer, None when it has none."""
    return AAPT2_MEMBERS.get(sys.platform)
