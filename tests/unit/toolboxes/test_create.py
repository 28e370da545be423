from __future__ import annotations

import json
import os
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest

from mobilegen.system.files import cache_dir
from mobilegen.toolboxes import catalog, complete, create, interpreters


@pytest.fixture
def toolbox(tmp_path: Path) -> Path:
    """A folder with the files of a complete toolbox."""
    root = tmp_path / "box"
    python = create._python(root)
    python.parent.mkdir(parents=True)
    python.symlink_to(sys.executable)
    package = root / "lib" / "tool.py"
    package.parent.mkdir()
    package.write_text("VALUE = 1\n")
    (root / "toolbox.json").write_text(json.dumps({"listing": complete.listing(root)}))
    return root


def is_complete(root: Path) -> bool:
    return complete.is_complete(root, create._python(root))


def test_complete(toolbox: Path) -> None:
    assert is_complete(toolbox)


def test_bytecode_made_later_does_not_count(toolbox: Path) -> None:
    cache = toolbox / "lib" / "__pycache__"
    cache.mkdir()
    (cache / "tool.pyc").write_bytes(b"x")
    assert is_complete(toolbox)


def test_missing_folder(tmp_path: Path) -> None:
    assert not is_complete(tmp_path / "none")


def test_truncated_file(toolbox: Path) -> None:
    (toolbox / "lib" / "tool.py").write_text("VAL")
    assert not is_complete(toolbox)


def test_missing_file(toolbox: Path) -> None:
    (toolbox / "lib" / "tool.py").unlink()
    assert not is_complete(toolbox)


def test_files_are_not_counted_at_every_use(toolbox: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert is_complete(toolbox)
    counted: list[Path] = []
    whole = complete.listing
    monkeypatch.setattr(complete, "listing", lambda root: [counted.append(root), whole(root)][1])
    assert is_complete(toolbox) and not counted
    # A file that comes or goes is seen at once, one that was cut off on the next day.
    (toolbox / "lib" / "more.py").write_text("")
    assert not is_complete(toolbox) and counted
    (toolbox / "lib" / "more.py").unlink()
    assert is_complete(toolbox)
    (toolbox / "lib" / "tool.py").write_text("VAL")
    yesterday = time.time() - 90_000
    os.utime(toolbox / "toolbox.seen.json", (yesterday, yesterday))
    assert not is_complete(toolbox)


def test_damaged_note_of_the_last_look(toolbox: Path) -> None:
    assert is_complete(toolbox)
    for text in ("", "[]", '{"folders": 3}', '{"listing": "", "folders": {}}'):
        (toolbox / "toolbox.seen.json").write_text(text)
        assert is_complete(toolbox)
        (toolbox / "lib" / "tool.py").write_text("VAL")
        (toolbox / "toolbox.seen.json").write_text(text)
        assert not is_complete(toolbox)
        (toolbox / "lib" / "tool.py").write_text("VALUE = 1\n")


def test_interpreter_that_went_away(toolbox: Path, tmp_path: Path) -> None:
    python = create._python(toolbox)
    python.unlink()
    python.symlink_to(tmp_path / ("x" * len(sys.executable)))
    assert not is_complete(toolbox)


@pytest.mark.parametrize("mark", ["", "{", "[]", '{"listing": 3}', "null"])
def test_damaged_mark(toolbox: Path, mark: str) -> None:
    (toolbox / "toolbox.json").write_text(mark)
    assert not is_complete(toolbox)


def test_folder_follows_from_requirements_and_python(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MOBILEGEN_CACHE", str(tmp_path))
    spec = catalog.get("ncnn")
    first = create.folder(spec, "3.11")
    assert first.parent == cache_dir() / "toolboxes"
    assert first == create.folder(spec, "3.11")
    assert first != create.folder(spec, "3.12")
    other = tmp_path / "ncnn.txt"
    other.write_text("other\n")
    assert create.folder(replace(spec, requirements=other), "3.11") != first


def test_interpreter_candidates_in_order(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    places = {}
    for name in ("extra", "named", "path/python3.12", "pyenv/versions/3.12.1/bin/python"):
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text("")
        file.chmod(0o755)
        places[name] = file
    monkeypatch.setenv("MOBILEGEN_PYTHON", str(places["named"]))
    monkeypatch.setenv("PATH", str(tmp_path / "path"))
    monkeypatch.setenv("PYENV_ROOT", str(tmp_path / "pyenv"))
    found = list(
        interpreters.candidates(
            ["3.12"], [tmp_path / "missing", places["extra"], places["extra"]], tmp_path
        )
    )
    assert found == [
        places["extra"],
        places["named"],
        Path(sys.executable),
        places["path/python3.12"],
        places["pyenv/versions/3.12.1/bin/python"],
    ]
