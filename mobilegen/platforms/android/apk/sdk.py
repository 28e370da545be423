"""Finds an installed Android SDK."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

# Where Android Studio installs it on Linux, macOS and Windows.
_USUAL = ("~/Android/Sdk", "~/Library/Android/sdk", "~/AppData/Local/Android/Sdk")
_VARIABLES = ("ANDROID_HOME", "ANDROID_SDK_ROOT")


@dataclass(frozen=True)
class AndroidSdk:
    """An Android SDK.

    Attributes:
        origin: What named it: a variable, or the usual folder.
    """

    path: Path
    origin: str

    def __str__(self) -> str:
        return f"Android SDK at {self.path} ({self.origin})"

    @property
    def build_tools(self) -> Path | None:
        """The newest build tools."""
        return _newest(self.path / "build-tools")

    @property
    def android_jar(self) -> Path | None:
        """The class and resource stubs of the newest platform."""
        folder = _newest(self.path / "platforms")
        return folder / "android.jar" if folder and (folder / "android.jar").is_file() else None


def find_sdk(environment: Mapping[str, str] = os.environ) -> AndroidSdk | None:
    """Return the first SDK that can build: the variables first, then the usual folders.

    One can when it has a platform or the licences by which Gradle fetches what is missing.
    """
    for origin, path in _places(environment):
        if any(_newest(path / name) for name in ("platforms", "licenses")):
            return AndroidSdk(path, origin)
    return None


def _places(environment: Mapping[str, str]) -> Iterator[tuple[str, Path]]:
    for name in _VARIABLES:
        if value := environment.get(name):
            yield name, Path(value)
    for usual in _USUAL:
        yield "the usual folder", Path(usual).expanduser()


def _newest(folder: Path) -> Path | None:
    """Return the entry with the highest version in its name."""
    if not folder.is_dir():
        return None
    return max(folder.iterdir(), key=_version, default=None)


def _version(path: Path) -> tuple[int, ...]:
    return tuple(int(number) for number in re.findall(r"\d+", path.name))
