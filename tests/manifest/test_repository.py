"""What may lie in a folder of manifests, and what is refused without a hang."""

from __future__ import annotations

import os
import socket
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from jetplan.errors import ManifestInvalid, UsageError
from jetplan.manifest.document import read_document
from jetplan.manifest.files import SourceFile
from jetplan.manifest.limits import DEFAULT_LIMITS, ReadingLimits
from jetplan.manifest.read import read_manifests

if TYPE_CHECKING:
    from folders import Folder

GOOD = "apiVersion: jetplan/v1\njobs:\n  {0}: {{source: a, destination: b}}\n"


def test_tree_is_read_in_order_of_paths(folder: Folder) -> None:
    """Files of the whole tree are merged, sorted by path, whatever the suffix' case."""
    folder.write({name: GOOD.format(f"j{at}") for at, name in enumerate(["b.yaml", "a/z.yml", "a.YAML", "a/b/c.yaml"])})
    folder.write({"README.md": "hello", "list.csv": "x", ".hidden.yaml": "!", ".git/x.yaml": "!", "jetplan.yaml": "!"})
    spec = folder.read().spec
    assert [job.place.file.removeprefix(f"{folder.root}/") for job in spec.jobs.values()] == [
        "a/b/c.yaml",
        "a/z.yml",
        "a.YAML",
        "b.yaml",
    ]
    assert spec.files == 4


def test_one_file_may_be_named(folder: Folder) -> None:
    """The path may be one manifest."""
    folder.write({"a.yaml": GOOD.format("j"), "b.yaml": "!"})
    assert list(read_manifests(folder.root / "a.yaml").spec.jobs) == ["j"]


def test_missing_folder_is_a_usage_error(tmp_path: Path) -> None:
    """A path with nothing there is a mistake of the command line."""
    with pytest.raises(UsageError):
        read_manifests(tmp_path / "nope")


def test_empty_folder_declares_nothing(folder: Folder) -> None:
    """A folder without manifests is valid and empty."""
    assert folder.read().spec.files == 0


@pytest.mark.parametrize("target", ["real.txt", "gone", "/etc/passwd", "/dev/zero", "."])
def test_symlink_is_refused(folder: Folder, target: str) -> None:
    """A symbolic link named as a manifest is refused wherever it points."""
    folder.write({"real.txt": GOOD.format("j")})
    (folder.root / "link.yaml").symlink_to(target)
    (problem,) = folder.problems()
    assert (problem.code, problem.place.file) == ("symlink", str(folder.root / "link.yaml"))


def test_symlink_to_a_folder_is_refused(folder: Folder, tmp_path: Path) -> None:
    """A linked folder is refused too: what is in it lies outside."""
    (tmp_path / "outside").mkdir()
    (folder.root / "linked").symlink_to(tmp_path / "outside")
    assert [problem.code for problem in folder.problems()] == ["symlink"]


def test_linked_root_is_refused(folder: Folder, tmp_path: Path) -> None:
    """The folder itself may not be a link."""
    (tmp_path / "link").symlink_to(folder.root)
    with pytest.raises(ManifestInvalid):
        read_manifests(tmp_path / "link")


def test_link_put_there_after_listing_is_not_followed(folder: Folder) -> None:
    """The open itself refuses links, so that a swap between listing and reading gains nothing."""
    from jetplan.manifest.files import read_file
    from jetplan.manifest.findings import Findings

    (folder.root / "link.yaml").symlink_to("/etc/passwd")
    findings = Findings("x")
    assert read_file(str(folder.root / "link.yaml"), findings, 1000) is None
    assert [problem.code for problem in findings.problems] == ["symlink"]


def test_pipes_sockets_and_devices_do_not_hang(folder: Folder) -> None:
    """What is no regular file is refused at once."""
    os.mkfifo(folder.root / "pipe.yaml")
    with socket.socket(socket.AF_UNIX) as listener:
        here = Path.cwd()
        os.chdir(folder.root)  # names of sockets are short
        try:
            listener.bind("socket.yaml")
        finally:
            os.chdir(here)
        codes = {Path(problem.place.file).name: problem.code for problem in folder.problems()}
    assert codes == {"pipe.yaml": "not-a-file", "socket.yaml": "unreadable"}


def test_unreadable_file_is_a_problem(folder: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file without permission is told, and the others are still read."""
    folder.write({"a.yaml": GOOD.format("j"), "b.yaml": "x: 1"})
    (folder.root / "a.yaml").chmod(0)
    opening = os.open

    def as_anybody(path: str | os.PathLike[str], *rest: int) -> int:
        """Root reads everything: then refuse what the kernel would refuse to others."""
        if Path(path).name == "a.yaml":
            raise PermissionError(13, "Permission denied", str(path))
        return opening(path, *rest)

    if os.geteuid() == 0:
        monkeypatch.setattr(os, "open", as_anybody)
    assert [problem.code for problem in folder.problems()] == ["unreadable", "unknown-key", "missing-key"]


def test_file_over_the_limit_is_refused(folder: Folder) -> None:
    """One byte over the limit is refused; the limit itself is not."""
    content = GOOD.format("j")
    assert folder.read(content, ReadingLimits(file_bytes=len(content))).spec.jobs
    (problem,) = folder.problems(content, ReadingLimits(file_bytes=len(content) - 1))
    assert problem.code == "too-large"


def test_problems_come_in_order_of_files(folder: Folder) -> None:
    """Problems are sorted by file, then by position, whatever kind they are."""
    folder.write({"b.yaml": "x: 1\ny: 2\n", "a.yaml": "[", "c/a.yaml": "\x01"})
    (folder.root / "aa.yaml").symlink_to("x")
    found = [(Path(problem.place.file).name, problem.place.line) for problem in folder.problems()]
    assert found == [("a.yaml", 2), ("aa.yaml", 0), ("b.yaml", 1), ("b.yaml", 1), ("b.yaml", 2), ("a.yaml", 1)]


def test_names_of_files_may_be_hostile(folder: Folder) -> None:
    """Newlines, escapes and bytes that are no UTF-8 in file names are carried, not executed."""
    folder.write({"a\nb\x1b[31m.yaml": "x: 1\n"})
    os.close(os.open(os.fsencode(folder.root) + b"/\xff.yaml", os.O_CREAT))
    assert {problem.code for problem in folder.problems()} == {"unknown-key", "missing-key"}


@pytest.mark.parametrize("error", [RecursionError(), OverflowError(), UnicodeDecodeError("utf-8", b"x", 0, 1, "x")])
def test_what_a_parser_raises_becomes_a_problem(tmp_path: Path, error: Any) -> None:
    """Whatever a parser trips over is told at the file, and never a traceback."""

    def trip(*_: object) -> None:
        raise error

    (tmp_path / "a.yaml").write_text("x")
    document = read_document(SourceFile(str(tmp_path / "a.yaml"), str(tmp_path)), DEFAULT_LIMITS, trip)
    assert [each.code for each in document.problems] == ["unreadable"]
