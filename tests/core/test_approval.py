"""What is left of a later plan when only an approved one may be carried out."""

from __future__ import annotations

from builders import declared, job, observed, spec, wanted

from jetplan.core.approval import narrowed
from jetplan.core.diff import diff
from jetplan.core.observed import SourceFiles
from jetplan.core.plan import AdoptJob, BlockedDelivery, BlockedJob, CreateJob, Plan, UpdateJob
from jetplan.core.spec import ProfileRef

APPROVED = diff(spec(declared(), wanted("s", "/a", "/b")), observed(job()))


def sent(plan: Plan) -> list[list[str]]:
    """The objects of each delivery."""
    return [list(step.paths()) for step in plan.submissions()]


def test_what_was_approved_is_done() -> None:
    """The same plan, and a plan of which a part is done already."""
    assert narrowed(APPROVED, APPROVED) == APPROVED
    part = diff(spec(declared(), wanted("s", "/b")), observed(job()))
    assert sent(narrowed(part, APPROVED)) == [["/b"]]


def test_a_delivery_with_one_object_more_is_not_done() -> None:
    """Nobody looked at that object; the rest comes with the next approval."""
    more = diff(spec(declared(), wanted("s", "/a", "/b", "/c")), observed(job()))
    assert sent(narrowed(more, APPROVED)) == []
    assert narrowed(more, more) == more


def test_another_delivery_of_the_same_objects_is_not_done() -> None:
    """At another revision, by another set, through another job."""
    for other in (
        spec(declared(), wanted("s", "/a", "/b", revision=2)),
        spec(declared(), wanted("t", "/a", "/b")),
        spec(declared("other"), wanted("s", "/a", "/b", job_name="other")),
    ):
        plan = diff(other, observed(job(), job("j-2", "other")))
        assert sent(plan) == [["/a", "/b"]]
        assert sent(narrowed(plan, APPROVED)) == []


def test_a_job_that_began_to_delete_at_the_source_is_not_used() -> None:
    """The reviewer saw a job that keeps the files at the source."""
    plan = diff(spec(declared(), wanted("s", "/a", "/b")), observed(job(source_files=SourceFiles.DELETED)))
    assert sent(narrowed(plan, APPROVED)) == []
    assert narrowed(plan, plan) == plan


def test_objects_that_were_approved_in_two_deliveries_may_go_in_one() -> None:
    """How objects are cut into deliveries is nothing that a reviewer decides."""
    (first,) = APPROVED.submissions()
    one, other = (diff(spec(declared(), wanted("s", path)), observed(job())).submissions()[0] for path in ("/a", "/b"))
    approved = Plan((one, other))
    assert narrowed(Plan((first,)), approved).steps == (first,)
    assert narrowed(Plan((first,)), Plan((one,))).steps == ()


def test_jobs_that_were_approved() -> None:
    """Creation, adoption and change each stand for themselves: the same job, in the same way."""
    create = diff(spec(declared()), observed())
    adopt = diff(spec(declared()), observed(job(), known_jobs=frozenset()))
    update = diff(spec(declared(paused=True)), observed(job()))
    resume = diff(spec(declared(paused=False)), observed(job(paused=True)))
    paused = diff(spec(declared(paused=True)), observed())
    other = diff(spec(declared()), observed(job("j-2"), known_jobs=frozenset()))
    plans = [create, adopt, update, resume, paused, other]
    kinds = [CreateJob, AdoptJob, UpdateJob, UpdateJob, CreateJob, AdoptJob]
    assert [type(plan.steps[0]) for plan in plans] == kinds
    for plan in plans:
        for approved in plans:
            assert narrowed(plan, approved).steps == (plan.steps if plan is approved else ())


def test_what_changes_nothing_stays_in_the_plan() -> None:
    """Blocks and notes are told, whatever was approved."""
    blocked = diff(spec(declared(source=ProfileRef("Nowhere")), wanted("s", "/a")), observed())
    assert [type(step) for step in narrowed(blocked, Plan(())).steps] == [BlockedJob, BlockedDelivery]
