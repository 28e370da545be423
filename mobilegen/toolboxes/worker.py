"""Runs a small script inside a toolbox: a JSON request in, a JSON answer out."""

from __future__ import annotations

import json
import os
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy.typing as npt

from mobilegen.arrays import read_npz, write_npz
from mobilegen.errors import ProcessError
from mobilegen.system.process import Completed, run
from mobilegen.toolboxes.create import Toolbox

Arrays = Mapping[str, npt.NDArray[Any]]

_MAX_ANSWER_BYTES = 64 << 20
_TAIL_LINES = 10
_NO_TELEMETRY = {
    "DISABLE_TELEMETRY": "1",
    "DO_NOT_TRACK": "1",
    "HF_HUB_DISABLE_TELEMETRY": "1",
    "ORT_DISABLE_TELEMETRY": "1",
    "ORT_TELEMETRY_DISABLED": "1",
}


def call(
    toolbox: Toolbox,
    script: Path,
    request: Mapping[str, Any],
    *,
    title: str,
    timeout: float,
    arrays: Arrays | None = None,
) -> dict[str, Any]:
    """Run `script` with the toolbox's Python and return its answer.

    The script is started as `python -I -B -X utf8 script REQUEST.json ANSWER.json` in an empty
    folder of its own, which is deleted afterwards. It writes its answer as a JSON object. The key
    "error" in it means that the script failed and says why.

    Args:
        script: Self-contained: it sees the standard library and the toolbox's packages only.
        request: Plain values. With `arrays`, the script finds under the key "arrays" the path
            of an .npz file that holds them.
        title: What the script does, for error messages.
        timeout: Seconds after which it is killed.

    Returns:
        The answer. When the script wrote an .npz file and named it under the key "arrays", that
        key holds the arrays by name.

    Raises:
        ProcessError: The script failed, crashed, ran out of time or gave no proper answer.
    """
    with tempfile.TemporaryDirectory(prefix="mobilegen-") as temporary:
        folder = Path(temporary)
        plain = dict(request)
        if arrays is not None:
            plain["arrays"] = str(write_npz(folder / "request.npz", arrays))
        question, answer = folder / "request.json", folder / "answer.json"
        question.write_text(json.dumps(plain), encoding="utf-8")
        done = run(
            [toolbox.python, "-I", "-B", "-X", "utf8", script.resolve(), question, answer],
            title=title,
            timeout=timeout,
            cwd=folder,
            env=clean_environment(folder),
        )
        return _read(answer, title, done)


def clean_environment(scratch: Path) -> dict[str, str]:
    """Return changes for the environment of a converter.

    They keep out what would alter Python, send its temporary files to `scratch` and switch
    telemetry off.
    """
    python = {name: "" for name in os.environ if name.startswith(("PYTHON", "VIRTUAL_ENV"))}
    folders = dict.fromkeys(("TMPDIR", "TMP", "TEMP"), str(scratch))
    return {**python, **folders, **_NO_TELEMETRY}


def _read(path: Path, title: str, done: Completed) -> dict[str, Any]:
    printed = done.stdout + done.stderr
    tail = [line for line in printed.splitlines() if line.strip()][-_TAIL_LINES:]
    try:
        if path.stat().st_size > _MAX_ANSWER_BYTES:
            raise ValueError("the answer is too long")
        answer = json.loads(path.read_bytes())
        if not isinstance(answer, dict):
            raise ValueError("the answer is not an object")
        if "error" in answer:
            seen = [str(answer["error"]), *tail]
            raise ProcessError(f"{title} failed", seen=seen, output=printed)
        if "arrays" in answer:
            answer["arrays"] = read_npz(path.parent / str(answer["arrays"]))
    except (OSError, ValueError, LookupError, RecursionError, zipfile.BadZipFile) as error:
        raise ProcessError(
            f"{title} gave no proper answer", seen=[str(error), *tail], output=printed
        ) from error
    return answer
