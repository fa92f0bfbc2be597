"""What was read before is believed only where nothing changed; see `jetplan.manifest.cache.known`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from jetplan.errors import ManifestInvalid, UsageError
from jetplan.manifest.cache import known as cache
from jetplan.manifest.cache.known import KnownManifests
from jetplan.manifest.endings import LIST_ENDINGS
from jetplan.manifest.read import read_manifests

if TYPE_CHECKING:
    from pathlib import Path

    from jetplan.manifest.read import Reading

TEXT = """\
apiVersion: jetplan/v1
jobs:
  a-b: {source: A, destination: {storageProfileId: b-1}, paused: true}
deliverySets:
  first:
    job: a-b
    overlap: skip
    renamedFrom: older
    objects:
      - /one.mxf
      - relativePath: /tw\u00f6.mxf
        sizeInBytes: 17
        revision: 3
      - /folder/
  second:
    job: a-b
    revision: 2
    objectsFrom: {file: list.csv}
  third:
    job: elsewhere
    allowCaseTwins: true
    objects: [/con/x]
"""
OLD = 1_600_000_000


@pytest.fixture
def stage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of manifests whose files are old enough for their times to be trusted, as far as tests can make them."""
    monkeypatch.setattr(cache, "YOUNG", -(10**15))  # a file's ctime cannot be set: here every file is old
    return make(tmp_path)


def make(tmp_path: Path) -> Path:
    root = tmp_path / "manifests"
    root.mkdir()
    (root / "main.yaml").write_text(TEXT)
    (root / "list.csv").write_text("relativePath,sizeInBytes,isDirectory\n/listed.mxf,5,false\n")
    return root


def folder(root: Path) -> Path:
    return root.parent / "cache"


def look(root: Path, cached: Path) -> Reading:
    """The manifests as they are now, from the cache where they are known."""
    return KnownManifests(root, cached).read()


def no_reading(*_: object, **__: object) -> None:
    raise AssertionError("the manifests were read again")


def test_an_unchanged_folder_is_not_read_again(stage: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The second reading equals the first in every part, and parses nothing."""
    fresh = look(stage, folder(stage))
    monkeypatch.setattr("jetplan.manifest.read.read_manifests", no_reading)
    known = look(stage, folder(stage))
    assert known.spec == fresh.spec == read_manifests(stage).spec
    assert known.warnings == fresh.warnings
    assert fresh.warnings
    for name, wanted in fresh.spec.sets.items():
        assert list(known.spec.sets[name].objects.paths) == list(wanted.objects.paths)
        assert known.spec.sets[name].objects.digest() == fresh.spec.digests[name]
        assert known.spec.sets[name].place == wanted.place


def test_fresh_checkout_is_known_by_its_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files whose times are too young to be trusted, or new, still need no parsing when their bytes are the same."""
    root = make(tmp_path)
    fresh = look(root, folder(root))
    assert not list(folder(root).glob("*.times"))
    for file in root.iterdir():
        data = file.read_bytes()
        file.unlink()
        file.write_bytes(data)
    monkeypatch.setattr("jetplan.manifest.read.read_manifests", no_reading)
    assert look(root, folder(root)).spec == fresh.spec


def edit(root: Path) -> None:
    text = (root / "main.yaml").read_text()
    (root / "main.yaml").write_text(text.replace("/one.mxf", "/two.mxf"))


def edit_list(root: Path) -> None:
    text = (root / "list.csv").read_text()
    (root / "list.csv").write_text(text.replace("listed", "lifted"))


def edit_in_secret(root: Path) -> None:
    state = (root / "main.yaml").stat()
    edit(root)
    os.utime(root / "main.yaml", ns=(state.st_atime_ns, state.st_mtime_ns))


def add(root: Path) -> None:
    (root / "more.yml").write_text("apiVersion: jetplan/v1\njobs:\n  c: {source: A, destination: B}\n")


def rename(root: Path) -> None:
    (root / "main.yaml").rename(root / "other.yaml")


@pytest.mark.parametrize("change", [edit, edit_list, edit_in_secret, add, rename])
@pytest.mark.parametrize("young", [False, True])
def test_every_change_is_seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, change: Any, young: bool) -> None:
    """A changed byte, list or name is read anew, also where size and modification time are as before."""
    if not young:
        monkeypatch.setattr(cache, "YOUNG", -(10**15))
    root = make(tmp_path)
    before = look(root, folder(root)).spec
    change(root)
    after = look(root, folder(root)).spec
    expected = read_manifests(root).spec
    assert after == expected
    places = {name: each.place for name, each in expected.sets.items()}
    assert {name: each.place for name, each in after.sets.items()} == places
    assert after != before or change is rename


def test_a_change_while_it_is_read_is_not_remembered(stage: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was read is forgotten when the files are other ones by the time it is done."""

    def reading(root: Path) -> Any:
        found = read_manifests(root)
        edit(root)
        return found

    monkeypatch.setattr("jetplan.manifest.read.read_manifests", reading)
    assert "/one.mxf" in look(stage, folder(stage)).spec.sets["first"].objects.paths
    monkeypatch.setattr("jetplan.manifest.read.read_manifests", read_manifests)
    assert "/two.mxf" in look(stage, folder(stage)).spec.sets["first"].objects.paths


def test_damage_is_noticed(stage: Path) -> None:
    """A cache with one bit changed anywhere is no cache."""
    expected = look(stage, folder(stage)).spec
    (remembered,) = folder(stage).glob("*.manifests")
    whole = remembered.read_bytes()
    for at in range(0, len(whole), 7):
        damaged = bytearray(whole)
        damaged[at] ^= 1
        remembered.write_bytes(damaged)
        assert look(stage, folder(stage)).spec == expected
    for length in (0, 10, 39, 40, 60, len(whole) - 1):
        remembered.write_bytes(whole[:length])
        assert look(stage, folder(stage)).spec == expected


def test_another_program_remembers_for_itself(stage: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What another version of jetplan, or of Python, has read is read again."""
    look(stage, folder(stage))
    monkeypatch.setattr(cache, "program_digest", lambda _parts: b"p" * 32)
    monkeypatch.setattr("jetplan.manifest.read.read_manifests", no_reading)
    with pytest.raises(AssertionError):
        look(stage, folder(stage))


def test_what_others_may_write_to_is_not_believed(stage: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A cache is our own file, private to its owner; one that a group may write to is passed over."""
    look(stage, folder(stage))
    for file in folder(stage).glob("*.manifests"):
        assert file.stat().st_mode & 0o777 == 0o600
        file.chmod(0o620)
    monkeypatch.setattr("jetplan.manifest.read.read_manifests", no_reading)
    with pytest.raises(AssertionError):
        look(stage, folder(stage))


def test_wrong_manifests_stay_wrong(stage: Path) -> None:
    """Errors are never remembered, and never hidden by what was right before."""
    look(stage, folder(stage))
    (stage / "main.yaml").write_text(TEXT.replace("job: a-b", "jobb: a-b"))
    for _ in range(2):
        with pytest.raises(ManifestInvalid):
            look(stage, folder(stage))
    (stage / "main.yaml").write_text(TEXT)
    (stage / "link.yaml").symlink_to("main.yaml")
    with pytest.raises(ManifestInvalid):
        look(stage, folder(stage))


def test_a_cache_that_cannot_be_kept_costs_nothing_else(stage: Path) -> None:
    """Where the cache's folder cannot be made, manifests are read all the same."""
    folder(stage).write_text("in the way")
    assert look(stage, folder(stage)).spec == read_manifests(stage).spec
    assert look(stage / "main.yaml", folder(stage)).spec.files == 1
    with pytest.raises(UsageError):
        look(stage / "none", folder(stage))


@pytest.mark.parametrize("name", [f"l{each}" for each in LIST_ENDINGS])
def test_a_list_that_changes_is_a_change(tmp_path: Path, name: str) -> None:
    """Every file that can be a list counts: another content of it is another content of the manifests."""
    (tmp_path / "m").mkdir()
    contents = set()
    for text in ("/a", "/b"):
        (tmp_path / "m" / name).write_text(text)
        contents.add(cache.KnownManifests(tmp_path / "m", tmp_path / "cache").content)
    assert len(contents) == 2
