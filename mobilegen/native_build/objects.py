"""Object sets: a runtime compiled once per target, flags and compiler, lazily by object.

The runtime's own CMake project is configured once; ninja is then asked for just the objects that
a model needs. A set lives in the cache under a key of everything that decides its bytes.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from mobilegen.artifacts import Target, Toolchain
from mobilegen.errors import NativeBuildError, ProcessError
from mobilegen.native_build.plan import EnginePlan, ObjectRecipe, ObjectSet
from mobilegen.native_build.run import build_error, build_type, configure, ninja
from mobilegen.native_build.source import discard_if_damaged, require_intact, unpacked
from mobilegen.system.cache import evict, touch
from mobilegen.system.files import (
    cache_dir,
    file_lock,
    lock_of,
    sha256_bytes,
    sha256_file,
    write_text,
)

_FORMAT = 2
_LISTING = "mobilegen-names.json"
_HASHES = "mobilegen-objects.json"


@contextmanager
def object_set(
    plan: EnginePlan, target: Target, toolchain: Toolchain, *, jobs: int, offline: bool = False
) -> Iterator[ObjectSet]:
    """Give the objects that the plan selects, compiling those that are missing.

    While the block runs the set is the caller's alone: builds of other processes wait, and
    nothing is cleaned away. A set that was damaged or left half-written is made anew.

    Args:
        jobs: How many compilers may run at the same time.
        offline: Never use the network.

    Raises:
        NativeBuildError: CMake or the compiler failed.
        DownloadError: The runtime's source cannot be had.
    """
    folder = cache_dir() / "objects" / set_key(plan.recipe, target, toolchain)
    with file_lock(lock_of(folder)):
        is_new = not folder.is_dir()
        made = _made(plan, target, toolchain, folder, jobs=jobs, offline=offline)
        touch(folder)
        if is_new:
            evict(folder.parent, keep=folder)
        yield made


def _made(
    plan: EnginePlan,
    target: Target,
    toolchain: Toolchain,
    folder: Path,
    *,
    jobs: int,
    offline: bool,
) -> ObjectSet:
    try:
        source = unpacked(plan.recipe.source, offline=offline)
        return _compile(plan, target, toolchain, source, folder, jobs)
    except (ProcessError, OSError, ValueError):
        _discard(folder, plan.recipe)
    try:
        source = unpacked(plan.recipe.source, offline=offline)
        return _compile(plan, target, toolchain, source, folder, jobs)
    except ProcessError as error:
        _discard(folder, plan.recipe)
        raise build_error(f"compiling {plan.runtime} for {target.abi}", error) from error


def set_key(recipe: ObjectRecipe, target: Target, toolchain: Toolchain) -> str:
    """Return the name of the set: a hash of all that decides the objects' bytes."""
    parts = {
        "format": _FORMAT,
        "recipe": asdict(recipe),
        "target": asdict(target),
        "toolchain": toolchain.identity,
    }
    digest = sha256_bytes(json.dumps(parts, sort_keys=True).encode())
    return f"{recipe.source.root}-{target.abi}-{digest[:16]}"


def _compile(
    plan: EnginePlan,
    target: Target,
    toolchain: Toolchain,
    source: Path,
    folder: Path,
    jobs: int,
) -> ObjectSet:
    """Compile what is missing.

    Raises:
        ProcessError: CMake or a compiler failed.
        ValueError: A file of the set, or of the source when it is needed, was damaged.
    """
    names = _configured(plan.recipe, target, toolchain, source, folder)
    wanted = _wanted(plan, names)
    if _remove_damaged(folder, wanted):
        require_intact(plan.recipe.source)
        ninja(folder, wanted, jobs=jobs, title=f"compiling {plan.runtime} for {target.abi}")
        _record(folder, wanted)
    return ObjectSet(source, folder, tuple(folder / path for path in wanted))


def _wanted(plan: EnginePlan, names: Mapping[str, str]) -> list[str]:
    selected = plan.select(sorted(names))
    if unknown := sorted(set(selected) - set(names)):
        raise NativeBuildError(
            f"{plan.runtime} has no source for a part of this model",
            seen=[f"missing: {', '.join(unknown[:10])}"],
        )
    return [names[name] for name in sorted(selected)]


def _configured(
    recipe: ObjectRecipe, target: Target, toolchain: Toolchain, source: Path, folder: Path
) -> dict[str, str]:
    """Return all objects of the project, name to path in the build tree.

    The list is written last, so its presence says that the configuration is complete.

    Raises:
        ProcessError: CMake failed.
        ValueError: The list or a file that CMake made was damaged.
    """
    listing = folder / _LISTING
    if not listing.is_file():
        shutil.rmtree(folder, ignore_errors=True)
        flags = recipe.flags + (recipe.android_flags if target.platform == "android" else ())
        variables = (*build_type(flags), *recipe.options)
        configure(source, folder, target, toolchain, variables)
        names = object_names(json.loads((folder / "compile_commands.json").read_text()), recipe)
        content = {"names": names, "files": _configured_files(folder)}
        write_text(listing, json.dumps(content, indent=1, sort_keys=True))
    found = json.loads(listing.read_text())
    if not isinstance(found, dict) or found.get("files") != _configured_files(folder):
        raise ValueError("the files of the configuration changed")
    listed: dict[str, str] = found["names"]
    return listed


def _configured_files(folder: Path) -> dict[str, str]:
    """Hashes of what CMake leaves for compilers and ninja: headers and rules."""
    files = [*folder.rglob("*.h"), *folder.rglob("*.ninja")]
    return {path.relative_to(folder).as_posix(): sha256_file(path) for path in sorted(files)}


def object_names(commands: Sequence[Mapping[str, Any]], recipe: ObjectRecipe) -> dict[str, str]:
    """Return the objects in a compile_commands.json: "layer/relu.cpp" to path in the build tree.

    CMake gives `output` since version 3.20.
    """
    names = {}
    for command in commands:
        output = str(command.get("output", "")).replace("\\", "/")
        _, found, name = output.rpartition(recipe.prefix)
        if found:
            names[name.rpartition(".")[0]] = found + name
    if not names:
        raise NativeBuildError("CMake listed no objects", seen=[f"commands: {len(commands)}"])
    return names


def _hashes(folder: Path) -> dict[str, str]:
    try:
        found = json.loads((folder / _HASHES).read_text())
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _remove_damaged(folder: Path, wanted: Sequence[str]) -> bool:
    """Delete objects that differ from what was recorded; return True if any has to be made."""
    hashes = _hashes(folder)
    paths = [folder / path for path in wanted]
    good = [
        path.is_file() and sha256_file(path) == hashes.get(name)
        for name, path in zip(wanted, paths, strict=True)
    ]
    for path in (path for path, is_good in zip(paths, good, strict=True) if not is_good):
        path.unlink(missing_ok=True)
    return not all(good)


def _record(folder: Path, wanted: Sequence[str]) -> None:
    hashes = _hashes(folder)
    new = {path: sha256_file(folder / path) for path in wanted}
    if new.items() - hashes.items():
        write_text(folder / _HASHES, json.dumps({**hashes, **new}, indent=1, sort_keys=True))


def _discard(folder: Path, recipe: ObjectRecipe) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    discard_if_damaged(recipe.source)
