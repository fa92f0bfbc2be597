"""Finding manifests in a folder and reading each file once: regular files only, no symlink followed, no hang."""

from __future__ import annotations

import errno
import os
import stat
from dataclasses import dataclass
from typing import TYPE_CHECKING

from jetplan.core.characters import visible
from jetplan.errors import Place, Problem, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from jetplan.manifest.findings import Findings

SUFFIXES = (".yaml", ".yml")
CONFIG_FILE = "jetplan.yaml"
_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A manifest by its path as people see it, and the root folder that nothing may leave."""

    path: str
    root: str


def find_manifests(root: Path) -> tuple[list[SourceFile], list[Problem]]:
    """Every manifest below a folder (or the one file given), sorted by path; and what must not be there.

    Names that begin with a dot, and the project's `jetplan.yaml`, are not manifests. Raises UsageError if there
    is nothing at `root`.
    """
    shown = os.fspath(root)
    try:
        mode = os.lstat(root).st_mode
    except OSError as error:
        raise UsageError(
            f"no manifests at {visible(shown)}: {(error.strerror or 'not found').lower()}",
            hint="name the folder that holds them, or make one with `jetplan init`",
        ) from None
    if stat.S_ISLNK(mode):
        return [], [_symlink(shown)]
    if not stat.S_ISDIR(mode):
        return [SourceFile(shown, os.path.dirname(shown) or ".")], []
    sources: list[SourceFile] = []
    problems: list[Problem] = []
    for path, problem in _walk(shown):
        if problem:
            problems.append(problem)
        else:
            sources.append(SourceFile(path, shown))
    sources.sort(key=lambda source: source.path.split(os.sep))
    return sources, problems


def _walk(top: str) -> Iterator[tuple[str, Problem | None]]:
    folders = [top]
    while folders:
        folder = folders.pop()
        try:
            entries = list(os.scandir(folder))
        except OSError as error:
            yield folder, _unreadable(folder, error)
            continue
        for entry in entries:
            if entry.name.startswith("."):
                continue
            is_manifest = entry.name.lower().endswith(SUFFIXES)
            if entry.is_symlink():
                if is_manifest or entry.is_dir():
                    yield entry.path, _symlink(entry.path)
            elif entry.is_dir(follow_symlinks=False):
                folders.append(entry.path)
            elif is_manifest and not (entry.name == CONFIG_FILE and folder == top):
                yield entry.path, None


def _symlink(path: str) -> Problem:
    return Problem(Place(path), "this is a symbolic link", "put the file itself here", "symlink")


def _unreadable(path: str, error: OSError) -> Problem:
    reason = (error.strerror or "unknown reason").lower()
    return Problem(Place(path), f"cannot be read: {reason}", "", "unreadable")


def open_regular(path: str, findings: Findings) -> int | None:
    """A descriptor of a regular file, or None after recording why not. Never waits and never follows a link."""
    try:
        descriptor = os.open(path, _FLAGS)
    except OSError as error:
        if error.errno == errno.ELOOP:
            findings.problems.append(_symlink(path))
        else:
            findings.problems.append(_unreadable(path, error))
        return None
    if stat.S_ISREG(os.fstat(descriptor).st_mode):
        return descriptor
    os.close(descriptor)
    message = "this is not a regular file"
    findings.refuse(Place(path), "not-a-file", message, "remove it, or put a file in its place")
    return None


def read_file(path: str, findings: Findings, most: int) -> bytes | None:
    """The bytes of a regular file of at most `most` bytes, read once; None after recording why not."""
    descriptor = open_regular(path, findings)
    if descriptor is None:
        return None
    try:
        data = _read_up_to(descriptor, most + 1)
    except OSError as error:
        findings.problems.append(_unreadable(path, error))
        return None
    finally:
        os.close(descriptor)
    if len(data) > most:
        findings.refuse(
            Place(path),
            "too-large",
            f"the file is larger than {most >> 20} MiB" if most >> 20 else f"the file is larger than {most} bytes",
            "split it, or list the objects in a CSV or JSON Lines file with `objectsFrom`",
        )
        return None
    return data


def _read_up_to(descriptor: int, most: int) -> bytes:
    size = os.fstat(descriptor).st_size
    data = os.read(descriptor, min(size + 1, most))
    if len(data) == size:  # the common case: all of it, and nothing was appended
        return data
    parts = [data]
    total = len(data)
    while total < most and (part := os.read(descriptor, min(1 << 20, most - total))):
        parts.append(part)
        total += len(part)
    return b"".join(parts)
