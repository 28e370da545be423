"""Where the parts of an app are in a project's modules."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from mobilegen.errors import PackagingError
from mobilegen.platforms.android.apk.settings import ApkSettings, Module


@dataclass(frozen=True)
class Sources:
    """The source set `main` of one module."""

    module: Module
    folder: Path

    @property
    def manifest(self) -> Path:
        """The manifest of the module."""
        return self.folder / "AndroidManifest.xml"

    @property
    def res(self) -> Path:
        """Its resources; a library may have none."""
        return self.folder / "res"

    @property
    def assets(self) -> Path:
        """Its assets; a module may have none."""
        return self.folder / "assets"

    @property
    def java(self) -> tuple[Path, ...]:
        """Its Java files."""
        return tuple(sorted((self.folder / "java").rglob("*.java")))

    @property
    def libraries(self) -> tuple[tuple[str, Path], ...]:
        """Its native libraries with the names that they have in an APK."""
        found = sorted((self.folder / "jniLibs").glob("*/*.so"))
        return tuple((f"lib/{path.parent.name}/{path.name}", path) for path in found)


def sources_of(project: Path, settings: ApkSettings) -> tuple[Sources, ...]:
    """Return the source sets of all modules, the app's first.

    Raises:
        PackagingError: The folder is no such project.
    """
    found = []
    for module in settings.modules:
        folder = project / module.name / "src" / "main"
        if not (folder / "AndroidManifest.xml").is_file():
            raise PackagingError(
                f"the project has no module {module.name}",
                seen=[f"{folder / 'AndroidManifest.xml'} does not exist"],
                hint="render the project again",
            )
        found.append(Sources(module, folder))
    return tuple(found)


def native_libraries(sources: tuple[Sources, ...]) -> dict[str, Path]:
    """Return the native libraries of all modules by their names in an APK.

    Raises:
        PackagingError: Two modules have a library of the same name.
    """
    libraries: dict[str, Path] = {}
    for part in sources:
        for name, path in part.libraries:
            if name in libraries:
                raise PackagingError(
                    "two modules have the same native library",
                    seen=[str(libraries[name]), str(path)],
                    hint="remove one of them",
                )
            libraries[name] = path
    return libraries
