"""A stand-in for adb with a stand-in phone: a folder takes the place of /data/local/tmp.

It is installed as a program of the name `adb`. What it is told to push, run and pull it really
does, with this computer's shell; ADB_STANDIN names a JSON file that says what the phone is like:

    root         folder that stands for /data/local/tmp
    devices      lines of `adb devices`
    properties   what getprop answers
    old          true: as before Android 7, no exit codes, one stream, line ends of a terminal
    fault        what goes wrong: "push" fails, files are "cut" by a byte, the phone is "gone"
                 when the program shall run, or "noise" is printed above its answer
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any, NoReturn

_REMOTE = "/data/local/tmp"


def install(folder: Path, **phone: Any) -> dict[str, str]:
    """Install a stand-in below a folder; return the variables with which it is found."""
    root = folder / "phone"
    root.mkdir(parents=True)
    program = folder / "bin" / "adb"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} {__file__} "$@"\n')
    program.chmod(0o755)
    settings = folder / "phone.json"
    settings.write_text(json.dumps({"root": str(root), **phone}))
    path = f"{program.parent}{os.pathsep}{os.environ['PATH']}"
    return {"PATH": path, "ADB_STANDIN": str(settings), "ANDROID_SERIAL": ""}


def main(arguments: list[str]) -> int:
    """Do what adb would."""
    phone = json.loads(Path(os.environ["ADB_STANDIN"]).read_text())
    if arguments == ["devices"]:
        print("List of devices attached", *phone["devices"], "", sep="\n")
        return 0
    if arguments[:1] != ["-s"] or f"{arguments[1]}\tdevice" not in phone["devices"]:
        _end(f"error: device {arguments[1:2]} not found")
    verb, *rest = arguments[2:]
    return {"push": _push, "pull": _pull, "shell": _shell}[verb](phone, rest)


def _push(phone: dict[str, Any], arguments: list[str]) -> int:
    source, target = arguments
    if phone.get("fault") == "push":
        _end(f"adb: error: failed to copy '{source}' to '{target}': No space left on device")
    place = _local(phone, target)
    data = Path(source).read_bytes()
    Path(place).write_bytes(data[:-1] if phone.get("fault") == "cut" else data)
    os.chmod(place, 0o644)
    print(f"{source}: 1 file pushed, 0 skipped.")
    return 0


def _pull(phone: dict[str, Any], arguments: list[str]) -> int:
    source, target = arguments
    shutil.copyfile(_local(phone, source), target)
    return 0


def _shell(phone: dict[str, Any], arguments: list[str]) -> int:
    # adb joins the words with spaces and the phone's shell takes them apart again.
    command = " ".join(arguments)
    if phone.get("fault") == "gone" and "chmod" in command:
        _end("error: device offline")
    noise = "echo 'WARNING: this phone talks'; " if phone.get("fault") == "noise" else ""
    script = f"{_getprop(phone)}\n{noise if 'chmod' in command else ''}{_local(phone, command)}"
    old = bool(phone.get("old"))
    done = subprocess.run(
        ["sh", "-c", script],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT if old else subprocess.PIPE,
        text=True,
    )
    sys.stdout.write(done.stdout.replace("\n", "\r\n") if old else done.stdout)
    sys.stderr.write(done.stderr or "")
    return 0 if old else done.returncode


def _getprop(phone: dict[str, Any]) -> str:
    cases = " ".join(
        f"{shlex.quote(name)}) echo {shlex.quote(value)};;"
        for name, value in phone["properties"].items()
    )
    return f'getprop() {{ case "$1" in {cases} *) echo;; esac; }}'


def _local(phone: dict[str, Any], text: str) -> str:
    return text.replace(_REMOTE, phone["root"])


def _end(message: str) -> NoReturn:
    print(message, file=sys.stderr)
    raise SystemExit(1)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
