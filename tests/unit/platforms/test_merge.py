"""A project in its user's hands: his changes outlive every build."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from mobilegen.artifacts import Project, ProjectFile
from mobilegen.errors import UsageError
from mobilegen.platforms import merge as merging
from mobilegen.platforms.merge import (
    RECORD,
    UserChanges,
    apply_merge,
    lay_out,
    plan_merge,
    require_belonging,
    require_ours,
    user_changes,
)
from mobilegen.system.files import sha256_bytes


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "out"


def project(folder: Path, **contents: str) -> Project:
    """A project whose files are named after the keywords, "__" for "/"."""
    files = []
    for name, content in contents.items():
        source = folder / "sources" / sha256_bytes(content.encode())
        source.parent.mkdir(exist_ok=True)
        source.write_text(content)
        path = name.replace("__", "/")
        files.append(ProjectFile(path, source, sha256_bytes(content.encode()), path == "run"))
    return Project("android", tuple(files))


def bring(rendered: Project, out: Path, *, force: bool = False) -> tuple[str, ...]:
    merge = plan_merge(rendered, out, force=force)
    apply_merge(merge)
    return merge.kept


def contents(out: Path) -> dict[str, str]:
    paths = sorted(path for path in out.rglob("*") if path.is_file() and path.name != RECORD)
    return {path.relative_to(out).as_posix(): path.read_text() for path in paths}


def test_first_time(tmp_path: Path, out: Path) -> None:
    assert bring(project(tmp_path, a="1", b__c="2", run="3"), out) == ()
    assert contents(out) == {"a": "1", "b/c": "2", "run": "3"}
    assert (out / "run").stat().st_mode & 0o111
    assert not (out / "a").stat().st_mode & 0o111


def test_second_time_touches_nothing(tmp_path: Path, out: Path) -> None:
    rendered = project(tmp_path, a="1", b__c="2")
    bring(rendered, out)
    before = {path: path.stat().st_mtime_ns for path in out.rglob("*")}
    assert bring(rendered, out) == ()
    assert {path: path.stat().st_mtime_ns for path in out.rglob("*")} == before


def test_new_content_replaces_old(tmp_path: Path, out: Path) -> None:
    bring(project(tmp_path, a="1"), out)
    assert bring(project(tmp_path, a="2"), out) == ()
    assert contents(out) == {"a": "2"}


def test_changed_file_is_kept_and_named(tmp_path: Path, out: Path) -> None:
    bring(project(tmp_path, a="1", b="1"), out)
    (out / "a").write_text("mine")
    for content in ("2", "3"):
        assert bring(project(tmp_path, a=content, b=content), out) == ("a (changed by you)",)
        assert contents(out) == {"a": "mine", "b": content}
    assert bring(project(tmp_path, a="3", b="3"), out, force=True) == ()
    assert contents(out) == {"a": "3", "b": "3"}


def test_taken_back_change_is_no_change(tmp_path: Path, out: Path) -> None:
    bring(project(tmp_path, a="1"), out)
    (out / "a").write_text("mine")
    bring(project(tmp_path, a="2"), out)
    (out / "a").write_text("2")
    assert bring(project(tmp_path, a="3"), out) == ()
    assert contents(out) == {"a": "3"}


def test_removed_file_stays_removed(tmp_path: Path, out: Path) -> None:
    bring(project(tmp_path, a="1", b="1"), out)
    (out / "a").unlink()
    assert bring(project(tmp_path, a="2", b="1"), out) == ("a (removed by you)",)
    assert contents(out) == {"b": "1"}
    assert bring(project(tmp_path, a="2", b="1"), out, force=True) == ()
    assert contents(out) == {"a": "2", "b": "1"}


def test_file_that_is_no_longer_generated(tmp_path: Path, out: Path) -> None:
    bring(project(tmp_path, a="1", b__c__d="1", e__f="1"), out)
    (out / "e" / "f").write_text("mine")
    for _ in range(2):
        kept = bring(project(tmp_path, a="1"), out)
        assert kept == ("e/f (changed by you, no longer generated)",)
    assert contents(out) == {"a": "1", "e/f": "mine"}
    assert not (out / "b").exists()


def test_users_own_files_are_no_matter(tmp_path: Path, out: Path) -> None:
    bring(project(tmp_path, a="1", b__c="1"), out)
    (out / "b" / "mine").write_text("mine")
    (out / "build").mkdir()
    assert bring(project(tmp_path, a="1"), out) == ()
    assert contents(out) == {"a": "1", "b/mine": "mine"}


def test_users_file_in_the_way_of_a_new_one(tmp_path: Path, out: Path) -> None:
    bring(project(tmp_path, a="1"), out)
    (out / "b").write_text("mine")
    assert bring(project(tmp_path, a="1", b="1"), out) == ("b (changed by you)",)
    assert contents(out) == {"a": "1", "b": "mine"}


def test_folder_in_the_way(tmp_path: Path, out: Path) -> None:
    bring(project(tmp_path, a="1"), out)
    (out / "b").mkdir()
    assert bring(project(tmp_path, a="1", b="1"), out) == ("b (changed by you)",)


def test_interrupted_anywhere(tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither is a file lost nor is one taken for the user's, wherever a build was killed."""
    bring(project(tmp_path, a="1", b="1", gone="1"), out)
    copy = merging.copy_file
    for allowed in range(4):
        left = allowed

        def failing(source: Path, target: Path, *rest: Path, executable: bool = False) -> Path:
            nonlocal left
            left -= 1
            if left < 0:
                raise KeyboardInterrupt
            return copy(source, target, *rest, executable=executable)

        monkeypatch.setattr(merging, "copy_file", failing)
        half = project(tmp_path, a=f"half {allowed}", b=f"half {allowed}", c=f"half {allowed}")
        if allowed < 3:
            with pytest.raises(KeyboardInterrupt):
                bring(half, out)
        monkeypatch.setattr(merging, "copy_file", copy)
    (out / "b").write_text("mine")
    (out / "..mobilegen.json.x1").write_text("half a record")
    assert bring(project(tmp_path, a="2", b="2", c="2"), out) == ("b (changed by you)",)
    assert contents(out) == {"a": "2", "b": "mine", "c": "2"}


@pytest.mark.parametrize("content", ["", "{", "[]", '{"files": 1}'])
def test_damaged_record_is_an_error(tmp_path: Path, out: Path, content: str) -> None:
    """Without it nobody knows what the user has changed."""
    bring(project(tmp_path, a="1"), out)
    (out / RECORD).write_text(content)
    with pytest.raises(UsageError, match="cannot be read"):
        require_ours(out)


@pytest.mark.parametrize(
    "name", ["../victim", "/victim", "a/../../victim", "C:victim", "..\\victim", "./a", ""]
)
@pytest.mark.parametrize("where", ["files", "begun"])
def test_record_cannot_name_files_elsewhere(
    tmp_path: Path, out: Path, name: str, where: str
) -> None:
    """It may come with a project from somebody else."""
    bring(project(tmp_path, a="1"), out)
    (tmp_path / "victim").write_text("1")
    sha256 = sha256_bytes(b"1")
    record = {where: {name: sha256 if where == "files" else [sha256]}}
    (out / RECORD).write_text(json.dumps(record))
    with pytest.raises(UsageError, match="cannot be read"):
        bring(project(tmp_path, a="1"), out)
    assert (tmp_path / "victim").read_text() == "1"


def test_left_over_of_an_interrupted_rendering(
    tmp_path: Path, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the next one does not generate is removed, though no rendering has completed it."""
    bring(project(tmp_path, a="1"), out)
    copy = merging.copy_file

    def one(source: Path, target: Path, *rest: Path, executable: bool = False) -> Path:
        if target.name == "c":
            raise KeyboardInterrupt
        return copy(source, target, *rest, executable=executable)

    monkeypatch.setattr(merging, "copy_file", one)
    with pytest.raises(KeyboardInterrupt):
        bring(project(tmp_path, a="1", b="1", c="1"), out)
    assert contents(out) == {"a": "1", "b": "1"}
    monkeypatch.setattr(merging, "copy_file", copy)
    assert bring(project(tmp_path, a="1"), out) == ()
    assert contents(out) == {"a": "1"}


def test_only_our_own_folder(tmp_path: Path, out: Path) -> None:
    require_ours(out)
    out.mkdir()
    require_ours(out)
    (out / "settings.gradle").write_text("mine")
    with pytest.raises(UsageError, match="no build left it"):
        require_ours(out)
    (tmp_path / "file").write_text("mine")
    with pytest.raises(UsageError):
        require_ours(tmp_path / "file")


def test_changes_of_the_user_are_named(tmp_path: Path, out: Path) -> None:
    """Changed, added and removed; what tools keep beside the sources is nobody's work."""
    bring(project(tmp_path, a="a", b__c="c", gone="x"), out)
    (out / "gone").unlink()
    (out / "b/c").write_text("other")
    for name in ("b/new", "b/build/x", "build/x", "b/src/build/x"):
        (out / name).parent.mkdir(parents=True, exist_ok=True)
        (out / name).write_text("mine")
    changes = user_changes(out, ignored=("build",))
    assert changes == UserChanges(("b/c", "b/new", "b/src/build/x"), ("gone",))


def test_project_is_laid_out_with_the_changes(tmp_path: Path, out: Path) -> None:
    rendered = project(tmp_path, a="a", b__c="c", gone="x", run="r")
    bring(rendered, out)
    (out / "gone").unlink()
    (out / "b/c").write_text("other")
    (out / "new").write_text("mine")
    whole = lay_out(rendered, user_changes(out, ignored=()), out, tmp_path / "whole")
    assert contents(whole) == {"a": "a", "b/c": "other", "new": "mine", "run": "r"}
    assert (whole / "run").stat().st_mode & 0o100


def test_control_without_changes_it_is_as_rendered(tmp_path: Path, out: Path) -> None:
    rendered = project(tmp_path, a="a", b__c="c")
    bring(rendered, out)
    assert user_changes(out, ignored=()) == UserChanges()
    whole = lay_out(rendered, UserChanges(), out, tmp_path / "whole")
    assert contents(whole) == {"a": "a", "b/c": "c"}


PACKAGES = ("com.old.app", "com.old.sdk")


def of_packages(rendered: Project, *names: str) -> Project:
    return dataclasses.replace(rendered, names=names)


@pytest.fixture
def moved(tmp_path: Path, out: Path) -> Path:
    """A project of two packages; one file of a package was changed, and one of the user added."""
    bring(of_packages(project(tmp_path, a="x", com__old__A="package com.old.app;"), *PACKAGES), out)
    (out / "com" / "old" / "A").write_text("package com.old.app; // mine")
    return out


def test_a_changed_file_of_a_package_that_is_gone_is_an_error(moved: Path) -> None:
    before = contents(moved)
    with pytest.raises(UsageError, match="would not compile") as caught:
        require_belonging(moved, ("com.new.app", "com.old.sdk"), ignored=(), force=False)
    assert caught.value.seen[0] == "com/old/A names com.old.app"
    assert "--force" in caught.value.hint and "com.old.app" in caught.value.hint
    assert contents(moved) == before


def test_files_of_the_user_that_use_what_is_gone_are_named(moved: Path) -> None:
    (moved / "com" / "old" / "A").write_text("package com.old.app;")
    require_belonging(moved, ("com.new.app",), ignored=(), force=False)
    (moved / "Own").write_text("import com.old.sdk.Model;")
    with pytest.raises(UsageError, match="a file that you have changed") as caught:
        require_belonging(moved, ("com.new.app",), ignored=(), force=False)
    assert caught.value.seen[0].startswith("Own names com.old.sdk")


def test_names_that_stay_are_no_matter(moved: Path) -> None:
    require_belonging(moved, PACKAGES, ignored=(), force=False)
    require_belonging(moved, (*PACKAGES, "com.more"), ignored=(), force=False)


def test_a_longer_name_is_another_one(moved: Path) -> None:
    (moved / "com" / "old" / "A").write_text("com.old.app.lite my.com.old.app com.old.application")
    require_belonging(moved, ("com.old.app.lite", "com.old.sdk"), ignored=(), force=False)


def test_force_takes_back_what_is_no_longer_generated(moved: Path, tmp_path: Path) -> None:
    require_belonging(moved, ("com.new.app",), ignored=(), force=True)
    rendered = of_packages(
        project(tmp_path, a="x", com__new__A="package com.new.app;"), "com.new.app"
    )
    assert bring(rendered, moved, force=True) == ()
    assert contents(moved) == {"a": "x", "com/new/A": "package com.new.app;"}
    require_belonging(moved, ("com.new.app",), ignored=(), force=False)


def test_names_are_recorded_when_nothing_else_changes(tmp_path: Path, out: Path) -> None:
    """A project of an earlier version has none."""
    bring(project(tmp_path, a="com.old.app"), out)
    bring(of_packages(project(tmp_path, a="com.old.app"), *PACKAGES), out)
    (out / "a").write_text("com.old.app mine")
    with pytest.raises(UsageError):
        require_belonging(out, ("com.new.app",), ignored=(), force=False)
