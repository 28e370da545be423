"""mobilegen convert: conversion and its proof alone."""

from __future__ import annotations

from mobilegen.cli import options
from mobilegen.cli.build import build_from


def convert(
    model: options.Model = None,
    runtime: options.Runtime = None,
    precision: options.Precision = None,
    labels: options.Labels = None,
    samples: options.Samples = None,
    input_shape: options.InputShape = None,
    out: options.Out = None,
    offline: options.Offline = False,
    require_proof: options.RequireProof = False,
    json: options.Json = False,
) -> None:
    """Convert a model for a mobile runtime, and prove that the result answers like the model."""
    build_from(
        model,
        {
            "runtime": runtime,
            "precision": precision,
            "labels": labels,
            "samples": samples,
            "input_shapes": options.input_shapes(input_shape),
            "out": out,
            **options.switches(offline=offline, require_proof=require_proof, json_output=json),
        },
        libraries=False,
    )
