"""The table of rooms in docs/architecture.md is the rule for imports."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "mobilegen"
BELOW = "everything below"
GROUND = "ground"
FIRST_OF_GROUND = "run"
NOTHING = "\N{EN DASH}"
# | `mobilegen/graph/` | what is in it | images, system |
_ROW = re.compile(r"^\| `mobilegen/(?P<room>[^`]*?)/?` \|[^|]*\| (?P<uses>[^|]*) \|$")


def read_rules(text: str) -> dict[str, set[str]]:
    """Return, for each room of the table, the rooms that it may import."""
    rows = [match for match in map(_ROW.match, text.splitlines()) if match]
    rooms = [room_name(row["room"]) for row in rows]
    ground = rooms[rooms.index(FIRST_OF_GROUND) :] if FIRST_OF_GROUND in rooms else []
    rules = {}
    for place, (room, row) in enumerate(zip(rooms, rows, strict=True)):
        words = {word.strip(" `") for word in row["uses"].split(",")} - {NOTHING}
        meant = {BELOW: rooms[place + 1 :], GROUND: ground}
        rules[room] = {name for word in words for name in meant.get(word, [word])}
    return rules


def room_name(path: str) -> str:
    """Return "graph" for "graph/", "artifacts" for "artifacts.py", "runtimes/*" as it is."""
    return path.removesuffix(".py").replace("<name>", "*")


def room_of(module: tuple[str, ...], rules: dict[str, set[str]]) -> str:
    """Return the room of a module below mobilegen; folders inside a room belong to it."""
    if len(module) > 2 and f"{module[0]}/*" in rules:
        return f"{module[0]}/*"
    return module[0]


def module_of(path: Path, package: Path) -> tuple[str, ...]:
    return path.relative_to(package).with_suffix("").parts


def imports(path: Path, package: Path) -> Iterator[tuple[str, ...]]:
    """Yield the modules of the package that a file imports, also inside of functions.

    Those for types alone are left out: a joint names the types of what is plugged into it.
    """
    for node in runtime_nodes(ast.parse(path.read_text("utf-8"))):
        names: list[str] = []
        if isinstance(node, ast.ImportFrom) and node.module:
            names = [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        for name in names:
            parts = tuple(name.split(".")[1:])
            if name.startswith("mobilegen.") and is_module(package, parts):
                yield (*parts, "__init__") if package.joinpath(*parts).is_dir() else parts


def runtime_nodes(node: ast.AST) -> Iterator[ast.AST]:
    if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
        return
    yield node
    for child in ast.iter_child_nodes(node):
        yield from runtime_nodes(child)


def is_module(package: Path, parts: tuple[str, ...]) -> bool:
    place = package.joinpath(*parts)
    return place.is_dir() or place.with_suffix(".py").is_file()


def violations(package: Path, rules: dict[str, set[str]]) -> list[str]:
    """Return "a/b.py imports c/d" for each import that the table does not allow."""
    found = []
    for path in sorted(package.rglob("*.py")):
        own = room_of(module_of(path, package), rules)
        for target in sorted(set(imports(path, package))):
            other = room_of(target, rules)
            if other != own and other not in rules.get(own, set()):
                found.append(f"{path.relative_to(package)} imports {'.'.join(target)}")
    return found


@pytest.fixture(scope="module")
def rules() -> dict[str, set[str]]:
    return read_rules((ROOT / "docs" / "architecture.md").read_text("utf-8"))


def test_every_room_is_in_the_table(rules: dict[str, set[str]]) -> None:
    paths = (path for path in PACKAGE.rglob("*.py") if path != PACKAGE / "__init__.py")
    rooms = {room_of(module_of(path, PACKAGE), rules) for path in paths}
    assert sorted(rooms - set(rules)) == []
    assert sorted(set(rules) - rooms) == []


def test_rooms_name_only_rooms_of_the_table(rules: dict[str, set[str]]) -> None:
    assert sorted({other for uses in rules.values() for other in uses} - set(rules)) == []


def test_no_room_is_above_itself(rules: dict[str, set[str]]) -> None:
    rooms = list(rules)
    upwards = [
        f"{room} may use {other}"
        for place, room in enumerate(rooms)
        for other in rules[room]
        if other in rooms[:place]
    ]
    assert upwards == []


def test_imports_follow_the_table(rules: dict[str, set[str]]) -> None:
    assert violations(PACKAGE, rules) == []


def test_an_import_against_the_table_is_found(tmp_path: Path) -> None:
    table = "| `mobilegen/top/` | x | system |\n| `mobilegen/system/` | x | errors |\n"
    for name, text in (
        ("top/a.py", "from mobilegen.system import b\n"),
        ("system/b.py", "def f():\n    from mobilegen.top.a import x\n"),
    ):
        (tmp_path / name).parent.mkdir()
        (tmp_path / name).write_text(text)
    assert violations(tmp_path, read_rules(table)) == ["system/b.py imports top.a"]
