"""Names that a library cannot have, because Android has a library of that name itself."""

from __future__ import annotations

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
    """Return the name of a library unchanged if Android has none of that name.

    Raises:
        ConfigError: It has.
    """
    if name in SYSTEM_LIBRARIES:
        raise ConfigError(
            f"the library cannot be named {name!r}",
            seen=[f"lib{name}.so is a library of Android itself"],
            hint=f"--name {name}_model",
        )
    return name
