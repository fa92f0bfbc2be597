"""A cache that somebody else made is not believed; and by `apply` and in CI, not even one's own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jetplan.app.manifests import known_manifests
from jetplan.manifest.cache.known import KnownManifests
from jetplan.manifest.cache.seal import cache_folder
from jetplan.manifest.read import read_manifests

if TYPE_CHECKING:
    from stage import Stage


def forge(project: Path, cache: Path, root: Path = Path("manifests")) -> None:
    """Let a cache say of the project's manifests what other manifests say, as whoever knows this program can."""
    known = KnownManifests(root, cache)
    evil = project.parent / "evil"
    evil.mkdir()
    text = (project / "manifests/main.yaml").read_text()
    (evil / "main.yaml").write_text(text.replace("/a.mxf", "/secret.mxf"))
    assert known.content is not None
    known._entry.keep(known.content, read_manifests(evil))


@pytest.fixture
def project(stage: Stage) -> Stage:
    stage.write_set("/a.mxf")
    stage.put("/secret.mxf")
    return stage


def test_somebody_elses_cache_is_not_believed(project: Stage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A file made with another key, in the right place, is passed over."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "theirs"))
    forge(project.project, project.cache())
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "ours"))
    told = project.run("jetplan plan --format json").out
    assert "/secret.mxf" not in told
    assert "/a.mxf" in told


def test_apply_and_ci_believe_none(project: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Even a cache with this user's seal sends nothing: it is read by `plan` outside of CI only."""
    forge(project.project, project.cache())
    assert "/secret.mxf" in project.run("jetplan plan --format json").out, "else nothing was forged"
    monkeypatch.setenv("CI", "true")
    assert "/secret.mxf" not in project.run("jetplan plan --format json").out
    assert "/secret.mxf" not in project.run("jetplan plan --format json --out p.json").out
    monkeypatch.delenv("CI")
    project.run("jetplan apply --auto-approve")
    assert project.delivered() == {"/a.mxf": 1}


def test_a_file_under_another_name_is_not_believed(project: Stage) -> None:
    """A seal is of a file's name too: what was remembered of one folder is not another's."""
    project.run("jetplan plan")
    (file,) = project.cache().glob("*.manifests")
    file.rename(file.with_name("0" * 24 + ".manifests"))
    from jetplan.manifest.cache.files import read_own

    assert read_own(file.with_name("0" * 24 + ".manifests")) is None


def test_nothing_is_remembered_in_the_checkout(project: Stage) -> None:
    """The project's folder holds the ledger, and no cache."""
    project.run("jetplan plan")
    assert not (project.project / ".jetplan/cache").exists()
    assert list(project.cache().iterdir())


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660])
def test_a_key_that_others_can_read_is_no_key(
    project: Stage, monkeypatch: pytest.MonkeyPatch, tmp_path: Path, mode: int
) -> None:
    """Then nothing is remembered, and everything is read."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    project.run("jetplan plan")
    key = tmp_path / "data/jetplan/cache.key"
    assert key.stat().st_mode & 0o777 == 0o600
    assert len(key.read_bytes()) == 32
    forge(project.project, project.cache())
    key.chmod(mode)
    assert "/secret.mxf" not in project.run("jetplan plan --format json").out


def test_relative_folders_do_not_count(project: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """A relative XDG_CACHE_HOME would be a folder of the checkout; the specification says to ignore it."""
    monkeypatch.setenv("XDG_CACHE_HOME", "cache")
    monkeypatch.setenv("HOME", str(project.folder))
    assert cache_folder() == project.folder / ".cache/jetplan"
    assert known_manifests(Path("manifests"), Path("jetplan.yaml")) is not None
    monkeypatch.setenv("HOME", "relative")
    assert cache_folder() is None
    project.run("jetplan plan")
