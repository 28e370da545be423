"""Runs every test with all that it needs: `uv run tests/run.py [pytest arguments]`.

Tests run in several processes, one a processor; `-n 0` keeps them in one.

System packages that tests need (a JDK and the like) are installed with apt when this runs as
root, and named otherwise. In CI (the variable CI is set) a missing tool is a failure.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]

# Program or path that must exist -> Debian package that has it.
TOOLS = {
    "javac": "default-jdk-headless",
    "mvn": "maven",
    "git": "git",
    "g++": "g++",
    "strace": "strace",
    "unshare": "util-linux",
    "qemu-arm": "qemu-user",
    # Not a program, but without it those of boards do not start.
    "/usr/aarch64-linux-gnu/lib/ld-linux-aarch64.so.1": "libc6-arm64-cross",
    "/usr/arm-linux-gnueabihf/lib/ld-linux-armhf.so.3": "libc6-armhf-cross",
}
# Most tests start programs that use several processors themselves.
MOST_WORKERS = 4
CHECKS = (
    ("ruff", ["ruff", "check", "."]),
    ("ruff format", ["ruff", "format", "--check", "."]),
    ("mypy", ["mypy"]),
)


def missing_tools() -> dict[str, str]:
    """Return the programs that are not on PATH with their packages."""
    return {tool: package for tool, package in TOOLS.items() if not shutil.which(tool)}


def install(packages: list[str]) -> bool:
    """Install Debian packages; False when this is not possible here."""
    if not shutil.which("apt-get") or os.name != "posix" or os.geteuid() != 0:
        return False
    print(f"installing {' '.join(packages)}", flush=True)
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for arguments in (["update"], ["install", "-y", "--no-install-recommends", *packages]):
        subprocess.run(["apt-get", "-qq", *arguments], env=env, check=True)
    return True


def provide_tools() -> bool:
    """Make the system tools available; True when the tests may start."""
    missing = missing_tools()
    if missing and install(sorted(set(missing.values()))):
        missing = missing_tools()
    for tool, package in missing.items():
        print(f"missing: {tool} (Debian package {package})", file=sys.stderr)
    return not missing or not os.environ.get("CI")


def workers() -> int:
    """Return how many processes run tests; each needs about 1 GB of memory."""
    return min(os.cpu_count() or 1, MOST_WORKERS)


def run_checks() -> int:
    """Run the linters; return how many failed."""
    failures = 0
    for name, command in CHECKS:
        print(f"--- {name}", flush=True)
        failures += subprocess.run([sys.executable, "-m", *command], cwd=ROOT).returncode != 0
    return failures


def main(arguments: list[str]) -> int:
    """Provide tools, run linters and pytest; return the exit code."""
    if not provide_tools():
        return 1
    failures = 0 if arguments else run_checks()
    print("--- pytest", flush=True)
    command = [sys.executable, "-m", "pytest", "-n", str(workers()), *arguments]
    # Negative after a crash, which must not pass for 0.
    failures += subprocess.run(command, cwd=ROOT).returncode != 0
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
