"""Disks whose file locks do not work: refused in a sentence, at once, before anything is written."""

from __future__ import annotations

import errno
import fcntl
import os
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest
from desks import desk_at

from jetplan.errors import LedgerMismatch
from jetplan.ledger import check_locks, open_ledger

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def url(tmp_path: Path) -> str:
    """A ledger in a folder that works."""
    made = f"sqlite:///{tmp_path / 'ledger.db'}"
    open_ledger(made, create=True).close()
    return made


def test_a_disk_that_locks_is_content(url: str, tmp_path: Path) -> None:
    """Nothing is said, and nothing is left beside the ledger."""
    check_locks(url)
    with open_ledger(url) as ledger:
        desk_at(ledger)
        check_locks(url)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["ledger.db"]


@pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")
@pytest.mark.parametrize("line", ["init", "doctor"])
def test_locks_that_do_not_lock(tmp_path: Path, line: str) -> None:
    """The system says yes to every lock, as some network file systems do: `init` and `doctor` find it, with 6."""
    (tmp_path / "manifests").mkdir()
    command = [sys.executable, "-m", "jetplan"]
    if line == "doctor":
        subprocess.run([*command, "init"], cwd=tmp_path, check=True, capture_output=True)
    lying = ["strace", "-qq", "-f", "-e", "trace=fcntl", "-e", "inject=fcntl:retval=0", "-o", os.devnull]
    ran = subprocess.run([*lying, *command, line], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert "locks do not lock" in ran.stdout + ran.stderr
    assert ran.returncode == 6
    assert (tmp_path / "jetplan.yaml").exists() == (line == "doctor"), "init pins no ledger that cannot be relied on"


@pytest.mark.parametrize("number", [errno.ENOLCK, errno.EACCES, errno.EIO, errno.EOPNOTSUPP])
def test_a_disk_that_refuses_locks_is_told_at_once(url: str, monkeypatch: pytest.MonkeyPatch, number: int) -> None:
    """SQLite would try for half a minute, and then say that another process holds the ledger."""

    def refuse(*_: object) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr("jetplan.ledger.sqlite.BUSY_SECONDS", 0.0)
    monkeypatch.setattr(fcntl, "lockf", refuse)
    with pytest.raises(LedgerMismatch, match=f"gives no locks \\({errno.errorcode[number]}"):
        open_ledger(url)


def test_where_no_file_can_be_made_nothing_is_said(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A ledger that may only be read can be looked at."""
    real = os.open

    def read_only(path: object, flags: int, *rest: int) -> int:
        if flags & os.O_CREAT:
            raise PermissionError(errno.EROFS, "Read-only file system")
        return real(path, flags, *rest)  # type: ignore[arg-type]  # as it came

    monkeypatch.setattr(os, "open", read_only)
    with open_ledger(url) as ledger:
        assert ledger.scopes("https://jet.example") == []
    check_locks(url)


def test_a_second_process_that_gets_the_lock(url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """This process only believes that it has locked: the second one is let in, prints nothing, and that is told."""
    real = fcntl.lockf
    monkeypatch.setattr(fcntl, "lockf", lambda file, *_: real(file, fcntl.LOCK_UN))
    with pytest.raises(LedgerMismatch) as caught:
        check_locks(url)
    assert caught.value.message == (
        f"locks do not lock in {tmp_path}: two processes had the same one, so two runs could send the same"
    )
    assert caught.value.hint == "keep the ledger on a local disk; a team's ledger belongs into PostgreSQL"
    assert sorted(each.name for each in tmp_path.iterdir()) == ["ledger.db"]
