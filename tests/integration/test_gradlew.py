"""gradlew against a distribution that stands for Gradle, served from this computer."""

from __future__ import annotations

import hashlib
import http.server
import shutil
import threading
import zipfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from mobilegen.errors import ProcessError
from mobilegen.platforms.android.rendering import template_root
from mobilegen.system.process import run

NAME = "gradle-9.9.9-bin"
PROGRAM = """#!/bin/sh
echo "gradle of $(dirname "$0")"
for word in "$@"; do echo "[$word]"; done
exit 7
"""
PROPERTIES = Path("gradle", "wrapper", "gradle-wrapper.properties")


@pytest.fixture
def served(tmp_path: Path) -> Iterator[tuple[Path, str, list[str]]]:
    """A folder, its address, and the requests that it has seen."""
    folder, requests = tmp_path / "served", []
    folder.mkdir()

    class Handler(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *arguments: object) -> None:
            super().__init__(*arguments, directory=str(folder))  # type: ignore[arg-type]

        def log_message(self, format: str, *arguments: object) -> None:
            requests.append(self.path)

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield folder, f"http://127.0.0.1:{server.server_port}", requests
        server.shutdown()


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """The wrapper in a folder whose name a careless script would split or expand."""
    folder = tmp_path / "my $project (1)"
    (folder / PROPERTIES).parent.mkdir(parents=True)
    for name in ("gradlew", PROPERTIES, PROPERTIES.with_name("GradleWrapper.java")):
        shutil.copy(template_root() / name, folder / name)
    return folder


def make_zip(path: Path, program: str = PROGRAM, name: str = "gradle-9.9.9/bin/gradle") -> str:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("gradle-9.9.9/", "")
        archive.writestr(name, program)
    return hashlib.sha256(path.read_bytes()).hexdigest()


def point(project: Path, address: str, sha256: str) -> None:
    """Write the properties as Gradle does, colons escaped."""
    values = {"distributionUrl": address.replace(":", "\\:"), "distributionSha256Sum": sha256}
    lines = (project / PROPERTIES).read_text("utf-8").splitlines()
    kept = [line for line in lines if line.partition("=")[0] not in values]
    text = "\n".join([*kept, *(f"{k}={v}" for k, v in values.items()), ""])
    (project / PROPERTIES).write_text(text, "utf-8")


def gradlew(project: Path, home: Path, *arguments: str) -> str:
    """Run it; the stand-in ends with 7, which must come through."""
    with pytest.raises(ProcessError) as caught:
        run(
            [project / "gradlew", *arguments],
            title="gradlew",
            timeout=60,
            env={"GRADLE_USER_HOME": str(home)},
        )
    assert caught.value.returncode == 7, caught.value
    return caught.value.output


def refused(project: Path, home: Path) -> str:
    with pytest.raises(ProcessError) as caught:
        run(
            [project / "gradlew"],
            title="gradlew",
            timeout=60,
            env={"GRADLE_USER_HOME": str(home)},
        )
    assert caught.value.returncode == 1
    return caught.value.output


def folder_hash(address: str) -> str:
    """The md5 as a number to the base of 36."""
    number, digits = int(hashlib.md5(address.encode()).hexdigest(), 16), ""
    while number:
        number, digit = divmod(number, 36)
        digits = "0123456789abcdefghijklmnopqrstuvwxyz"[digit] + digits
    return digits


def test_folder_is_the_official_one() -> None:
    """As it is on every computer that has built with this version of Gradle."""
    address = "https://services.gradle.org/distributions/gradle-8.14.3-bin.zip"
    assert folder_hash(address) == "cv11ve7ro1n3o1j4so8xd9n66"


def test_distribution_is_fetched_once(
    project: Path, served: tuple[Path, str, list[str]], tmp_path: Path
) -> None:
    folder, address, requests = served
    address = f"{address}/{NAME}.zip"
    point(project, address, make_zip(folder / f"{NAME}.zip"))
    home = tmp_path / "home with space"
    place = home / "wrapper" / "dists" / NAME / folder_hash(address)
    printed = gradlew(project, home, "assembleDebug", "-Pname=two words", "*", "$HOME", "")
    assert f"gradle of {place}/gradle-9.9.9/bin" in printed
    words = [line for line in printed.splitlines() if line.startswith("[")]
    assert words == ["[assembleDebug]", "[-Pname=two words]", "[*]", "[$HOME]", "[]"]
    assert (place / f"{NAME}.zip.ok").is_file()
    gradlew(project, home)
    assert requests == [f"/{NAME}.zip"]


def test_proxy_of_the_users_settings(
    project: Path, served: tuple[Path, str, list[str]], tmp_path: Path
) -> None:
    """The server here stands for a proxy; nothing else knows the address."""
    folder, proxy, requests = served
    address = f"http://gradle.invalid/{NAME}.zip"
    behind = folder / "http:" / "gradle.invalid"
    behind.mkdir(parents=True)
    point(project, address, make_zip(behind / f"{NAME}.zip"))
    home = tmp_path / "home"
    home.mkdir()
    host, _, port = proxy.removeprefix("http://").partition(":")
    (project / "gradle.properties").write_text("systemProp.http.proxyPort=1\nother=2\n")
    (home / "gradle.properties").write_text(
        f"systemProp.http.proxyHost={host}\nsystemProp.http.proxyPort={port}\n"
    )
    assert "gradle of" in gradlew(project, home)
    assert requests == [address]


def test_answer_for_windows(
    project: Path, served: tuple[Path, str, list[str]], tmp_path: Path
) -> None:
    """Folders that may have any letters are named by their variables."""
    folder, address, _ = served
    address = f"{address}/{NAME}.zip"
    point(project, address, make_zip(folder / f"{NAME}.zip"))
    home = tmp_path / "größe"
    wrapper = project / PROPERTIES.with_name("GradleWrapper.java")
    done = run(
        ["java", "-Dgradlew.variables=MISSING,HOME_OF_GRADLE", wrapper, project, "-g", home],
        title="the wrapper",
        timeout=60,
        env={"HOME_OF_GRADLE": str(home)},
    )
    place = f"wrapper/dists/{NAME}/{folder_hash(address)}/gradle-9.9.9"
    assert done.stdout.strip() == f"%HOME_OF_GRADLE%/{place}"


def test_the_batch_file_reads_that_answer() -> None:
    text = (template_root() / "gradlew.bat").read_bytes().decode("ascii")
    assert text.count("\n") == text.count("\r\n")
    [answer] = [line for line in text.splitlines() if "GradleWrapper.java" in line]
    assert '"-Dgradlew.variables=GRADLE_USER_HOME,USERPROFILE,project"' in answer
    assert 'set "project=%~dp0."' in text and 'call set "distribution=%distribution%"' in text


def test_link_to_the_script(
    project: Path, served: tuple[Path, str, list[str]], tmp_path: Path
) -> None:
    folder, address, _ = served
    point(project, f"{address}/{NAME}.zip", make_zip(folder / f"{NAME}.zip"))
    (tmp_path / "link").symlink_to(project)
    (tmp_path / "run").symlink_to("link/gradlew")
    with pytest.raises(ProcessError) as caught:
        run([tmp_path / "run", "-g", tmp_path / "named"], title="gradlew", timeout=60)
    assert caught.value.returncode == 7
    assert (tmp_path / "named" / "wrapper" / "dists" / NAME).is_dir()


def test_other_content_is_refused(
    project: Path, served: tuple[Path, str, list[str]], tmp_path: Path
) -> None:
    """Nothing of it is left to be run, and the right content is fetched the next time."""
    folder, address, requests = served
    right = make_zip(folder / f"{NAME}.zip")
    wrong = make_zip(folder / f"{NAME}.zip", "#!/bin/sh\necho stolen\n")
    point(project, f"{address}/{NAME}.zip", right)
    home = tmp_path / "home"
    printed = refused(project, home)
    assert right in printed and wrong in printed and "stolen" not in printed
    assert not list(home.rglob("*.ok")) and not list(home.rglob("bin"))
    make_zip(folder / f"{NAME}.zip")
    point(
        project,
        f"{address}/{NAME}.zip",
        hashlib.sha256((folder / f"{NAME}.zip").read_bytes()).hexdigest(),
    )
    gradlew(project, home)
    assert len(requests) == 2


def test_interrupted_unpacking_is_done_again(
    project: Path, served: tuple[Path, str, list[str]], tmp_path: Path
) -> None:
    folder, address, requests = served
    point(project, f"{address}/{NAME}.zip", make_zip(folder / f"{NAME}.zip"))
    home = tmp_path / "home"
    gradlew(project, home)
    next(home.rglob("*.ok")).unlink()
    next(home.rglob("gradle")).write_text("half")
    assert "gradle of" in gradlew(project, home)
    assert len(requests) == 1


def test_archive_that_leaves_its_folder_is_refused(
    project: Path, served: tuple[Path, str, list[str]], tmp_path: Path
) -> None:
    folder, address, _ = served
    sha256 = make_zip(folder / f"{NAME}.zip", name="../../../../../escaped")
    point(project, f"{address}/{NAME}.zip", sha256)
    assert "would write to" in refused(project, tmp_path / "home")
    assert not list(tmp_path.rglob("escaped"))


@pytest.mark.parametrize("name", ["missing.zip", "empty.zip"])
def test_address_without_a_distribution(
    project: Path, served: tuple[Path, str, list[str]], tmp_path: Path, name: str
) -> None:
    folder, address, _ = served
    (folder / "empty.zip").write_bytes(b"")
    point(project, f"{address}/{name}", hashlib.sha256(b"").hexdigest())
    printed = refused(project, tmp_path / "home")
    assert printed.startswith("Downloading") or "gradlew:" in printed
    assert "Exception in thread" not in printed


def test_several_at_once(
    project: Path, served: tuple[Path, str, list[str]], tmp_path: Path
) -> None:
    folder, address, requests = served
    point(project, f"{address}/{NAME}.zip", make_zip(folder / f"{NAME}.zip"))
    with ThreadPoolExecutor(3) as pool:
        printed = list(pool.map(lambda _: gradlew(project, tmp_path / "home"), range(3)))
    assert all("gradle of" in text for text in printed)
    assert len(requests) == 1
