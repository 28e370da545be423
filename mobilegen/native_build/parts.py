"""What a runtime adds to a library: compiled objects, or libraries that go beside it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from mobilegen.artifacts import Companion
from mobilegen.errors import ConfigError, NativeBuildError
from mobilegen.native_build.objects import object_set
from mobilegen.native_build.package import unpacked
from mobilegen.native_build.plan import FromSource, Prebuilt
from mobilegen.native_build.prebuilt import adopt_companion, write_stub
from mobilegen.native_build.request import LibraryRequest


@dataclass(frozen=True)
class EngineParts:
    """What linking one library takes of its runtime.

    Attributes:
        variables: CMake variables, those of the engine's engine.cmake among them.
        flags: Compile flags of the library's own sources.
        companions: Libraries that go beside it, in the order in which they are loaded.
        licences: Texts that go with it, by the names that they have then.
    """

    variables: tuple[tuple[str, str], ...]
    flags: tuple[str, ...]
    companions: tuple[Companion, ...] = ()
    licences: tuple[tuple[str, Path], ...] = ()


@contextmanager
def engine_parts(request: LibraryRequest, folder: Path) -> Iterator[EngineParts]:
    """Give what the runtime adds to a library.

    While the block runs nothing of it is cleaned away.

    Args:
        folder: For what is generated for this model.

    Raises:
        NativeBuildError: CMake or the compiler failed, or a prebuilt library is not what it
            should be.
        DownloadError: The runtime's package cannot be had.
    """
    code = request.plan.code
    if isinstance(code, FromSource):
        with object_set(request) as objects:
            variables = code.write_sources(objects, folder)
            licences = _licences(request, objects.source)
            yield EngineParts(_common(request) + variables, code.recipe.flags, (), licences)
    else:
        yield _prebuilt_parts(request, code, folder)


def _common(request: LibraryRequest) -> tuple[tuple[str, str], ...]:
    plan = request.plan
    names = sorted(f"MOBILEGEN_{name.upper().replace('-', '_')}" for name in plan.features)
    return (
        ("MOBILEGEN_RUNTIME", plan.runtime),
        ("MOBILEGEN_ENGINE", plan.folder.as_posix()),
        ("MOBILEGEN_FEATURES", ";".join(names)),
        ("MOBILEGEN_SYSTEM", ";".join(plan.system)),
    )


def _licences(request: LibraryRequest, package: Path) -> tuple[tuple[str, Path], ...]:
    plan = request.plan
    own = [(f"LICENSE.{path.stem}.txt", path) for path in plan.licences]
    if plan.code.package.licence:
        own.insert(0, (f"LICENSE.{plan.runtime}.txt", package / plan.code.package.licence))
    return tuple(own)


def _prebuilt_parts(request: LibraryRequest, code: Prebuilt, folder: Path) -> EngineParts:
    package = unpacked(code.package, offline=request.offline)
    found = code.libraries(request.target)
    if not found:
        raise NativeBuildError(
            f"{request.plan.runtime} has no libraries for {request.target.abi}",
            seen=[f"its package is {code.package.file.filename}"],
            hint="take another --abi, or another --runtime",
        )
    if f"lib{request.name}.so" in {each.name for each in found}:
        raise ConfigError(
            f"the library cannot be named {request.name!r}",
            seen=[f"{request.plan.runtime} has a lib{request.name}.so of its own beside it"],
            hint=f"--name {request.name}_model",
        )
    companions = tuple(adopt_companion(each, package, request.target) for each in found)
    for companion in companions:
        write_stub(companion, folder)
    variables = (
        *_common(request),
        ("MOBILEGEN_COMPANIONS", ";".join(each.name for each in companions)),
        ("MOBILEGEN_COMPANION_HEADERS", (package / code.headers).as_posix()),
    )
    licences = _licences(request, package)
    texts = [(f"LICENSE.{each.name}.txt", each.licence) for each in companions if each.licence]
    plain = tuple(replace(each, licence=None) for each in companions)
    return EngineParts(variables, code.flags, plain, (*licences, *texts))
