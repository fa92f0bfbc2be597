"""Manifests as they were at a revision of the repository, read from git's objects: nothing is checked out.

What git names is laid out in a private folder, regular files only, and read there as strictly as any manifest.
"""

from __future__ import annotations

import os
import re
import tempfile
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import IO, TYPE_CHECKING

from jetplan.core.spec import Spec
from jetplan.errors import JetplanError, ManifestInvalid, UsageError
from jetplan.manifest.endings import LIST_ENDINGS
from jetplan.manifest.files import SUFFIXES
from jetplan.manifest.git import WHOLE_CLONE, Checkout, GitRefused, find_checkout
from jetplan.manifest.read import Reading, read_manifests

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jetplan.errors import Problem

_REGULAR = (b"100644", b"100755", b"100664")
_SUBMODULE = b"160000"
_NAMESPACES = ("refs/remotes/", "refs/heads/", "refs/tags/", "refs/")
_NAME = re.compile(r"[^~^:@]*")
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class Revision:
    """A commit of the repository that holds the manifests. `said` is how a person named it."""

    said: str
    commit: str

    def __str__(self) -> str:
        return self.said if self.said == self.commit else f"{self.said} ({self.commit[:10]})"


def find_revision(root: Path, said: str) -> Revision:
    """The common ancestor of HEAD and `said`, or `said` itself where they share no history.

    Raises UsageError where there is no such revision, more than one, or no repository; and where the clone is too
    shallow to know the ancestor.
    """
    checkout = find_checkout(_folder(root))
    commit = _commit(checkout, said)
    said = said.removeprefix("refs/remotes/")
    try:
        return Revision(said, checkout.ask("merge-base", commit, "HEAD").decode().strip())
    except GitRefused:
        if checkout.ask("rev-parse", "--is-shallow-repository").strip() == b"true":
            raise UsageError(
                f"this clone is shallow: it does not reach the common ancestor of {said!r} and HEAD",
                hint="fetch the history: `git fetch --unshallow`, or `fetch-depth: 0` in a CI checkout",
            ) from None
        return Revision(said, commit)


def read_manifests_at(root: Path, revision: Revision) -> Reading:
    """The manifests that stood at `root` in a revision; nothing where nothing stood there.

    Raises ManifestInvalid where they were not valid then, with places below `REVISION:`; UsageError where the
    checkout leaves out manifests that the repository has.
    """
    folder = _folder(root)
    checkout = find_checkout(folder)
    prefix = _prefix(checkout, folder)
    _check_not_sparse(checkout, prefix)
    with tempfile.TemporaryDirectory(prefix="jetplan-") as aside:
        top = Path(aside) / "manifests"
        top.mkdir()
        entries = [(name, oid) for name, oid in _entries(checkout, revision.commit, prefix) if _wanted(name)]
        try:
            _lay_out(checkout, entries, top)
        except OSError as error:
            raise JetplanError(f"the manifests at {revision} cannot be laid out: {error.strerror}") from None
        there = top if folder == root else top / root.name
        if not there.exists() or (there == top and not entries):
            return Reading(Spec())
        try:
            return read_manifests(there)
        except ManifestInvalid as invalid:
            raise ManifestInvalid([_renamed(each, aside, revision) for each in invalid.problems]) from None


def read_file_at(path: Path, revision: Revision, most: int = 1 << 20) -> bytes | None:
    """The bytes of one regular file as they were at a revision; None where there was none, or a larger one."""
    folder = path.parent
    checkout = find_checkout(folder)
    name = _prefix(checkout, folder) + path.name
    listed = checkout.ask("ls-tree", "-z", "--full-tree", revision.commit, "--", name)
    about, _, found = listed.removesuffix(b"\0").partition(b"\t")
    mode, _, rest = about.partition(b" ")
    if mode not in _REGULAR or os.fsdecode(found) != name:
        return None
    oid = rest.partition(b" ")[2].decode()
    for _, size, content in checkout.contents([(name, oid)]):
        data = content.read(size)
        return data if size <= most else None
    return None


def lay_out_at(folder: Path, patterns: Sequence[str], revision: Revision, aside: Path) -> dict[str, Path]:
    """Copies, below `aside`, of the files below a folder that glob patterns named at a revision: name -> copy.

    In a pattern `*` and `?` stay within one name, and `**` stands for any folders, as for `Path.glob`.
    """
    checkout = find_checkout(folder)
    entries = [
        (name, oid)
        for name, oid in _entries(checkout, revision.commit, _prefix(checkout, folder))
        if any(_matches(name.split("/"), pattern.split("/")) for pattern in patterns)
        and not any(part in {"", ".", ".."} for part in name.split("/"))
    ]
    _lay_out(checkout, entries, aside)
    return {name: aside / name for name, _ in sorted(entries)}


def _matches(parts: Sequence[str], pattern: Sequence[str]) -> bool:
    if not pattern:
        return not parts
    if pattern[0] == "**":
        return _matches(parts, pattern[1:]) or (bool(parts) and _matches(parts[1:], pattern))
    return bool(parts) and fnmatchcase(parts[0], pattern[0]) and _matches(parts[1:], pattern[1:])


def _folder(root: Path) -> Path:
    return root if root.is_dir() else root.parent


def _prefix(checkout: Checkout, folder: Path) -> str:
    """The folder's path below the top of its repository, empty or with a slash at its end."""
    below = folder.resolve().relative_to(checkout.top).as_posix()
    return "" if below == "." else f"{below}/"


def _commit(checkout: Checkout, said: str) -> str:
    """The commit of a revision. A name that means different commits as branch, remote branch or tag is refused."""
    name = (_NAME.match(said) or [""])[0]
    found = {}
    if name and name != "HEAD" and not name.startswith("refs/"):
        full = (f"{space}{name}" for space in _NAMESPACES)
        found = {each: commit for each in full if (commit := _verified(checkout, each)) is not None}
    if len(set(found.values())) > 1:
        raise UsageError(
            f"{said!r} is ambiguous here: it is {' and '.join(found)}, which are different commits",
            hint=f"name one in full: --base {next(iter(found))}",
        )
    commit = _verified(checkout, next(iter(found), name) + said.removeprefix(name))
    if commit is None:
        raise UsageError(
            f"git knows no revision {said!r} here",
            hint="name one that was fetched (`fetch-depth: 0` in a CI checkout), with --base",
        )
    return commit


def _verified(checkout: Checkout, revision: str) -> str | None:
    words = ("rev-parse", "--verify", "--quiet", "--end-of-options", f"{revision}^{{commit}}")
    try:
        return checkout.ask(*words).decode().strip()
    except GitRefused:
        return None


def _check_not_sparse(checkout: Checkout, prefix: str) -> None:
    """A sparse checkout lacks files that the repository has: they would look as if they were taken out."""
    try:
        if checkout.ask("config", "--type=bool", "core.sparseCheckout").strip() != b"true":
            return
    except GitRefused:
        return
    listed = checkout.ask("ls-files", "-t", "-z", *(["--", prefix] if prefix else []))
    left_out = [
        name for line in listed.split(b"\0") if line.startswith(b"S ") and _wanted(name := os.fsdecode(line[2:]))
    ]
    if left_out:
        raise UsageError(
            f"this checkout is sparse: it leaves out {left_out[0]}"
            + (f" and {len(left_out) - 1} more manifests" if len(left_out) > 1 else ""),
            hint=f"check them out: git sparse-checkout add {prefix or '/'}",
        )


def _entries(checkout: Checkout, commit: str, prefix: str) -> Iterator[tuple[str, str]]:
    """Regular files below the prefix in a commit: their path from there, and the object with their content."""
    try:
        listed = checkout.ask("ls-tree", "-r", "-z", "--full-tree", commit, *(["--", prefix] if prefix else []))
    except GitRefused as refused:
        raise JetplanError(f"git could not list the files of {commit[:10]}: {refused}", hint=WHOLE_CLONE) from None
    for line in filter(None, listed.split(b"\0")):
        about, _, path = line.partition(b"\t")
        mode, kind, oid = about.split(b" ")
        name = os.fsdecode(path)
        if mode == _SUBMODULE:
            _check_not_inside(checkout, name)
        if mode in _REGULAR and kind == b"blob" and name.startswith(prefix):
            yield name[len(prefix) :], oid.decode()


def _check_not_inside(checkout: Checkout, submodule: str) -> None:
    if (checkout.top / submodule / ".git").exists():
        raise UsageError(
            f"{submodule} is a submodule: this repository does not hold its earlier manifests",
            hint=f"compare it by itself: jetplan diff {submodule}",
        )


def _wanted(name: str) -> bool:
    """Manifests and lists only, by paths that stay where they are put."""
    parts = name.split("/")
    return name.lower().endswith((*SUFFIXES, *LIST_ENDINGS)) and not any(
        part in {"", "."} or part[0] == "." for part in parts
    )


def _lay_out(checkout: Checkout, entries: Sequence[tuple[str, str]], top: Path) -> None:
    for name, size, content in checkout.contents(entries):
        file = top / name
        file.parent.mkdir(parents=True, exist_ok=True)
        with file.open("xb") as copy:
            _copy(content, copy, size)


def _copy(source: IO[bytes], target: IO[bytes], size: int) -> None:
    while size:
        data = source.read(min(size, _CHUNK))
        if not data:
            raise JetplanError("git ended in the middle of a file")
        target.write(data)
        size -= len(data)


def _renamed(problem: Problem, aside: str, revision: Revision) -> Problem:
    """A problem that speaks of the revision instead of the private folder."""
    before, after = f"{aside}/manifests/", f"{revision.said}:"
    return problem._replace(
        place=problem.place._replace(file=problem.place.file.replace(before, after)),
        message=problem.message.replace(before, after),
    )
