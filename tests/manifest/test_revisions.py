"""Manifests of an earlier revision come from git's objects alone, whatever the repository holds or is set to."""

from __future__ import annotations

import gzip
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jetplan.errors import JetplanError, ManifestInvalid, UsageError
from jetplan.manifest.revisions import Revision, find_revision, read_manifests_at

if TYPE_CHECKING:
    from repository import Repository

ROOT = Path("manifests")
JOB = "apiVersion: jetplan/v1\njobs:\n  j: {source: a, destination: b}\ndeliverySets:\n"


def sets_at(said: str, root: Path = ROOT) -> dict[str, list[str]]:
    spec = read_manifests_at(root, find_revision(root, said)).spec
    return {name: list(each.objects.paths) for name, each in spec.sets.items()}


def test_what_was_committed_is_read(repository: Repository) -> None:
    """Neither the index nor the work tree counts: only the revision's own content, lists beside manifests included."""
    repository.write(f"{JOB}  one: {{job: j, objects: [/a]}}\n")
    repository.write(
        "apiVersion: jetplan/v1\ndeliverySets:\n  two: {job: j, objectsFrom: {file: lists/t.csv}}\n"
        "  three: {job: j, objectsFrom: {file: lists/t.csv.gz}}\n"
        "  four: {job: j, objectsFrom: {file: lists/t.txt}}\n  five: {job: j, objectsFrom: {file: lists/t.md5}}\n",
        "manifests/deep/b.yml",
    )
    repository.write("relativePath\n/x\n", "manifests/deep/lists/t.csv")
    repository.write("/z\n", "manifests/deep/lists/t.txt")
    repository.write("0cc175b9c0f1b6a831c399e269772661  w\n", "manifests/deep/lists/t.md5")
    (repository.folder / "manifests/deep/lists/t.csv.gz").write_bytes(gzip.compress(b"relativePath\n/y\n"))
    repository.commit()
    repository.write(f"{JOB}  later: {{job: j, objects: [/z]}}\n")
    repository.git("add", "--all")
    repository.write("nonsense")
    expected = {"one": ["/a"], "two": ["/x"], "three": ["/y"], "four": ["/z"], "five": ["/w"]}
    assert sets_at("HEAD") == expected


def test_one_file(repository: Repository) -> None:
    """A single manifest is compared with itself, its neighbours left out."""
    file = repository.write(f"{JOB}  one: {{job: j, objects: [/a]}}\n")
    repository.write("nonsense", "manifests/other.yaml")
    repository.commit()
    assert sets_at("HEAD", file) == {"one": ["/a"]}


def test_the_whole_repository_as_manifests(repository: Repository) -> None:
    """Manifests may lie at the top of the repository; the project's settings there are none."""
    repository.write(f"{JOB}  one: {{job: j, objects: [/a]}}\n", "top.yaml")
    repository.write("ledger: x\n", "jetplan.yaml")
    repository.write("on: push\n", ".github/workflows/ci.yml")
    repository.commit()
    assert sets_at("HEAD", repository.folder) == {"one": ["/a"]}


def test_nothing_stood_there(repository: Repository) -> None:
    """A revision without manifests declared nothing."""
    repository.commit("empty")
    repository.write(f"{JOB}  one: {{job: j, objects: [/a]}}\n")
    assert sets_at("HEAD") == {}


def test_a_branch_is_compared_from_where_it_left(repository: Repository) -> None:
    """What the base got since is no removal: the common ancestor counts."""
    repository.write(f"{JOB}  one: {{job: j, objects: [/a]}}\n")
    repository.commit()
    repository.git("switch", "--quiet", "--create", "work")
    repository.commit("work")
    repository.git("switch", "--quiet", "main")
    repository.write(f"{JOB}  one: {{job: j, objects: [/a]}}\n  two: {{job: j, objects: [/b]}}\n")
    repository.commit()
    repository.git("switch", "--quiet", "work")
    assert set(sets_at("main")) == {"one"}


def test_problems_name_the_revision(repository: Repository) -> None:
    """What was wrong then is told with the revision before the path, not with a path of this machine."""
    repository.write("apiVersion: jetplan/v1\nnonsense: 1\n")
    repository.commit()
    repository.write(JOB)
    with pytest.raises(ManifestInvalid) as invalid:
        sets_at("HEAD")
    assert str(invalid.value.problems[0].place) == "HEAD:main.yaml:2:1"


@pytest.mark.parametrize("said", ["nowhere", "--output=x", "-h", "HEAD:manifests", "HEAD^{tree}", "a b", "\x1b[0m", ""])
def test_what_is_no_revision(repository: Repository, said: str) -> None:
    """Anything that is no commit is refused, options included."""
    repository.write(JOB)
    repository.commit()
    with pytest.raises(UsageError, match="no revision"):
        find_revision(ROOT, said)


def test_no_repository(tmp_path: Path) -> None:
    """Outside of git the sentence says so."""
    (tmp_path / "manifests").mkdir()
    with pytest.raises(UsageError, match="not in a git repository"):
        find_revision(tmp_path / "manifests", "HEAD")


def test_git_runs_nothing_of_the_repository(repository: Repository, tmp_path: Path) -> None:
    """Hooks, monitors, filters, pagers and textconv that a repository is set to use are never started."""
    trap = tmp_path / "trap"
    script = repository.write(f"#!/bin/sh\ntouch {trap}\n", "trap.sh")
    script.chmod(0o755)
    repository.write("*.yaml diff=trap filter=trap\n", ".gitattributes")
    repository.write(f"{JOB}  one: {{job: j, objects: [/a]}}\n")
    repository.commit()
    trap.unlink(missing_ok=True)
    for setting in (
        "core.fsmonitor", "core.pager", "core.sshCommand", "diff.external", "diff.trap.textconv", "filter.trap.smudge",
        "filter.trap.clean", "pager.ls-tree", "pager.cat-file",
    ):  # fmt: skip
        repository.git("config", setting, str(script))
    assert sets_at("HEAD") == {"one": ["/a"]}
    assert not trap.exists()


def test_links_and_submodules_are_left_out(repository: Repository, tmp_path: Path) -> None:
    """Only regular files are laid out: a committed link leads nowhere."""
    repository.write(f"{JOB}  one: {{job: j, objects: [/a]}}\n")
    secret = tmp_path / "secret.yaml"
    secret.write_text("secret: 1\n")
    (repository.folder / "manifests/link.yaml").symlink_to(secret)
    repository.commit()
    oid = repository.git("rev-parse", "HEAD")
    repository.git("update-index", "--add", "--cacheinfo", f"160000,{oid},manifests/sub.yaml")
    repository.git("commit", "--quiet", "--message", "submodule")
    assert sets_at("HEAD") == {"one": ["/a"]}


@pytest.mark.parametrize("name", ["..", ".", ".git", "../../escaped.yaml", "/absolute.yaml", "a/../../b.yaml"])
def test_hostile_trees_stay_in_their_folder(repository: Repository, tmp_path: Path, name: str) -> None:
    """Names that no well-behaved git would store lay out nothing anywhere."""
    blob = repository.git("hash-object", "-w", "--stdin", data=b"secret: 1\n")
    raw = bytes.fromhex(blob)
    inner = b"100644 " + name.encode() + b"\0" + raw
    if name in {"..", ".", ".git"}:
        evil = repository.git(
            "hash-object", "-t", "tree", "--literally", "-w", "--stdin", data=b"100644 x.yaml\0" + raw
        )
        inner = b"40000 " + name.encode() + b"\0" + bytes.fromhex(evil)
    tree = repository.git("hash-object", "-t", "tree", "--literally", "-w", "--stdin", data=inner)
    top = repository.git(
        "hash-object", "-t", "tree", "--literally", "-w", "--stdin", data=b"40000 manifests\0" + bytes.fromhex(tree)
    )
    commit = repository.git("commit-tree", top, "-m", "hostile")
    repository.write(JOB)
    before = sorted(tmp_path.rglob("*.yaml"))
    assert not read_manifests_at(ROOT, Revision("hostile", commit)).spec.sets
    assert sorted(tmp_path.rglob("*.yaml")) == before


def test_content_that_is_not_there(repository: Repository) -> None:
    """A clone that lacks a file's content says so, and asks no network for it."""
    file = repository.write(f"{JOB}  one: {{job: j, objects: [/a]}}\n")
    repository.commit()
    blob = repository.git("hash-object", str(file))
    (repository.folder / ".git/objects" / blob[:2] / blob[2:]).unlink()
    with pytest.raises(JetplanError, match="lacks the content"):
        sets_at("HEAD")
