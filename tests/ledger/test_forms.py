"""The forms in which the ledger keeps things: packed contents, times, text, names of rows, and the counter's file."""

from __future__ import annotations

import json
import stat
from array import array
from datetime import UTC, datetime, timedelta, timezone
from typing import TYPE_CHECKING

import pytest
from builders import LAX, NYC
from hypothesis import given
from hypothesis import strategies as st

from jetplan.core.attempts import Kind, NewAttempt, SubjectKey
from jetplan.core.objects import KEY_BYTES, object_key, object_keys, pack_keys
from jetplan.errors import JetplanError
from jetplan.ledger import contents, times, words
from jetplan.ledger.counter import Counter

if TYPE_CHECKING:
    from pathlib import Path

PATHS = st.lists(st.text(st.characters(exclude_characters="\0", codec="utf-8"), min_size=1), unique=True, max_size=8)


def new(*paths: str, sizes: tuple[int, ...] = (), ident: str = "a", revision: int = 1) -> NewAttempt:
    """An attempt that is about to be claimed."""
    return NewAttempt(ident, paths=list(paths), sizes=list(sizes), revision=revision)


def packed(*paths: str, sizes: tuple[int, ...] = ()) -> contents.Contents:
    """The contents of one attempt."""
    ((_, found),) = contents.pack([new(*paths, sizes=sizes)])
    return found


def test_counts_and_sizes() -> None:
    """Sizes that are not given are unknown, and are not summed."""
    found = packed("/a", "/b/c", "/d", sizes=(7, -1))
    assert (found.objects, found.known_bytes, found.unknown_sizes) == (3, 7, 2)
    assert json.loads(found.first_paths) == ["/a", "/b/c", "/d"]
    assert contents.unpack_listing(found.listing) == (["/a", "/b/c", "/d"], array("q", [7, -1, -1]))
    assert json.loads(packed(*(f"/{at}" for at in range(7))).first_paths) == ["/0", "/1", "/2", "/3", "/4"]


def test_keys() -> None:
    """Of the objects, of every folder around them, and of the forms in which a storage compares them."""
    found = packed("/Ep/a", "/x/y/", "/z")
    assert found.keys == pack_keys(object_keys(["/Ep/a", "/x/y/", "/z"]))
    assert found.folders == pack_keys(object_keys(["/", "/Ep/", "/x/"]))
    assert found.folded == object_key("/ep/a")
    assert found.folded_folders == object_key("/ep/")
    plain = packed("/ep/a")
    assert (plain.folded, plain.folded_folders) == (b"", b"")
    nothing = packed()
    assert (nothing.objects, nothing.keys, nothing.folders, nothing.listing) == (0, b"", b"", b"")


@pytest.mark.parametrize(
    ("paths", "folders"),
    [
        (["/"], set()),
        (["/a"], {"/"}),
        (["/a/"], {"/"}),
        (["/a/b"], {"/", "/a/"}),
        (["/a/b/"], {"/", "/a/"}),
        (["/a/b/c", "/a/d", "/e/"], {"/", "/a/", "/a/b/"}),
        ([], set()),
    ],
)
def test_the_folders_around_objects(paths: list[str], folders: set[str]) -> None:
    """A folder does not lie in itself, and the whole profile lies in none."""
    assert contents.folders_of(paths) - {"/"} == folders - {"/"}
    assert ("/" in contents.folders_of(paths)) is ("/" in folders)


def test_an_object_named_twice_is_refused() -> None:
    """In one attempt or in two of one revision: it would be sent twice. At another revision it is meant."""
    for attempts in ([new("/a", "/a")], [new("/a"), new("/b", "/a", ident="b")]):
        with pytest.raises(JetplanError, match=r"attempt (a|b) names an object twice; nothing was claimed"):
            contents.pack(attempts)
    assert len(contents.pack([new("/a"), new("/b", ident="b"), new("/a", ident="c", revision=2)])) == 3


def test_a_path_with_nul_is_refused() -> None:
    """The listing could not be taken apart again."""
    with pytest.raises(JetplanError, match="a path holds a NUL character; nothing was claimed"):
        contents.pack([new("/a\0b")])


@given(PATHS)
def test_listings_come_back(paths: list[str]) -> None:
    """Whatever the paths are."""
    sizes = array("q", range(len(paths)))
    assert contents.unpack_listing(contents._pack_listing(paths, sizes)) == (paths, sizes)


@pytest.mark.parametrize("count", [0, 1, contents.PAGE_KEYS, contents.PAGE_KEYS + 1, 3 * contents.PAGE_KEYS])
def test_pages(count: int) -> None:
    """Full but for the last, each with its first key; together they are what was cut."""
    whole = pack_keys(object_keys([f"/{at}" for at in range(count)]))
    found = list(contents.pages(whole))
    assert b"".join(keys for _, keys in found) == whole
    assert [first for first, _ in found] == [keys[:KEY_BYTES] for _, keys in found]
    full, rest = divmod(count, contents.PAGE_KEYS)
    assert [len(keys) // KEY_BYTES for _, keys in found] == [contents.PAGE_KEYS] * full + [rest] * bool(rest)
    rows = list(contents.page_rows("a", packed("/Ep/a")))
    assert [row[:2] for row in rows] == [
        ("a", "objects"),
        ("a", "folders"),
        ("a", "folded"),
        ("a", "folded-folders"),
    ]


def test_times_sort_as_text() -> None:
    """In UTC whatever zone they come in, with microseconds also where these are none."""
    noon = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)
    assert times.stamp(noon) == "2026-11-23T12:00:00.000000Z"
    assert times.stamp(noon.astimezone(timezone(timedelta(hours=5)))) == times.stamp(noon)
    later = noon + timedelta(microseconds=1)
    assert times.stamp(later) == "2026-11-23T12:00:00.000001Z"
    assert times.moment(times.stamp(later)) == later
    assert times.now().tzinfo is UTC


def test_text_that_a_database_can_hold() -> None:
    """What it cannot hold is replaced; the rest stays."""
    assert words.storable("é\0\udc80x") == "é\ufffd?x"
    assert words.to_json({"b": 1, "a": [True, None, "é"]}) == '{"a":[true,null,"\\u00e9"],"b":1}'
    assert words.to_json({"a": Kind.JOB}) == '{"a":"Kind.JOB"}'
    assert words.from_json(words.to_json({"a": {"b": "é"}})) == {"a": {"b": "é"}}


def test_names_of_rows_and_locks() -> None:
    """Derived, so that two runs make the same one. Each part counts; locks are shared by all routes of a name."""
    subject = SubjectKey(Kind.DELIVERY, "s", NYC.profile_id, LAX.profile_id)
    others = [
        SubjectKey(Kind.JOB, "s", NYC.profile_id, LAX.profile_id),
        SubjectKey(Kind.DELIVERY, "t", NYC.profile_id, LAX.profile_id),
        SubjectKey(Kind.DELIVERY, "s", "other", LAX.profile_id),
        SubjectKey(Kind.DELIVERY, "s", NYC.profile_id, "other"),
    ]
    name = words.subject_id("scope", subject)
    assert words.subject_id("scope", subject) == name
    assert len(name) == 32
    assert len({name, words.subject_id("else", subject), *(words.subject_id("scope", each) for each in others)}) == 6
    locks = {words.lock_name(scope, kind, each) for scope in "ab" for kind in Kind for each in ("s", "t")}
    assert len(locks) == 4 * len(Kind)


def test_the_counter(tmp_path: Path) -> None:
    """One number for one ledger. What is missing, foreign or unreadable says nothing, and is made anew."""
    file = tmp_path / "l.db.count"
    counter = Counter(tmp_path / "l.db")
    assert counter.read("id") == 0
    counter.write("id", 7)
    assert file.read_text() == f"id {7:020d}\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    counter.write("id", 8)
    assert (counter.read("id"), counter.read("other")) == (8, 0)
    assert file.read_text() == f"id {8:020d}\n", "in place"
    counter.close()
    counter.close()
    for rubbish in (b"", b"id", b"id x", b"\xff"):
        file.write_bytes(rubbish)
        assert counter.read("id") == 0
    counter.write("id", 9)
    counter.close()
    assert Counter(tmp_path / "l.db").read("id") == 9
    nowhere = Counter(tmp_path / "no/folder/l.db")
    nowhere.write("id", 1)
    assert nowhere.read("id") == 0
    nowhere.close()
