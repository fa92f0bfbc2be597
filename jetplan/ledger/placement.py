"""Where a ledger's file lies. Refuses a file that is mounted alone, because SQLite keeps its journal beside it.

A container that mounts the file but not its folder loses the journal when it ends. A run that is killed in the
middle of a commit then leaves a damaged ledger, which the next container cannot repair.
"""

from __future__ import annotations

import re
from pathlib import Path

from jetplan.errors import LedgerMismatch

MOUNTS = Path("/proc/self/mountinfo")
"""Linux only. The fifth field of a line is the mount point, see proc(5)."""
_MOUNT_POINT = 4
_ESCAPED = re.compile(rb"\\([0-7]{3})")


def check_not_mounted_alone(path: Path, mounts: Path = MOUNTS) -> None:
    """Raises LedgerMismatch where the file itself is a mount point. Says nothing where the system does not tell."""
    try:
        lines = mounts.read_bytes().splitlines()
        real = bytes(path.resolve(strict=True))
    except OSError:
        return
    if real in {_mount_point(line) for line in lines}:
        raise LedgerMismatch(
            f"the ledger {path} is mounted as a single file: its journal would stay outside of the mount, "
            "and a run that is killed could damage it",
            hint=f"mount the folder {path.parent} instead of the file",
        )


def _mount_point(line: bytes) -> bytes:
    fields = line.split(b" ")
    if len(fields) <= _MOUNT_POINT:
        return b""
    return _ESCAPED.sub(lambda octal: bytes([int(octal[1], 8)]), fields[_MOUNT_POINT])
