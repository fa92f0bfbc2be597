"""The counter beside an SQLite ledger: how many transitions it held after the last commit, in a small file of its own.

A ledger that holds fewer was copied back from a backup. The file is written after each commit and never before, so it
may lag behind and is never ahead. It is not synced: after a power cut it may be old, which is no harm. Where both files
were copied back, it sees nothing; the look before sending does.
"""

from __future__ import annotations

import os
from contextlib import suppress
from pathlib import Path


class Counter:
    """The counter of one ledger file. A missing or unreadable file says nothing, and is made anew."""

    def __init__(self, ledger: Path) -> None:
        self._path = Path(f"{ledger}.count")
        self._file = -1

    def read(self, ledger_id: str) -> int:
        """The number last written for this ledger, 0 where there is none."""
        with suppress(OSError, ValueError):
            ident, _, number = self._path.read_text(encoding="ascii").strip().partition(" ")
            return int(number) if ident == ledger_id else 0
        return 0

    def write(self, ledger_id: str, number: int) -> None:
        """Write the number, in one write of a fixed length. A folder that cannot be written to has no counter."""
        with suppress(OSError):
            if self._file < 0:
                self._file = os.open(self._path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o600)
            os.pwrite(self._file, f"{ledger_id} {number:020d}\n".encode(), 0)

    def close(self) -> None:
        """Let go of the file."""
        if self._file >= 0:
            os.close(self._file)
            self._file = -1
