"""Where a ledger's file may lie: a file that is mounted alone is refused, and its folder mounted is not."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from jetplan.errors import LedgerMismatch
from jetplan.ledger import open_ledger
from jetplan.ledger.placement import check_not_mounted_alone

if TYPE_CHECKING:
    from pathlib import Path

LINE = "36 35 98:0 /mnt1 {} rw,noatime master:1 - ext3 /dev/root rw\n"


def _mounts(folder: Path, *points: str) -> Path:
    file = folder / "mountinfo"
    file.write_text("".join(LINE.format(point) for point in points))
    return file


def test_a_file_mounted_alone_is_refused(tmp_path: Path) -> None:
    """The hint names the folder to mount; a space in the path is escaped as the kernel does."""
    file = tmp_path / "my ledger.db"
    file.touch()
    mounts = _mounts(tmp_path, "/", str(file).replace(" ", "\\040"))
    with pytest.raises(LedgerMismatch, match="mounted as a single file") as caught:
        check_not_mounted_alone(file, mounts)
    assert str(tmp_path) in caught.value.hint


def test_a_link_to_such_a_file_is_refused(tmp_path: Path) -> None:
    """It is the file behind the link that is mounted."""
    file = tmp_path / "ledger.db"
    file.touch()
    (tmp_path / "link.db").symlink_to(file)
    with pytest.raises(LedgerMismatch):
        check_not_mounted_alone(tmp_path / "link.db", _mounts(tmp_path, str(file)))


def test_a_mounted_folder_is_taken(tmp_path: Path) -> None:
    """Neither its folder, nor a neighbour, nor a system without the list is a reason to refuse."""
    file = tmp_path / "ledger.db"
    file.touch()
    check_not_mounted_alone(file, _mounts(tmp_path, "/", str(tmp_path), f"{file}.old"))
    check_not_mounted_alone(file, tmp_path / "absent")


def test_a_real_mount_is_refused_at_opening(tmp_path: Path) -> None:
    """A bind mount as a container makes it, in a namespace of its own."""
    file = tmp_path / "ledger.db"
    with open_ledger(f"sqlite:///{file}", create=True):
        pass
    code = f"from jetplan.ledger import open_ledger; open_ledger('sqlite:///{file}')"
    mount = f"mount --bind {shlex.quote(str(file))} {shlex.quote(str(file))} || exit 77"
    shell = f"{mount}; exec {shlex.quote(sys.executable)} -c {shlex.quote(code)}"
    try:
        done = subprocess.run(
            ["unshare", "-m", "sh", "-c", shell], check=False, capture_output=True, text=True, env=os.environ.copy()
        )
    except FileNotFoundError:
        pytest.skip("no unshare")
    if done.returncode == 77 or "unshare" in done.stderr:
        pytest.skip("this system lets nobody mount here")
    assert "mounted as a single file" in done.stderr
