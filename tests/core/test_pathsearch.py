"""What a file search is asked, and when what it finds counts."""

from __future__ import annotations

import pytest

from jetplan.core.pathsearch import MOST_QUERIES, PathKind, PathQuery, examples, queries

ROOT = "file:///srv/nyc"
FIFTY = [f"/x/{number:02}" for number in range(MOST_QUERIES)]


@pytest.mark.parametrize(
    ("paths", "asked"),
    [
        (["/b", "/a/"], ["/a/", "/b"]),
        (FIFTY, FIFTY),
        (["/x/y/", *(f"/x/{number}" for number in range(MOST_QUERIES))], ["/x/", "/x/y/"]),
        (
            [f"/x{number:02}/a" for number in range(MOST_QUERIES)] + ["/x00/b"],
            [f"/x{n:02}/" for n in range(MOST_QUERIES)],
        ),
        ([f"/x/{number}" for number in range(MOST_QUERIES + 1)], ["/x/"]),
        ([f"/x/{number}/" for number in range(MOST_QUERIES + 1)], None),
        ([f"/{number}" for number in range(MOST_QUERIES + 1)], None),
        (["/", "/a"], None),
        ([], None),
    ],
)
def test_objects_are_asked_for_one_by_one_or_by_folder(paths: list[str], asked: list[str] | None) -> None:
    """Folders where there are many objects; nothing where it would be the whole profile, or too much."""
    found = queries(paths)
    assert (None if found is None else [query.path for query in found]) == asked


def test_both_spellings_are_asked_for() -> None:
    """Nothing documents whether a search knows names as they are or percent-encoded."""
    assert PathQuery("/a b/ü").texts == ["/a b/ü", "/a%20b/%C3%BC"]
    assert PathQuery("/a-b/~c.mxf").texts == ["/a-b/~c.mxf"]


@pytest.mark.parametrize(
    ("path", "url", "shown"),
    [
        ("/a", "/a", True),
        ("/a", "/ab", False),
        ("/a", "/x/a", False),
        ("/a b", "/a%20b", True),
        ("/a%20b", "/a%20b", True),
        ("/ep/", "/ep/x/y", True),
        ("/ep/", "/ep", True),
        ("/ep/", "/ep1", False),
        ("/ep", "/ep/x", False),
    ],
)
def test_a_found_file_stands_for_a_path_in_any_reading(path: str, url: str, shown: bool) -> None:
    """By name, or below a folder. What only resembles it does not count."""
    assert PathQuery(path).is_shown_by([ROOT + url], ROOT) is shown


def test_examples_are_of_the_same_kind() -> None:
    """A search that finds plain files says nothing of folders, nor of names that an encoder changes."""
    moved = ["/top.mxf", "/ep/a.mxf", "/ep 2/b.mxf", "/whole/"]

    def made(*, folder: bool, plain: bool) -> list[str]:
        return [query.path for query in examples(PathKind(folder, plain), moved)]

    assert made(folder=False, plain=True) == ["/top.mxf", "/ep/a.mxf"]
    assert made(folder=False, plain=False) == ["/ep 2/b.mxf"]
    assert made(folder=True, plain=True) == ["/ep/", "/whole/"]
    assert made(folder=True, plain=False) == ["/ep 2/"]
