"""Whether file locks work where an SQLite ledger lies: without them, two runs write over each other.

Tried on a file of its own beside the ledger. Closing any descriptor of the ledger itself would drop the locks that this
process holds on it (fcntl(2)).
"""

from __future__ import annotations

import errno
import os
import subprocess
import sys
import uuid
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from jetplan.errors import LedgerMismatch

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_HINT = "keep the ledger on a local disk; a team's ledger belongs into PostgreSQL"
_TRY = """
import errno, fcntl, os, sys
file = os.open(sys.argv[1], os.O_RDWR)
try:
    fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
except OSError as error:
    sys.exit(0 if error.errno in (errno.EAGAIN, errno.EACCES) else 2)
sys.exit(1)
"""
"""Run by a second process: ends with 0 where the lock of the first one keeps it out."""
_KEPT_OUT, _LET_IN = 0, 1


def check_locks_can_be_had(path: Path) -> None:
    """Raise LedgerMismatch, at once, where the disk refuses locks. SQLite would wait for half a minute, and say "busy".

    Says nothing where no file can be made beside the ledger, or the system has no such locks.
    """
    with _locked_beside(path):
        pass


def check_locks_hold(path: Path) -> None:
    """Raise LedgerMismatch where a lock of one process does not keep another one out. Starts a second process."""
    with _locked_beside(path) as probe:
        if probe is None:
            return
        command = [sys.executable, "-I", "-c", _TRY, str(probe)]
        ran = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - our own words, to this very Python
        if ran.returncode == _LET_IN:
            raise LedgerMismatch(
                f"locks do not lock in {path.parent}: two processes had the same one, so two runs could send the same",
                hint=_HINT,
            )


@contextmanager
def _locked_beside(path: Path) -> Iterator[Path | None]:
    """A file beside the ledger that this process has locked; None where none can be made or locked."""
    try:
        import fcntl  # noqa: PLC0415 - not every system has it
    except ImportError:
        yield None
        return
    probe = path.with_name(f".jetplan-lock-{uuid.uuid4().hex[:12]}")
    try:
        file = os.open(probe, os.O_CREAT | os.O_EXCL | os.O_RDWR | os.O_CLOEXEC, 0o600)
    except OSError:
        yield None
        return
    try:
        try:
            fcntl.lockf(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise _refused(path, error) from error
        yield probe
    finally:
        with suppress(OSError):
            os.close(file)
        with suppress(OSError):
            probe.unlink()


def _refused(path: Path, error: OSError) -> LedgerMismatch:
    name = errno.errorcode.get(error.errno or 0, "an error")
    return LedgerMismatch(
        f"the disk of the ledger {path} gives no locks ({name}: {error.strerror}), so two runs could send the same",
        hint=_HINT,
    )
