"""mobilegen build: model in, proved libraries out."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mobilegen import console
from mobilegen.cli import options
from mobilegen.cli.progress import Progress
from mobilegen.config.load import absolute, load_settings, require_files
from mobilegen.frontends import catalog as frontends
from mobilegen.pipeline.build import build as run_pipeline
from mobilegen.pipeline.plan import make_plan
from mobilegen.report.summary import print_summary
from mobilegen.runtimes import catalog as runtimes
from mobilegen.serialize import to_jsonable
from mobilegen.verify import judge


def build(
    model: options.Model = None,
    runtime: options.Runtime = None,
    abi: options.Abi = None,
    precision: options.Precision = None,
    toolchain: options.Toolchain = None,
    ndk: options.Ndk = None,
    package: options.Package = None,
    name: options.Name = None,
    labels: options.Labels = None,
    samples: options.Samples = None,
    embed_model: options.EmbedModel = None,
    input_shape: options.InputShape = None,
    platform: options.Platform = None,
    project: options.Project = None,
    with_sources: options.WithSources = None,
    application_id: options.ApplicationId = None,
    app_name: options.AppName = None,
    target_sdk: options.TargetSdk = None,
    compile_sdk: options.CompileSdk = None,
    apk: options.Apk = None,
    apk_route: options.ApkRoute = None,
    force: options.Force = False,
    out: options.Out = None,
    jobs: options.Jobs = None,
    offline: options.Offline = False,
    require_proof: options.RequireProof = False,
    json: options.Json = False,
) -> None:
    """Build libraries and an Android project for a model, and prove that they answer like it."""
    build_from(
        model,
        {
            "runtime": runtime,
            "abi": abi,
            "precision": precision,
            "toolchain": toolchain,
            "ndk": ndk,
            "package": package,
            "name": name,
            "labels": labels,
            "samples": samples,
            "embed_model": embed_model,
            "input_shapes": options.input_shapes(input_shape),
            "platform": platform,
            "project": project,
            "with_sources": with_sources,
            "application_id": application_id,
            "app_name": app_name,
            "target_sdk": target_sdk,
            "compile_sdk": compile_sdk,
            "apk": apk,
            "apk_route": apk_route,
            "out": out,
            "jobs": jobs,
            **options.switches(
                force=force, offline=offline, require_proof=require_proof, json_output=json
            ),
        },
    )


def build_from(model: Path | None, values: dict[str, Any], *, libraries: bool = True) -> None:
    """Run the pipeline for a model and show its report.

    Args:
        values: Settings from the command line; None means not given.
        libraries: False for a conversion without native libraries.

    Raises:
        NotProvedError: A check was skipped although proof was required.
    """
    settings, base = load_settings(model, values)
    require_files(settings)
    runtimes.get(settings.runtime)
    frontend = frontends.for_file(settings.model)
    folder = absolute(settings.out or base / default_out(model), Path.cwd())
    plan = make_plan(settings, folder, framework=frontend, libraries=libraries)
    with Progress(quiet=settings.json_output) as progress:
        report = run_pipeline(plan, progress.on_event)
    if settings.json_output:
        console.raw_json(to_jsonable(report))
    else:
        print_summary(report, folder)
    if settings.require_proof:
        judge.require_proof(report.checks)


def default_out(model: Path | None) -> str:
    """Name of the result folder: build for a folder, <model>-sdk for a bare model file."""
    return f"{model.stem}-sdk" if model and model.is_file() else "build"
