"""Checks that compiled classes use only Android's public API, and new parts of it behind a guard.

android/api/ApiLevels.java says what counts as a guard. The signature files know the levels 21, 23,
24, 26 and 33: what came between two of them counts as the first level after the lower one.
"""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path

from android_pins import fetch_pinned
from java_tools import QUICK, QUICK_JAVAC

from mobilegen.executors.jdk import CLEAN, Jdk
from mobilegen.system.process import run

_SOURCES = Path(__file__).parent / "android" / "api"
_LEVEL = re.compile(r"api-(?:level-)?(\d+)$")
_SECONDS = 120.0


def api_findings(classes: Path, jdk: Jdk, *, oldest: int) -> list[str]:
    """Return what code for phones from API level `oldest` on must not do, one line each."""
    files = fetch_pinned("animal-sniffer")
    jars = [path for path in files.values() if path.suffix == ".jar"]
    signatures = [
        f"{match[1]}={path}" for name, path in files.items() if (match := _LEVEL.search(name))
    ]
    with tempfile.TemporaryDirectory(prefix="api-") as temporary:
        path = os.pathsep.join(map(str, (temporary, *jars)))
        compile_check = [jdk.javac, *QUICK_JAVAC, "-encoding", "UTF-8", "-cp", path]
        run(
            [*compile_check, "-d", temporary, *_SOURCES.iterdir()],
            title="compiling the check of API levels",
            timeout=_SECONDS,
            env=CLEAN,
        )
        check = [jdk.java, *QUICK, "-Xmx1g", "-cp", path, "ApiLevels"]
        done = run(
            [*check, str(oldest), classes, *signatures],
            title="the check of API levels",
            timeout=_SECONDS,
            env=CLEAN,
        )
    *findings, last = done.stdout.splitlines()
    assert re.fullmatch(r"checked [1-9]\d* classes", last), done.stdout
    return findings
