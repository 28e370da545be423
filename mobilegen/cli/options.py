"""Options that several verbs share, and how they become settings."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, cast, get_args

import typer

from mobilegen.config.model import ToolchainKind
from mobilegen.config.values import parse_input_shape
from mobilegen.errors import UsageError
from mobilegen.names import nearest

Model = Annotated[
    Path | None,
    typer.Argument(
        help="A model file, or a folder with mobilegen.yml. Default: the current folder.",
        show_default=False,
    ),
]
Runtime = Annotated[
    str | None, typer.Option("--runtime", help="Engine on the phone: ncnn.", show_default=False)
]
Abi = Annotated[
    list[str] | None,
    typer.Option(
        "--abi",
        help="arm64-v8a, armeabi-v7a, x86_64, x86 or all; may be repeated.",
        show_default=False,
    ),
]
Precision = Annotated[
    str | None,
    typer.Option("--precision", help="fp32, or fp16 for half the model file.", show_default=False),
]
Toolchain = Annotated[
    str | None,
    typer.Option("--toolchain", help="auto, embedded or ndk.", show_default=False),
]
Ndk = Annotated[
    Path | None, typer.Option("--ndk", help="Folder of an Android NDK.", show_default=False)
]
Package = Annotated[
    str | None,
    typer.Option("--package", help="Java package, as in com.example.photo.", show_default=False),
]
Name = Annotated[
    str | None,
    typer.Option("--name", help="Name of the library: lib<name>.so.", show_default=False),
]
Samples = Annotated[
    Path | None,
    typer.Option(
        "--samples",
        help="Inputs to compare on: .npz of the arrays 0/INPUT, 1/INPUT and so on.",
        show_default=False,
    ),
]
Labels = Annotated[
    Path | None,
    typer.Option("--labels", help="File with one class name per line.", show_default=False),
]
EmbedModel = Annotated[
    bool | None,
    typer.Option(
        "--embed-model/--no-embed-model",
        help="Compile the model into the library.",
        show_default=False,
    ),
]
InputShape = Annotated[
    list[str] | None,
    typer.Option(
        "--input-shape",
        help="Sizes of an input: NAME=1x3x224x224; may be repeated.",
        show_default=False,
    ),
]
Platform = Annotated[
    str | None, typer.Option("--platform", help="System: android.", show_default=False)
]
Project = Annotated[
    bool | None,
    typer.Option(
        "--project/--no-project",
        help="Leave a project with an SDK and a demo app.",
        show_default="--project",
    ),
]
WithSources = Annotated[
    bool | None,
    typer.Option(
        "--with-sources/--without-sources",
        help="Add the library's C++ sources to the project, to be compiled by an NDK.",
        show_default="--without-sources",
    ),
]
ApplicationId = Annotated[
    str | None,
    typer.Option(
        "--application-id",
        help="Name of the demo app on a phone and in the store.",
        show_default="<package>.demo",
    ),
]
AppName = Annotated[
    str | None, typer.Option("--app-name", help="Title of the demo app.", show_default=False)
]
TargetSdk = Annotated[
    int | None,
    typer.Option("--target-sdk", help="API level the app is made for.", show_default="36"),
]
CompileSdk = Annotated[
    int | None,
    typer.Option("--compile-sdk", help="API level the app is compiled with.", show_default="36"),
]
Apk = Annotated[
    bool | None,
    typer.Option(
        "--apk/--no-apk", help="Build the demo app, too: a signed APK.", show_default="--no-apk"
    ),
]
ApkRoute = Annotated[
    str | None,
    typer.Option(
        "--apk-route", help="How the app is built: auto, gradle, embedded.", show_default="auto"
    ),
]
Force = Annotated[
    bool,
    typer.Option("--force", help="Overwrite files of the project that you have changed."),
]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out",
        help="Folder of the result.",
        show_default="build beside mobilegen.yml; <model>-sdk here for a model file",
    ),
]
Jobs = Annotated[
    int | None, typer.Option("--jobs", "-j", min=1, help="Parallel jobs.", show_default="all cores")
]
Offline = Annotated[bool, typer.Option("--offline", help="Use the cache only, no network.")]
RequireProof = Annotated[
    bool, typer.Option("--require-proof", help="Fail when a check had to be skipped.")
]
Json = Annotated[bool, typer.Option("--json", help="Print the report as JSON and nothing else.")]
Result = Annotated[
    Path | None,
    typer.Argument(help="Folder of a build's result. Default: build.", show_default=False),
]


def toolchain_kind(text: str | None) -> ToolchainKind:
    """Return the value of --toolchain.

    Raises:
        UsageError: It is none of the three.
    """
    kinds = get_args(ToolchainKind)
    if text is not None and text not in kinds:
        raise UsageError(f"there is no toolchain {text!r}", hint=nearest(text, kinds))
    return cast(ToolchainKind, text or "auto")


def input_shapes(texts: Sequence[str] | None) -> dict[str, tuple[int, ...]] | None:
    """Return the sizes by input name, or None when none were given."""
    return dict(parse_input_shape(text) for text in texts) if texts else None


def switches(**given: bool) -> dict[str, bool]:
    """Return the switches that were given; one that was not leaves the setting as it is."""
    return {name: True for name, value in given.items() if value}
