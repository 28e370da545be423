"""native/core/preprocess, compiled alone and called by ctypes."""

from __future__ import annotations

import ctypes
import struct
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from mobilegen.artifacts import Target, Toolchain
from mobilegen.native_build.run import build_type, configure, ninja
from mobilegen.resources import native_dir

Bytes = npt.NDArray[np.uint8]
Floats = npt.NDArray[np.float32]

METHODS = (
    "pillow-bilinear",
    "pillow-bicubic",
    "opencv-linear",
    "tensorflow-bilinear",
    "nearest",
    "pillow13-bilinear",
    "pillow13-bicubic",
)
CROPS = ("box", "none", "center", "center-whole", "resize-then-crop", "aspect", "central")
FORMATS = {"rgb": 0, "rgba": 1, "yuv420": 2, "nv21": 3}
OK, ARGUMENT = 0, -1


class Plan(ctypes.Structure):
    """The struct of the same name in native/tests/preprocess/preprocess_test.cpp."""

    _fields_ = [
        ("resize", ctypes.c_int32),
        ("crop", ctypes.c_int32),
        ("width", ctypes.c_int32),
        ("height", ctypes.c_int32),
        ("resize_size", ctypes.c_int32),
        ("bgr", ctypes.c_int32),
        ("channels_last", ctypes.c_int32),
        ("format", ctypes.c_int32),
        ("image_width", ctypes.c_int32),
        ("image_height", ctypes.c_int32),
        ("turns", ctypes.c_int32),
        ("mirrored", ctypes.c_int32),
        ("row_strides", ctypes.c_int32 * 3),
        ("pixel_strides", ctypes.c_int32 * 3),
        ("offsets", ctypes.c_int32 * 3),
        ("sizes", ctypes.c_int32 * 3),
        ("window", ctypes.c_int32 * 4),
        ("box", ctypes.c_float * 4),
        ("scale", ctypes.c_float),
        ("mean", ctypes.c_float * 3),
        ("std", ctypes.c_float * 3),
        ("unused", ctypes.c_int32),
        ("crop_fraction", ctypes.c_double),
    ]


@dataclass(frozen=True)
class Case:
    """One call: what is asked, and the bytes of the image."""

    plan: Plan
    data: Bytes

    @property
    def count(self) -> int:
        return 3 * int(self.plan.width) * int(self.plan.height)

    @property
    def shape(self) -> tuple[int, int, int]:
        height, width = int(self.plan.height), int(self.plan.width)
        return (height, width, 3) if self.plan.channels_last else (3, height, width)

    def to_bytes(self) -> bytes:
        return bytes(self.plan) + struct.pack("<Q", self.data.size) + self.data.tobytes()


def make_plan(method: str, width: int, height: int, crop: str = "none") -> Plan:
    """Return a plan without normalisation: the floats are the bytes of the resized image."""
    plan = Plan(resize=METHODS.index(method), crop=CROPS.index(crop), width=width, height=height)
    plan.crop_fraction = 1.0
    plan.channels_last = 1
    plan.scale = 1.0
    plan.std[:] = (1.0, 1.0, 1.0)
    return plan


def set_planes(
    plan: Plan, kind: str, size: tuple[int, int], planes: Sequence[tuple[int, int, int, int]]
) -> None:
    """Describe the image: width, height; offset, size, row and pixel stride of each plane."""
    plan.format = FORMATS[kind]
    plan.image_width, plan.image_height = size
    for i, (offset, length, row_stride, pixel_stride) in enumerate(planes):
        plan.offsets[i], plan.sizes[i] = offset, length
        plan.row_strides[i], plan.pixel_strides[i] = row_stride, pixel_stride


def rgb_case(plan: Plan, pixels: Bytes) -> Case:
    """Complete a plan with an RGB image without gaps."""
    height, width = pixels.shape[:2]
    set_planes(plan, "rgb", (width, height), [(0, pixels.size, 3 * width, 3)])
    return Case(plan, np.ascontiguousarray(pixels).ravel())


class Library:
    """The compiled code."""

    def __init__(self, path: Path) -> None:
        self._library = ctypes.CDLL(str(path))
        self._library.preprocess_test_error.restype = ctypes.c_char_p
        self._library.preprocess_test_plan_size.restype = ctypes.c_size_t
        self._library.preprocess_test_run.argtypes = [
            ctypes.POINTER(Plan),
            ctypes.c_void_p,
            ctypes.c_size_t,
            ctypes.c_void_p,
        ]
        assert self._library.preprocess_test_plan_size() == ctypes.sizeof(Plan)

    def status(self, case: Case, output: Floats | None) -> int:
        address = output.ctypes.data if output is not None else None
        return int(
            self._library.preprocess_test_run(
                ctypes.byref(case.plan), case.data.ctypes.data, case.data.size, address
            )
        )

    def run(self, case: Case) -> Floats:
        """Return the output; guards around it must stay as they were."""
        output = np.full(case.count + 16, 77.5, np.float32)
        inner = output[8:-8]
        assert self.status(case, inner) == OK, self.error
        assert (output[:8] == 77.5).all() and (output[-8:] == 77.5).all()
        return inner.reshape(case.shape)

    @property
    def error(self) -> str:
        return str(self._library.preprocess_test_error().decode())


def build(
    folder: Path,
    target: Target,
    toolchain: Toolchain,
    *,
    sanitize: bool = False,
    flags: Sequence[str] = ("-Os",),
    source: Path | None = None,
) -> Path:
    """Compile; return the library, or with `sanitize` the program."""
    variables = (*build_type(flags), ("SANITIZE", "ON" if sanitize else "OFF"))
    project = (source or native_dir()) / "tests" / "preprocess"
    configure(project, folder, target, toolchain, variables)
    ninja(folder, [], jobs=2, title="building the preprocessing")
    return folder / ("preprocess_test" if sanitize else "libpreprocess_test.so")
