"""Object sets and libraries for Android: laziness, damage, sameness, checks, errors."""

from __future__ import annotations

import os
import resource
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import models
import pytest
from native_models import Converted, build_android, convert, library_request

from mobilegen.artifacts import Bridge, Library, Target
from mobilegen.errors import DownloadError, NativeBuildError
from mobilegen.native_build.elf import engine_exports
from mobilegen.native_build.library import build_library
from mobilegen.native_build.objects import object_set
from mobilegen.native_build.package import unpacked
from mobilegen.native_build.request import LibraryRequest
from mobilegen.runtimes import catalog
from mobilegen.runtimes.ncnn import engine
from mobilegen.serialize import dump_json
from mobilegen.system.files import cache_dir, sha256_file
from mobilegen.toolchains.embedded import prepare

PACKAGE = "com.example.vision"
ABI = "armeabi-v7a"


@pytest.fixture(scope="module")
def mobilenet(tmp_path_factory: pytest.TempPathFactory) -> Converted:
    return convert(models.mobilenet(), tmp_path_factory.mktemp("mobilenet"))


@pytest.fixture(scope="module")
def lenet(tmp_path_factory: pytest.TempPathFactory) -> Converted:
    return convert(models.lenet(), tmp_path_factory.mktemp("lenet"))


@pytest.fixture(scope="module")
def reweighted(tmp_path_factory: pytest.TempPathFactory) -> Converted:
    """LeNet with another weight."""
    model = models.lenet()
    weights = next(w for w in model.graph.initializer if len(w.raw_data) > 1000)
    weights.raw_data = weights.raw_data[::-1][:4] + weights.raw_data[4:]
    return convert(model, tmp_path_factory.mktemp("reweighted"))


@pytest.fixture(scope="module")
def downloads() -> Path:
    """The user's own downloads, so that only one test run in a life fetches the source."""
    unpacked(engine.package())
    return cache_dir() / "downloads"


@pytest.fixture(scope="module")
def module_cache(tmp_path_factory: pytest.TempPathFactory, downloads: Path) -> Path:
    """A cache that begins with the downloads only; what one test compiled, others find."""
    return make_cache(tmp_path_factory.mktemp("module cache"), downloads)


@pytest.fixture(scope="module")
def small_cache(tmp_path_factory: pytest.TempPathFactory, downloads: Path) -> Path:
    return make_cache(tmp_path_factory.mktemp("small cache"), downloads)


@pytest.fixture(scope="module")
def good(lenet: Converted, module_cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Library:
    """Of a build that nothing disturbed; what it compiled is in the module's cache."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("MOBILEGEN_CACHE", str(module_cache))
        return build(lenet, ABI, tmp_path_factory.mktemp("good"))


@pytest.fixture
def own_cache(module_cache: Path, good: Library, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("MOBILEGEN_CACHE", str(module_cache))
    return module_cache


def make_cache(folder: Path, downloads: Path) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "downloads").symlink_to(downloads)
    return folder


def build(model: Converted, abi: str, folder: Path, *, api_level: int = 21) -> Library:
    return build_android(
        model, abi, folder, name="recognition", package=PACKAGE, api_level=api_level
    )


def objects(cache: Path) -> dict[str, int]:
    """Compiled objects of all sets, with their times of change."""
    found = (cache / "objects").rglob("*.cpp.o")
    return {path.name: path.stat().st_mtime_ns for path in found}


def test_offline_needs_the_source_in_the_cache(
    mobilenet: Converted, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = Target("android", "x86", "21")
    toolchain = prepare(target)
    monkeypatch.setenv("MOBILEGEN_CACHE", str(tmp_path / "empty"))
    with pytest.raises(DownloadError, match="offline"):
        build_library(
            replace(library_request(mobilenet, target, toolchain), offline=True), tmp_path / "x"
        )


def test_api_level_reaches_the_library(mobilenet: Converted, tmp_path: Path) -> None:
    library = build(mobilenet, "arm64-v8a", tmp_path, api_level=26)
    assert {check.status for check in library.checks} == {"pass"}
    ident = next(check for check in library.checks if check.id.endswith(".ident"))
    assert "26" in ident.title


def test_bridge_of_a_platform_that_a_package_adds(lenet: Converted, tmp_path: Path) -> None:
    folder = tmp_path / "bridge"
    folder.mkdir()
    (folder / "bridge.cmake").write_text(
        "set(MOBILEGEN_BRIDGE_SOURCES ${CMAKE_CURRENT_LIST_DIR}/sim.cpp)\n"
        "set(MOBILEGEN_BRIDGE_INCLUDES)\n"
        "set(MOBILEGEN_BRIDGE_EXPORTS sim_*)\n"
    )
    (folder / "sim.cpp").write_text(
        '#include "mobilegen/engine.h"\n#include "mobilegen_model.h"\n'
        'extern "C" MOBILEGEN_API int sim_version() { return SIM_VERSION; }\n'
    )
    bridge = Bridge(str(folder), (("SIM_VERSION", "7"),), ("sim_version",))
    target = Target("android", ABI, "21")
    request = replace(library_request(lenet, target, prepare(target)), bridge=bridge)
    library = build_library(request, tmp_path / "built")
    assert set(library.exports) == {*engine_exports(), "sim_version"}


def test_second_model_compiles_only_what_is_missing(
    good: Library, mobilenet: Converted, lenet: Converted, tmp_path: Path, own_cache: Path
) -> None:
    before = objects(own_cache)
    assert "layer.cpp.o" not in before and "lstm.cpp.o" not in before
    build(mobilenet, ABI, tmp_path / "second")
    after = objects(own_cache)
    assert {name: time for name, time in after.items() if name in before} == before
    new = {name.partition(".")[0].removesuffix("_arm") for name in after.keys() - before.keys()}
    assert new == {"binaryop", "clip", "convolutiondepthwise", "reduction"} & new
    assert "convolutiondepthwise" in new
    again = build(lenet, ABI, tmp_path / "third")
    assert objects(own_cache) == after
    assert again.sha256 == good.sha256


def test_new_weights_compile_nothing_of_the_runtime(
    good: Library, reweighted: Converted, tmp_path: Path, own_cache: Path
) -> None:
    """The library knows the digest of its weights, so it is linked again."""
    before = objects(own_cache)
    assert build(reweighted, ABI, tmp_path).sha256 != good.sha256
    assert before and objects(own_cache) == before


def test_same_bytes_from_other_folders(
    good: Library,
    lenet: Converted,
    tmp_path: Path,
    own_cache: Path,
    downloads: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MOBILEGEN_CACHE", str(make_cache(tmp_path / "other cache", downloads)))
    second = build(lenet, ABI, tmp_path / "some other folder" / "b")
    assert good.path.read_bytes() == second.path.read_bytes()
    wider = replace(lenet.artifact, operators=(*lenet.artifact.operators, "HardSwish"))
    other = build(replace(lenet, artifact=wider), ABI, tmp_path / "c")
    assert other.sha256 != good.sha256


def test_library_of_a_damaged_set(
    good: Library, lenet: Converted, tmp_path: Path, own_cache: Path
) -> None:
    (folder,) = (path for path in (own_cache / "objects").iterdir() if path.is_dir())
    _damage_object(folder, folder)
    assert build(lenet, ABI, tmp_path).sha256 == good.sha256


@pytest.fixture
def small_set(
    lenet: Converted, small_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> Callable[[], dict[str, str]]:
    """Makes a set of two objects in a cache of its own; returns their digests."""
    monkeypatch.setenv("MOBILEGEN_CACHE", str(small_cache))
    target = Target("android", ABI, "21")
    whole = catalog.get("ncnn").plan_native(lenet.artifact)
    code = replace(engine.code(), select=lambda names: ("net.cpp", "paramdict.cpp"))
    plan = replace(whole, code=code)
    toolchain = prepare(target)

    def make() -> dict[str, str]:
        request = LibraryRequest(
            lenet.artifact, plan, target, toolchain, "recognition", Bridge(), jobs=2
        )
        with object_set(request) as made:
            return {path.name: sha256_file(path) for path in made.objects}

    return make


@pytest.mark.parametrize(
    "damage",
    ["object", "half configured", "ninja", "names", "header", "rules", "source", "changed source"],
)
def test_damaged_set_is_repaired(
    damage: str, small_cache: Path, small_set: Callable[[], dict[str, str]]
) -> None:
    good = small_set()
    assert set(good) == {"net.cpp.o", "paramdict.cpp.o"}
    (folder,) = (path for path in (small_cache / "objects").iterdir() if path.is_dir())
    (source,) = (path for path in (small_cache / "sources").iterdir() if path.is_dir())
    DAMAGES[damage](folder, source)
    assert small_set() == good


def _damage_object(folder: Path, source: Path) -> None:
    path = next(folder.rglob("net.cpp.o"))
    path.write_bytes(path.read_bytes()[:-1000] + bytes(1000))


def _lose_object(folder: Path, name: str = "net") -> None:
    """Let an object be compiled again."""
    next(folder.rglob(f"{name}.cpp.o")).unlink()


def _damage_configuration(folder: Path, source: Path) -> None:
    (folder / "mobilegen-names.json").unlink()
    (folder / "build.ninja").unlink()


def _damage_ninja(folder: Path, source: Path) -> None:
    _lose_object(folder)
    (folder / "build.ninja").write_text("rule broken\n  comm")


def _damage_names(folder: Path, source: Path) -> None:
    (folder / "mobilegen-names.json").write_text('{"net.cpp":')


def _damage_source(folder: Path, source: Path) -> None:
    shutil.rmtree(folder)
    (source / "src" / "net.cpp").write_text("#error damaged\n")


def _damage_header(folder: Path, source: Path) -> None:
    _lose_object(folder)
    path = folder / "src" / "platform.h"
    path.write_text(path.read_text().replace("NCNN_STRING 1", "NCNN_STRING 0"))


def _damage_rules(folder: Path, source: Path) -> None:
    _lose_object(folder)
    path = folder / "build.ninja"
    path.write_text(path.read_text().replace(" -Os ", " -O1 "))


def _change_source(folder: Path, source: Path) -> None:
    """Change what still compiles, and what is compiled from it."""
    path = source / "src" / "paramdict.cpp"
    path.write_text(path.read_text() + "\nint changed() { return 7; }\n")
    _lose_object(folder, "paramdict")


DAMAGES: dict[str, Callable[[Path, Path], None]] = {
    "object": _damage_object,
    "half configured": _damage_configuration,
    "ninja": _damage_ninja,
    "names": _damage_names,
    "header": _damage_header,
    "rules": _damage_rules,
    "source": _damage_source,
    "changed source": _change_source,
}


BUILD = """
import sys
from pathlib import Path
from mobilegen.artifacts import Artifact, Target
from mobilegen.native_build.library import build_library
from mobilegen.native_build.request import LibraryRequest
from mobilegen.platforms.android.jni import bridge_of
from mobilegen.runtimes.ncnn import engine
from mobilegen.serialize import load_json
from mobilegen.toolchains.embedded import prepare
artifact, abi, folder = load_json(Artifact, Path(sys.argv[1])), sys.argv[2], Path(sys.argv[3])
target = Target("android", abi, "21")
request = LibraryRequest(artifact, engine.plan(artifact), target, prepare(target),
                         "recognition", bridge_of("com.example.vision"))
print(build_library(request, folder).sha256)
"""


@pytest.mark.slow
def test_builds_at_once_share_the_sets(
    good: Library, lenet: Converted, tmp_path: Path, downloads: Path
) -> None:
    """Four processes, two ABIs, an empty cache: the bytes are those of a build alone."""
    alone = {ABI: good.sha256, "x86": build(lenet, "x86", tmp_path / "x86").sha256}
    cache = make_cache(tmp_path / "cache", downloads)
    artifact = dump_json(lenet.artifact, tmp_path / "artifact.json")
    jobs = [(abi, tmp_path / f"{abi}-{i}") for i in range(2) for abi in alone]
    started = [
        subprocess.Popen(
            [sys.executable, "-c", BUILD, str(artifact), abi, str(folder)],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "MOBILEGEN_CACHE": str(cache)},
        )
        for abi, folder in jobs
    ]
    seen = [
        (abi, child.communicate()[0].strip()) for (abi, _), child in zip(jobs, started, strict=True)
    ]
    assert seen == [(abi, alone[abi]) for abi, _ in jobs]
    assert len([path for path in (cache / "objects").iterdir() if path.is_dir()]) == 2


def test_compiler_error_is_told(
    lenet: Converted, tmp_path: Path, own_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def sets() -> set[str]:
        return {path.name for path in (own_cache / "objects").iterdir() if path.is_dir()}

    before = sets()
    monkeypatch.setattr(engine, "_FLAGS", ("-include", "no_such_header.h"))
    with pytest.raises(NativeBuildError, match=r"no_such_header\.h"):
        build(lenet, ABI, tmp_path / "x")
    assert before <= sets()


def test_failed_compiler_throws_nothing_away(
    small_cache: Path, small_set: Callable[[], dict[str, str]]
) -> None:
    """The set belongs to all models: what one of them cannot compile is no reason to lose it."""
    good = small_set()
    (folder,) = (path for path in (small_cache / "objects").iterdir() if path.is_dir())
    _lose_object(folder)
    kept = next(folder.rglob("paramdict.cpp.o"))
    before = kept.stat().st_mtime_ns
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    # As on a full disk: no object fits.
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limits[1]))
    try:
        with pytest.raises(NativeBuildError, match="compiling ncnn"):
            small_set()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    assert kept.stat().st_mtime_ns == before
    assert small_set() == good
    assert kept.stat().st_mtime_ns == before


def test_linker_error_is_told(
    lenet: Converted, tmp_path: Path, own_cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    select = engine.select_objects

    def without_core(*arguments: object) -> tuple[str, ...]:
        names = select(*arguments)  # type: ignore[arg-type]
        return tuple(name for name in names if name != "paramdict.cpp")

    monkeypatch.setattr(engine, "select_objects", without_core)
    with pytest.raises(NativeBuildError, match=r"undefined symbol: .*ParamDict"):
        build(lenet, ABI, tmp_path / "x")
    assert not (tmp_path / "x" / "librecognition.so").exists()
