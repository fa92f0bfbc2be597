"""What YAML folds, cuts or takes for something else is no path: it is refused, and the hint leads out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from folders import Folder, MakeText

REFUSED = {
    "a forgotten dash": (["- /a.mxf", "  ep101/b.wav"], [(6, 9, "several-lines")]),
    "a line too many behind a comma": (["- /a,", "  /b"], [(6, 9, "several-lines")]),
    "a folded block": (["- >-", "  /a", "  /b"], [(6, 9, "several-lines")]),
    "a literal block": (["- |-", "  /a"], [(6, 9, "several-lines")]),
    "quotes over two lines": (['- "/a', '  b"'], [(6, 9, "several-lines")]),
    "a path that is said in full": (["- relativePath: /a", "    b"], [(6, 23, "several-lines")]),
    "a forgotten dash behind a path without a slash": (["- a", "  b"], [(6, 9, "several-lines")]),
    "a number behind a hash": (["- /ep101/Reel #1.mov"], [(6, 9, "yaml-comment")]),
    "two such": (["- /Reel #1.mov", "- /Reel #2.mov"], [(6, 9, "yaml-comment"), (7, 9, "yaml-comment")]),
    "a hash behind a tab": (["- /Reel\t#1.mov"], [(6, 9, "yaml-comment")]),
    "two hashes": (["- /Reel ##1.mov"], [(6, 9, "yaml-comment")]),
    "a hash behind an umlaut": (["- /\u00fc #1.mov"], [(6, 9, "yaml-comment")]),
    "a hash behind a path that is said in full": (["- relativePath: /Reel #1"], [(6, 23, "yaml-comment")]),
    "a hash at the start": (["- #1.mov"], [(6, 8, "wrong-type")]),
    "a colon": (["- /a: b.mov"], [(6, 9, "unknown-key")]),
    "a colon at the end": (["- /Titles:"], [(6, 9, "unknown-key")]),
    "a colon in a path without a slash": (["- ep101: b.mov"], [(6, 9, "unknown-key")]),
    "an exclamation mark": (["- !bang.mov"], [(6, 9, "yaml-tag")]),
    "a star": (["- *.mov"], [(6, 10, "yaml")]),
    "an ampersand": (["- &a.mov"], [(6, 11, "yaml")]),
    "a bracket": (["- [0001-0240].exr"], [(6, 9, "wrong-type"), (6, 20, "yaml")]),
    "a quoted part": (['- "a".mov'], [(6, 12, "yaml")]),
    "an at": (["- @a.mov"], [(6, 9, "yaml")]),
    "a bar": (["- |a.mov"], [(6, 10, "yaml")]),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused(folder: Folder, with_objects: MakeText, case: Any) -> None:
    """Each is refused at its place, and quoting or a dash is what the hint says."""
    lines, expected = REFUSED[case]
    problems = folder.problems(with_objects(*lines))
    assert [(each.place.line, each.place.column, each.code) for each in problems] == expected
    assert all("quote" in each.hint or "`- `" in each.hint for each in problems)


def test_the_hint_leads_out(folder: Folder, with_objects: MakeText) -> None:
    """Quoted, each of these is the path that was meant."""
    meant = ["/Reel #1.mov", "/a: b.mov", "!bang.mov", "*.mov", "[0001-0240].exr", "/Titles:", "#1.mov", "@a", "/ü #1"]
    found = folder.read(with_objects(*[f"- '{each}'" for each in meant])).spec.sets["s"].objects.paths
    assert list(found) == [each if each.startswith("/") else f"/{each}" for each in meant]


def test_a_comment_further_away_is_warned_of(folder: Folder, with_objects: MakeText) -> None:
    """Behind several blanks a `#` more likely begins a comment: accepted, and told."""
    reading = folder.read(with_objects("- /a   #note", "- relativePath: /b  #1"))
    assert list(reading.spec.sets["s"].objects.paths) == ["/a", "/b"]
    assert [(each.place.line, each.code) for each in reading.warnings] == [(6, "yaml-comment"), (7, "yaml-comment")]


@pytest.mark.parametrize("comment", [" # note", "  ## note", "   # #1", "\t# x"])
def test_comments_stay_comments(folder: Folder, with_objects: MakeText, comment: str) -> None:
    """A `#` with a blank behind it begins a comment, as does any behind a quoted path or a line of its own."""
    lines = [f"- /a{comment}", "- '/b' #1", "#1", "- {relativePath: /c, sizeInBytes: 1 #bytes", "  } #1"]
    assert list(folder.read(with_objects(*lines)).spec.sets["s"].objects.paths) == ["/a", "/b", "/c"]


def test_names_are_not_cut_or_folded_either(folder: Folder) -> None:
    """A name is not folded; where a comment may have cut it, that is told."""
    head = "apiVersion: jetplan/v1\n"
    assert folder.codes(head + "jobs:\n  j:\n    source: NYC\n    destination: LAX\n      Ingest\n") == [
        (5, 18, "several-lines")
    ]
    warnings = folder.read(head + "jobs:\n  j:\n    source: NYC #2\n    destination: LAX # main\n").warnings
    assert [(each.place.line, each.place.column, each.code) for each in warnings] == [(4, 13, "yaml-comment")]


def test_mixed_line_ends_are_warned_of(folder: Folder, with_objects: MakeText) -> None:
    """A carriage return at the end of one line of many may belong to a name: told at that line."""
    (warning,) = folder.read(with_objects("- /a", "- /Icon\r", "- /b")).warnings
    assert (warning.place.line, warning.code) == (7, "line-ends")
    (warning,) = folder.read(with_objects("- /a", "- /b").replace("\n", "\r\n") + "#\n").warnings
    assert (warning.place.line, warning.code) == (8, "line-ends")


@pytest.mark.parametrize(
    ("lines", "line"),
    [
        ("<<<<<<< HEAD\n      - /b\n=======\n      - /c\n>>>>>>> other\n", 7),
        ("      - /b\n>>>>>>> other\n<<<<<<< HEAD\n", 8),
    ],
)
def test_what_an_unfinished_merge_leaves_is_named(
    folder: Folder, with_objects: MakeText, lines: str, line: int
) -> None:
    """Conflict markers are called that, at the first of them, and nothing is guessed about the rest."""
    (problem,) = folder.problems(with_objects("- /a") + lines)
    assert (problem.place.line, problem.place.column, problem.code) == (line, 1, "conflict-marker")
    assert "`=======`" in problem.hint


def test_a_pointer_of_lfs_is_named(folder: Folder) -> None:
    """A manifest that was not fetched from LFS is told as that."""
    (problem,) = folder.problems("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n")
    assert problem.code == "lfs-pointer"
    assert "lfs: true" in problem.hint
