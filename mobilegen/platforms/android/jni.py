"""Java package names, and the names of native methods in C."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from mobilegen.artifacts import Bridge
from mobilegen.errors import ConfigError

if TYPE_CHECKING:
    from mobilegen.platforms.android.settings import AndroidSettings

CLASS_NAME = "ImageRecognition"
# The classes with natives, and those natives; the sources are templates/android/<class>.java.j2.
NATIVES = {
    CLASS_NAME: (
        "clear",
        "load",
        "loadCombined",
        "loadCombinedQualified",
        "loadQualified",
        "predictImage",
        "predictYuv",
        "setThread",
    ),
    "Model": (
        "classify0",
        "close0",
        "label0",
        "names0",
        "openBuffers0",
        "openEmbedded0",
        "openFiles0",
        "openParts0",
        "predict0",
        "preprocess0",
        "seconds0",
        "setLabels0",
        "setThreads0",
        "shape0",
        "type0",
    ),
}

_PLAIN = re.compile("[A-Za-z0-9]")
_ESCAPES = {".": "_", "/": "_", "_": "_1", ";": "_2", "[": "_3"}

# Java SE 17 language specification, section 3.9, and the literals of section 3.10.
_WORDS = """
    abstract assert boolean break byte case catch char class const continue default do double else
    enum extends final finally float for goto if implements import instanceof int interface long
    native new package private protected public return short static strictfp super switch
    synchronized this throw throws transient try void volatile while _ true false null
"""
_RESERVED = frozenset(_WORDS.split())

# No program may add a class to these: class loaders and dex compilers refuse it.
_JAVAS_OWN = frozenset(("java", "javax"))

# What Character.isJavaIdentifierStart and isJavaIdentifierPart accept, by Unicode category.
_START = frozenset(("Lu", "Ll", "Lt", "Lm", "Lo", "Nl", "Sc", "Pc"))
_PART = _START | {"Nd", "Mn", "Mc"}


def check_package(package: str) -> str:
    """Return a Java package name unchanged if it is valid.

    Raises:
        ConfigError: It is empty or Java's own, or a part is empty, a reserved word or no
            identifier.
    """
    if package.split(".")[0] in _JAVAS_OWN:
        raise ConfigError(
            f"a package cannot be below {package.split('.')[0]!r}",
            seen=["Java loads only its own classes from there"],
            hint="--package com.example.vision",
        )
    for part in package.split("."):
        if reason := _fault(part):
            raise ConfigError(
                f"{package!r} is not a Java package name",
                seen=[f"{part!r}: {reason}"],
                hint="--package com.example.vision",
            )
    return package


def _fault(part: str) -> str:
    if not part:
        return "empty part"
    if part in _RESERVED:
        return "reserved word of Java"
    if unicodedata.category(part[0]) not in _START:
        return f"must not begin with {part[0]!r}"
    wrong = next((c for c in part if unicodedata.category(c) not in _PART), "")
    return f"must not contain {wrong!r}" if wrong else ""


def jni_escape(name: str) -> str:
    """Escape a name as the JNI specification says (chapter 2, "Resolving Native Method Names").

    Args:
        name: A class with its package, parts separated by "." or "/", or a method.
    """
    return "".join(_escape(character) for character in name)


def _escape(character: str) -> str:
    if _PLAIN.fullmatch(character):
        return character
    if character in _ESCAPES:
        return _ESCAPES[character]
    units = character.encode("utf-16-be")
    pairs = (units[i : i + 2] for i in range(0, len(units), 2))
    return "".join(f"_0{pair.hex()}" for pair in pairs)


def jni_prefix(package: str, class_name: str = CLASS_NAME) -> str:
    """Return what the C names of a class's natives begin with, up to the method's name.

    Raises:
        ConfigError: The package name is not valid.
    """
    return f"Java_{jni_escape(f'{check_package(package)}.{class_name}')}"


def jni_exports(package: str) -> tuple[str, ...]:
    """Return the C names of all natives, sorted.

    Raises:
        ConfigError: The package name is not valid.
    """
    names = (
        f"{jni_prefix(package, class_name)}_{jni_escape(method)}"
        for class_name, methods in NATIVES.items()
        for method in methods
    )
    return tuple(sorted(names))


def bridge(section: AndroidSettings) -> Bridge:
    """Return the natives of the Java classes; see `Platform.bridge_for`."""
    return bridge_of(section.package)


def bridge_of(package: str) -> Bridge:
    """Return the natives of the Java classes of a package.

    Raises:
        ConfigError: The package name is not valid.
    """
    prefixes = ((name, jni_prefix(package, name)) for name in NATIVES)
    return Bridge(
        folder="jni",
        defines=tuple((f"MOBILEGEN_JNI_{name}(method)", f"{p}_##method") for name, p in prefixes),
        exports=jni_exports(package),
        package=package,
    )
