"""The plan for each situation that the design names."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders import LAX, NYC, Overlap, attempt, declared, job, observed, spec, subject, wanted

from jetplan.core.attempts import Kind, State
from jetplan.core.diff import diff
from jetplan.core.observed import Observed, Overlapping, Relation, SetRecord
from jetplan.core.plan import (
    UNSEEN,
    AdoptJob,
    AlreadySubmitted,
    AmbiguousJob,
    BatchLimits,
    BlockedDelivery,
    BlockedJob,
    BlockReason,
    CreateJob,
    DriftedJob,
    KeepJob,
    Plan,
    SubmitBatch,
    UpdateJob,
)
from jetplan.core.spec import ProfileRef


def reasons(plan: Plan) -> list[BlockReason]:
    """Why deliveries are blocked, in order."""
    return [step.reason for step in plan.steps if isinstance(step, BlockedDelivery)]


def sent(plan: Plan) -> list[list[str]]:
    """The paths of each delivery that would be submitted."""
    return [step.paths() for step in plan.submissions()]


def record(name: str, *attempts: object, **more: object) -> Observed:
    """A server with the job, and a ledger with these attempts on one set."""
    kept = SetRecord(subject(name), 1, attempts=attempts)  # type: ignore[arg-type]  # test convenience
    return observed(job(), sets={name: replace(kept, **more)})  # type: ignore[arg-type]  # test convenience


def test_a_declared_job_that_is_absent_is_created_and_its_set_submitted_in_the_same_plan() -> None:
    """One merge does both: the delivery does not wait for a second run."""
    plan = diff(spec(declared(), wanted("s", "/a", "/b/")), observed())
    assert [type(step) for step in plan.steps] == [CreateJob, SubmitBatch]
    assert sent(plan) == [["/a", "/b/"]]


def test_a_job_found_by_name_and_profiles_is_adopted_once() -> None:
    """New to the ledger: adopt. Known to it: no change."""
    fresh = replace(observed(job()), known_jobs=frozenset())
    assert isinstance(diff(spec(declared()), fresh).steps[0], AdoptJob)
    assert isinstance(diff(spec(declared()), observed(job())).steps[0], KeepJob)


def test_other_profiles_are_drift_and_block_the_set() -> None:
    """What the API cannot change is shown, never silently replaced, and nothing is sent on a wrong route."""
    plan = diff(
        spec(declared(), wanted("s", "/a")), observed(job(destination=replace(LAX, profile_id="p-x", name="Elsewhere")))
    )
    assert isinstance(plan.steps[0], DriftedJob)
    assert reasons(plan) == [BlockReason.JOB_DRIFTED]
    assert not plan.changes()


def test_several_jobs_of_one_name_are_ambiguous_until_a_job_id_settles_it() -> None:
    """The ids are listed; `jobId` chooses."""
    server = observed(job("j-2"), job("j-1"))
    plan = diff(spec(declared(), wanted("s", "/a")), server)
    first = plan.steps[0]
    assert isinstance(first, AmbiguousJob)
    assert [each.job_id for each in first.candidates] == ["j-1", "j-2"]
    assert reasons(plan) == [BlockReason.JOB_AMBIGUOUS]
    settled = diff(spec(declared(job_id="j-2"), wanted("s", "/a")), server)
    assert isinstance(settled.steps[0], KeepJob)
    assert sent(settled) == [["/a"]]


@pytest.mark.parametrize(("server", "manifest"), [(True, False), (False, True)])
def test_paused_is_changed_only_where_the_manifest_says_so(server: bool, manifest: bool) -> None:
    """`paused` in the manifest is an update; without it jetplan neither pauses nor resumes."""
    said = diff(spec(declared(paused=manifest)), observed(job(paused=server)))
    assert [step.paused for step in said.steps if isinstance(step, UpdateJob)] == [manifest]
    silent = diff(spec(declared()), observed(job(paused=server)))
    assert not silent.changes()


def test_a_paused_job_blocks_until_the_manifest_resumes_it() -> None:
    """A paused job answers 400, so nobody tries; `paused: false` resumes it first and then sends."""
    plan = diff(spec(declared(), wanted("s", "/a")), observed(job(paused=True)))
    assert reasons(plan) == [BlockReason.JOB_PAUSED]
    resumed = diff(spec(declared(paused=False), wanted("s", "/a")), observed(job(paused=True)))
    assert [type(step) for step in resumed.steps] == [UpdateJob, SubmitBatch]


def test_a_set_may_name_a_job_that_only_the_server_has() -> None:
    """Then the job is used as it is; a job that nobody has is named with the nearest."""
    assert sent(diff(spec(wanted("s", "/a")), observed(job()))) == [["/a"]]
    plan = diff(spec(wanted("s", "/a", job_name="nyc-to-lx")), observed(job()))
    blocked = plan.blocked()[0]
    assert isinstance(blocked, BlockedJob)
    assert "nyc-to-lax" in blocked.hint


def test_a_job_with_triggers_takes_no_deliveries() -> None:
    """Deliveries go through manual jobs."""
    assert reasons(diff(spec(wanted("s", "/a")), observed(job(manual=False)))) == [BlockReason.JOB_NOT_MANUAL]


def test_missing_and_ambiguous_profiles_block_with_the_way_out() -> None:
    """The nearest name is offered; two profiles of one name want an id."""
    missing = diff(spec(declared(source=ProfileRef("NYC Daily"))), observed())
    step = missing.steps[0]
    assert isinstance(step, BlockedJob)
    assert "NYC Dailies" in step.hint
    twice = replace(observed(), profiles=(NYC, LAX, replace(NYC, profile_id="p-other")))
    step = diff(spec(declared()), twice).steps[0]
    assert isinstance(step, BlockedJob)
    assert step.reason is BlockReason.PROFILE_AMBIGUOUS


def test_without_the_right_to_list_profiles_names_are_learnt_from_jobs() -> None:
    """View-only credentials still plan."""
    server = replace(observed(job("j-9", name="other")), profiles=(), profiles_listed=False)
    assert isinstance(diff(spec(declared()), server).steps[0], CreateJob)


def test_a_settled_set_needs_no_keys() -> None:
    """An unchanged set is known by its digest alone."""
    plan = diff(spec(declared(), wanted("s", "/a")), record("s", complete=True))
    assert isinstance(plan.steps[1], AlreadySubmitted)
    assert not plan.changes()


def test_what_was_sent_is_not_sent_again_and_the_rest_is() -> None:
    """The promise, in one line."""
    plan = diff(spec(declared(), wanted("s", "/a", "/b")), record("s", attempt("s", "/a")))
    assert sent(plan) == [["/b"]]


def test_an_attempt_in_doubt_blocks_its_own_objects_and_no_others() -> None:
    """One doubtful batch blocks itself, never the rest."""
    plan = diff(
        spec(declared(), wanted("s", "/a", "/b")), record("s", attempt("s", "/a", state=State.IN_DOUBT, ident="a-7"))
    )
    assert reasons(plan) == [BlockReason.IN_DOUBT]
    assert "jetplan resolve a-7" in plan.blocked()[0].hint
    assert sent(plan) == [["/b"]]


@pytest.mark.parametrize(
    ("state", "live", "expected"),
    [
        (State.INTENDED, False, []),
        (State.INTENDED, True, [BlockReason.IN_PROGRESS]),
        (State.SENDING, True, [BlockReason.IN_PROGRESS]),
        (State.SENDING, False, [BlockReason.IN_DOUBT]),
    ],
)
def test_a_dead_runs_intention_is_free_and_its_sending_is_in_doubt(
    state: State, live: bool, expected: list[BlockReason]
) -> None:
    """Nothing left before SENDING; after it nobody can tell."""
    plan = diff(spec(declared(), wanted("s", "/a")), record("s", attempt("s", "/a", state=state, live=live)))
    assert reasons(plan) == expected
    assert bool(sent(plan)) == (not expected)


def overlapping(relation: Relation = Relation.SAME, state: State = State.ACCEPTED) -> Observed:
    """A new set whose first object was sent by another one."""
    met = Overlapping(0, relation, attempt("old", "/a", state=state))
    return record("new", overlapping=(met,))


def test_an_overlap_with_another_set_is_refused_until_the_manifest_says_which() -> None:
    """A renamed set would otherwise be sent again."""
    refused = diff(spec(declared(), wanted("new", "/a", "/b")), overlapping())
    assert reasons(refused) == [BlockReason.OVERLAP]
    assert "renamedFrom: old" in refused.blocked()[0].hint
    skipped = diff(spec(declared(), wanted("new", "/a", "/b", overlap=Overlap.SKIP)), overlapping())
    assert sent(skipped) == [["/b"]]
    again = diff(spec(declared(), wanted("new", "/a", "/b", overlap=Overlap.SEND)), overlapping())
    assert sent(again) == [["/a", "/b"]]


def test_skip_never_skips_what_is_not_known_to_be_sent() -> None:
    """An object in doubt elsewhere, or a folder with parts sent, is not silently lost: it stays blocked."""
    for server in (overlapping(state=State.IN_DOUBT), overlapping(Relation.CONTAINS)):
        plan = diff(spec(declared(), wanted("new", "/a", "/b", overlap=Overlap.SKIP)), server)
        assert sent(plan) == [["/b"]]
        assert reasons(plan) == [BlockReason.OVERLAP]


def test_a_set_with_skipped_objects_is_never_remembered_as_sent() -> None:
    """Another set sent them: once `overlap` says otherwise, they must be met again."""
    plan = diff(spec(declared(), wanted("new", "/a", overlap=Overlap.SKIP)), overlapping())
    (step,) = [step for step in plan.steps if isinstance(step, AlreadySubmitted)]
    assert (step.count, step.skipped, step.completes) == (1, 1, None)


def test_two_new_sets_with_one_object_do_not_both_send_it() -> None:
    """The ledger knows neither yet: the first in the manifests has the object, the second is blocked."""
    for second in ("/a", "/f/x"):
        plan = diff(spec(declared(), wanted("s1", "/a", "/f/"), wanted("s2", second)), observed(job()))
        assert sent(plan) == [["/a", "/f/"]]
        assert reasons(plan) == [BlockReason.OVERLAP]
    plan = diff(spec(declared(), wanted("s1", "/f/x"), wanted("s2", "/f/")), observed(job()))
    assert sent(plan) == [["/f/x"]]


def test_batches_of_a_set_are_numbered_and_revisions_do_not_mix() -> None:
    """An attempt has one revision, so that raising one object's revision re-sends that object alone."""
    table = replace(wanted("s", "/a", "/b", "/c").objects, revisions={1: 2})
    plan = diff(spec(declared(), replace(wanted("s"), objects=table)), observed(job()), BatchLimits(max_objects=1))
    assert [(step.batch, step.batches, step.revision, step.paths()) for step in plan.submissions()] == [
        (1, 3, 1, ["/a"]),
        (2, 3, 1, ["/c"]),
        (3, 3, 2, ["/b"]),
    ]


def test_a_doubtful_creation_blocks_the_job_and_its_sets() -> None:
    """The next apply settles it by looking; until then nothing is created twice."""
    lost = replace(attempt("nyc-to-lax", state=State.IN_DOUBT), subject=replace(subject("nyc-to-lax"), kind=Kind.JOB))
    plan = diff(spec(declared(), wanted("s", "/a")), replace(observed(), job_attempts={"nyc-to-lax": (lost,)}))
    assert [type(step) for step in plan.steps] == [BlockedJob, BlockedDelivery]
    assert not plan.changes()


def test_a_job_that_a_dead_run_intended_is_created_by_a_claim_that_looks_again() -> None:
    """The dead run may wake up: the claim must not pass as one that has seen every attempt on the job's name."""
    key = replace(subject("nyc-to-lax"), kind=Kind.JOB)
    dead = replace(attempt("nyc-to-lax", state=State.INTENDED, live=False), subject=key)
    server = replace(observed(), job_attempts={"nyc-to-lax": (dead,)}, job_versions={"nyc-to-lax": 7})
    (create,) = diff(spec(declared()), server).steps
    assert isinstance(create, CreateJob)
    assert create.version == UNSEEN
    (create,) = diff(spec(declared()), replace(server, job_attempts={})).steps
    assert isinstance(create, CreateJob)
    assert create.version == 7
