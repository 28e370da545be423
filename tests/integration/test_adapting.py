"""Element types and orders of axes on the way into a runtime: against numpy, under sanitizers."""

from __future__ import annotations

import itertools
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from engine_api import TYPES
from numpy.typing import NDArray

from mobilegen.errors import ProcessError
from mobilegen.resources import native_dir
from mobilegen.system.process import run

Array = NDArray[Any]
SOURCES = (
    "tests/adapt_test.cpp",
    *(f"core/{name}.cpp" for name in ("adapt", "error", "permute", "tensor")),
)
WHOLE = ("int32", "int64", "uint8")
REAL = ("float16", "float32", "float64")
# Up to here every whole number is one of the real type.
LIMITS = {"float16": 2048, "float32": 2**24, "float64": 2**53}


@pytest.fixture(scope="module")
def program(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return compiled(tmp_path_factory.mktemp("adapt"))


def compiled(folder: Path, *, sources: Path | None = None) -> Path:
    root = sources or native_dir()
    argv = ["g++", "-std=c++11", "-g", "-O2", "-Wall", "-Wextra", "-Werror", "-fno-exceptions"]
    argv += ["-fsanitize=address,undefined,float-cast-overflow", "-fno-sanitize-recover=all"]
    argv += [f"-I{root}", f"-I{root / 'include'}", *(str(root / name) for name in SOURCES)]
    run([*argv, "-lpthread", "-o", folder / "adapt_test"], title="compiling", timeout=300)
    return folder / "adapt_test"


def answer(program: Path, arguments: Sequence[object], given: Array) -> tuple[bytes, str]:
    """Return what the program prints to both streams for an array."""
    argv = [str(program), *map(str, arguments)]
    done = subprocess.run(argv, input=given.tobytes(), capture_output=True, timeout=120)
    assert done.returncode == 0, done.stderr.decode()
    return done.stdout, done.stderr.decode()


def converted(program: Path, values: Array, to: str) -> tuple[int, Array]:
    """Return how many values could be carried, and the values."""
    arguments = ("convert", TYPES.index(str(values.dtype)), TYPES.index(to))
    made, told = answer(program, arguments, values)
    return int(told), np.frombuffer(made, to)


def fitting(source: str, target: str) -> Array:
    """Values of one type that the other one has too, the outermost among them."""
    random = np.random.default_rng(1)
    if "bool" in (source, target):
        return random.integers(0, 2, 1000).astype(source)
    if source in REAL and target in REAL:
        return reals(source)
    low, high = -(2**63), 2**63 - 1
    for name in (source, target):
        if name in WHOLE:
            low, high = max(low, int(np.iinfo(name).min)), min(high, int(np.iinfo(name).max))
        else:
            low, high = max(low, -LIMITS[name]), min(high, LIMITS[name])
    edges = [low, low + 1, 0, 1, high - 1, high]
    return np.array([*edges, *random.integers(low, high, 1000)], source)


def reals(name: str) -> Array:
    """All of float16; of the others many of every size, and those that are special."""
    halves = np.arange(65536, dtype=np.uint16).view(np.float16)
    if name == "float16":
        return halves
    random = np.random.default_rng(2)
    sizes = 2.0 ** random.uniform(-30, 15.9, 20000)
    finite = halves[np.isfinite(halves)].astype(np.float64)
    middle = (finite[:-1] + finite[1:]) / 2
    tiny = [0.0, -0.0, np.inf, -np.inf, np.nan, 2.0**-24, 2.0**-25, 2.0**-26, 1e-45, 65504, -65504]
    signs = random.choice([-1, 1], sizes.size)
    return np.concatenate([sizes * signs, middle, np.array(tiny)]).astype(name)


PAIRS = [pair for pair in itertools.product(TYPES, TYPES) if pair[0] != pair[1]]


@pytest.mark.parametrize(("source", "target"), PAIRS, ids=lambda name: name)
def test_what_fits_keeps_its_value(source: str, target: str, program: Path) -> None:
    values = fitting(source, target)
    count, made = converted(program, values, target)
    assert count == values.size
    with np.errstate(over="ignore", invalid="ignore"):
        # float64 becomes float16 by way of float32, as everything of the interface does.
        wanted = values.astype("float32") if target == "float16" else values
        wanted = wanted.astype(target)
    if target in REAL:
        np.testing.assert_array_equal(np.isnan(made), np.isnan(wanted))
        good = ~np.isnan(wanted)
        bits = f"u{np.dtype(target).itemsize}"
        np.testing.assert_array_equal(made[good].view(bits), wanted[good].view(bits))
    else:
        np.testing.assert_array_equal(made, wanted)


REFUSED = [
    ("int64", "float32", 2**24 + 1),
    ("int64", "float32", -(2**24) - 1),
    ("int64", "float32", -(2**63)),
    ("int64", "float32", 2**63 - 1),
    ("int32", "float32", 2**24 + 1),
    ("int64", "float64", 2**53 + 1),
    ("int32", "float16", 2049),
    ("int64", "float16", -(2**40)),
    ("int64", "int32", 2**31),
    ("int64", "int32", -(2**31) - 1),
    ("int64", "uint8", 256),
    ("int32", "uint8", -1),
    ("int64", "bool", 2),
    ("uint8", "bool", 255),
    ("float32", "int64", 0.5),
    ("float32", "int64", 2.0**25),
    ("float32", "int64", float("nan")),
    ("float32", "int32", float("inf")),
    ("float32", "int32", -1.0000001),
    ("float32", "uint8", 255.5),
    ("float32", "uint8", 256.0),
    ("float32", "uint8", -1.0),
    ("float32", "bool", 0.5),
    ("float32", "bool", float("nan")),
    ("float16", "int32", 1.5),
    ("float16", "uint8", 300.0),
    ("float64", "int64", 2.0**54),
    ("float64", "int32", 2.0**31),
    ("float64", "float32", 1e39),
    ("float64", "float16", 1e5),
    ("float32", "float16", 65520.0),
    ("float32", "float16", -1e30),
]


@pytest.mark.parametrize(("source", "target", "value"), REFUSED)
def test_what_does_not_fit_is_refused(
    source: str, target: str, value: float, program: Path
) -> None:
    """The index of the first one is told, wherever it is."""
    for place in (0, 1, 37, 99):
        values = np.ones(100, source)
        values[place:] = value
        count, made = converted(program, values, target)
        assert count == place
        assert (made[:place] == np.ones(place, target)).all()


@pytest.mark.parametrize("dtype", ["uint8", "float16", "float32", "int64"])
@pytest.mark.parametrize(
    ("shape", "axes"),
    [
        ((7,), (0,)),
        ((3, 5), (1, 0)),
        ((1, 3, 4, 5), (0, 2, 3, 1)),
        ((2, 4, 5, 3), (0, 3, 1, 2)),
        ((2, 3, 4), (2, 0, 1)),
        ((2, 1, 3, 2, 2, 3, 1, 2), (7, 5, 3, 1, 0, 2, 4, 6)),
    ],
)
def test_axes_get_another_order(
    shape: tuple[int, ...], axes: tuple[int, ...], dtype: str, program: Path
) -> None:
    array = np.arange(np.prod(shape)).reshape(shape).astype(dtype)
    made, _ = answer(program, ("permute", array.itemsize, *shape, *axes), array)
    np.testing.assert_array_equal(
        np.frombuffer(made, dtype).reshape([shape[axis] for axis in axes]), array.transpose(axes)
    )


def test_runs_of_a_model(program: Path) -> None:
    """Types, order and batch together, with values that are refused in the second run."""
    assert run([program, "run"], title="the runs", timeout=60).stdout == "ok\n"


@pytest.mark.parametrize(
    ("file", "right", "wrong"),
    [
        ("adapt.cpp", "size * static_cast<size_t>(run)", "size * static_cast<size_t>(run / 2)"),
        (
            "adapt.cpp",
            "invert(t.permutation, t.rank, inverse)",
            "memcpy(inverse, t.permutation, 16)",
        ),
        ("convert.h", "real_of(whole, Real()) == real", "true"),
    ],
)
def test_a_wrong_way_is_seen(file: str, right: str, wrong: str, tmp_path: Path) -> None:
    """The tests above can fail."""
    for name in ("core", "include", "tests"):
        copy_tree(native_dir() / name, tmp_path / name)
    text = (tmp_path / "core" / file).read_text("utf-8")
    assert text.count(right) == 1
    (tmp_path / "core" / file).write_text(text.replace(right, wrong), "utf-8")
    made = compiled(tmp_path, sources=tmp_path)
    if file == "convert.h":
        count, _ = converted(made, np.full(3, 0.5, np.float32), "int64")
        assert count == 3
        return
    with pytest.raises(ProcessError):
        run([made, "run"], title="the runs", timeout=60)


def copy_tree(source: Path, target: Path) -> None:
    for path in source.rglob("*"):
        if path.is_file():
            place = target / path.relative_to(source)
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(path.read_bytes())
