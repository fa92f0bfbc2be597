"""The steps of a plan as whole values: every field counts, since each is shown, recorded or sent."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from builders import LAX, NYC, Overlap, attempt, declared, job, observed, spec, subject, wanted

from jetplan.core.arrival import Arrival, NotMoved
from jetplan.core.attempts import Kind, State, SubjectKey
from jetplan.core.diff import diff
from jetplan.core.limits import LimitKind, Limits, Refusal, quoted, refusals
from jetplan.core.observed import ObservedProfile, Overlapping, Relation, SetRecord, SourceFiles
from jetplan.core.plan import (
    AdoptJob,
    AlreadySubmitted,
    AmbiguousJob,
    BatchLimits,
    BlockedDelivery,
    BlockedJob,
    CreateJob,
    DriftedJob,
    KeepJob,
    ResizedObjects,
    Route,
    SubmitBatch,
    UpdateJob,
    WithdrawnObjects,
)
from jetplan.errors import Place

if TYPE_CHECKING:
    from jetplan.core.observed import Observed
    from jetplan.core.plan import Step

AT = Place("m.yaml", 3, 5)
ROUTE = Route(NYC, LAX)
JOB_SUBJECT = SubjectKey(Kind.JOB, "nyc-to-lax", "p-nyc", "p-lax")
SEEN = observed(job(), delivered_to=frozenset({"p-lax"}))


def job_step(seen: Observed, **keys: object) -> Step:
    """The step of the one declared job."""
    (step,) = diff(spec(replace(declared(place=AT), **keys)), seen).steps  # type: ignore[arg-type]  # test convenience
    return step


@pytest.mark.parametrize(("keys", "paused"), [({}, None), ({"paused": True}, True), ({"paused": False}, False)])
def test_a_job_that_is_created(keys: dict[str, bool], paused: bool | None) -> None:
    """With the version of its subject, and paused where the manifest says so."""
    seen = observed(job_versions={"nyc-to-lax": 4})
    assert job_step(seen, **keys) == CreateJob("nyc-to-lax", ROUTE, JOB_SUBJECT, 4, paused, AT)
    assert job_step(observed(), **keys) == CreateJob("nyc-to-lax", ROUTE, JOB_SUBJECT, 0, paused, AT)


@pytest.mark.parametrize(
    ("keys", "there", "change"),
    [
        ({}, False, None),
        ({}, True, None),
        ({"paused": True}, False, True),
        ({"paused": True}, True, None),
        ({"paused": False}, True, False),
        ({"paused": False}, False, None),
    ],
)
def test_a_job_that_is_there(keys: dict[str, bool], there: bool, change: bool | None) -> None:
    """Adopted where the ledger does not know it; changed only in what the manifest says."""
    found = job(paused=there)
    new = observed(found, known_jobs=frozenset(), job_versions={"nyc-to-lax": 2})
    assert job_step(new, **keys) == AdoptJob("nyc-to-lax", found, JOB_SUBJECT, 2, change)
    kept = KeepJob("nyc-to-lax", found) if change is None else UpdateJob("nyc-to-lax", found, change)
    assert job_step(observed(found), **keys) == kept


def test_a_job_that_no_manifest_declares() -> None:
    """It is used as it is, and not adopted."""
    steps = diff(spec(wanted("s", "/a")), observed(job(), known_jobs=frozenset())).steps
    assert steps[0] == KeepJob("nyc-to-lax", job(), declared=False)


def test_jobs_that_cannot_be_used() -> None:
    """Each says where in the manifest it stands."""
    other = job(source=ObservedProfile("p-x", "X"))
    differences = (("source", "X", "NYC Dailies"),)
    assert job_step(observed(other)) == DriftedJob("nyc-to-lax", other, differences, AT)
    twice = (job("j-1"), job("j-2"))
    assert job_step(observed(*twice)) == AmbiguousJob("nyc-to-lax", twice, AT)
    blocked = job_step(observed(profiles=()))
    assert isinstance(blocked, BlockedJob)
    assert (blocked.job, blocked.place, blocked.attempts) == ("nyc-to-lax", AT, ())
    held = attempt("nyc-to-lax", state=State.IN_DOUBT)
    blocked = job_step(observed(job_attempts={"nyc-to-lax": (held,)}))
    assert isinstance(blocked, BlockedJob)
    assert (blocked.job, blocked.place, blocked.attempts) == ("nyc-to-lax", AT, (held,))


def test_a_plan_carries_what_was_seen() -> None:
    """Account, files, digests, attempts; sets that are no longer declared come last, by name."""
    wants = replace(spec(declared(), wanted("s", "/a")), files=3)
    doubt, failed = attempt("x", state=State.IN_DOUBT), attempt("y", state=State.FAILED)
    seen = replace(SEEN, account="acme", unfinished=(doubt,), failed=(failed,), withdrawn_sets={"z": 2, "u": 1})
    plan = diff(wants, seen)
    assert (plan.account, plan.files, plan.manifest_digests) == ("acme", 3, wants.digests)
    assert (plan.unfinished, plan.failed) == ((doubt,), (failed,))
    assert plan.steps[-2:] == (WithdrawnObjects("u", "", 1), WithdrawnObjects("z", "", 2))


def steps_of(record: SetRecord | None, *paths: str, seen: Observed = SEEN, **keys: object) -> list[Step]:
    """The steps of the set `s` beside a record of it."""
    wants = spec(declared(), replace(wanted("s", *paths, place=AT), **keys))  # type: ignore[arg-type]
    return list(diff(wants, replace(seen, sets={"s": record} if record else {})).steps[1:])


def test_a_first_delivery() -> None:
    """All of it in one step, with what the reviewer is told and what the claim needs."""
    for known, first in ((SEEN, False), (replace(SEEN, delivered_to=frozenset()), True)):
        (step,) = steps_of(None, "/a", "/b", seen=known)
        assert isinstance(step, SubmitBatch)
        table = step.objects
        expected = SubmitBatch("s", "nyc-to-lax", ROUTE, subject("s"), 0, 1, 1, 1, table, step.indexes, 0, 2)
        assert step == replace(expected, resent_bytes=0, first_to_destination=first, place=AT)
        assert step.paths() == ["/a", "/b"]
    (step,) = steps_of(None, "/a", overlap=Overlap.SEND, renamed_from="r", case_twins=True)
    assert isinstance(step, SubmitBatch)
    assert (step.overlap_allowed, step.also, step.twins_allowed) == (True, (subject("r"),), True)
    (step,) = steps_of(None, "/a", unicode_twins=True)
    assert isinstance(step, SubmitBatch)
    assert (step.overlap_allowed, step.also, step.twins_allowed) == (False, (), True)


def test_only_the_first_delivery_to_a_destination_is_the_first() -> None:
    """Of a set, and of all sets of the plan, in their order."""
    wants = spec(declared(), wanted("s", "/a", "/b"), wanted("t", "/c"))
    plan = diff(wants, replace(SEEN, delivered_to=frozenset()), BatchLimits(max_objects=1))
    told = [(step.set_name, step.batch, step.batches, step.first_to_destination) for step in plan.submissions()]
    assert told == [("s", 1, 2, True), ("s", 2, 2, True), ("t", 1, 1, False)]


def test_a_set_that_is_complete_by_its_digest() -> None:
    """Nothing is asked and nothing recorded. Sizes that changed and objects that were taken out are told."""
    record = SetRecord(subject("s"), 3, complete=True, resized=(("/a", 1, 2),), withdrawn=4)
    assert steps_of(record, "/a", "/b") == [
        AlreadySubmitted("s", "nyc-to-lax", 2),
        ResizedObjects("s", "nyc-to-lax", (("/a", 1, 2),)),
        WithdrawnObjects("s", "nyc-to-lax", 4),
    ]


def test_a_set_that_is_complete_by_its_attempts() -> None:
    """Its digest is recorded from now on, unless something of it is held, skipped or blocked."""
    sent = attempt("s", "/a", "/b")
    (step,) = steps_of(SetRecord(subject("s"), 3, attempts=(sent,)), "/a", "/b")
    digest = wanted("s", "/a", "/b").objects.digest()
    assert step == AlreadySubmitted("s", "nyc-to-lax", 2, completes=(subject("s"), digest))
    doubt = attempt("s", "/c", state=State.IN_DOUBT, ident="a-2")
    first, held = steps_of(SetRecord(subject("s"), 3, attempts=(sent, doubt)), "/a", "/b", "/c")
    assert first == AlreadySubmitted("s", "nyc-to-lax", 2)
    assert isinstance(held, BlockedDelivery)
    assert (held.set_name, held.job, held.count, held.known_bytes, held.unknown_sizes, held.place) == (
        "s", "nyc-to-lax", 1, 0, 1, AT,
    )  # fmt: skip
    other = Overlapping(2, Relation.SAME, attempt("t", "/c"))
    record = SetRecord(subject("s"), 3, attempts=(sent,), overlapping=(other,))
    assert steps_of(record, "/a", "/b", "/c", overlap=Overlap.SKIP) == [
        AlreadySubmitted("s", "nyc-to-lax", 3, skipped=1)
    ]


def test_what_is_sent_again() -> None:
    """Counted and weighed, with the version that the claim checks; a dead run's intention makes it look again."""
    sent = attempt("s", "/a", "/b")
    table = wanted("s", "/a", "/c", revision=2).objects
    table = replace(table, sizes=type(table.sizes)("q", [5, 7]))
    _, *steps = diff(
        spec(declared(), replace(wanted("s", "/a"), objects=table)),
        replace(SEEN, sets={"s": SetRecord(subject("s"), 3, attempts=(sent,))}),
    ).steps
    (step,) = steps
    assert isinstance(step, SubmitBatch)
    assert (step.version, step.revision, step.resent, step.resent_bytes, step.known_bytes) == (3, 2, 1, 5, 12)
    intended = attempt("s", "/a", state=State.INTENDED)
    (step,) = steps_of(SetRecord(subject("s"), 3, attempts=(intended,)), "/a")
    assert isinstance(step, SubmitBatch)
    assert step.version == -1


ARRIVED = Arrival("FAILED", 2, moved=1, failed=(NotMoved("/b", 7),))
FAILED = replace(attempt("s", "/a", "/b", state=State.FAILED), arrival=ARRIVED)
RECORD = SetRecord(subject("s"), 3, complete=True)


def retried(failed: object = FAILED, there: object = None, retries: int = 2) -> list[list[str]]:
    """The files that go again by the manifest's word."""
    seen = replace(SEEN, failed=(failed,), jobs=(there or job(),))  # type: ignore[arg-type]
    steps = steps_of(RECORD, "/a", "/b", seen=seen, retries=retries)
    return [step.paths() for step in steps if isinstance(step, SubmitBatch) and step.retry is not None]


def test_the_manifest_lets_failed_files_go_again() -> None:
    """As often as it says, through the same job only, and only those that Jet names."""
    assert retried() == [["/b"]]
    assert retried(retries=0) == []
    assert retried(replace(FAILED, retries_before=1)) == [["/b"]]
    assert retried(replace(FAILED, retries_before=2)) == []
    assert retried(replace(FAILED, job_id="j-9")) == []
    assert retried(replace(FAILED, subject=subject("t"))) == []
    assert retried(there=job(paused=True)) == []
    assert retried(there=job(manual=False)) == []
    assert retried(replace(FAILED, arrival=None)) == []
    assert retried(replace(FAILED, arrival=replace(ARRIVED, failed=(NotMoved("/b", 7, sure=False),)))) == []
    for number in (0, 1):
        seen = replace(SEEN, failed=(replace(FAILED, retries_before=number),))
        step = steps_of(RECORD, "/a", "/b", seen=seen, retries=2)[1]
        assert isinstance(step, SubmitBatch)
        assert step.retry is not None
        assert step.retry.said == {"onFailure": f"retry {number + 1} of 2"}
        assert (step.retry.attempt_id, step.place, step.route) == ("a-1", AT, ROUTE)


def test_a_job_that_deletes_at_the_source_is_refused_unless_named() -> None:
    """It is told once for a job, also where several sets go through it; one that moves files is not refused."""
    wants = spec(declared(), wanted("s", "/a"), wanted("t", "/b"))
    deleting = diff(wants, observed(job(source_files=SourceFiles.DELETED)))
    assert refusals(deleting, Limits()) == (
        Refusal(
            LimitKind.SOURCE_DELETION,
            "job `nyc-to-lax` deletes the files at the source after it sent them, which is not allowed by name",
            "--allow-source-deletion nyc-to-lax",
            "adding 'nyc-to-lax' to `limits.allowSourceDeletion`",
            "s",
        ),
    )
    assert refusals(deleting, Limits(source_deletion=frozenset({"nyc-to-lax"}))) == ()
    assert refusals(diff(wants, observed(job(source_files=SourceFiles.MOVED))), Limits()) == ()
    assert refusals(diff(spec(declared()), observed(job(source_files=SourceFiles.DELETED))), Limits()) == ()


def test_what_limits_refuse() -> None:
    """At one more than the limit, with the flag that lifts it once and the line that lifts it for good."""
    plan = diff(spec(declared(), wanted("my set", "/", "/a", overlap=Overlap.SEND)), observed(job()))
    none = Limits()
    assert refusals(plan, none) == ()
    assert refusals(plan, replace(none, max_objects=2)) == ()
    assert refusals(plan, replace(none, max_objects=1)) == (
        Refusal(
            LimitKind.OBJECTS,
            "2 objects to submit, and one apply may submit 1",
            "--max-objects 2",
            "`limits.maxObjects: 2`",
        ),
    )
    assert refusals(plan, replace(none, whole_profiles=frozenset({"my set"}))) == ()
    (refused,) = refusals(plan, replace(none, whole_profiles=frozenset()))
    assert refused == Refusal(
        LimitKind.WHOLE_PROFILE,
        "set `my set` sends the whole profile `NYC Dailies`, which is not allowed by name",
        "--allow-whole-profile 'my set'",
        "adding 'my set' to `limits.allowWholeProfiles`",
        "my set",
    )
    assert refused.hint == (
        "--allow-whole-profile 'my set' lifts it once; "
        "adding 'my set' to `limits.allowWholeProfiles` in jetplan.yaml for good"
    )
    for allowed in ("LAX Ingest", "p-lax"):
        assert refusals(plan, replace(none, destinations=frozenset({allowed}))) == ()
    assert refusals(plan, replace(none, destinations=frozenset())) == (
        Refusal(
            LimitKind.DESTINATION,
            "set `my set` makes the first delivery to `LAX Ingest` in this ledger, which is not allowed by name",
            "--allow-destination 'LAX Ingest'",
            "adding 'LAX Ingest' to `limits.allowDestinations`",
            "my set",
        ),
    )


def test_bytes_that_limits_refuse() -> None:
    """Only what is known is summed."""
    table = wanted("s", "/a", "/b").objects
    sized = replace(wanted("s", "/a"), objects=replace(table, sizes=type(table.sizes)("q", [1500, -1])))
    plan = diff(spec(declared(), sized), SEEN)
    assert refusals(plan, Limits(max_bytes=1500)) == ()
    assert refusals(plan, Limits(max_bytes=1499)) == (
        Refusal(
            LimitKind.BYTES,
            "1,500 bytes to submit, and one apply may submit 1,499",
            "--max-bytes 1500",
            "`limits.maxBytes: 1500`",
        ),
    )


@pytest.mark.parametrize(
    ("word", "shown"),
    [
        ("a-b_c.1", "a-b_c.1"),
        ("a b", "'a b'"),
        ("it's", "'it'\\''s'"),
        ("\u00e9", "'\u00e9'"),
        ("", "''"),
        ("--", "'--'"),
        ("$x", "'$x'"),
    ],
)
def test_a_word_for_a_shell(word: str, shown: str) -> None:
    """What is plain stands as it is; all else is quoted."""
    assert quoted(word) == shown
