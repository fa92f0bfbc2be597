"""`package` and `complete`: a set against the list that came with the files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from folders import Folder

MHL = (
    '<?xml version="1.0" encoding="UTF-8"?>\n<hashlist version="1.1">\n'
    "<hash><file>a.mov</file><size>5</size></hash>\n<hash><file>sub/b.mov</file><size>7</size></hash>\n</hashlist>\n"
)
PACKAGE = "    package: {file: A001.mhl, prefix: /ep}\n"


def manifest(objects: str, more: str = PACKAGE) -> str:
    """A set whose package stands on line 6."""
    return f"apiVersion: jetplan/v1\ndeliverySets:\n  s:\n    job: j\n    objects: {objects}\n{more}"


@pytest.mark.parametrize(
    "objects",
    [
        "[/ep/a.mov, /ep/sub/b.mov]",
        "[/ep/a.mov, /ep/sub/]",
        "[/ep/, /other.mov]",
        "all",
        "[{relativePath: /ep/a.mov, sizeInBytes: 5}, /ep/sub/b.mov]",
    ],
)
def test_a_complete_set(folder: Folder, objects: str) -> None:
    """Every file is in the set or below a folder of it; a size that is not declared is no other size."""
    folder.write({"A001.mhl": MHL})
    assert folder.read(manifest(objects)).warnings == ()
    assert folder.read(manifest(objects, f"{PACKAGE}    complete: true\n")).warnings == ()


@pytest.mark.parametrize(
    ("objects", "said"),
    [
        ("[/ep/a.mov]", "1 of 2 files of the package the set does not send: `/ep/sub/b.mov`"),
        ("[/a.mov, /ep/su/]", "2 of 2 files of the package the set does not send"),
        ("[{relativePath: /ep/a.mov, sizeInBytes: 6}, /ep/sub/]", "1 of 2 files of the package have another size"),
    ],
)
def test_what_is_missing_is_told(folder: Folder, objects: str, said: str) -> None:
    """At the package: a warning, or an error where the set says that it is complete."""
    folder.write({"A001.mhl": MHL})
    (warning,) = folder.read(manifest(objects)).warnings
    assert (warning.code, warning.place.line, said in warning.message) == ("package-incomplete", 6, True)
    (problem,) = folder.problems(manifest(objects, f"{PACKAGE}    complete: true\n"))
    assert (problem.code, problem.place.line, said in problem.message) == ("package-incomplete", 6, True)
    assert folder.read(manifest(objects, f"{PACKAGE}    complete: false\n")).warnings == (warning,)


@pytest.mark.parametrize(
    ("more", "line"),
    [
        ("    complete: true\n", 6),
        ("    package: A001.mhl\n", 6),
        ("    package: {}\n", 6),
        ("    package: {file: ../A001.mhl}\n", 6),
        ("    package: {file: gone.mhl}\n", 6),
        ("    package: {file: A001.mhl, include: [a]}\n", 6),
        ("    package: {file: A001.mhl, prefix: ../x}\n", 6),
        ("    package: {file: bad.mhl}\n    complete: true\n", 2),
    ],
)
def test_what_cannot_be_held_against_the_set(folder: Folder, more: str, line: int) -> None:
    """A package that cannot be read is never taken for complete."""
    folder.write({"A001.mhl": MHL, "bad.mhl": MHL.replace("hashlist", "html")})
    assert {each.place.line for each in folder.problems(manifest("[/ep/]", more))} == {line}
