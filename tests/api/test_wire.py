"""Records of the API, read leniently: odd jobs stay in the list, and what must be there is named when it is not."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from jetplan.api.reading import NotJson, read_one
from jetplan.api.shapes import ListedJob
from jetplan.api.wire import Amount, Delivery, Job, StorageProfile, epoch
from jetplan.errors import ApiError

if TYPE_CHECKING:
    from rawserver import Connect, Serve, Wire

SOURCE = {
    "storageProfileId": "sp-1",
    "name": "NYC",
    "storageProfileType": "AWS_S3",
    "url": "https://b",
    "accountId": "a",
}
NYC = StorageProfile("sp-1", "NYC", "AWS_S3", "https://b", "a")


def _job(**keys: Any) -> Job:
    return read_one(json.dumps({"jobId": "j", "name": "n", **keys}).encode(), ListedJob, "GET /v1/jobs/j").record()


def _action(**data: Any) -> list[Any]:
    return [{"type": "TRANSFER", "data": data}]


def test_a_whole_job() -> None:
    """A job's profiles and limit come out of its first action."""
    limit = {"enabled": True, "maxRate": {"value": 400, "unit": "Mbps"}}
    job = _job(
        paused=True,
        triggers=[{"type": "HOT_FOLDER", "events": []}],
        actions=_action(source=SOURCE, destination={"storageProfileId": "sp-2"}, bandwidthManagement=limit),
        accountId="acc",
        crossAccount=True,
        createdOn="2024-01-01T00:00:00Z",
        more={"keys": [1]},
    )
    assert job == Job(
        "j", "n", True, False, NYC, StorageProfile("sp-2"), 400_000_000, "acc", True, "2024-01-01T00:00:00Z"
    )


@pytest.mark.parametrize(
    "actions",
    [None, [], {}, "x", 7, [None], [[]], [{}], [{"data": None}], [{"data": "x"}], _action(source={}, destination=7)],
)
def test_odd_actions_leave_the_profiles_unknown(actions: Any) -> None:
    """A job whose actions are absent or odd is kept, with profiles that nobody knows."""
    assert _job(actions=actions) == Job("j", "n")


DELETES = {"deleteTransferredSourceFiles": {"enabled": True}}
MOVES = {"moveTransferredSourceFiles": {"enabled": True, "destination": {"storageProfileId": "sp-9"}}}
OFF = {"deleteTransferredSourceFiles": {"enabled": False}}


@pytest.mark.parametrize(
    ("inside", "beside", "done"),
    [
        (None, None, "kept"),
        ({}, OFF, "kept"),
        (None, {"deleteTransferredSourceFiles": None}, "kept"),
        (None, DELETES, "deleted"),
        (DELETES, None, "deleted"),
        (MOVES, DELETES, "deleted"),
        (OFF, DELETES | MOVES, "deleted"),
        (OFF, MOVES, "moved"),
        (None, {"deleteTransferredSourceFiles": {}}, "unknown"),
        (None, {"deleteTransferredSourceFiles": True}, "unknown"),
        (None, {"deleteTransferredSourceFiles": {"enabled": "yes"}}, "unknown"),
        (None, {"shredTransferredSourceFiles": {"enabled": True}}, "unknown"),
        (None, {"shredTransferredSourceFiles": {"enabled": False}}, "kept"),
        ([DELETES], MOVES, "moved"),
        ("delete", None, "unknown"),
    ],
)
def test_what_happens_at_the_source_after_sending(inside: Any, beside: Any, done: str) -> None:
    """Told from both places where it may stand; what has no documented shape is never taken for nothing."""
    (action,) = _action(postTransfer=inside)
    assert _job(actions=[{**action, "postTransfer": beside}]).source_files == done


@pytest.mark.parametrize(
    ("options", "filtered"),
    [
        (None, False),
        ({"objectPatterns": None}, False),
        ({"objectPatterns": {"inclusions": [], "exclusions": []}}, False),
        ({"objectPatterns": {"inclusions": ["**/*.mxf"], "type": "GLOB"}}, True),
        ({"objectPatterns": {"exclusions": ["**/*.tmp"]}}, True),
        ("odd", False),
    ],
)
def test_patterns_are_seen(options: Any, filtered: bool) -> None:
    """A job with patterns may leave out files of a set."""
    assert _job(actions=_action(transferOptions=options)).filtered is filtered


def test_one_odd_profile_does_not_hide_the_other() -> None:
    """What can be read is read."""
    job = _job(actions=_action(source=SOURCE, destination={"name": 7}))
    assert (job.source, job.destination) == (NYC, None)


@pytest.mark.parametrize(
    ("triggers", "manual"),
    [
        (None, True),
        ([], True),
        ([{"type": "MANUAL"}], True),
        ([{"type": "MANUAL_START"}], True),
        ([{"type": "SCHEDULE"}], False),
        ([{"type": "HOT_FOLDER"}, {"type": "MANUAL"}], False),
        ([{}], False),
        ([7], False),
        ({"type": "SCHEDULE"}, False),
        ("SCHEDULE", False),
    ],
)
def test_only_a_job_without_triggers_is_manual(triggers: Any, manual: bool) -> None:
    """A trigger of any shape that is not a manual start means that something else may start the job."""
    assert _job(triggers=triggers).manual is manual


@pytest.mark.parametrize(
    ("management", "rate"),
    [
        ({"enabled": True, "maxRate": {"value": 1.5, "unit": "Gbps"}}, 1_500_000_000),
        ({"enabled": True, "maxRate": {"value": 9, "unit": "kbps"}}, 9000),
        ({"enabled": False, "maxRate": {"value": 9, "unit": "Mbps"}}, None),
        ({"enabled": True, "maxRate": {"value": 9, "unit": "parsec"}}, None),
        ({"enabled": True, "maxRate": {"value": "x", "unit": "Mbps"}}, None),
        ({"enabled": True}, None),
        (7, None),
    ],
)
def test_a_limit_counts_in_bits_while_enabled(management: Any, rate: int | None) -> None:
    """The limit is in bits per second, and none where it is off or cannot be understood."""
    assert _job(actions=_action(bandwidthManagement=management)).max_rate == rate


@pytest.mark.parametrize(
    ("said", "complaint"),
    [
        ({"name": "n"}, "GET /x: items[3] has no `jobId`"),
        ({"jobId": None, "name": "n"}, "GET /x: items[3] has no `jobId`"),
        ({"jobId": "j"}, "GET /x: items[3] has no `name`"),
        ({"jobId": 7, "name": "n"}, "GET /x: `items[3].jobId` is not what it should be"),
        ([], "GET /x: items[3] is not a JSON object"),
    ],
)
def test_what_must_be_there_is_named(said: Any, complaint: str) -> None:
    """A missing required key is an error that names call, place and key."""
    with pytest.raises(ApiError) as missing:
        read_one(json.dumps(said).encode(), ListedJob, "GET /x", "items[3]")
    assert missing.value.message == complaint


@pytest.mark.parametrize("body", [b"", b"{", b"<html>", b"\xff", b"[" * 100_000, b'{"jobId":"\xe9","name":""}'])
def test_what_is_no_json(body: bytes) -> None:
    """A body that cannot be read is told apart from one that lacks something."""
    with pytest.raises(NotJson):
        read_one(body, ListedJob, "GET /x")


def test_a_state_nobody_knows_is_kept() -> None:
    """A new delivery state does not break reading."""
    assert read_one(b'{"state":"PONDERING","jobId":7}', Delivery, "GET /x") == Delivery("PONDERING")


@pytest.mark.parametrize("bad", ['"a/b"', '".."', '""', '"a\\u0007"'])
def test_a_job_id_that_changes_urls_is_refused(bad: str, serve: Serve, connect: Connect, wire: Wire) -> None:
    """A list that hands out such an id is not planned from."""
    body = b'{"items":[{"jobId":"j","name":"n"},{"jobId":%b,"name":"n"}]}' % bad.encode()
    with pytest.raises(ApiError, match=r"GET /v1/jobs: `jobId` of item 1 cannot stand in a URL"):
        connect(serve(wire.answer(body)).url).list_jobs()


def test_a_transfer_with_its_sums(serve: Serve, connect: Connect, wire: Wire) -> None:
    """A transfer's manifest, progress and owner are read where they are."""
    said = {
        "transferId": "t",
        "state": "IN_PROGRESS",
        "objectsManifest": {"manifestId": "m", "summary": {"bytes": 9, "count": 2}},
        "transferProgress": {"transferred": {"bytes": 4, "count": 1}, "failed": None},
        "metadata": {"jobId": "j", "executionId": "e"},
        "currentRateBitsPerSecond": 7,
    }
    (transfer,) = connect(serve(wire.answer(json.dumps({"items": [said]}).encode())).url).list_transfers("j")
    assert transfer.objects_manifest
    assert transfer.objects_manifest.summary == Amount(9, 2)
    assert transfer.transfer_progress
    assert transfer.transfer_progress.transferred == Amount(4, 1)
    assert transfer.metadata
    assert transfer.metadata.job_id == "j"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("2026-11-23T10:00:00Z", 1795428000.0), ("2026-11-23T10:00:00.5", 1795428000.5), ("soon", None), ("", None)],
)
def test_times_of_the_api(text: str, seconds: float | None) -> None:
    """ISO times become epoch seconds, in UTC where they do not say."""
    assert epoch(text) == seconds
