"""Signs APKs, and verifies their signatures."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from mobilegen.executors.jdk import Jdk
from mobilegen.platforms.android.apk.settings import Keystore
from mobilegen.platforms.android.apk.tools import Command, Tools, run_tool
from mobilegen.system.files import cache_dir, kept_dir

# That of the key with which Android's own tools sign while developing: it protects nothing.
_DEBUG_PASSWORD = "android"
_DEBUG_VARIABLE = "MOBILEGEN_DEBUG_PASSWORD"
_DEBUG_ALIAS = "androiddebugkey"
_SCHEME = re.compile(r"^Verified using v(\d) scheme.*: (true|false)$", re.MULTILINE)


@dataclass(frozen=True)
class Key:
    """A key with the environment that a signing program needs for it."""

    keystore: Keystore
    environment: tuple[tuple[str, str], ...] = ()


def debug_key(jdk: Jdk) -> Key:
    """Return the debug key of this user, which is made once and kept in the cache."""
    name, environment = "debug.p12", ((_DEBUG_VARIABLE, _DEBUG_PASSWORD),)

    def make(folder: Path) -> None:
        command = _keytool(jdk, folder / name)
        run_tool(command, title="making the debug key", env=dict(environment))

    path = kept_dir(cache_dir() / "android" / "debug-key", (name,), make) / name
    return Key(Keystore(path, _DEBUG_ALIAS, _DEBUG_VARIABLE, _DEBUG_VARIABLE), environment)


def _keytool(jdk: Jdk, path: Path) -> Command:
    program = jdk.java.with_name(jdk.java.name.replace("java", "keytool"))
    return (
        program, "-genkeypair", "-keystore", path, "-storetype", "PKCS12",
        "-storepass:env", _DEBUG_VARIABLE, "-alias", _DEBUG_ALIAS,
        "-keyalg", "RSA", "-keysize", "2048", "-sigalg", "SHA256withRSA", "-validity", "10950",
        "-dname", "CN=Android Debug, O=Android, C=US",
    )  # fmt: skip


def sign(unsigned: Path, signed: Path, key: Key, tools: Tools, *, min_sdk: int) -> Path:
    """Sign an APK with every scheme that phones from `min_sdk` on may ask for: v1, v2 and v3.

    Raises:
        PackagingError: Wrong password, no such key, or a key that Android does not take.
    """
    store = key.keystore
    run_tool(
        (
            *tools.signer, "sign", "--ks", store.path, "--ks-key-alias", store.alias,
            "--ks-pass", f"env:{store.password_variable}",
            "--key-pass", f"env:{store.key_password_variable}",
            "--min-sdk-version", str(min_sdk), "--out", signed, "--in", unsigned,
        ),
        title=f"signing with the key {store.alias} of {store.path.name}",
        hint="check the keystore, the alias and the passwords",
        env=dict(key.environment),
    )  # fmt: skip
    # apksigner leaves one for the incremental installation of newer systems.
    signed.with_name(f"{signed.name}.idsig").unlink(missing_ok=True)
    return signed


def verified_schemes(apk: Path, tools: Tools, *, min_sdk: int) -> frozenset[int]:
    """Return the numbers of the signature schemes by which an APK verifies.

    Raises:
        PackagingError: It does not verify.
    """
    printed = run_tool(
        (*tools.signer, "verify", "--min-sdk-version", str(min_sdk), "--in", apk, "--verbose"),
        title="verifying the signature",
    )
    return frozenset(int(number) for number, state in _SCHEME.findall(printed) if state == "true")
