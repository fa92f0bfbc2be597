"""Remembers what manifests said, so that reading the same ones again needs no YAML. Safe to delete at any time.

A remembered reading counts only if every file is the one that was read: by its times and numbers where these can be
trusted, else by its bytes. A file that was changed within `YOUNG` of being looked at could be changed again without
a new time (git calls this racy), so times are trusted only when all are older than that.
"""

from __future__ import annotations

import time
from contextlib import suppress
from typing import TYPE_CHECKING

from jetplan.manifest import shortcuts
from jetplan.manifest.cache.files import name_for, program_digest, read_own, write_whole
from jetplan.manifest.cache.footprint import footprint

if TYPE_CHECKING:
    from pathlib import Path

    from jetplan.manifest.cache.footprint import Footprint
    from jetplan.manifest.read import Reading

YOUNG = 2_000_000_000
"""Nanoseconds: the coarsest clock of a file system in use (FAT) steps by two seconds."""
_DIGEST = 32


class KnownManifests:
    """A folder of manifests (or one file) as it is at this moment, and what the cache in `folder` remembers of it."""

    def __init__(self, root: Path, folder: Path) -> None:
        self._root = root
        self.folder = folder
        self._entry = _Entry(root, folder)
        began = time.time_ns()
        self._before = footprint(root) if shortcuts.are_taken() else None
        self._young = self._before is None or self._before.newest >= began - YOUNG
        self._noted: bytes | None = None
        self.content: bytes | None = None
        """32 bytes over all that a reading could look at; None where that cannot be said."""
        if self._before is not None:
            with suppress(OSError):
                self._noted = None if self._young else self._entry.content_at(self._before)
                self.content = self._noted or self._before.by_content()

    def read(self) -> Reading:
        """What `read_manifests(root)` gives, from the cache where nothing has changed. Raises what that raises.

        `content` is None afterwards if the manifests changed meanwhile.
        """
        from jetplan.manifest.read import read_manifests  # noqa: PLC0415 - a plan told from memory reads no manifest

        before, content = self._before, self.content
        if before is None or content is None:
            return read_manifests(self._root)
        with suppress(OSError):
            known = self._entry.reading(content)
            if known is not None:
                if self._noted is None and not self._young and footprint(self._root) == before:
                    self._entry.note(before, content)
                return known
        self.content = None
        reading = read_manifests(self._root)
        with suppress(OSError):
            # The bytes hashed are the bytes read, since they were the same before and after. Where no
            # time was young, the times tell; a file that is written to gets one that is.
            if (not self._young or content == before.by_content()) and footprint(self._root) == before:
                self.content = content
                self._entry.keep(content, reading)
                if not self._young:
                    self._entry.note(before, content)
        return reading


class _Entry:
    """The two files that remember one folder of manifests: what it said, and which times stand for which bytes."""

    def __init__(self, root: Path, folder: Path) -> None:
        name = name_for(root)
        self._program = program_digest(("manifest", "core"))
        self._readings = folder / f"{name}.manifests"
        self._times = folder / f"{name}.times"

    def content_at(self, found: Footprint) -> bytes | None:
        """The digest of the bytes that had these times, if that was noted."""
        data = read_own(self._times)
        if data is None or len(data) != 2 * _DIGEST:
            return None
        return bytes(data[_DIGEST:]) if data[:_DIGEST] == found.by_times else None

    def note(self, found: Footprint, content: bytes) -> None:
        """Note which bytes had these times."""
        write_whole(self._times, [found.by_times, content])

    def reading(self, content: bytes) -> Reading | None:
        """What the manifests of these bytes said, if it is remembered."""
        data = read_own(self._readings)
        if data is None:
            return None
        from jetplan.manifest.cache.packed import unpack  # noqa: PLC0415 - a plan told from memory reads no manifest

        return unpack(data, self._program + content)

    def keep(self, content: bytes, reading: Reading) -> None:
        """Remember what the manifests of these bytes say."""
        from jetplan.manifest.cache.packed import pack  # noqa: PLC0415 - a plan told from memory reads no manifest

        write_whole(self._readings, pack(self._program + content, reading))
