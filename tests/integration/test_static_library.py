"""A static library whose functions have names of their own, with the model inside."""

from __future__ import annotations

import re
from pathlib import Path

import models
import numpy as np
import pytest
from native_models import Converted, convert, library_request

from mobilegen.native_build.header import NAMES, Contents, render_names
from mobilegen.native_build.library import library_variables
from mobilegen.native_build.run import configure, ninja
from mobilegen.resources import native_dir
from mobilegen.system.files import write_text
from mobilegen.system.process import run

PROGRAM = """
#include <stdio.h>
#include "mobilegen/engine.h"
int main(void) {
  static float input[3 * 64 * 64], output[20];
  const void* inputs[] = {input};
  void* outputs[] = {output};
  mobilegen_engine* engine = 0;
  if (fread(input, sizeof input, 1, stdin) != 1) return 3;
  if (mobilegen_open_embedded(1, &engine) || mobilegen_predict(engine, inputs, outputs)) {
    puts(mobilegen_last_error());
    return 1;
  }
  for (int i = 0; i < 20; i++) printf("%.9g\\n", output[i]);
  mobilegen_close(engine);
  return 0;
}
"""


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> Converted:
    return convert(models.mobilenet(), tmp_path_factory.mktemp("model"))


def archive(model: Converted, folder: Path) -> Path:
    request = library_request(model, name="photo", contents=Contents(embed=True))
    write_text(folder / "generated" / NAMES, render_names("photo"))
    variables = (*library_variables(request, folder), ("MOBILEGEN_KIND", "STATIC"))
    place = folder / "cmake"
    configure(native_dir(), place, request.target, request.toolchain, variables)
    ninja(place, ["mobilegen"], jobs=2, title="building the archive")
    return place / "libphoto.a"


def test_functions_have_names_of_their_own(model: Converted, tmp_path: Path) -> None:
    library = archive(model, tmp_path)
    listed = run(["nm", "-g", "--defined-only", library], title="nm", timeout=60).stdout
    names = {line.split()[2] for line in listed.splitlines() if len(line.split()) == 3}
    assert {"mobilegen_photo_open", "mobilegen_photo_embedded_0"} <= names
    assert not [name for name in names if re.match("mobilegen_(?!photo_)", name)]
    # In C++, lengths come before names.
    assert not [name for name in names if "9mobilegen" in name]
    (tmp_path / "program.c").write_text(PROGRAM, "utf-8")
    argv = ["gcc", tmp_path / "program.c", library, "-DMOBILEGEN_NAMES", f"-I{tmp_path}/generated"]
    argv += [f"-I{native_dir() / 'include'}", "-lpthread", "-lm", "-o", tmp_path / "program"]
    run(argv, title="linking", timeout=60)
    (tmp_path / "input").write_bytes(model.inputs()[0].tobytes())
    script = 'exec "$0" < "$1"'
    done = run(
        ["sh", "-c", script, tmp_path / "program", tmp_path / "input"], title="it", timeout=60
    )
    seen = np.array(done.stdout.split(), np.float32)
    right = model.outputs()[0].ravel()
    assert np.abs(seen - right).max() <= 1e-4 * np.abs(right).max()
