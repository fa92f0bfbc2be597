"""Evidence for a lost answer: what counts, and above all what does not."""

from __future__ import annotations

from dataclasses import replace
from typing import Any
from urllib.parse import quote

import pytest
from builders import attempt

from jetplan.core.attempts import State
from jetplan.core.evidence import Evidence, SeenTransfer, Sighting, Silence, paths_in_question
from jetplan.core.evidence import judge as judge_declared
from jetplan.core.listed import SeenFile, readings
from jetplan.core.objects import UNKNOWN_SIZE

ROOT = "file:///mnt/nyc"


def lost(*paths: str) -> Any:
    """An attempt in doubt, to send these objects."""
    return attempt("s", *paths, state=State.IN_DOUBT, ident="lost")


def judge(declared: Any, sighting: Any, others: Any = (), root: str = ROOT, **more: Any) -> Any:
    """The verdict on a lost attempt. `declared`: paths, or paths with their sizes."""
    sizes = declared if isinstance(declared, dict) else dict.fromkeys(declared, UNKNOWN_SIZE)
    return judge_declared(replace(lost(*sizes), **more), sizes, sighting, root, others)


def seen(*urls: str, transfer: str = "t-new", **more: Any) -> Sighting:
    """The server shows these files of one transfer."""
    return Sighting(tuple(SeenFile(url, transfer, **more) for url in urls))


def summed(sighting: Sighting, count: int | None, size: int | None, transfer: str = "t-new") -> Sighting:
    """The same, with the transfer's own count and bytes."""
    return replace(sighting, transfers=(*sighting.transfers, SeenTransfer(transfer, count, size)))


@pytest.mark.parametrize(
    ("declared", "url"),
    [
        ("/ep101/a.mxf", f"{ROOT}/ep101/a.mxf"),
        ("/ep101/a b.mxf", f"{ROOT}/ep101/a b.mxf"),
        ("/ep101/a.mxf", "/ep101/a.mxf"),
        ("/ep101/a b.mxf", "ep101/a b.mxf"),
        ("/100%.mxf", f"{ROOT}/100%.mxf"),
        ("/ep101/audio/", f"{ROOT}/ep101/audio/"),
        ("/", f"{ROOT}/"),
    ],
)
def test_a_new_transfer_of_the_batchs_own_objects_is_evidence(declared: str, url: str) -> None:
    """Below the source's root or relative to it, and seen by name."""
    assert isinstance(judge([declared], seen(url)), Evidence)


@pytest.mark.parametrize(
    ("declared", "url", "root"),
    [
        ("/nyc/x", "file:///srv/nyc/x", "file:///srv/nyc"),
        ("/x", "file:///srv/x", "file:///srv/nyc"),
        ("/x", "file:///SRV/nyc/x", "file:///srv/nyc"),
        ("/x", "file:///srv/nycx", "file:///srv/nyc"),
        ("/x", "file:///srv/nyc2/x", "file:///srv/nyc"),
        ("/mnt/nyc/x", "/mnt/nyc/x", ROOT),
        ("/x", "/mnt/nyc/x", ROOT),
    ],
)
def test_only_the_sources_own_root_counts(declared: str, url: str, root: str) -> None:
    """Not the destination's, not a name that begins alike, not a url that could begin at either."""
    assert isinstance(judge([declared], seen(url), root=root), Silence)


def test_a_root_ends_where_a_name_ends_and_may_be_encoded_itself() -> None:
    """Other folders that begin alike are not below it; the profile's url may be spelled either way."""
    assert readings("file:///srv/nyc2/x", "file:///srv/nyc") == []
    assert readings("file:///mnt/my root/x", "file:///mnt/my%20root") == ["/x"]
    assert readings("file:///mnt/my%20root/x", "file:///mnt/my root") == ["/x"]


@pytest.mark.parametrize("declared", ["/a%20b", "/a b", "/%C3%BC", "/\u00fc", "/a%2520b", "/c:\\x", "/c:/x"])
def test_a_spelling_with_two_readings_settles_nothing(declared: str) -> None:
    """`a%20b` may be a file with a space or one with a percent sign: whichever is declared, it may be the other."""
    listed = seen(f"{ROOT}/{quote(declared[1:])}" if "%" not in declared else f"{ROOT}{declared}")
    alike = declared.startswith("/c:")
    assert isinstance(judge([declared], seen(f"{ROOT}/c:\\x") if alike else listed), Silence)


def test_two_readings_that_lead_to_one_object_do_no_harm() -> None:
    """Below a folder, or with a root that shows which reading is possible."""
    sighting = summed(seen(f"{ROOT}/ep/a%20b", size=7), 1, 7)
    assert isinstance(judge(["/ep/"], sighting), Evidence)
    encoded = seen("file:///mnt/my%20root/a%20b")
    assert isinstance(judge(["/a b"], encoded, root="file:///mnt/my root"), Evidence)
    assert isinstance(judge(["/a%20b"], encoded, root="file:///mnt/my root"), Silence)


def test_a_server_that_is_known_to_encode_leaves_one_reading() -> None:
    """It is known once an accepted object is listed encoded, and nothing that an encoder would have changed."""
    earlier = attempt("t", "/c d", state=State.DELIVERED, ident="other")
    shown = Sighting((*seen(f"{ROOT}/c%20d", transfer="t-old").files, *seen(f"{ROOT}/a%20b").files))
    known: dict[str, Any] = {"others": [earlier], "baseline": {"transfers": ["t-old"]}}
    assert isinstance(judge(["/a b"], shown, **known), Evidence)
    assert isinstance(judge(["/a%20b"], shown, **known), Silence)
    raw = replace(shown, files=(*shown.files, *seen(f"{ROOT}/e f", transfer="t-old").files))
    assert isinstance(judge(["/a b"], raw, **known), Silence)
    both = attempt("t", "/c d", "/c%20d", state=State.DELIVERED, ident="other")
    assert isinstance(judge(["/a b"], shown, [both], baseline={"transfers": ["t-old"]}), Silence)
    lost_too = replace(earlier, state=State.IN_DOUBT)
    assert isinstance(judge(["/a b"], shown, [lost_too], baseline={"transfers": ["t-old"]}), Silence)


@pytest.mark.parametrize(
    ("declared", "url", "file_type", "verdict"),
    [
        ("/ep", f"{ROOT}/ep", "file", Evidence),
        ("/ep", f"{ROOT}/ep", "", Evidence),
        ("/ep", f"{ROOT}/ep", "directory", Silence),
        ("/ep", f"{ROOT}/ep/", "", Silence),
        ("/ep", f"{ROOT}/ep/", "file", Silence),
        ("/ep", f"{ROOT}/ep/x", "file", Silence),
        ("/ep/", f"{ROOT}/ep", "file", Silence),
        ("/ep/", f"{ROOT}/ep", "", Silence),
        ("/ep/", f"{ROOT}/ep/", "file", Silence),
        ("/ep/", f"{ROOT}/ep", "directory", Evidence),
        ("/ep/", f"{ROOT}/ep", "DIRECTORY", Evidence),
        ("/ep/", f"{ROOT}/ep/", "", Evidence),
        ("/", ROOT, "directory", Evidence),
    ],
)
def test_kinds_agree(declared: str, url: str, file_type: str, verdict: type) -> None:
    """A file is no evidence for a folder of its name, nor a folder for a file."""
    assert isinstance(judge([declared], seen(url, file_type=file_type)), verdict)


@pytest.mark.parametrize(
    ("declared", "listed", "verdict"),
    [(7, 7, Evidence), (7, 8, Silence), (7, 0, Silence), (7, None, Evidence), (UNKNOWN_SIZE, 8, Evidence)],
)
def test_sizes_agree_where_both_are_known(declared: int, listed: int | None, verdict: type) -> None:
    """A file of another size is another file."""
    assert isinstance(judge({"/a": declared}, seen("/a", size=listed)), verdict)


def test_a_part_of_the_batch_proves_nothing_of_the_rest() -> None:
    """Somebody may have sent the urgent file by hand; all objects together prove it, in one transfer or in several."""
    assert isinstance(judge(["/a", "/b"], seen("/a")), Silence)
    assert isinstance(judge(["/a", "/b"], seen("/a", "/a", "/a")), Silence)
    assert isinstance(judge(["/a", "/b"], seen("/a", "/b")), Evidence)
    in_two = Sighting((*seen("/a").files, *seen("/b", transfer="t-other").files))
    assert isinstance(judge(["/a", "/b"], in_two), Evidence)


@pytest.mark.parametrize("count", [1, 2, 3, None])
def test_a_count_accounts_for_nothing_that_is_not_seen(count: int | None) -> None:
    """A transfer of two objects of which one is seen is no evidence for a batch of two."""
    assert isinstance(judge({"/a": 1, "/b": 2}, summed(seen("/a", size=1), count, 3)), Silence)


def test_a_file_that_is_listed_thrice_is_one_file() -> None:
    """A server that passes over `state` lists each file in every state."""
    sighting = seen("/a", "/a", "/a", size=5)
    found = judge({"/a": 5}, sighting)
    assert isinstance(found, Evidence)
    assert (found.paths, found.files) == (["/a"], 1)
    inside = seen("/ep/a", "/ep/a", "/ep/a", size=5)
    assert isinstance(judge(["/ep/"], summed(inside, 1, 5)), Evidence)
    assert isinstance(judge(["/ep/"], summed(inside, 3, 15)), Silence)


@pytest.mark.parametrize("folder", ["/ep/", "/"])
@pytest.mark.parametrize(
    ("count", "size", "verdict"),
    [(2, 7, Evidence), (3, 7, Silence), (1, 7, Silence), (2, 8, Silence), (None, 7, Silence), (2, None, Silence)],
)
def test_the_content_of_a_folder_is_whole_by_count_and_bytes(
    folder: str, count: int | None, size: int | None, verdict: type
) -> None:
    """Of a folder only its content is seen: the transfer's own count and bytes tell whether that is all of it."""
    files = (SeenFile("/ep/a", "t-new", size=3), SeenFile("/ep/b", "t-new", size=4))
    assert isinstance(judge([folder], summed(Sighting(files), count, size)), verdict)


def test_content_of_unknown_size_is_a_question() -> None:
    """Bytes that nobody told cannot be summed up."""
    files = (SeenFile("/ep/a", "t-new", size=3), SeenFile("/ep/b", "t-new"))
    assert isinstance(judge(["/ep/"], summed(Sighting(files), 2, 3)), Silence)


def test_a_transfer_without_its_sum_is_asked_for_it() -> None:
    """Content alone settles nothing, and says which transfers would tell more; named files need no sum."""
    silence = judge(["/ep/"], seen("/ep/a", size=3))
    assert isinstance(silence, Silence)
    assert silence.unsummed == ["t-new"]
    named = judge(["/a", "/b"], seen("/a"))
    assert isinstance(named, Silence)
    assert named.unsummed == []


@pytest.mark.parametrize("state", ["FAILED", "ERROR", "error", "CANCELLED"])
def test_a_file_that_failed_is_named(state: str) -> None:
    """It proves that the batch was accepted, and that it did not arrive."""
    files = (SeenFile("/a", "t-new", state), SeenFile("/b", "t-new", "COMPLETED"))
    found = judge(["/a", "/b"], Sighting(files))
    assert isinstance(found, Evidence)
    assert found.failed == ["/a"]


@pytest.mark.parametrize("later", ["COMPLETED", "TRANSFERRED", "IN_PROGRESS"])
@pytest.mark.parametrize("transfer", ["t-new", "t-retry"])
def test_a_failed_file_that_was_tried_again_did_not_fail(later: str, transfer: str) -> None:
    """In the same transfer or in another one, whichever is listed first."""
    failed, again = SeenFile("/a", "t-new", "FAILED"), SeenFile("/a", transfer, later)
    for files in ((failed, again), (again, failed)):
        found = judge(["/a"], Sighting(files))
        assert isinstance(found, Evidence)
        assert found.failed == []


@pytest.mark.parametrize(
    ("url", "root"),
    [
        ("file:///C:/Media/ep101/ab.mxf", "file:///C:/Media"),
        ("file:///c:/MEDIA/ep101/ab.mxf", "file:///C:/Media"),
        ("file:///C%3A/Media/ep101/ab.mxf", "file:///C:\\Media"),
        ("C:\\Media\\ep101\\ab.mxf", "C:\\Media\\"),
        ("file:////server/share/ep101/ab.mxf", "\\\\server\\share"),
        ("file://server/share/ep101/ab.mxf", "file://server/share/"),
        ("file:///ep101/ab.mxf", "file:///"),
        (
            "https://bucket.s3.us-east-1.amazonaws.com/dailies/ep101/ab.mxf",
            "https://bucket.s3.us-east-1.amazonaws.com/dailies",
        ),
    ],
)
def test_windows_unc_and_bucket_roots_are_understood(url: str, root: str) -> None:
    """A listed url stands for the path that the manifest names, whatever the root looks like."""
    assert readings(url, root) == ["/ep101/ab.mxf"]


@pytest.mark.parametrize(
    "sighting",
    [
        Sighting(),
        seen(f"{ROOT}/ep101/other.mxf"),
        seen(f"{ROOT}/ep101/a.mxf", f"{ROOT}/ep101/other.mxf"),
        seen(f"{ROOT}/elsewhere/ep101/a.mxf"),
        seen(f"{ROOT}/ep101/A.mxf"),
        seen(f"{ROOT}/ep101/a.mxf", transfer="t-old"),
        seen(f"{ROOT}/ep101/a.mxf", transfer=""),
        Sighting((), (SeenTransfer("t-new", 1),)),
    ],
    ids=["nothing", "another", "one too many", "another folder", "case", "there before", "no transfer", "no file yet"],
)
def test_anything_less_proves_nothing(sighting: Sighting) -> None:
    """Silence never settles: not an absence, not a foreign file, not what the baseline already held."""
    assert isinstance(judge(["/ep101/a.mxf"], sighting, baseline={"transfers": ["t-old"]}), Silence)


def test_without_a_baseline_or_a_view_there_is_no_evidence() -> None:
    """What was there before cannot be told from what is new."""
    assert isinstance(judge(["/a"], seen("/a"), baseline=None), Silence)
    assert isinstance(judge(["/a"], None), Silence)


@pytest.mark.parametrize("path", ["/ep101/a.mxf", "/ep101/", "/"])
@pytest.mark.parametrize("state", [State.ACCEPTED, State.IN_DOUBT, State.SENDING, State.DELIVERED])
def test_evidence_is_void_while_another_attempt_could_own_the_transfer(path: str, state: State) -> None:
    """Two attempts on one job with the same file, or a folder above it: a transfer could be either's."""
    other = attempt("t", path, state=state, ident="other")
    sighting = seen(f"{ROOT}/ep101/a.mxf")
    assert isinstance(judge(["/ep101/a.mxf"], sighting, [lost("/ep101/a.mxf"), other]), Silence)
    elsewhere = replace(other, job_id="j-2")
    assert isinstance(judge(["/ep101/a.mxf"], sighting, [lost("/ep101/a.mxf"), elsewhere]), Evidence)


def test_any_reading_that_another_attempt_holds_voids_evidence() -> None:
    """Below a folder in doubt, `a%20b` may be the other attempt's `/ep/a b`, or its `/ep/a%20b`."""
    sighting = summed(seen("/ep/a%20b", size=7), 1, 7)
    for path in ("/ep/a b", "/ep/a%20b"):
        other = attempt("t", path, state=State.IN_DOUBT, ident="other")
        assert isinstance(judge(["/ep/"], sighting, [other]), Silence)


def test_a_released_attempt_does_not_void_evidence() -> None:
    """It was refused or never left, so no transfer is its."""
    refused = attempt("t", "/a", state=State.REJECTED, ident="other")
    assert isinstance(judge(["/a"], seen("/a"), [refused]), Evidence)


def test_a_transfer_with_more_objects_than_the_batch_is_not_the_batchs() -> None:
    """The manifest's summary counts against, never for."""
    assert isinstance(judge(["/a"], summed(seen("/a"), 2, 9)), Silence)
    assert isinstance(judge(["/a"], summed(seen("/a"), 1, 9)), Evidence)


def test_what_is_in_question_is_every_object_that_a_listed_file_may_be_or_lie_in() -> None:
    """In both readings of its spelling, as a file and as a folder, with all the folders above."""
    sighting = Sighting((SeenFile(f"{ROOT}/ep/a%20b", "t"),), spellings=(f"{ROOT}/c d",))
    found = paths_in_question(sighting, ROOT)
    assert found == {"/ep/a b", "/ep/a b/", "/ep/a%20b", "/ep/a%20b/", "/ep/", "/c d", "/c d/", "/"}
    assert paths_in_question(seen(f"{ROOT}/"), ROOT) == {"/"}
