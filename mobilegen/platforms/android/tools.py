"""What can be fetched for building Android apps."""

from __future__ import annotations

from collections.abc import Iterator

from mobilegen.errors import MobilegenError
from mobilegen.platforms.android.settings import AndroidSettings
from mobilegen.platforms.finding import Finding


def prepare(section: AndroidSettings, *, offline: bool) -> Iterator[Finding]:
    """Fetch the tools that the APK takes; see `Platform.prepare_tools`."""
    from mobilegen.platforms.android.apk.tools import find_tools

    if not section.apk:
        return
    subject = "tools for the APK"
    try:
        yield Finding(subject, "ready", find_tools(offline=offline).origins)
    except MobilegenError as error:
        yield Finding(subject, "missing", error.what)
