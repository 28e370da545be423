"""Names that a library can have."""

from __future__ import annotations

import re

from mobilegen.config.model import LIBRARY_NAME
from mobilegen.errors import ConfigError

# https://developer.android.com/ndk/guides/stable_apis: System.loadLibrary of one of these loads
# the system's, and the linker takes the newer one for it.
SYSTEM_LIBRARIES = frozenset(
    (
        "aaudio",
        "amidi",
        "android",
        "binder_ndk",
        "c",
        "camera2ndk",
        "dl",
        "icu",
        "jnigraphics",
        "log",
        "m",
        "mediandk",
        "nativehelper",
        "nativewindow",
        "neuralnetworks",
        "sync",
        "vulkan",
        "z",
    )
)


def check_library_name(name: str) -> str:
    """Return the name of a library unchanged if it is valid.

    Raises:
        ConfigError: It is not `LIBRARY_NAME`, or Android has a library of that name.
    """
    if not re.fullmatch(LIBRARY_NAME.removesuffix("$"), name):
        raise ConfigError(
            f"{name!r} is not a name for a native library",
            seen=["allowed: a small letter, then up to 63 small letters, digits or _"],
            hint="--name image_recognition",
        )
    if name in SYSTEM_LIBRARIES:
        raise ConfigError(
            f"the library cannot be named {name!r}",
            seen=[f"Android has a lib{name}.so of its own, which would be loaded instead"],
            hint=f"--name {name}_model",
        )
    return name
