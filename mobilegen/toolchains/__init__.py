"""Compilers for targets: a user's NDK, or the embedded toolchain."""
