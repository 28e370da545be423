"""Names that a library cannot have."""

from __future__ import annotations

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
