"""Git is asked about the repository that holds the manifests, whatever lies in the checkout or in the environment."""

from __future__ import annotations

import os
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from jetplan.errors import JetplanError, UsageError
from jetplan.manifest import git
from jetplan.manifest.git import find_checkout, head_of
from jetplan.manifest.revisions import find_revision, read_manifests_at

if TYPE_CHECKING:
    from repository import Repository

ROOT = Path("manifests")
JOB = "apiVersion: jetplan/v1\njobs:\n  j: {source: a, destination: b}\ndeliverySets:\n"
ONE = f"{JOB}  one: {{job: j, objects: [/a]}}\n"
TWO = f"{ONE}  two: {{job: j, objects: [/b]}}\n"


def sets_at(said: str, root: Path = ROOT) -> set[str]:
    return set(read_manifests_at(root, find_revision(root, said)).spec.sets)


def clone_of(repository: Repository, target: Path, *options: str) -> Path:
    """A clone that is made as CI makes one; `file://` so that depth and filters count."""
    repository.git("config", "uploadpack.allowFilter", "true")
    repository.git("clone", "--quiet", *options, f"file://{repository.folder}", os.fspath(target))
    return target / "manifests"


def stand_in(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Put a program named git before the real one."""
    folder.mkdir()
    (folder / "git").write_text(f"#!/bin/sh\n{script}\n")
    (folder / "git").chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")


def test_a_bare_repository_among_the_manifests_is_not_believed(repository: Repository, tmp_path: Path) -> None:
    """A pull request can commit a bare repository, whose history would say that nothing changed."""
    repository.write(ONE)
    repository.commit()
    forged = tmp_path / "forged"
    subprocess.run(["git", "init", "--quiet", "--bare", "--initial-branch=main", forged], check=True)
    repository.write(TWO)
    later = repository.commit()
    repository.git(
        "push", "--quiet", os.fspath(forged), f"{later}:refs/heads/main", f"{later}:refs/remotes/origin/main"
    )
    base = repository.git("rev-parse", "HEAD~1")
    repository.git("update-ref", "refs/remotes/origin/main", base)
    for path in sorted(forged.rglob("*")):
        if path.is_file() and path.parts[len(forged.parts)] != "hooks":
            copy = repository.folder / "manifests" / path.relative_to(forged)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(path.read_bytes())
    (repository.folder / "manifests/refs/tags").mkdir(parents=True, exist_ok=True)
    (repository.folder / "manifests/objects/info").mkdir(parents=True, exist_ok=True)
    there = subprocess.run(
        ["git", "rev-parse", "--is-bare-repository"], cwd="manifests", capture_output=True, check=True
    )
    assert there.stdout == b"true\n", "git itself would fall for it: else this test attacks nothing"
    assert sets_at("refs/remotes/origin/main") == {"one"}
    assert head_of(ROOT) == later


def test_a_tag_does_not_shadow_the_base(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """A tag named like the remote branch is taken for it by git; CI's base is the remote branch."""
    from jetplan.app.offline import default_base

    repository.write(ONE)
    base = repository.commit()
    repository.git("update-ref", "refs/remotes/origin/main", base)
    repository.write(TWO)
    repository.git("update-ref", "refs/tags/origin/main", repository.commit())
    monkeypatch.setenv("GITHUB_BASE_REF", "main")
    assert sets_at(default_base()) == {"one"}
    assert find_revision(ROOT, default_base()).said == "origin/main"


def test_an_ambiguous_name_is_refused(repository: Repository) -> None:
    """A name that is a tag and another commit's branch is no name; in full it is one."""
    repository.write(ONE)
    first = repository.commit()
    repository.write(TWO)
    repository.commit()
    repository.git("tag", "main", first)
    with pytest.raises(UsageError, match=r"refs/heads/main and refs/tags/main") as ambiguous:
        find_revision(ROOT, "main")
    assert "--base refs/heads/main" in ambiguous.value.hint
    assert sets_at("refs/tags/main") == {"one"}
    with pytest.raises(UsageError, match="ambiguous"):
        find_revision(ROOT, "main~1")
    repository.git("tag", "--delete", "main")
    assert sets_at("main~1") == {"one"}


def test_the_environment_of_a_hook_names_no_other_repository(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Git hands its hooks GIT_DIR and its renames, which would name another repository than the one asked for."""
    repository.write(ONE)
    commit = repository.commit()
    other = tmp_path / "other"
    subprocess.run(["git", "init", "--quiet", other], check=True)
    for name, value in {
        "GIT_DIR": other / ".git",
        "GIT_WORK_TREE": other,
        "GIT_INDEX_FILE": other / "index",
        "GIT_OBJECT_DIRECTORY": other / ".git/objects",
        "GIT_NAMESPACE": "x",
        "GIT_CONFIG_COUNT": "nonsense",
    }.items():
        monkeypatch.setenv(name, str(value))
    assert head_of(Path()) == commit
    assert sets_at("HEAD") == {"one"}


def test_linked_worktrees(repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a linked worktree `.git` is a file; its own HEAD counts."""
    repository.write(ONE)
    first = repository.commit()
    repository.write(TWO)
    repository.commit()
    repository.git("worktree", "add", "--quiet", os.fspath(tmp_path / "linked"), first)
    assert sets_at("HEAD", tmp_path / "linked/manifests") == {"one"}
    assert head_of(tmp_path / "linked") == first


def test_a_git_in_the_checkout_is_not_run(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`.` in PATH is the checkout: a program named git there is not started."""
    repository.write(ONE)
    commit = repository.commit()
    trap = repository.write(f"#!/bin/sh\ntouch {tmp_path}/trap\n", "git")
    trap.chmod(0o755)
    monkeypatch.setenv("PATH", f".{os.pathsep}{os.pathsep}{os.environ['PATH']}")
    assert head_of(Path()) == commit
    assert not (tmp_path / "trap").exists()


def test_a_shallow_clone_without_the_ancestor(repository: Repository, tmp_path: Path) -> None:
    """Where the clone does not reach the common ancestor, nobody guesses one."""
    repository.write(ONE)
    repository.commit()
    repository.git("switch", "--quiet", "--create", "work")
    repository.write(TWO)
    repository.commit()
    repository.git("switch", "--quiet", "main")
    repository.commit("later")
    root = clone_of(repository, tmp_path / "shallow", "--depth=1", "--no-single-branch", "--branch=work")
    with pytest.raises(UsageError, match="shallow") as shallow:
        find_revision(root, "origin/main")
    assert "git fetch --unshallow" in shallow.value.hint
    subprocess.run(["git", "-C", root, "fetch", "--quiet", "--unshallow"], check=True)
    assert sets_at("origin/main", root) == {"one"}


@pytest.mark.parametrize("kept", ["blob:none", "tree:0"])
def test_a_partial_clone_says_so_and_fetches_nothing(repository: Repository, tmp_path: Path, kept: str) -> None:
    """What a partial clone lacks would be fetched by git from an address that its settings name."""
    repository.write(ONE)
    base = repository.commit()
    repository.write(TWO)
    repository.commit()
    root = clone_of(repository, tmp_path / "partial", f"--filter={kept}")
    fetched = tmp_path / "fetched"
    spy = repository.write(f'#!/bin/sh\ntouch {fetched}\nexec git-upload-pack "$@"\n', "../spy.sh")
    spy.chmod(0o755)
    subprocess.run(["git", "-C", root, "config", "remote.origin.uploadpack", spy], check=True)
    with pytest.raises(JetplanError, match=r"partial clone|lacks the content|could not list") as partial:
        sets_at(base, root)
    assert "--no-filter" in partial.value.hint
    assert not fetched.exists()
    subprocess.run(["git", "-C", root, "fetch", "--quiet", "--refetch", "--no-filter", "origin"], check=True)
    assert fetched.exists()
    assert sets_at(base, root) == {"one"}


FETCH_GUARDS = {
    "no protocol of the environment": {"GIT_ALLOW_PROTOCOL": ""},
    "no lazy fetch": {"GIT_NO_LAZY_FETCH": "1"},
    "no protocol of the settings": {},
    "none": {},
}


@pytest.mark.parametrize("guard", FETCH_GUARDS)
def test_each_guard_against_fetching_holds_alone(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, guard: str
) -> None:
    """With one guard left nothing is fetched; with none, git starts what the settings of the checkout name."""
    repository.write(ONE)
    base = repository.commit()
    repository.write(TWO)
    repository.commit()
    root = clone_of(repository, tmp_path / "partial", "--filter=blob:none")
    fetched = tmp_path / "fetched"
    spy = repository.write(f'#!/bin/sh\ntouch {fetched}\nexec git-upload-pack "$@"\n', "../spy.sh")
    spy.chmod(0o755)
    subprocess.run(["git", "-C", root, "config", "remote.origin.uploadpack", spy], check=True)
    never = ("-c", "protocol.allow=never")
    kept = git._SAFE if guard == "no protocol of the settings" else git._SAFE[: -len(never)]
    assert git._SAFE[-len(never) :] == never
    monkeypatch.setattr(git, "_SAFE", kept)
    monkeypatch.setattr(git, "_QUIET", {"LC_ALL": "C", **FETCH_GUARDS[guard]})
    if guard == "none":
        assert sets_at(base, root) == {"one"}
        assert fetched.exists(), "this attack attacks nothing"
        return
    if guard == "no lazy fetch" and not knows_no_lazy_fetch():
        return  # the other two guard such a git
    with pytest.raises(JetplanError, match=r"partial clone|lacks the content|could not list"):
        sets_at(base, root)
    assert not fetched.exists()


def knows_no_lazy_fetch() -> bool:
    """Whether this git reads GIT_NO_LAZY_FETCH: since 2.45, and some patched older ones."""
    said = subprocess.run(["git", "version"], capture_output=True, text=True, check=True).stdout
    version = tuple(int(part) for part in re.findall(r"\d+", said)[:3])
    return version >= (2, 45) or (2, 39, 4) <= version < (2, 40)


def test_a_sparse_checkout_takes_nothing_out(repository: Repository) -> None:
    """Manifests that a sparse checkout leaves out would look removed; the remedy is to check them out."""
    repository.write(ONE)
    repository.write("apiVersion: jetplan/v1\n", "manifests/more/b.yaml")
    repository.commit()
    repository.git("sparse-checkout", "set", "--no-cone", "/manifests/main.yaml")
    with pytest.raises(UsageError, match=r"leaves out manifests/more/b.yaml") as sparse:
        sets_at("HEAD")
    repository.git("sparse-checkout", "add", sparse.value.hint.split()[-1])
    assert sets_at("HEAD") == {"one"}


def test_a_submodule_is_compared_by_itself(repository: Repository, tmp_path: Path) -> None:
    """Manifests of a submodule have their history there: around it nobody can compare, in it everything works."""
    inner = tmp_path / "inner"
    subprocess.run(["git", "clone", "--quiet", repository.folder, inner], check=True, capture_output=True)
    (inner / "sub.yaml").write_text(ONE)
    who = ["-c", "user.name=t", "-c", "user.email=t@example.com"]
    subprocess.run(["git", "-C", inner, "add", "--all"], check=True)
    subprocess.run(["git", "-C", inner, *who, "commit", "--quiet", "--message=x"], check=True)
    repository.write(TWO)
    repository.git(
        "-c", "protocol.file.allow=always", "submodule", "--quiet", "add", os.fspath(inner), "manifests/sub"
    )  # fmt: skip
    repository.commit()
    with pytest.raises(UsageError, match="manifests/sub is a submodule") as refused:
        sets_at("HEAD")
    assert refused.value.hint.endswith("jetplan diff manifests/sub")
    assert sets_at("HEAD", ROOT / "sub") == {"one"}


def test_an_old_git_is_named(repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A git that lacks what keeps options and revisions apart is not used."""
    repository.write(ONE)
    repository.commit()
    stand_in(tmp_path / "old", "echo git version 2.25.1", monkeypatch)
    with pytest.raises(JetplanError, match=r"git version 2\.25\.1: it is too old"):
        find_revision(ROOT, "HEAD")


def test_another_users_repository(repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Git refuses a repository of another user; the sentence tells whose command settles it."""
    said = "fatal: detected dubious ownership in repository at 'x'"
    version = 'case "$*" in *version*) echo git version 2.39.5; exit 0;; esac'
    stand_in(tmp_path / "wary", f'{version}\necho "{said}" >&2\nexit 128', monkeypatch)
    with pytest.raises(UsageError, match="belongs to another user") as refused:
        find_checkout(repository.folder)
    assert refused.value.hint.endswith(f"git config --global --add safe.directory {repository.folder}")
    assert head_of(repository.folder) == ""


def test_no_git(repository: Repository, monkeypatch: pytest.MonkeyPatch) -> None:
    """Without git an offline plan says what it lacks, and a run has no commit."""
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(JetplanError, match="git is not installed"):
        find_revision(ROOT, "HEAD")
    assert head_of(repository.folder) == ""
