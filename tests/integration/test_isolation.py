"""Once set up, nothing opens a connection, and nothing is written outside result and cache."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

import models
import numpy as np
import pytest
from program import command, succeed

from mobilegen.system.files import cache_dir

ABIS = ("--abi", "x86_64", "--abi", "armeabi-v7a")
NO_NETWORK = ("unshare", "--map-root-user", "--net")


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a model and an input, and a cache that has all that its build needs."""
    folder = tmp_path_factory.mktemp("isolation")
    models.save(models.lenet(), folder / "digits.onnx")
    np.savez(folder / "in.npz", image=np.zeros((1, 1, 28, 28), np.float32))
    succeed("build", folder / "digits.onnx", *ABIS, "--out", folder / "first")
    return folder


def verbs(folder: Path, out: Path) -> list[list[str]]:
    """Every verb that is used after the set-up."""
    model = folder / "digits.onnx"
    return [
        command("build", model, *ABIS, "--out", out, "--require-proof"),
        command("convert", model, "--out", out.with_name("converted")),
        command("verify", out),
        command("run", out, "--input", folder / "in.npz", "--output", out / "out.npz", "--host"),
        command(
            *("run", out, "--input", folder / "in.npz", "--output", out / "out.npz"),
            *("--abi", "armeabi-v7a"),
        ),
        command("doctor"),
    ]


def home(folder: Path) -> dict[str, str]:
    """Environment of a user whose own folders are all below `folder`."""
    places = {"HOME": "home", "TMPDIR": "tmp", "XDG_CONFIG_HOME": "home/.config"}
    for place in places.values():
        (folder / place).mkdir(parents=True, exist_ok=True)
    return {name: str(folder / place) for name, place in places.items()}


def start(argv: Sequence[str], env: dict[str, str]) -> None:
    import os

    kept = {"MOBILEGEN_CACHE": str(cache_dir()), "JAVA_HOME": os.environ.get("JAVA_HOME", "")}
    done = subprocess.run(argv, env={**os.environ, **kept, **env}, text=True, capture_output=True)
    assert done.returncode == 0, (argv, done.stdout, done.stderr)


@pytest.mark.slow
def test_every_verb_without_a_network(filled: Path, tmp_path: Path) -> None:
    for argv in verbs(filled, tmp_path / "out"):
        start([*NO_NETWORK, *argv], home(tmp_path))


def test_control_without_a_network_a_download_fails(tmp_path: Path) -> None:
    fetch = "import urllib.request; urllib.request.urlopen('http://192.0.2.1/', timeout=5)"
    done = subprocess.run([*NO_NETWORK, sys.executable, "-c", fetch], capture_output=True)
    assert b"unreachable" in done.stderr


CONNECT = re.compile(r"connect\(\d+, \{sa_family=AF_INET6?, (.*?)\}")
WRITE = re.compile(r'open(?:at)?\((?:[^"]*)"(/[^"]+)", [^)]*O_(?:WRONLY|RDWR|CREAT)')
MAKE = re.compile(r'(?:mkdir(?:at)?|symlink(?:at)?|rename(?:at2?)?)\(.*"(/[^"]+)".*\) = 0')


def traced(argv: Sequence[str], env: dict[str, str], log: Path) -> list[str]:
    """Run a command under strace; return the system calls that connect, write or make."""
    calls = "trace=connect,open,openat,mkdir,mkdirat,symlink,symlinkat,rename,renameat,renameat2"
    strace = ["strace", "--follow-forks", "--quiet=all", "-s", "400", "-e", calls, "-o", str(log)]
    start([*strace, *argv], env)
    return log.read_text(errors="replace").splitlines()


def connections(lines: Sequence[str]) -> list[str]:
    """Addresses that were connected to, but for this computer's own."""
    found = [match[1] for line in lines if (match := CONNECT.search(line))]
    return [address for address in found if not re.search(r'"(127\.|::1")', address)]


def written(lines: Sequence[str], allowed: Sequence[Path]) -> set[str]:
    """Files that were made or opened for writing elsewhere than below the allowed folders."""
    good = [line for line in lines if " = -1 E" not in line]
    paths = {m[1] for line in good for pattern in (WRITE, MAKE) if (m := pattern.search(line))}
    roots = (*map(str, allowed), "/dev", "/proc", "/sys/fs/cgroup")
    return {path for path in paths if not path.startswith(roots)}


@pytest.mark.slow
def test_no_connection_and_no_file_elsewhere(filled: Path, tmp_path: Path) -> None:
    env = home(tmp_path)
    out = tmp_path / "out"
    for number, argv in enumerate(verbs(filled, out)):
        lines = traced(argv, env, tmp_path / f"calls{number}")
        assert len(lines) > 100
        assert connections(lines) == []
        # A Java VM tells its monitoring tools of itself there, whatever the environment says.
        allowed = (out, out.with_name("converted"), cache_dir(), tmp_path / "tmp", "/tmp/hsperf")
        assert written(lines, [Path(path) for path in allowed]) == set()
    assert [path for path in (tmp_path / "home").rglob("*") if path.is_file()] == []
    assert [path for path in (tmp_path / "tmp").rglob("*") if path.is_file()] == []
    shutil.rmtree(out)


CONTROL = """
import pathlib, socket
pathlib.Path.home().joinpath("left behind").write_text("x")
one = socket.socket()
one.setblocking(False)
try:
    one.connect(("192.0.2.1", 80))
except OSError:
    pass
[None for _ in pathlib.Path("/usr/lib").glob("*")]
"""


def test_control_a_connection_and_a_file_are_seen(tmp_path: Path) -> None:
    env = home(tmp_path)
    lines = traced([sys.executable, "-c", CONTROL], env, tmp_path / "calls")
    assert len(connections(lines)) == 1
    assert "192.0.2.1" in connections(lines)[0]
    assert written(lines, [tmp_path / "out"]) == {str(tmp_path / "home" / "left behind")}
