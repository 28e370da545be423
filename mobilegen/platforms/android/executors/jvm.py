"""Runs x86_64 libraries in a real Java VM, over libraries that map Android's imports to glibc."""

from __future__ import annotations

import itertools
import platform
import sys
import tempfile
from pathlib import Path

from mobilegen.errors import ProcessError
from mobilegen.executors import files, programs, tensors
from mobilegen.executors.base import Execution, ExecutionError, Request, Unavailable, Unsuited
from mobilegen.executors.files import model_folder
from mobilegen.executors.jdk import CLEAN, MIN_VERSION, Jdk, find_jdk, installed
from mobilegen.platforms.android.executors.versions import without_versions
from mobilegen.platforms.android.jni import CLASS_NAME, check_package
from mobilegen.platforms.android.sources import java_source
from mobilegen.system import process
from mobilegen.system.files import cache_dir, kept_dir, sha256_bytes

__all__ = ["Jdk", "execute", "find_jdk", "prepare", "state"]

_COMPILE_SECONDS = 120.0
_TARGET = "x86_64-linux-gnu.2.17"
# Without the compiler's helper functions: 3 s to compile, and glibc has what is called.
_SHARED = ("-shared", "-fPIC", "-fvisibility=hidden", "-rtlib=none", "-Wl,-z,defs")
# Each stands for the Android library of its name and brings glibc's with it.
_SHIMS = {"libc.so": ("-lc", "-ldl"), "libm.so": ("-lm",), "libdl.so": ("-ldl",), "liblog.so": ()}
OPENER = "libopener.so"
_OPENER_OPTIONS = (
    *_SHARED,
    "-Wl,-rpath,$ORIGIN",
    "-Wl,--no-as-needed",
    *(f"./{name}" for name in _SHIMS),
    "-ldl",
)
# -Xcheck:jni makes the VM verify every JNI call.
_JAVA_OPTIONS = (
    "-Xcheck:jni", "-Xmx1g", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1",
    "-XX:-CreateCoredumpOnCrash", "-XX:ErrorFile=crash.log",
)  # fmt: skip
_APP_CLASSES = ("ImageData", CLASS_NAME, "Model")
# Of ours those that use the classes from their own package.
_INSIDE = ("Images", "Tensors")
# What the classes call the library under test, whatever its file is called.
_TESTED = "mobilegen_tested"
# The JDK loads its libnio.so and libnet.so late, and would be given ours of the same name.
_START = """final class Start {
    public static void main(String[] arguments) throws Exception {
        java.nio.channels.ServerSocketChannel.open().close();
        Driver.main(arguments);
    }
}
"""


def state(abi: str) -> str:
    """Name the JDKs that may be looked at, each with the size and time of its Java VM."""
    return f"{sys.platform} {platform.machine()} {installed()}"


def prepare(abi: str, *, offline: bool) -> str:
    """Compile the libraries that stand in for Android's.

    Raises:
        Unavailable: No x86_64 glibc Linux, or no JDK.
    """
    jdk = _require_jdk()
    shims()
    return str(jdk)


def execute(abi: str, request: Request, *, offline: bool, timeout: float) -> Execution:
    """Call the Java natives of an x86_64 library from a Java VM.

    `Model.predict` takes and gives arrays for one sample and direct buffers for the next; where
    `ImageRecognition` fits the model, it has to give the same.

    Raises:
        Unavailable: No x86_64 glibc Linux, or no JDK.
        Unsuited: A request for the C functions.
        ExecutionError: The library cannot be loaded, failed, crashed or ran out of time.
    """
    jdk = _require_host(request)
    check_package(request.bridge.package)
    places = (shims(), _classes(jdk, request))
    with tempfile.TemporaryDirectory(prefix="mobilegen-") as temporary:
        folder = Path(temporary)
        files.write_inputs(request, folder)
        files.write_images(request, folder)
        printed = _run(jdk, request, (*places, folder), timeout)
        _refuse_jni_faults(printed, request.bridge.package)
        report = files.read_report(folder)
        return Execution(
            files.read_outputs(request, folder),
            report.load_seconds,
            report.predict_seconds,
            f"Java VM {jdk.version}",
            {"constructors_ran": True, "jni_checked": True},
            files.read_pictures(request, folder),
        )


def _require_host(request: Request) -> Jdk:
    if request.interface != "jni":
        raise Unsuited("the Java VM calls Java natives only")
    return _require_jdk()


def _require_jdk() -> Jdk:
    glibc = platform.libc_ver()[0] == "glibc"
    if not (sys.platform.startswith("linux") and platform.machine() == "x86_64" and glibc):
        raise Unavailable("x86_64 libraries run in a Java VM on x86_64 Linux with glibc only")
    jdk = find_jdk()
    if jdk is None:
        raise Unavailable(
            f"no JDK {MIN_VERSION} or newer (java and javac) in JAVA_HOME or PATH",
            "install a JDK, or set JAVA_HOME",
        )
    return jdk


def shims() -> Path:
    """Return the folder with the libraries that stand for Android's, and with `OPENER`."""
    stand_ins = [
        programs.Program(name, _shim_sources(name), _shim_options(name), target=_TARGET)
        for name in _SHIMS
    ]
    opener = programs.Program(OPENER, ("jvm/opener.c",), _OPENER_OPTIONS, target=_TARGET)
    return programs.build("jvm", [*stand_ins, opener])


def _shim_sources(name: str) -> tuple[str, ...]:
    return ("bionic_shim/bionic.c",) if name == "libc.so" else ("bionic_shim/empty.c",)


def _shim_options(name: str) -> tuple[str, ...]:
    return (*_SHARED, "-DBIONIC_SHARED", f"-Wl,-soname,{name}", "-Wl,--no-as-needed", *_SHIMS[name])


def _classes(jdk: Jdk, request: Request) -> Path:
    """Compile the driver and the classes that apps get; return the folder of classes."""
    sources = _sources(request)
    digest = sha256_bytes("\n".join((str(jdk.version), *sources.values())).encode())
    folder = cache_dir() / "executors" / f"classes-{digest[:16]}"
    return kept_dir(folder, ("Driver.class",), lambda new: _compile(jdk, sources, new))


def _sources(request: Request) -> dict[str, str]:
    """Return the source of each class by its name; what needs Android itself is left out."""
    own = {
        name: (programs.tools_dir() / "jvm" / f"{name}.java").read_text("utf-8")
        for name in ("Driver", *_INSIDE)
    }
    package, model = check_package(request.bridge.package), request.artifact
    inside = {name: f"package {package};\n{own[name]}" for name in _INSIDE}
    apps = {name: java_source(name, package, _TESTED, model) for name in _APP_CLASSES}
    return {"Driver": own["Driver"], "Start": _START, **inside, **apps}


def _compile(jdk: Jdk, sources: dict[str, str], folder: Path) -> None:
    with tempfile.TemporaryDirectory(prefix="mobilegen-") as temporary:
        paths = [Path(temporary) / f"{name}.java" for name in sources]
        for path in paths:
            path.write_text(sources[path.stem], "utf-8")
        try:
            process.run(
                [jdk.javac, "-encoding", "UTF-8", "-d", folder, *paths],
                title="compiling the Java driver",
                timeout=_COMPILE_SECONDS,
                env=CLEAN,
            )
        except ProcessError as error:
            raise Unavailable(f"{jdk} does not compile: {error}") from error


def _run(jdk: Jdk, request: Request, places: tuple[Path, Path, Path], timeout: float) -> str:
    stand_ins, classes, folder = places
    library = str(request.library.resolve())
    dims = ",".join(map(str, tensors.dims(request)))
    argv: list[str | Path] = [
        jdk.java, *_JAVA_OPTIONS, "-Djava.library.path=.", "-cp", classes, "Start",
        request.bridge.package, stand_ins / OPENER, model_folder(request),
        str(request.threads), str(len(request.samples)),
        dims if tensors.natives_fit(request) else "none",
        ",".join(map(str, request.images)), str(int(request.classify)),
    ]  # fmt: skip
    # The VM finds its own libnet.so before any other, and cannot search a folder with a colon.
    (folder / f"lib{_TESTED}.so").symlink_to(library)
    beside = "\n".join(map(str, _companions(request, folder)))
    env = {**CLEAN, "MOBILEGEN_LIBRARY": library, "MOBILEGEN_COMPANIONS": beside}
    title = "the x86_64 library in a Java VM"
    try:
        done = process.run(argv, title=title, timeout=timeout, cwd=folder, env=env)
    except ProcessError as error:
        raise ExecutionError(error.what, seen=_explain(error)) from error
    return done.stdout + done.stderr


def _companions(request: Request, folder: Path) -> list[Path]:
    """Copy the libraries beside the one under test as glibc's loader takes them."""
    place = folder / "beside"
    place.mkdir()
    return [without_versions(path, place / path.name) for path in request.companions]


def _explain(error: ProcessError) -> list[str]:
    """Pick the lines that say why out of what a Java VM prints when it ends."""
    lines = error.output.splitlines()
    told = [line for line in lines if line.startswith(("driver: ", "opener: ", "FATAL ERROR"))]
    for index, line in enumerate(lines):
        if line.startswith("#  SIG"):
            told.append(line.lstrip("# "))
        if line.startswith("# Problematic frame"):
            told += [text.lstrip("# ") for text in lines[index + 1 : index + 2]]
    return told or list(error.seen)


def _refuse_jni_faults(printed: str, package: str) -> None:
    """Fail for what -Xcheck:jni found in our natives; the VM's own natives may have faults too."""
    lines = printed.splitlines()
    ours = f"at {package}."
    faults = [
        f"{line} {place.strip()}"
        for line, place in itertools.pairwise(lines)
        if line.startswith("WARNING") and ours in place
    ]
    if faults:
        raise ExecutionError("the Java VM found a wrong use of JNI", seen=faults)
