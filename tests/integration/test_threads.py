"""The OpenMP runtime of the library, as gcc and as clang call it."""

from __future__ import annotations

from pathlib import Path

import pytest

from mobilegen.errors import ProcessError
from mobilegen.resources import native_dir
from mobilegen.system.process import run
from mobilegen.toolchains.zig import find_zig

SOURCES = ("tests/omp_test.cpp", "engines/ncnn/omp.cpp")


def compiled(compiler: list[str], folder: Path, *options: str) -> Path:
    """Link the test with our runtime: the driver is not told of OpenMP, so it adds none."""
    objects = []
    include = [f"-I{native_dir()}", f"-I{native_dir() / 'include'}", "-g", "-O1"]
    for name, extra in zip(SOURCES, (options, options[1:]), strict=True):
        objects.append(str(folder / f"{Path(name).stem}.o"))
        argv = [*compiler, *include, *extra, "-c", str(native_dir() / name), "-o", objects[-1]]
        run(argv, title="compiling", timeout=300)
    program = folder / "omp_test"
    argv = [*compiler, *options[1:], *objects, "-lpthread", "-o", str(program)]
    run(argv, title="linking", timeout=300)
    return program


@pytest.mark.parametrize("sanitizer", ["thread", "address,undefined"])
def test_sanitizers_find_nothing(sanitizer: str, tmp_path: Path) -> None:
    program = compiled(["g++"], tmp_path, "-fopenmp", f"-fsanitize={sanitizer}")
    assert run([program], title="loops", timeout=120).stdout == "ok\n"


def test_calls_of_clang(tmp_path: Path) -> None:
    zig = [str(find_zig().path), "c++", "-target", "x86_64-linux-gnu"]
    program = compiled(zig, tmp_path, "-fopenmp", "-fno-sanitize=all")
    assert run([program], title="loops", timeout=120).stdout == "ok\n"


def test_loops_without_threads_are_seen(tmp_path: Path) -> None:
    program = compiled(["g++"], tmp_path, "-DNO_OPENMP")
    with pytest.raises(ProcessError) as caught:
        run([program], title="loops", timeout=120)
    assert "the number of threads" in caught.value.output
