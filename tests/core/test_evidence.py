"""Evidence for a lost answer: what counts, and above all what does not."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))

from builders import attempt

from jetplan.core.attempts import State
from jetplan.core.evidence import Evidence, SeenFile, SeenTransfer, Sighting, Silence, candidate_paths, judge

ROOTS = ["file:///mnt/nyc", "file:///mnt/lax"]
LOST = attempt("s", "/ep101/a b.mxf", state=State.IN_DOUBT, ident="lost")
FOLDER = attempt("s", "/ep101/audio/", state=State.IN_DOUBT, ident="lost")
BOTH = attempt("s", "/ep101/a b.mxf", "/ep101/audio/", state=State.IN_DOUBT, ident="lost")


def seen(*urls: str, transfer: str = "t-new") -> Sighting:
    """The server shows these files of one transfer."""
    return Sighting(tuple(SeenFile(url, transfer) for url in urls))


@pytest.mark.parametrize(
    "url",
    [
        "file:///mnt/nyc/ep101/a%20b.mxf",
        "file:///mnt/lax/ep101/a%20b.mxf",
        "file:///MNT/NYC/ep101/a%20b.mxf",
        "/ep101/a%20b.mxf",
        "ep101/a b.mxf",
        "file:///mnt/nyc/ep101/audio/deep/one.wav",
        "file:///mnt/nyc/ep101/audio/",
        "file:///mnt/nyc/ep101/audio",
    ],
)
def test_a_new_transfer_of_the_batchs_own_files_is_evidence(url: str) -> None:
    """Encoded or not, under either root or relative, the file itself or below a folder that was sent."""
    assert isinstance(judge(FOLDER if "audio" in url else LOST, seen(url), ROOTS, []), Evidence)


def test_a_part_of_the_batch_proves_nothing_of_the_rest() -> None:
    """Somebody may have sent the urgent file by hand; all objects together prove it, in one transfer or in several."""
    file, below = "file:///mnt/nyc/ep101/a%20b.mxf", "file:///mnt/nyc/ep101/audio/one.wav"
    assert isinstance(judge(BOTH, seen(file), ROOTS, []), Silence)
    assert isinstance(judge(BOTH, seen(below), ROOTS, []), Silence)
    assert isinstance(judge(BOTH, seen(file, below), ROOTS, []), Evidence)
    in_two = Sighting((*seen(file).files, *seen(below, transfer="t-other").files))
    assert isinstance(judge(BOTH, in_two, ROOTS, []), Evidence)


@pytest.mark.parametrize(("count", "verdict"), [(1, Silence), (2, Evidence), (3, Silence), (None, Silence)])
def test_a_transfer_under_way_is_whole_by_its_own_count(count: int | None, verdict: type) -> None:
    """Before every file is listed, the transfer's count tells whether it is the batch: of files with known sizes."""
    lost = replace(attempt("s", "/a", "/b", state=State.IN_DOUBT), objects=2, unknown_sizes=0)
    sighting = replace(seen("/a"), transfers=(SeenTransfer("t-new", count),))
    assert isinstance(judge(lost, sighting, ROOTS, []), verdict)
    assert isinstance(judge(replace(lost, unknown_sizes=1), sighting, ROOTS, []), Silence)


@pytest.mark.parametrize(
    ("url", "root"),
    [
        ("file:///C:/Media/ep101/a%20b.mxf", "file:///C:/Media"),
        ("file:///C%3A/Media/ep101/a%20b.mxf", "file:///C:\\Media"),
        ("file:////server/share/ep101/a%20b.mxf", "\\\\server\\share"),
        ("file://server/share/ep101/a%20b.mxf", "file://server/share/"),
        (
            "https://bucket.s3.us-east-1.amazonaws.com/dailies/ep101/a%20b.mxf",
            "https://bucket.s3.us-east-1.amazonaws.com/dailies",
        ),
    ],
)
def test_windows_unc_and_bucket_roots_are_understood(url: str, root: str) -> None:
    """A listed url stands for the path that the manifest names, whatever the root looks like."""
    assert "/ep101/a b.mxf" in candidate_paths(url, [root])


@pytest.mark.parametrize(
    "sighting",
    [
        Sighting(),
        seen("file:///mnt/nyc/ep101/other.mxf"),
        seen("file:///mnt/nyc/ep101/a%20b.mxf", "file:///mnt/nyc/ep101/other.mxf"),
        seen("file:///mnt/nyc/elsewhere/ep101/a%20b.mxf"),
        seen("file:///mnt/nyc/ep101/a%20b.mxf", transfer="t-old"),
        seen("file:///mnt/nyc/ep101/a%20b.mxf", transfer=""),
        Sighting((), (SeenTransfer("t-new", 2),)),
    ],
    ids=["nothing", "another file", "a file too many", "another folder", "there before", "no transfer", "no file yet"],
)
def test_anything_less_proves_nothing(sighting: Sighting) -> None:
    """Silence never settles: not an absence, not a foreign file, not what the baseline already held."""
    lost = replace(LOST, baseline={"transfers": ["t-old"]})
    assert isinstance(judge(lost, sighting, ROOTS, []), Silence)


def test_without_a_baseline_or_a_view_there_is_no_evidence() -> None:
    """What was there before cannot be told from what is new."""
    sighting = seen("file:///mnt/nyc/ep101/a%20b.mxf")
    assert isinstance(judge(replace(LOST, baseline=None), sighting, ROOTS, []), Silence)
    assert isinstance(judge(LOST, None, ROOTS, []), Silence)


@pytest.mark.parametrize("path", ["/ep101/a b.mxf", "/ep101/", "/"])
@pytest.mark.parametrize("state", [State.ACCEPTED, State.IN_DOUBT, State.SENDING, State.DELIVERED])
def test_evidence_is_void_while_another_attempt_could_own_the_transfer(path: str, state: State) -> None:
    """Two attempts on one job with the same file, or a folder above it: a transfer could be either's."""
    other = attempt("t", path, state=state, ident="other")
    sighting = seen("file:///mnt/nyc/ep101/a%20b.mxf")
    assert isinstance(judge(LOST, sighting, ROOTS, [LOST, other]), Silence)
    elsewhere = replace(other, job_id="j-2")
    assert isinstance(judge(LOST, sighting, ROOTS, [LOST, elsewhere]), Evidence)


def test_a_released_attempt_does_not_void_evidence() -> None:
    """It was refused or never left, so no transfer is its."""
    refused = attempt("t", "/ep101/a b.mxf", state=State.REJECTED, ident="other")
    assert isinstance(judge(LOST, seen("/ep101/a%20b.mxf"), ROOTS, [refused]), Evidence)


def test_a_transfer_with_more_objects_than_the_batch_is_not_the_batchs() -> None:
    """The manifest's summary counts against, never for."""
    lost = replace(attempt("s", "/a", state=State.IN_DOUBT), objects=1, unknown_sizes=0)
    sighting = replace(seen("/a"), transfers=(SeenTransfer("t-new", 2),))
    assert isinstance(judge(lost, sighting, ROOTS, []), Silence)
