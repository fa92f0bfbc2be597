"""What tells one state of a folder of manifests from another: its files' times and numbers, or all of their bytes.

Every file that could be a manifest or a list counts, and every symbolic link; so whatever a reading could have
looked at is in here, and a file that comes, goes or changes its name is a change.
"""

from __future__ import annotations

import os
import stat
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

from jetplan.manifest.endings import LIST_ENDINGS
from jetplan.manifest.files import SUFFIXES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_NAMES = (*(f"{name}{packing}" for name in SUFFIXES for packing in ("", ".gz", ".zst")), *LIST_ENDINGS)
_MOST_FOLDERS = 20_000
_FLAGS = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY
_PIECE = 1 << 20


@dataclass(frozen=True, slots=True)
class Footprint:
    """A folder at one moment. `newest`: the latest time of any file, in nanoseconds since the epoch.

    `others` are links and other irregular files, whose presence makes manifests invalid.
    """

    by_times: bytes
    newest: int
    files: tuple[str, ...]
    others: tuple[str, ...]

    def by_content(self) -> bytes:
        """32 bytes over the names and all bytes of the files, and the names of the others. Raises OSError."""
        total = blake2b("\0".join(("", *self.others, "")).encode(errors="surrogateescape"), digest_size=32)
        for path in self.files:
            descriptor = os.open(path, _FLAGS)
            try:
                total.update(f"{path}\0{os.fstat(descriptor).st_size}\0".encode(errors="surrogateescape"))
                while piece := os.read(descriptor, _PIECE):
                    total.update(piece)
            finally:
                os.close(descriptor)
        return total.digest()


def footprint(root: Path) -> Footprint | None:
    """The footprint of a folder; None where it is none, holds too much besides, or cannot be looked at."""
    try:
        if not stat.S_ISDIR(os.lstat(root).st_mode):
            return None
        found = sorted(_walk(os.fspath(root)))
    except (OSError, _TooMuch):
        return None
    lines = []
    newest = 0
    for path, state in found:
        newest = max(newest, state.st_mtime_ns, state.st_ctime_ns)
        times, place = f"{state.st_mtime_ns} {state.st_ctime_ns}", f"{state.st_dev} {state.st_ino}"
        lines.append(f"{path}\0{state.st_mode} {state.st_size} {times} {place}")
    text = "\n".join(lines).encode(errors="surrogateescape")
    files = tuple(path for path, state in found if stat.S_ISREG(state.st_mode))
    others = tuple(path for path, state in found if not stat.S_ISREG(state.st_mode))
    return Footprint(blake2b(text, digest_size=32).digest(), newest, files, others)


class _TooMuch(Exception):
    """With more folders than this, reading the manifests may be quicker."""


def _walk(top: str) -> Iterator[tuple[str, os.stat_result]]:
    folders = [top]
    seen = 0
    while folders:
        seen += 1
        if seen > _MOST_FOLDERS:
            raise _TooMuch
        with os.scandir(folders.pop()) as entries:
            for entry in entries:
                if entry.is_dir(follow_symlinks=False):
                    folders.append(entry.path)
                elif entry.name.lower().endswith(_NAMES) or entry.is_symlink():
                    yield entry.path, entry.stat(follow_symlinks=False)
