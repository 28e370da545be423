"""Compiles and links the library of one target, and checks its file."""
