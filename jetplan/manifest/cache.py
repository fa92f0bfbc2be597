"""Remembers what manifests said, so that reading the same ones again needs no YAML. Safe to delete at any time.

A remembered reading counts only if every file is the one that was read: by its times and numbers where these can be
trusted, else by its bytes. A file that was changed within `YOUNG` of being looked at could be changed again without
a new time (git calls this racy), so times are trusted only when all are older than that.
"""

from __future__ import annotations

import os
import sys
import time
from contextlib import suppress
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING

from jetplan import __version__
from jetplan.manifest.footprint import footprint
from jetplan.manifest.read import read_manifests

if TYPE_CHECKING:
    from collections.abc import Iterable

    from jetplan.manifest.footprint import Footprint
    from jetplan.manifest.read import Reading

YOUNG = 2_000_000_000
"""Nanoseconds: the coarsest clock of a file system in use (FAT) steps by two seconds."""
_DIGEST = 32


def load_spec(root: Path, folder: Path) -> Reading:
    """What `read_manifests(root)` gives, from the cache in `folder` where nothing has changed since.

    Raises what `read_manifests` raises. A cache that cannot be read or written costs time and nothing else.
    """
    began = time.time_ns()
    before = footprint(root)
    if before is None:
        return read_manifests(root)
    entry = _Entry(root, folder)
    young = before.newest >= began - YOUNG
    content: bytes | None = None
    with suppress(OSError):
        noted = None if young else entry.content_at(before)
        content = noted or before.by_content()
        known = entry.reading(content)
        if known is not None:
            if noted is None and not young and footprint(root) == before:
                entry.note(before, content)
            return known
    reading = read_manifests(root)
    with suppress(OSError):
        # The bytes that were hashed are the bytes that were read: they were the same before and after.
        if content == before.by_content() and footprint(root) == before:
            entry.keep(content, reading)
            if not young:
                entry.note(before, content)
    return reading


class _Entry:
    """The two files that remember one folder of manifests: what it said, and which times stand for which bytes."""

    def __init__(self, root: Path, folder: Path) -> None:
        name = sha256(f"{os.path.abspath(root)}\0{os.fspath(root)}".encode(errors="surrogateescape")).hexdigest()[:24]
        self._program = _program()
        self._readings = folder / f"{name}.manifests"
        self._times = folder / f"{name}.times"

    def content_at(self, found: Footprint) -> bytes | None:
        """The digest of the bytes that had these times, if that was noted."""
        data = _read(self._times)
        if data is None or len(data) != 3 * _DIGEST or sha256(data[_DIGEST:]).digest() != data[:_DIGEST]:
            return None
        return data[2 * _DIGEST :] if data[_DIGEST : 2 * _DIGEST] == found.by_times else None

    def note(self, found: Footprint, content: bytes) -> None:
        """Note which bytes had these times."""
        said = found.by_times + content
        _write(self._times, [sha256(said).digest(), said])

    def reading(self, content: bytes) -> Reading | None:
        """What the manifests of these bytes said, if it is remembered."""
        data = _read(self._readings)
        if data is None:
            return None
        from jetplan.manifest.packed import unpack

        return unpack(data, self._program + content)

    def keep(self, content: bytes, reading: Reading) -> None:
        """Remember what the manifests of these bytes say."""
        from jetplan.manifest.packed import pack

        _write(self._readings, pack(self._program + content, reading))


def _program() -> bytes:
    """What else a reading depends on: this program's own files, and Python's tables of characters."""
    package = Path(__file__).parent.parent
    told = [__version__, sys.version]
    for part in ("manifest", "core"):
        with os.scandir(package / part) as files:
            states = [(file.name, file.stat()) for file in files if file.name.endswith(".py")]
        told += sorted(f"{name} {state.st_size} {state.st_mtime_ns}" for name, state in states)
    return sha256("\n".join(told).encode()).digest()


def _read(path: Path) -> bytes | None:
    """The bytes of our own regular file, which nobody else can write to."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
    except OSError:
        return None
    with open(descriptor, "rb", buffering=0) as file:
        state = os.fstat(descriptor)
        if state.st_uid != os.geteuid() or state.st_mode & 0o022:
            return None
        return file.read()


def _write(path: Path, parts: Iterable[bytes]) -> None:
    """Put a file in place whole, readable to its owner only."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    ignored = path.parent / ".gitignore"
    if not ignored.exists():
        ignored.write_text("*\n", encoding="ascii")
    aside = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600)
        with open(descriptor, "wb") as file:
            file.writelines(parts)
        aside.replace(path)
    finally:
        with suppress(OSError):
            aside.unlink()
