"""Folders behind storage profiles: where a path lies, and what a folder holds. Copies nothing.

No path leaves its root: dot segments are refused, and where a symlink leads is looked at before it is used.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PARTIAL = ".jet-partial-"
LEFT_OUT = "the job's filter leaves it out"


class OutsideError(Exception):
    """The path does not lie in the folder of its storage profile."""


@dataclass(frozen=True)
class Entry:
    """One thing to move. With a `verdict` it is not moved, for the reason in `problem`."""

    path: str
    size: int
    is_directory: bool = False
    verdict: Literal["FAILED", "SKIPPED"] | None = None
    problem: str | None = None


def split_path(relative: str) -> list[str]:
    """The segments of a path relative to a root; raises OutsideError for what cannot lie in it."""
    segments = [segment for segment in relative.split("/") if segment]
    if "\0" in relative or any(segment in (".", "..") for segment in segments):
        raise OutsideError(f"the path {relative!r} does not lie in the storage profile")
    return segments


def locate(root: str, relative: str) -> str:
    """The real place of `relative` below `root`, symlinks resolved; raises OutsideError when it is not below."""
    base = os.path.realpath(root)
    place = os.path.realpath(os.path.join(base, *split_path(relative)))
    if os.path.commonpath((base, place)) != base:
        raise OutsideError(f"{relative!r} leads out of the storage profile through a symlink")
    return place


def expand(
    root: str, relative: str, size: int | None, *, is_directory: bool, wanted: Callable[[str], bool]
) -> Iterator[Entry]:
    """What one delivered object stands for: a file for itself, a folder for everything below it."""
    try:
        place = locate(root, relative)
        status = os.stat(place)
    except (OSError, OutsideError, ValueError) as error:
        yield Entry(relative, size or 0, is_directory, "FAILED", _explain(error))
        return
    shown = "/" + "/".join(split_path(relative))
    if is_directory and stat.S_ISDIR(status.st_mode):
        yield from _walk(place, shown.rstrip("/"), wanted)
    elif is_directory:
        yield Entry(shown, size or 0, True, "FAILED", "it is a file, not a folder")
    elif stat.S_ISREG(status.st_mode):
        yield Entry(shown, status.st_size)
    else:
        yield Entry(shown, size or 0, False, "FAILED", "it is not a file")


def _walk(folder: str, shown: str, wanted: Callable[[str], bool]) -> Iterator[Entry]:
    with os.scandir(folder) as found:
        entries = sorted(found, key=lambda entry: entry.name)
    if not entries and shown:
        yield Entry(shown, 0, is_directory=True)
    for entry in entries:
        path = f"{shown}/{entry.name}"
        if not is_speakable(path):
            yield Entry(_speak(path), 0, False, "FAILED", "its name is not UTF-8")
        elif entry.is_dir(follow_symlinks=False):
            yield from _walk(entry.path, path, wanted)
        elif not entry.name.startswith(PARTIAL):
            leaf = _leaf(entry, path)
            yield leaf if leaf.verdict or wanted(path) else replace(leaf, verdict="SKIPPED", problem=LEFT_OUT)


def _leaf(entry: os.DirEntry[str], path: str) -> Entry:
    if entry.is_symlink():
        return Entry(path, 0, False, "SKIPPED", "symlinks are not followed")
    if not entry.is_file(follow_symlinks=False):
        return Entry(path, 0, False, "SKIPPED", "it is neither a file nor a folder")
    return Entry(path, entry.stat(follow_symlinks=False).st_size)


def is_speakable(path: str) -> bool:
    """Whether a name that the file system gave is valid UTF-8, as every answer must be."""
    try:
        path.encode()
    except UnicodeEncodeError:
        return False
    return True


def _speak(path: str) -> str:
    return os.fsencode(path).decode("utf-8", "backslashreplace")


def _explain(error: Exception) -> str:
    return error.strerror or "unreadable" if isinstance(error, OSError) else str(error)
