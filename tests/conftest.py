"""Settings for all tests."""

from __future__ import annotations

import os

# onnxruntime reports home unless this is set before it is imported.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
