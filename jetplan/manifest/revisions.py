"""Manifests as they were at a revision of the repository, read from git's objects: nothing is checked out.

Git is asked for names and bytes only, without hooks, pagers, filters, replacements or network. What it names is
laid out in a private folder, regular files only, and read there as strictly as any manifest.
"""

from __future__ import annotations

import os
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING

from jetplan.core.spec import Spec
from jetplan.errors import JetplanError, ManifestInvalid, UsageError
from jetplan.manifest.files import SUFFIXES
from jetplan.manifest.read import Reading, read_manifests

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jetplan.errors import Problem

_LISTS = (".csv", ".jsonl", ".csv.gz", ".jsonl.gz", ".csv.zst", ".jsonl.zst")
_REGULAR = (b"100644", b"100755", b"100664")
_SAFE = (
    "--no-pager", "--no-optional-locks", "--no-replace-objects", "--literal-pathspecs",
    "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null", "-c", "protocol.allow=never",
)  # fmt: skip
_QUIET = {"GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1", "LC_ALL": "C"}
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Revision:
    """A commit of the repository that holds the manifests. `said` is how a person named it."""

    said: str
    commit: str

    def __str__(self) -> str:
        return self.said if self.said == self.commit else f"{self.said} ({self.commit[:10]})"


class _Missing(Exception):
    """Git has no such thing."""


def find_revision(root: Path, said: str) -> Revision:
    """Where the work at `root` left `said`: their common ancestor, or `said` itself where none is known.

    Raises UsageError where there is no such revision or no repository.
    """
    folder = _folder(root)
    _prefix(folder)
    try:
        commit = _git(folder, "rev-parse", "--verify", "--quiet", "--end-of-options", f"{said}^{{commit}}").strip()
    except _Missing:
        raise UsageError(
            f"git knows no revision {said!r} here",
            hint="name one that was fetched (`fetch-depth: 0` in a CI checkout), with --base",
        ) from None
    try:
        ancestor = _git(folder, "merge-base", commit.decode(), "HEAD").strip()
    except _Missing:
        ancestor = commit
    return Revision(said, ancestor.decode())


def read_manifests_at(root: Path, revision: Revision) -> Reading:
    """The manifests that stood at `root` in a revision; nothing where nothing stood there.

    Raises ManifestInvalid where they were not valid then, with places below `REVISION:`.
    """
    folder = _folder(root)
    prefix = _prefix(folder)
    with tempfile.TemporaryDirectory(prefix="jetplan-") as aside:
        top = Path(aside) / "manifests"
        top.mkdir()
        entries = [(name, oid) for name, oid in _entries(folder, revision.commit, prefix) if _wanted(name)]
        try:
            _lay_out(folder, entries, top)
        except OSError as error:
            raise JetplanError(f"the manifests at {revision} cannot be laid out: {error.strerror}") from None
        there = top if folder == root else top / root.name
        if not there.exists() or (there == top and not entries):
            return Reading(Spec())
        try:
            return read_manifests(there)
        except ManifestInvalid as invalid:
            raise ManifestInvalid([_renamed(each, aside, revision) for each in invalid.problems]) from None


def _folder(root: Path) -> Path:
    return root if root.is_dir() else root.parent


def _prefix(folder: Path) -> str:
    """The folder's path below the top of its repository, empty or with a slash at its end."""
    try:
        return os.fsdecode(_git(folder, "rev-parse", "--show-prefix").removesuffix(b"\n"))
    except _Missing as missing:
        raise UsageError(
            f"{folder} is not in a git repository that can be read: {missing}",
            hint="an offline plan compares with a revision in git: run it in a checkout",
        ) from None


def _entries(folder: Path, commit: str, prefix: str) -> Iterator[tuple[str, str]]:
    """Regular files below the prefix in a commit: their path from there, and the object with their content."""
    try:
        listed = _git(folder, "ls-tree", "-r", "-z", "--full-tree", commit, *(["--", prefix] if prefix else []))
    except _Missing as missing:
        raise JetplanError(f"git could not list the files of {commit[:10]}: {missing}") from None
    for line in filter(None, listed.split(b"\0")):
        about, _, path = line.partition(b"\t")
        mode, kind, oid = about.split(b" ")
        name = os.fsdecode(path)
        if mode in _REGULAR and kind == b"blob" and name.startswith(prefix):
            yield name[len(prefix) :], oid.decode()


def _wanted(name: str) -> bool:
    """Manifests and lists only, by paths that stay where they are put."""
    parts = name.split("/")
    return name.lower().endswith((*SUFFIXES, *_LISTS)) and not any(
        part in {"", "."} or part[0] == "." for part in parts
    )


def _lay_out(folder: Path, entries: Sequence[tuple[str, str]], top: Path) -> None:
    if not entries:
        return
    with subprocess.Popen(  # noqa: S603 - a list of our own words
        _command(folder, "cat-file", "--batch"),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=os.environ | _QUIET,
    ) as git:
        assert git.stdin is not None  # noqa: S101 - both are pipes; tells the type checker
        assert git.stdout is not None  # noqa: S101
        for name, oid in entries:
            git.stdin.write(f"{oid}\n".encode())
            git.stdin.flush()
            found, kind, *size = git.stdout.readline().split()
            if found.decode() != oid or kind != b"blob":
                raise JetplanError(f"git lacks the content of {name}", hint="fetch it: this clone is not a whole one")
            file = top / name
            file.parent.mkdir(parents=True, exist_ok=True)
            with file.open("xb") as copy:
                _copy(git.stdout, copy, int(size[0]))
            git.stdout.read(1)
        git.stdin.close()


def _copy(source: IO[bytes], target: IO[bytes], size: int) -> None:
    while size:
        data = source.read(min(size, _CHUNK))
        if not data:
            raise JetplanError("git ended in the middle of a file")
        target.write(data)
        size -= len(data)


def _command(folder: Path, *words: str) -> list[str]:
    return ["git", *_SAFE, "-C", os.fspath(folder.absolute()), *words]


def _git(folder: Path, *words: str) -> bytes:
    """What git answers. Raises _Missing with its words where it says no, JetplanError where there is no git."""
    try:
        ran = subprocess.run(  # noqa: S603 - a list of words, each ours or behind --end-of-options
            _command(folder, *words), capture_output=True, check=False, timeout=120, env=os.environ | _QUIET
        )
    except FileNotFoundError:
        raise JetplanError("git is not installed", hint="an offline plan reads the repository with it") from None
    except subprocess.TimeoutExpired:
        raise JetplanError("git did not answer within two minutes") from None
    if ran.returncode:
        raise _Missing((ran.stderr.decode("utf-8", "replace").strip().splitlines() or ["no reason given"])[0])
    return ran.stdout


def _renamed(problem: Problem, aside: str, revision: Revision) -> Problem:
    """A problem that speaks of the revision instead of the private folder."""
    before, after = f"{aside}/manifests/", f"{revision.said}:"
    return problem._replace(
        place=problem.place._replace(file=problem.place.file.replace(before, after)),
        message=problem.message.replace(before, after),
    )
