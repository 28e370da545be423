"""mobilegen build: model in, proved libraries out."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from mobilegen import console
from mobilegen.cli import options
from mobilegen.cli.places import conversion_folder, settings_of
from mobilegen.cli.progress import Progress
from mobilegen.config.load import require_files
from mobilegen.frontends import catalog as frontends
from mobilegen.pipeline.build import build as run_pipeline
from mobilegen.pipeline.plan import make_plan
from mobilegen.platforms import catalog as platforms
from mobilegen.report.summary import print_summary
from mobilegen.runtimes import catalog as runtimes
from mobilegen.serialize import to_jsonable
from mobilegen.system import cache
from mobilegen.verify import judge


@options.with_settings("build")
def build(given: Mapping[str, Any], model: options.Model = None) -> None:
    """Build libraries and projects for a model, and prove that they answer like it."""
    build_from(model, given)


def build_from(model: Path | None, given: Mapping[str, Any], *, libraries: bool = True) -> None:
    """Run the pipeline for a model and show its report.

    Args:
        given: Settings from the command line; None means not given.
        libraries: False for a conversion without native libraries.

    Raises:
        NotProvedError: A check was skipped although proof was required.
    """
    settings, folder = settings_of(model, given)
    if not libraries:
        folder = conversion_folder(folder, given)
    if settings.json_output:
        console.answer_json()
    require_files(settings)
    runtime = runtimes.get(settings.runtime)
    framework = settings.framework or frontends.for_file(settings.model)
    frontends.get(framework)
    plan = make_plan(settings, folder, framework=framework, libraries=libraries)
    runtime.require_targets(plan.targets)
    with Progress(quiet=settings.json_output) as progress:
        report = run_pipeline(plan, progress.on_event)
    if settings.json_output:
        console.raw_json(to_jsonable(report))
    else:
        chosen = map(platforms.get, settings.platform)
        print_summary(report, folder, {each.name: each.usage_of(settings) for each in chosen})
    cache.tidy()
    if settings.require_proof:
        judge.require_proof(report.checks)
