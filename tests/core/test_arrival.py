"""What arrived of a delivery: only what is listed counts, and what may be somebody else's does not."""

from __future__ import annotations

from typing import Any

import pytest

from jetplan.core.arrival import Arrival, Listed, NotMoved, TransferSum, _meanings, arrival_of, own_files
from jetplan.core.attempts import State
from jetplan.core.listed import SeenFile, meanings
from jetplan.core.unfinished import end_of

ROOT = "file:///nyc"


def listed(
    path: str, state: str = "COMPLETED", size: int | None = 5, transfer: str = "t-1", reason: str = ""
) -> Listed:
    return Listed(SeenFile(f"{ROOT}{path}", transfer, state, size, "file"), reason)


def arrived(
    declared: dict[str, int], *files: Listed, state: str = "COMPLETED", total: TransferSum | None = None
) -> Arrival:
    return arrival_of(declared, files, {} if total is None else {"t-1": total}, ROOT, state)


def test_delivered_only_when_every_file_is_seen_complete() -> None:
    """One file that is not listed, or that is still moving, keeps a delivery from being delivered."""
    both = {"/a": 5, "/b": -1}
    assert end_of(arrived(both, listed("/a"), listed("/b"))) is State.DELIVERED
    one = arrived(both, listed("/a"))
    assert (end_of(one), one.moved, one.files) == (None, 1, 2)
    assert one.missing == (NotMoved("/b", -1, "Jet does not list it"),)
    assert end_of(arrived(both, listed("/a"), listed("/b", "IN_PROGRESS"))) is None
    assert end_of(arrived(both)) is None


def test_a_size_that_differs_is_no_arrival() -> None:
    """A file that arrived with other than its declared size is missing, and says so; an unlisted size is not held."""
    found = arrived({"/a": 7}, listed("/a", size=5))
    assert (end_of(found), found.moved) == (None, 0)
    assert "5 bytes instead of 7" in found.missing[0].reason
    assert end_of(arrived({"/a": 7}, listed("/a", size=None))) is State.DELIVERED


def test_failed_is_the_servers_word() -> None:
    """A file that failed is named with its reason; one that was tried again and arrived did not fail."""
    found = arrived({"/a": 5, "/b": 6}, listed("/a"), listed("/b", "FAILED", 0, reason="disk full"), state="FAILED")
    assert end_of(found) is State.FAILED
    assert found.failed == (NotMoved("/b", 6, "disk full"),)
    again = arrived({"/b": 5}, listed("/b", "FAILED"), listed("/b", transfer="t-2"), state="FAILED")
    assert end_of(again) is State.DELIVERED


def test_a_delivery_without_an_id_is_told_by_its_files() -> None:
    """Without the server's word: whole is delivered, all accounted for and some failed is failed, else it goes on."""
    both = {"/a": 5, "/b": 5}
    assert end_of(arrived(both, listed("/a"), listed("/b"), state="")) is State.DELIVERED
    assert end_of(arrived(both, listed("/a"), listed("/b", "FAILED"), state="")) is State.FAILED
    assert end_of(arrived(both, listed("/a", "FAILED"), listed("/b", "IN_PROGRESS"), state="")) is None
    assert end_of(arrived(both, listed("/a", "FAILED"), state="")) is None


def test_a_folder_is_told_by_what_its_transfers_hold() -> None:
    """Files that a transfer holds and nobody lists are counted, with what the job left out."""
    found = arrived({"/d/": -1}, listed("/d/x"), listed("/d/y"), total=TransferSum(4, 33, 2))
    assert (found.files, found.size, found.moved, found.moved_size) == (4, 33, 2, 10)
    assert (found.unnamed, found.skipped, end_of(found)) == (2, 2, None)
    whole = arrived({"/d/": -1}, listed("/d/x"), total=TransferSum(1, 5))
    assert end_of(whole) is State.DELIVERED
    unsummed = arrived({"/d/": -1}, listed("/d/x"), listed("/d/y", transfer="t-2"), total=TransferSum(9, 9))
    assert (unsummed.files, end_of(unsummed)) == (2, State.DELIVERED)


def test_a_name_with_two_readings_names_nothing_for_sure() -> None:
    """In a folder `a%20b` may be two files: it counts, and is not sent again by name. Of two declared ones: neither."""
    found = arrived({"/d/": -1}, listed("/d/a%20b", "FAILED"), state="FAILED")
    assert [each.sure for each in found.failed] == [False]
    both = arrived({"/a b": 5, "/a%20b": 5}, listed("/a%20b"))
    assert both.moved == 0


@pytest.mark.parametrize(("alone", "expected"), [(True, ["/b"]), (False, ["/a", "/b"])])
def test_whose_transfers_count(alone: bool, expected: list[str]) -> None:
    """What was there before does not count; without an id, neither does a transfer that holds anything else."""
    files = [
        listed("/a", transfer="mixed"),
        listed("/strange", transfer="mixed"),
        listed("/b", transfer="own"),
        listed("/a", transfer="before"),
        listed("/a", transfer=""),
    ]
    own = own_files(files, {"before"}, {"/a": 5, "/b": 5}, ROOT, alone=alone)
    assert [each.file.url.removeprefix(ROOT) for each in own] == expected


def test_it_is_kept_and_read_back() -> None:
    """What the ledger keeps is what was seen; names beyond the bound are counted."""
    found = arrived({"/a": 5, "/b": 6, "/c": 1}, listed("/a", "FAILED", reason="x"), listed("/b"), state="FAILED")
    assert Arrival.of(found.document()) == found
    assert Arrival.of(found.kept(0).document()).lacking == found.lacking
    for wrong in ({}, {**found.document(), "files": -1}, {**found.document(), "failed": [["/a"]]}):
        with pytest.raises((KeyError, TypeError, ValueError)):
            Arrival.of(_any(wrong))


def _any(value: Any) -> Any:
    return value


URLS = ("/a", "/a b", "/a%20b", "/d", "/d/", "/d/x", "/x\\y", "//a", "/other")


@pytest.mark.parametrize("kind", ["file", "directory", ""])
@pytest.mark.parametrize("url", [*(f"{ROOT}{path}" for path in URLS), "/a", "a", "file:///other/a"])
def test_the_quick_reading_is_the_slow_one(url: str, kind: str) -> None:
    """Names with one reading are not searched for, and mean the same."""
    declared = {"/a": 1, "/a b": 1, "/a%20b": 1, "/d/": -1, "/d": 1, "/x\\y": 1}
    file = SeenFile(url, "t", "COMPLETED", 1, kind)
    assert list(_meanings(file, ROOT, declared)) == meanings(file, ROOT, declared.__contains__)
