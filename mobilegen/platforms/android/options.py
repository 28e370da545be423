"""What a user may decide of the generated project."""

from __future__ import annotations

from dataclasses import dataclass

# Name of the platform, and of the project's folder in a result.
PLATFORM = "android"


@dataclass(frozen=True)
class ProjectOptions:
    """What a user may decide of the project.

    Attributes:
        name: Of the library and of the folder of assets.
        package: Java package of the SDK.
        application_id: Of the demo app; its Java package, too.
        min_sdk: Oldest API level, for which the libraries were built.
        images: The model takes a picture, so the app has camera and album.
        embedded: The model is inside of the library.
    """

    name: str
    package: str
    application_id: str
    sdk_namespace: str
    app_name: str
    min_sdk: int
    target_sdk: int
    compile_sdk: int
    version_code: int
    version_name: str
    images: bool
    embedded: bool

    @property
    def names(self) -> tuple[str, ...]:
        """The packages that sources of the project are of."""
        return tuple(sorted({self.package, self.application_id, self.sdk_namespace}))
