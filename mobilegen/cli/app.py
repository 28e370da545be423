"""The program `mobilegen` and its verbs."""

from __future__ import annotations

import typer

import mobilegen
from mobilegen import console
from mobilegen.cli import bench, build, convert, doctor, init, inspect, run, schema, setup, verify

app = typer.Typer(
    name="mobilegen",
    help="A trained model in, a tested mobile SDK out.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
app.command("build")(build.build)
app.command("convert")(convert.convert)
app.command("verify")(verify.verify)
app.command("run")(run.run)
app.command("bench")(bench.bench)
app.command("inspect")(inspect.inspect)
app.command("init")(init.init)
app.command("setup")(setup.setup)
app.command("doctor")(doctor.doctor)
app.command("schema")(schema.schema)


def _show_version(wanted: bool) -> None:
    if wanted:
        console.line(f"mobilegen {mobilegen.__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: bool = typer.Option(
        False, "--version", is_eager=True, callback=_show_version, help="Show the version."
    ),
    debug: bool = typer.Option(False, "--debug", help="Show tracebacks of errors."),
) -> None:
    """Turn a trained model into a tested mobile SDK."""
