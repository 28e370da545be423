"""Runs the compiled library of each ABI on this machine, to compare its answers."""
