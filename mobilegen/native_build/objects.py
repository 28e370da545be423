"""Object sets: a runtime compiled once per target, flags and compiler, lazily by object.

The runtime's own CMake project is configured once; ninja is then asked for just the objects that
a model needs. A set lives in the cache under a key of everything that decides its bytes.
"""

from __future__ import annotations

import itertools
import json
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from mobilegen.artifacts import Target, Toolchain
from mobilegen.errors import NativeBuildError, ProcessError
from mobilegen.native_build.package import (
    discard_if_damaged,
    package_folder,
    require_intact,
    unpacked,
)
from mobilegen.native_build.plan import FromSource, ObjectRecipe, ObjectSet
from mobilegen.native_build.request import LibraryRequest
from mobilegen.native_build.run import build_error, build_type, configure, ninja
from mobilegen.system.cache import evict, touch
from mobilegen.system.files import (
    cache_dir,
    file_lock,
    lock_of,
    sha256_bytes,
    sha256_file,
    write_text,
)

_FORMAT = 3
_LISTING = "mobilegen-names.json"
_HASHES = "mobilegen-objects.json"
# What shows that files of the cache are not as they were left.
_DAMAGE = (ValueError, FileNotFoundError, IsADirectoryError, NotADirectoryError)


@contextmanager
def object_set(request: LibraryRequest) -> Iterator[ObjectSet]:
    """Give the objects that the plan selects, compiling those that are missing.

    While the block runs the set is the caller's alone: builds of other processes wait, and
    nothing is cleaned away. A set that was damaged or left half-written is made anew.

    Raises:
        NativeBuildError: CMake or the compiler failed; what was compiled before stays.
        DownloadError: The runtime's package cannot be had.
    """
    code = request.plan.code
    assert isinstance(code, FromSource)
    folder = cache_dir() / "objects" / set_key(code, request.target, request.toolchain)
    with file_lock(lock_of(folder)):
        is_new = not folder.is_dir()
        made = _made(request, code, folder)
        touch(folder)
        if is_new:
            evict(folder.parent, keep=folder)
        yield made


def _made(request: LibraryRequest, code: FromSource, folder: Path) -> ObjectSet:
    """Compile; what turns out to be damaged is made anew once, and nothing else is thrown away."""
    try:
        try:
            return _compile(request, code, folder)
        except _DAMAGE:
            shutil.rmtree(folder, ignore_errors=True)
            discard_if_damaged(code.package)
        return _compile(request, code, folder)
    except ProcessError as error:
        what = f"compiling {request.plan.runtime} for {request.target.abi}"
        raise build_error(what, error) from error


def set_key(code: FromSource, target: Target, toolchain: Toolchain) -> str:
    """Return the name of the set: a hash of all that decides the objects' bytes."""
    recipe = {**asdict(code.recipe), "project": _project_files(code.recipe)}
    parts = {
        "format": _FORMAT,
        "recipe": recipe,
        "package": package_folder(code.package).name,
        "target": asdict(target),
        "toolchain": toolchain.identity,
    }
    digest = sha256_bytes(json.dumps(parts, sort_keys=True).encode())
    return f"{code.package.name}-{target.abi}-{digest[:16]}"


def _project_files(recipe: ObjectRecipe) -> dict[str, str]:
    """Hashes of a project of ours; none for the package's own, which has a hash."""
    root = recipe.project
    files = sorted(path for path in root.rglob("*") if path.is_file()) if root else ()
    return {path.relative_to(root).as_posix(): sha256_file(path) for path in files if root}


def _compile(request: LibraryRequest, code: FromSource, folder: Path) -> ObjectSet:
    """Compile what is missing.

    Raises:
        ProcessError: CMake or a compiler failed.
        ValueError: A file of the set, or of the source when it is needed, was damaged.
    """
    source = unpacked(code.package, offline=request.offline)
    names = _configured(request, code, source, folder)
    wanted = _wanted(request.plan.runtime, code, names)
    if _remove_damaged(folder, wanted):
        require_intact(code.package)
        title = f"compiling {request.plan.runtime} for {request.target.abi}"
        ninja(folder, wanted, jobs=request.jobs, title=title)
        _record(folder, wanted)
    return ObjectSet(source, folder, tuple(folder / path for path in wanted))


def _wanted(runtime: str, code: FromSource, names: Mapping[str, str]) -> list[str]:
    selected = code.select(sorted(names))
    if unknown := sorted(set(selected) - set(names)):
        raise NativeBuildError(
            f"{runtime} has no source for a part of this model",
            seen=[f"missing: {', '.join(unknown[:10])}"],
        )
    return [names[name] for name in sorted(selected)]


def _configured(
    request: LibraryRequest, code: FromSource, source: Path, folder: Path
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
        _configure(request, code, source, folder)
        commands = json.loads((folder / "compile_commands.json").read_text("utf-8"))
        made = object_names(commands, code.recipe, source)
        content = {"names": made, "files": _configured_files(folder)}
        write_text(listing, json.dumps(content, indent=1, sort_keys=True))
    found = json.loads(listing.read_text())
    if not isinstance(found, dict) or found.get("files") != _configured_files(folder):
        raise ValueError("the files of the configuration changed")
    listed = found.get("names")
    if not isinstance(listed, dict):
        raise ValueError(f"{_LISTING} was changed")
    return listed


def _configure(request: LibraryRequest, code: FromSource, source: Path, folder: Path) -> None:
    recipe = code.recipe
    more = [own for pattern, own in recipe.flags_on if fnmatchcase(request.target.id, pattern)]
    flags = (*recipe.flags, *itertools.chain.from_iterable(more))
    variables = (*build_type(flags), *recipe.options)
    if recipe.project:
        variables = (*variables, ("MOBILEGEN_PACKAGE", source.as_posix()))
    project = recipe.project or source
    # Half a configuration is none.
    try:
        configure(project, folder, request.target, request.toolchain, variables)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise


def _configured_files(folder: Path) -> dict[str, str]:
    """Hashes of what CMake leaves for compilers and ninja: headers and rules."""
    files = [*folder.rglob("*.h"), *folder.rglob("*.ninja"), *folder.glob("CMakeCache.txt")]
    return {path.relative_to(folder).as_posix(): sha256_file(path) for path in sorted(files)}


def object_names(
    commands: Sequence[Mapping[str, Any]], recipe: ObjectRecipe, source: Path
) -> dict[str, str]:
    """Return the objects in a compile_commands.json: "layer/relu.cpp" to path in the build tree.

    CMake gives `output` since version 3.20. The object of a file that is not in the project's own
    folder has the file's whole path in its own.

    Args:
        source: The unpacked source package.
    """
    names, outside = {}, f"{source.as_posix().lstrip('/')}/"
    for command in commands:
        output = str(command.get("output", "")).replace("\\", "/")
        _, found, name = output.rpartition(recipe.prefix)
        if found:
            names[name.removeprefix(outside).rpartition(".")[0]] = found + name
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
