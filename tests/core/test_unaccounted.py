"""What a job shows and no recorded attempt accounts for: by name, by transfer, and in every reading of a spelling."""

from __future__ import annotations

import pytest

from jetplan.core.listed import SeenFile
from jetplan.core.unaccounted import Shown, Unaccounted, Wanted, unaccounted, unanswered

ROOT = "file:///srv/nyc"


def shown(*files: tuple[str, str], state: str = "COMPLETED") -> Shown:
    """What a job shows, from (url, transfer)."""
    return Shown([SeenFile(url, transfer, state) for url, transfer in files], ROOT)


@pytest.mark.parametrize(
    ("url", "declared", "found"),
    [
        ("file:///srv/nyc/a.mxf", "/a.mxf", ["/a.mxf"]),
        ("/srv/nyc/a.mxf", "/a.mxf", ["/a.mxf"]),
        ("a.mxf", "/a.mxf", ["/a.mxf"]),
        ("file:///srv/nyc/ep/a.mxf", "/ep/", ["/ep/a.mxf"]),
        ("file:///srv/nyc/ep", "/ep/", ["/ep"]),
        ("file:///srv/nyc/ep/a.mxf", "/", ["/ep/a.mxf"]),
        ("file:///srv/nyc/a%20b.mxf", "/a b.mxf", ["/a b.mxf"]),
        ("file:///srv/nyc/a%20b.mxf", "/a%20b.mxf", ["/a%20b.mxf"]),
        ("file:///srv/nyc/ep0.mxf", "/ep/", []),
        ("file:///srv/nyc/epa/b.mxf", "/ep/", []),
        ("file:///srv/other/a.mxf", "/a.mxf", []),
        ("file:///srv/nyc/a.mxf", "/b.mxf", []),
    ],
)
def test_a_listed_file_is_met_by_name(url: str, declared: str, found: list[str]) -> None:
    """Below the source's root, as the object itself or inside a declared folder, in any reading."""
    assert sorted(shown((url, "t")).of([declared])) == found


def test_what_failed_is_not_there() -> None:
    """A file that did not arrive may be sent."""
    for state in ("FAILED", "ERROR"):
        assert shown(("file:///srv/nyc/a.mxf", "t"), state=state).of(["/a.mxf"]) == {}


def test_a_folder_between_many_files() -> None:
    """What is below it and nothing beside it, among names that sort around it."""
    names = ["/e", "/e-1/x", "/e.x", "/e/", "/e/a", "/e/b/c", "/e0", "/f"]
    everything = shown(*((f"file:///srv/nyc{name}", "t") for name in names))
    assert sorted(everything.of(["/e/"])) == ["/e", "/e/", "/e/a", "/e/b/c"]
    assert sorted(everything.of(["/"])) == sorted(names)


A, B, C = frozenset({"a"}), frozenset({"a", "b"}), frozenset({"a", "b", "c"})


@pytest.mark.parametrize(
    ("transfers", "attempts", "left"),
    [
        ({"a"}, [], ["a"]),
        ({"a"}, [frozenset()], []),
        ({"a"}, [A], ["a"]),  # it was there before the only attempt: sent by hand, or by an attempt that is lost
        ({"a", "b"}, [frozenset()], ["b"]),  # one attempt causes one transfer: an attempt is lost
        ({"a", "b"}, [frozenset(), A], []),
        ({"a", "b"}, [A, frozenset()], []),
        ({"a", "b", "c"}, [frozenset(), B], ["b"]),
        ({"a", "b", "c"}, [C, frozenset()], ["b", "c"]),
        ({"a", "b"}, [None], []),  # nobody looked before it, so it may have caused any
        ({"a"}, [A, None], []),
    ],
)
def test_each_attempt_accounts_for_one_transfer_that_was_not_there_before(
    transfers: set[str], attempts: list[frozenset[str] | None], left: list[str]
) -> None:
    """A file with more transfers than its attempts can have caused is unaccounted for."""
    found = unaccounted({"/x": transfers}, {"/x": attempts})
    assert found == ([Unaccounted("/x", left)] if left else [])


def test_what_a_person_answered_for_is_left_out() -> None:
    """Only the transfers that were told of; a new one asks again."""
    found = [Unaccounted("/x", ["a", "b"]), Unaccounted("/y", ["a"])]
    assert unanswered(found, {"a"}) == [Unaccounted("/x", ["b"])]
    assert unanswered(found, {"a", "b"}) == []


@pytest.mark.parametrize(
    ("url", "wanted"),
    [
        ("file:///srv/nyc/a.mxf", True),
        ("file:///srv/nyc/ep/x/b.mxf", True),
        ("file:///srv/nyc/ep", True),
        ("file:///srv/nyc/ep/", True),
        ("file:///srv/nyc/a%20b.mxf", True),
        ("a.mxf", True),
        ("file:///srv/nyc/b.mxf", False),
        ("file:///srv/nyc/epx/b.mxf", False),
        ("file:///srv/other/a.mxf", False),
    ],
)
def test_only_files_that_may_be_among_the_declared_are_kept(url: str, wanted: bool) -> None:
    """What is kept is all that the look would meet."""
    declared = ["/a.mxf", "/ep/", "/a b.mxf"]
    assert Wanted(iter(declared), ROOT)(url) == wanted
    assert bool(shown((url, "t")).of(declared)) == wanted


def test_a_whole_profile_wants_everything() -> None:
    """Everything below the root, and nothing beside it."""
    everything = Wanted(["/"], ROOT)
    assert everything("file:///srv/nyc/x/y.mxf")
    assert not everything("file:///srv/other/x.mxf")
