"""Object sets: a runtime compiled once per target, flags and compiler, lazily by object.

The runtime's own CMake project is configured once; ninja is then asked for just the objects that
a model needs. A set lives in the cache under a key of everything that decides its bytes.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from mobilegen.artifacts import Target, Toolchain
from mobilegen.errors import NativeBuildError, ProcessError
from mobilegen.native_build.plan import EnginePlan, ObjectRecipe, ObjectSet
from mobilegen.native_build.run import build_error, build_type, configure, ninja
from mobilegen.native_build.source import discard_if_damaged, unpacked
from mobilegen.system.files import cache_dir, file_lock, sha256_bytes, sha256_file, write_text

_FORMAT = 1
_HASHES = "mobilegen-objects.json"


def compile_objects(
    plan: EnginePlan, target: Target, toolchain: Toolchain, *, jobs: int, offline: bool = False
) -> ObjectSet:
    """Return the objects that the plan selects, compiling those that are missing.

    A set that was damaged or left half-written is made anew.

    Args:
        jobs: How many compilers may run at the same time.
        offline: Never use the network.

    Raises:
        NativeBuildError: CMake or the compiler failed.
        DownloadError: The runtime's source cannot be had.
    """
    folder = cache_dir() / "objects" / set_key(plan.recipe, target, toolchain)
    with file_lock(folder.with_name(folder.name + ".lock")):
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
    names = _configured(plan.recipe, target, toolchain, source, folder)
    wanted = _wanted(plan, names)
    _remove_damaged(folder, wanted)
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
    """
    listing = folder / "mobilegen-names.json"
    if not listing.is_file():
        shutil.rmtree(folder, ignore_errors=True)
        flags = recipe.flags + (recipe.android_flags if target.platform == "android" else ())
        variables = (*build_type(flags), *recipe.options)
        configure(source, folder, target, toolchain, variables)
        names = object_names(json.loads((folder / "compile_commands.json").read_text()), recipe)
        write_text(listing, json.dumps(names, indent=1, sort_keys=True))
    found: dict[str, str] = json.loads(listing.read_text())
    return found


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


def _remove_damaged(folder: Path, wanted: Sequence[str]) -> None:
    """Delete objects that differ from what was recorded, so that ninja makes them again."""
    hashes = _hashes(folder)
    for path in wanted:
        item = folder / path
        if item.is_file() and hashes.get(path) != sha256_file(item):
            item.unlink()


def _record(folder: Path, wanted: Sequence[str]) -> None:
    hashes = _hashes(folder)
    new = {path: sha256_file(folder / path) for path in wanted}
    if new.items() - hashes.items():
        write_text(folder / _HASHES, json.dumps({**hashes, **new}, indent=1, sort_keys=True))


def _discard(folder: Path, recipe: ObjectRecipe) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    discard_if_damaged(recipe.source)
