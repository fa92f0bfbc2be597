"""Which paths may name an object, alone and beside each other."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from jetplan.core.clashes import ClashKind, clashes_of
from jetplan.core.paths import all_plain, canonical, cautions_of, faults_of

ALLOWED = frozenset({ClashKind.CASE_TWIN})
FINE = [
    "/a", "/a/", "/", "/a/b.c/d e", "/%2e%2e/x", "/*?[a]", "/~", "/$HOME/x", "/-rf", "/...", "/..a",
    "/.hidden", "/ä/日本",
    "/cafe\u0301", "/…", "/" + "a" * 255, "/" + "/".join(["a" * 100] * 40), "/｡", "/½", "/{a,b}", "/#1",
    "/@team", "/`x`", "/01:00:00:00.mxf", "/Alien: Covenant/x", "/c:x", "/a\uff0fb", "/\u2025/a", "/\uff0e\uff0e/x",
    "/a\uff3cb", "/" + "ä" * 255, "/\u2105 desk.mov", "/\u0646\u0627\u0645\u0647\u200c\u0647\u0627.mov",
    "/क्\u200dष.mov", "/ක්\u200dර",
    "/ភ្នំ\u200bពេញ", "/👨\u200d👩\u200d👧.mov", "/🏳\ufe0f\u200d🌈",
    "/🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f",
    "/1\ufe0f\u20e3", "/👩🏽\u200d🚀", "/葛\U000e0100.mov",
]  # fmt: skip


@pytest.mark.parametrize("path", FINE)
def test_literal_paths_are_fine(path: str) -> None:
    """Nothing is decoded or expanded, so nothing of the kind is refused."""
    assert faults_of(path) == []


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/a/../b", "path-dots"), ("/..", "path-dots"), ("/../", "path-dots"), ("/./a", "path-dots"),
        ("/a/.", "path-dots"),
        ("//host/a", "path-host"), ("//", "path-host"), ("/a//b", "path-empty-segment"),
        ("/a//", "path-empty-segment"),
        ("/a\\b", "path-backslash"), ("/\\\\host\\share", "path-backslash"), ("/C:/x", "path-drive"),
        ("/c:\\x\\y", "path-drive"), ("/file:///srv/x", "path-url"), ("/s3://bucket/x", "path-url"),
        ("/https://host/x", "path-url"),
        ("/a\tb", "forbidden-character"), ("/a\nb", "forbidden-character"),
        ("/a\x1b[0m", "forbidden-character"), ("/a\u202eb", "forbidden-character"),
        ("/a\u200bb", "forbidden-character"), ("/a\u200db", "forbidden-character"),
        ("/a\ufe0f", "forbidden-character"), ("/\u0646\u200c.mov", "forbidden-character"),
        ("/👨\u200d", "forbidden-character"), ("/👨\u200dx", "forbidden-character"),
        ("/🏴\U000e0067\U000e0062", "forbidden-character"), ("/x\U000e0067\U000e007f", "forbidden-character"),
        ("/\u0646\u202e\u0647", "forbidden-character"), ("/\u0646\u2060\u0647", "forbidden-character"),
        ("/\ud800", "forbidden-character"), ("/\ufeff", "forbidden-character"), ("/a\x85", "forbidden-character"),
        ("/" + "a" * 256, "path-long-segment"), ("/" + "ä" * 256, "path-long-segment"),
        ("/" + "/".join(["a" * 100] * 41), "path-too-long"),
    ],
)  # fmt: skip
def test_hostile_paths_are_refused(path: str, code: str) -> None:
    """Each path that means another one somewhere is refused with its reason."""
    assert code in {fault.code for fault in faults_of(path)}
    assert not all_plain(["/fine", path, "/fine"])


@pytest.mark.parametrize(
    "path",
    [
        "/a./b",
        "/a. ",
        "/a /b",
        "/CON",
        "/con.txt",
        "/x/Nul/y",
        "/com1.a.b",
        "/LPT9 .x",
        "/aux",
        "/a<b",
        "/a>b",
        "/a|b",
        "/a?b",
        "/a*b",
        '/a"b',
        "/a:b",
        "/" + "ä" * 200,
    ],
)
def test_what_windows_would_change_is_a_caution(path: str) -> None:
    """Names that Windows drops or reserves are accepted with a caution."""
    assert (faults_of(path), len(cautions_of(path)) >= 1) == ([], True)
    assert not all_plain(["/fine", path, "/fine"])


@pytest.mark.parametrize(
    ("path", "codes"),
    [
        ("/My+Clip+%231.mov", ["path-encoded"]), ("/a%20b", ["path-encoded"]),
        ("/*.exr", ["path-windows-character", "path-pattern"]), ("/a{b,c}.mov", ["path-pattern"]),
        ("/[a-z].mov", ["path-pattern"]),
        ("/shot.[0001-0240].exr", ["path-frames"]), ("/shot.%04d.exr", ["path-frames"]),
        ("/x.####.dpx", ["path-frames"]),
        ("/x.$F4.exr", ["path-frames"]), ("/x.@@@@.exr", ["path-frames"]), ("/x.{1..240}.exr", ["path-frames"]),
        ("/a\uff0fb", ["path-lookalike"]), ("/a\u2215b", ["path-lookalike"]), ("/a\u2044b", ["path-lookalike"]),
        ("/a\u29f8b", ["path-lookalike"]), ("/a\uff1ab", ["path-lookalike"]), ("/\u2025/a", ["path-lookalike"]),
        ("/👨\u200d👩", ["path-unseen"]), ("/🏳\ufe0f", ["path-unseen"]),
        ("/100%", []), ("/[1080p] x", []), ("/A+B", []), ("/take #1", []), ("/a@b", []), ("/cost $5", []), ("/ü", []),
    ],
)  # fmt: skip
def test_what_may_not_be_meant_is_a_caution(path: str, codes: Any) -> None:
    """What looks encoded, like a pattern or like another character is sent as it stands, with a caution."""
    assert (faults_of(path), [each.code for each in cautions_of(path)]) == ([], codes)
    assert all_plain(["/fine", path, "/fine"]) is not bool(codes)


@pytest.mark.parametrize("path", ["/console", "/com", "/com10", "/nullable", "/a.b", "/context.txt", "/..."[:2] + "a"])
def test_ordinary_names_are_no_caution(path: str) -> None:
    """Names that only begin like a device are ordinary."""
    assert cautions_of(path) == []


@pytest.mark.parametrize(("text", "folder", "path"), [("a", False, "/a"), ("a", True, "/a/"), ("/a/", True, "/a/")])
def test_canonical(text: str, folder: bool, path: str) -> None:
    """A leading slash is put there, and a folder's trailing one."""
    assert canonical(text, folder=folder) == path


PIECES = st.sampled_from(
    [
        "a",
        "B",
        "é",
        "e\u0301",
        "E",
        ".",
        "..",
        " ",
        "/",
        "//",
        "\\",
        ":",
        "con",
        "NUL",
        "\n",
        "\t",
        "\x1b",
        "\x7f",
        "\u2025",
        "x" * 130,
        "%",
        "20",
        "*",
        "#",
        "[1-2]",
        "{1..2}",
        "\u200d",
        "👨",
    ]
)
PATHS = st.lists(PIECES, max_size=8).map(lambda pieces: "/" + "".join(pieces))


@given(st.lists(PATHS, max_size=5))
def test_the_quick_look_misses_nothing(paths: Any) -> None:
    """When many paths together look plain, each of them alone has neither fault nor caution."""
    if all_plain(paths):
        assert not any(faults_of(path) or cautions_of(path) for path in paths)


def test_the_quick_look_is_worth_it() -> None:
    """Ordinary paths do look plain."""
    assert all_plain(["/ep101/master.mxf", "/ep101/audio/", "/NYC Dailies/clip_001 (2).mov", "/[x]-~$%2"])


SMALL = st.sampled_from(
    ["/", "/a", "/A", "/a/", "/A/", "/a/b", "/a/B", "/a/b/", "/b", "/a/b/c", "/é", "/e\u0301", "/É", "/a-b", "/a.b"]
)


def naive(paths: list[str]) -> set[ClashKind]:
    """Every kind of clash by comparing all with all."""
    import unicodedata

    kinds = set()
    for at, first in enumerate(paths):
        for second in paths[at + 1 :]:
            nfc = [unicodedata.normalize("NFC", path) for path in (first, second)]
            if first == second:
                kinds.add(ClashKind.TWICE)
            elif nfc[0] == nfc[1]:
                kinds.add(ClashKind.NORMAL_TWIN)
            elif nfc[0].casefold() == nfc[1].casefold():
                kinds.add(ClashKind.CASE_TWIN)
            for one, other in ((first, second), (second, first)):
                if one != other and one.endswith("/") and other.startswith(one):
                    kinds.add(ClashKind.INSIDE)
                if not one.endswith("/") and other.startswith(one + "/") and other != one + "/":
                    kinds.add(ClashKind.FILE_ABOVE)
                if one + "/" == other:
                    kinds.add(ClashKind.FILE_AND_FOLDER)
    return kinds


@given(st.lists(SMALL, max_size=4))
def test_clashes_are_those_of_all_pairs(paths: Any) -> None:
    """The columns find the kinds of clash that comparing every pair finds, and always an ordered pair."""
    found = list(clashes_of(paths))
    assert all(clash.first < clash.second for clash in found if clash.kind is not ClashKind.FILE_ABOVE)
    expected = naive(paths)
    assert {clash.kind for clash in found} <= expected
    assert bool(found) == bool(expected)
    hard = expected - {ClashKind.CASE_TWIN, ClashKind.NORMAL_TWIN}
    assert {clash.kind for clash in found} >= hard


def test_allowed_case_twins_hide_nothing_else() -> None:
    """Allowing case twins allows only those."""
    kinds = [clash.kind for clash in clashes_of(["/a", "/A", "/a", "/é", "/e\u0301"], ALLOWED)]
    assert kinds == [ClashKind.TWICE, ClashKind.NORMAL_TWIN]


def test_a_unicode_twin_of_a_case_twin_is_found() -> None:
    """A spelling of accents is no matter of case, whatever stood before."""
    (clash,) = clashes_of(["/É", "/é", "/e\u0301"], ALLOWED)
    assert (clash.kind, clash.first, clash.second) == (ClashKind.NORMAL_TWIN, 1, 2)


def test_a_file_above_is_told_once() -> None:
    """However much lies below a file, it is told once, with the first of it; deeper files of their own."""
    paths = ["/ep/x", "/ep/x/1", "/ep", "/ep/x/2", "/ep-1", "/other/y"]
    found = [(clash.first, clash.second) for clash in clashes_of(paths) if clash.kind is ClashKind.FILE_ABOVE]
    assert found == [(2, 0), (0, 1)]
    assert list(clashes_of(paths, frozenset({ClashKind.FILE_ABOVE}))) == []
