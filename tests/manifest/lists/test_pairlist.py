"""Batches of Globus and pairs of Aspera as lists of objects."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from folders import Folder

GLOBUS = """# made by a script

/ep101/a.mov /ep101/a.mov # it's the first
"ep101/b #2.wav" /ep101/b\\ \\#2.wav  # the second
--recursive /ep101/sub/ /ep101/sub
/ep101/more /ep101/more/ -r
"""


def manifest(name: str) -> str:
    """A manifest with one set from a list."""
    return f"apiVersion: jetplan/v1\ndeliverySets:\n  s:\n    job: j\n    objectsFrom: {{file: {name}}}\n"


def test_a_batch_of_globus(folder: Folder) -> None:
    """Quotes as in a shell; comments and empty lines are none; a recursive line is a folder."""
    folder.write({"l.globus": GLOBUS})
    objects = folder.read(manifest("l.globus")).spec.sets["s"].objects
    assert list(objects.paths) == ["/ep101/a.mov", "/ep101/b #2.wav", "/ep101/sub/", "/ep101/more/"]


def test_pairs_of_aspera(folder: Folder) -> None:
    """Two lines are one file, literally."""
    folder.write({"l.aspera": "/a #1.mov\n/a #1.mov\nb/c.mov\n/b/c.mov\n"})
    objects = folder.read(manifest("l.aspera")).spec.sets["s"].objects
    assert list(objects.paths) == ["/a #1.mov", "/b/c.mov"]


@pytest.mark.parametrize(
    ("name", "text", "line", "code"),
    [
        ("l.globus", "/a /a\n/a /b\n", 2, "list-destination"),
        ("l.globus", "/a /a\n/b /B\n", 2, "list-destination"),
        ("l.globus", "/a /a\n--external-checksum x /b /b\n", 2, "list-line"),
        ("l.globus", "/a /a\n/b\n", 2, "list-line"),
        ("l.globus", "/a /a\n'/b /b\n", 2, "list-line"),
        ("l.globus", "/a /a\n/b c /b c\n", 2, "list-line"),
        ("l.globus", "/a /a\n/b /b#1\n", 2, "list-line"),
        ("l.globus", "/a /a # it's the first\n/b /b#1 # it's\n", 2, "list-line"),
        ("l.globus", "/a /a\n/b/../c /b/../c\n", 2, "path-dots"),
        ("l.globus", "# nothing\n", 5, "no-objects"),
        ("l.aspera", "/a\n/a\n/b\n/c\n", 3, "list-destination"),
        ("l.aspera", "/a\n/a\n/b\n", 3, "list-line"),
        ("l.aspera", "/a\n\n/a\n", 2, "list-line"),
    ],
)
def test_what_cannot_be_sent_so_is_refused(folder: Folder, name: str, text: str, line: int, code: str) -> None:
    """Each at its line, with the reason."""
    folder.write({name: text})
    assert [(each.place.line, each.code) for each in folder.problems(manifest(name))] == [(line, code)]
