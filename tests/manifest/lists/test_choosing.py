"""`format`, `include` and `exclude`: which objects of a list are taken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from jetplan.manifest.columns import Columns
from jetplan.manifest.lists.choosing import Choice, choose, fault_of

if TYPE_CHECKING:
    from folders import Folder

PATHS = ["/a.mxf", "/ep/b.mxf", "/ep/tmp/c.mov", "/ep/tmp", "/ep/x/y/d.MOV", "/tmp/", "/.DS_Store", "/ep/.DS_Store"]


def manifest(more: str, name: str = "l.txt") -> str:
    """A manifest with one set from a list."""
    return f"apiVersion: jetplan/v1\ndeliverySets:\n  s:\n    job: j\n    objectsFrom: {{file: {name}{more}}}\n"


def taken(*include: str, paths: list[str] = PATHS) -> list[str]:
    """The paths that patterns include."""
    columns = Columns("l", list(paths))
    columns.sizes.extend([1] * len(paths))
    columns.places.extend([0] * len(paths))
    assert all(fault_of(each) is None for each in include)
    assert choose(columns, Choice(tuple(include))) == len(paths) - len(columns.paths)
    return columns.paths


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("*.mxf", ["/a.mxf", "/ep/b.mxf"]),
        ("/*.mxf", ["/a.mxf"]),
        ("**/*.mxf", ["/a.mxf", "/ep/b.mxf"]),
        ("/ep/*", ["/ep/b.mxf", "/ep/tmp", "/ep/.DS_Store"]),
        ("/ep/**", [each for each in PATHS if each.startswith("/ep/")]),
        ("/ep/**/*.mov", ["/ep/tmp/c.mov"]),
        ("/**/d.MOV", ["/ep/x/y/d.MOV"]),
        ("/ep/x/**/d.MOV", ["/ep/x/y/d.MOV"]),
        ("/ep/x/y/**/d.MOV", ["/ep/x/y/d.MOV"]),
        ("tmp/", ["/ep/tmp/c.mov", "/tmp/"]),
        ("/tmp/", ["/tmp/"]),
        ("tmp", ["/ep/tmp", "/tmp/"]),
        (".DS_Store", ["/.DS_Store", "/ep/.DS_Store"]),
        ("?.mxf", ["/a.mxf", "/ep/b.mxf"]),
        ("[a-a].m?f", ["/a.mxf"]),
        ("[!a].m?f", ["/ep/b.mxf"]),
        ("*.{mxf,MOV}", ["/a.mxf", "/ep/b.mxf", "/ep/x/y/d.MOV"]),
        ("*.mo*", ["/ep/tmp/c.mov"]),
        ("*", PATHS),
        ("**", PATHS),
        ("a.mx", []),
        ("?ep?b.mxf", []),
    ],
)
def test_patterns(pattern: str, expected: list[str]) -> None:
    """As in rclone and gitignore where these agree; letters count as written."""
    assert taken(pattern) == expected


@pytest.mark.parametrize(
    ("pattern", "paths", "expected"),
    [
        ("a.b+(c)$", ["/a.b+(c)$", "/axb+(c)$"], ["/a.b+(c)$"]),
        ("[*]?", ["/*a", "/ba"], ["/*a"]),
        ("[[]1*.mov", ["/[1].mov", "/1.mov"], ["/[1].mov"]),
        ("*a*b", ["/xaxab", "/xb", "/ab", "/abx", "/a/b"], ["/xaxab", "/ab"]),
        ("été*", ["/été.mov", "/ete.mov"], ["/été.mov"]),
    ],
)
def test_characters_that_mean_something_elsewhere(pattern: str, paths: list[str], expected: list[str]) -> None:
    """They are taken literally."""
    assert taken(pattern, paths=paths) == expected


@pytest.mark.parametrize(
    "pattern",
    ["/", "!a", "a\\b", "ep/*.mxf", "a**", "/**a/b", "**/**/**/a", "[a", "a]", "{a,{b,c}}", "{a/b,c}", "[z-a]", "[]",
     "{a,b}" * 7, "x" * 256],
)  # fmt: skip
def test_what_is_refused(folder: Folder, pattern: str) -> None:
    """What tools read in two ways, or what is no pattern: at its place, by reader and model alike."""
    assert fault_of(pattern) is not None
    folder.write({"l.txt": "/a\n"})
    (problem,) = folder.problems(manifest(f", exclude: [x, '{pattern}']"))
    assert problem.place.line == 5


def test_no_pattern_takes_long() -> None:
    """Many asterisks over a long name that nearly matches: without atomic groups this would never end."""
    path = "/" + "a" * 250
    assert taken("*a" * 60 + "b", "/**/" + "*a" * 50 + "/**/b", paths=[path] * 100) == []


def test_what_is_left_out_is_counted(folder: Folder) -> None:
    """The patterns are held against paths as they are sent; own revisions and places stay with their objects."""
    folder.write(
        {
            "l.csv": "relativePath,sizeInBytes,revision\n/m/a.tmp,1,\n"
            "/m/b.mxf,2,7\n/m/tmp/c.mxf,3,\n/m/d.mxf,4,\n/m/..,5,\n"
        }
    )
    more = ", stripPrefix: /m, prefix: /in, include: ['/in/*.mxf', tmp/], exclude: [d.*, tmp/]"
    reading = folder.read(manifest(more, "l.csv"))
    objects = reading.spec.sets["s"].objects
    assert (list(objects.paths), list(objects.sizes), objects.revision_of(0)) == (["/in/b.mxf"], [2], 7)
    (warning,) = reading.warnings
    assert (warning.place.line, warning.code) == (5, "list-left-out")
    assert "leave out 4 of 5 objects" in warning.message


def test_clashes_of_what_is_left_out_are_none(folder: Folder) -> None:
    """A folder beside its files can be left out."""
    folder.write({"l.txt": "/ep/\n/ep/a\n"})
    assert len(folder.read(manifest(", exclude: [/ep]")).spec.sets["s"].objects) == 1
    assert {each.code for each in folder.problems(manifest(", exclude: [x]"))} == {"path-inside-folder"}


@pytest.mark.parametrize("more", [", include: [x]", ", exclude: ['*']"])
def test_nothing_left_is_refused(folder: Folder, more: str) -> None:
    """An empty set is a mistake."""
    folder.write({"l.txt": "/a\n"})
    assert [each.code for each in folder.problems(manifest(more))] == ["no-objects"]


@pytest.mark.parametrize(
    "more", [", include: x", ", include: []", ", include: [{a: b}]", ", include: [7]", ", format: doc"]
)
def test_wrong_types(folder: Folder, more: str) -> None:
    """Each at its place."""
    folder.write({"l.txt": "/a\n"})
    assert {each.place.line for each in folder.problems(manifest(more))} == {5}


@pytest.mark.parametrize(
    ("name", "text", "form"),
    [
        ("checksums.txt", "d41d8cd98f00b204e9800998ecf8427e  a.mov\n", "md5"),
        ("export.txt", "relativePath\n/a.mov\n", "csv"),
        ("l.csv", "a.mov\n", "txt"),
    ],
)
def test_a_format_that_the_name_does_not_tell(folder: Folder, name: Any, text: Any, form: str) -> None:
    """`format` beats the ending; without it, nothing is guessed."""
    folder.write({name: text})
    assert list(folder.read(manifest(f", format: {form}", name)).spec.sets["s"].objects.paths) == ["/a.mov"]
    assert folder.problems(manifest("", name)) if name != "export.txt" else True
