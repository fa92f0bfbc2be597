"""Runs git to read names and bytes of a repository that may be hostile. No other module starts git.

A repository is the nearest folder above that holds `.git`: a checkout cannot bring that along, whereas a bare
repository can be committed like any folder. Git starts no hook, monitor, pager or filter and uses no network.
"""

from __future__ import annotations

import os
import re
import subprocess
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jetplan.errors import JetplanError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from typing import IO

OLDEST = (2, 30)
"""The first git whose `rev-parse` takes `--end-of-options`."""
WHOLE_CLONE = "clone it whole: `git fetch --refetch --no-filter origin`, or a CI checkout without `filter`"
_SAFE = (
    "--no-pager", "--no-optional-locks", "--no-replace-objects", "--literal-pathspecs",
    "-c", "safe.bareRepository=explicit", "-c", "core.fsmonitor=false", "-c", "core.hooksPath=/dev/null",
    "-c", "core.pager=cat", "-c", "diff.external=", "-c", "protocol.allow=never",
)  # fmt: skip
_QUIET = {"GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1", "GIT_ALLOW_PROTOCOL": "", "LC_ALL": "C"}
_SECONDS = 120


class GitRefused(Exception):
    """Git answered that there is no such thing; its first line says why."""


@dataclass(frozen=True, slots=True)
class Checkout:
    """A repository by the folder that holds its `.git`."""

    top: Path

    def ask(self, *words: str) -> bytes:
        """What git answers. Raises GitRefused where it says no, JetplanError where it cannot be asked."""
        try:
            ran = subprocess.run(  # noqa: S603 - a list of words, each ours or behind --end-of-options
                self._command(*words), capture_output=True, check=False, timeout=_SECONDS, env=environment()
            )
        except subprocess.TimeoutExpired:
            raise JetplanError("git did not answer within two minutes") from None
        if ran.returncode:
            said = ran.stderr.decode("utf-8", "replace").strip()
            self._explain(said)
            raise GitRefused((said.splitlines() or ["no reason given"])[0])
        return ran.stdout

    def contents(self, oids: Iterable[tuple[str, str]]) -> Iterator[tuple[str, int, IO[bytes]]]:
        """For each (name, object id): the name, the size, and a stream that must be read up to that size.

        Raises JetplanError where git has no such file.
        """
        with subprocess.Popen(  # noqa: S603 - a list of our own words
            self._command("cat-file", "--batch"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment(),
        ) as git:
            assert git.stdin is not None  # noqa: S101 - both are pipes; tells the type checker
            assert git.stdout is not None  # noqa: S101
            for name, oid in oids:
                git.stdin.write(f"{oid}\n".encode())
                git.stdin.flush()
                answer = git.stdout.readline().split()
                if len(answer) != 3 or answer[0].decode() != oid or answer[1] != b"blob":
                    git.kill()
                    raise JetplanError(f"git lacks the content of {name}", hint=WHOLE_CLONE)
                yield name, int(answer[2]), git.stdout
                git.stdout.read(1)
            git.stdin.close()

    def _command(self, *words: str) -> list[str]:
        return [program(), *_SAFE, "-C", os.fspath(self.top), *words]

    def _explain(self, said: str) -> None:
        if "dubious ownership" in said or "unsafe repository" in said:
            raise UsageError(
                f"git does not trust {self.top}: it belongs to another user",
                hint=f"if it is yours: git config --global --add safe.directory {self.top}",
            )
        if "promisor" in said or re.search(r"transport '\w+' not allowed", said):
            raise JetplanError(f"{self.top} is a partial clone, and what is asked for is not in it", hint=WHOLE_CLONE)


def find_checkout(folder: Path) -> Checkout:
    """The repository around a folder. Raises UsageError where there is none that git accepts, or git is too old."""
    resolved = folder.resolve()
    for top in (resolved, *resolved.parents):
        if (top / ".git").exists():
            found = Checkout(top)
            _check_version(found)
            try:
                named = os.fsdecode(found.ask("rev-parse", "--show-toplevel").removesuffix(b"\n"))
            except GitRefused as refused:
                raise _no_repository(folder, str(refused)) from None
            if named != os.fspath(top):
                raise _no_repository(folder, f"git says that its top is {named}, not {top}")
            return found
    raise _no_repository(folder, "no folder above it holds .git")


def head_of(folder: Path) -> str:
    """The commit that is checked out around a folder, or nothing where that cannot be said."""
    resolved = folder.resolve()
    top = next((each for each in (resolved, *resolved.parents) if (each / ".git").exists()), None)
    if top is None:
        return ""
    try:
        return Checkout(top).ask("rev-parse", "--verify", "--quiet", "HEAD").decode().strip()
    except (GitRefused, JetplanError):
        return ""


def environment() -> dict[str, str]:
    """Our own environment without git's variables: a hook's would name another repository than the one asked for."""
    return {name: value for name, value in os.environ.items() if not name.startswith("GIT_")} | _QUIET


def program() -> str:
    """The git of the absolute folders in PATH: `.` in PATH would be the checkout. Raises JetplanError without one."""
    for folder in os.get_exec_path():
        path = os.path.join(folder, "git")
        if os.path.isabs(folder) and os.path.isfile(path) and os.access(path, os.X_OK):
            return path
    raise JetplanError("git is not installed", hint="an offline plan reads the repository with it")


def _check_version(checkout: Checkout) -> None:
    try:
        said = checkout.ask("version").decode("utf-8", "replace")
    except GitRefused as refused:
        raise JetplanError(f"git does not work here: {refused}", hint="install git anew") from None
    found = re.search(r"(\d+)\.(\d+)", said)
    if found is None or (int(found[1]), int(found[2])) < OLDEST:
        raise JetplanError(f"this is {said.strip()}: it is too old", hint="install git 2.30 or newer")


def _no_repository(folder: Path, reason: str) -> UsageError:
    return UsageError(
        f"{folder} is not in a git repository that can be read: {reason}",
        hint="an offline plan compares with a revision in git: run it in a checkout",
    )
