"""The files of a mounted storage as a list: names as they are on disk, sizes, and what cannot be sent told apart."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jetplan.core.characters import visible
from jetplan.core.paths import faults_of
from jetplan.errors import JetplanError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@dataclass(slots=True)
class Walked:
    """Canonical paths with their sizes, by path; and what was left out, each with the reason."""

    sizes: dict[str, int] = field(default_factory=dict)
    left_out: list[tuple[str, str]] = field(default_factory=list)
    lost: int = 0
    """How many of these are files or folders with a name that cannot be sent."""


def walk(folder: Path, on_file: Callable[[int], None] = lambda _: None) -> Walked:
    """Every regular file below a folder. Links are not followed. `on_file` is told how many there are so far.

    Raises UsageError where the folder cannot be read, JetplanError for one below it: a list without that part is wrong.
    """
    found = Walked()
    waiting = [("/", os.fspath(folder))]
    while waiting:
        above, path = waiting.pop()
        try:
            with os.scandir(path) as entries:
                for entry in entries:
                    _take(entry, f"{above}{entry.name}", found, waiting)
                    on_file(len(found.sizes))
        except OSError as error:
            if above == "/":
                raise UsageError(f"{folder} cannot be read: {error.strerror}", hint="name a folder") from error
            message = f"{visible(path)} cannot be read: {error.strerror}"
            raise JetplanError(message, hint="let this user read it, or list the other folders one by one") from error
    found.sizes = dict(sorted(found.sizes.items()))
    found.left_out.sort()
    return found


def _take(entry: os.DirEntry[str], path: str, found: Walked, waiting: list[tuple[str, str]]) -> None:
    if any("\udc80" <= char <= "\udcff" for char in entry.name):
        shown = path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
        found.left_out.append((shown, "its name is not UTF-8"))
        found.lost += 1
    elif entry.is_symlink():
        found.left_out.append((path, "it is a symbolic link"))
    elif faults := faults_of(path):
        found.left_out.append((path, f"its path {faults[0].message}"))
        found.lost += 1
    elif entry.is_dir(follow_symlinks=False):
        waiting.append((f"{path}/", entry.path))
    elif entry.is_file(follow_symlinks=False):
        found.sizes[path] = entry.stat(follow_symlinks=False).st_size
    else:
        found.left_out.append((path, "it is neither a file nor a folder"))
