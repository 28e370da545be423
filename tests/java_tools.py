"""Options for Java programs that run so shortly that thorough compiling does not pay off."""

from __future__ import annotations

QUICK = ("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1")
QUICK_JAVAC = tuple(f"-J{option}" for option in QUICK)
