"""What is said of objects that are not submitted: the reason, the sentence, the way out, and the objects themselves."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from builders import LAX, Overlap, attempt, declared, job, observed, spec, subject, wanted

from jetplan.core.attempts import State, SubjectKey
from jetplan.core.diff import diff
from jetplan.core.observed import ObservedProfile, Overlapping, Relation, SetRecord
from jetplan.core.plan import BlockedDelivery, BlockReason
from jetplan.core.spec import ProfileRef

if TYPE_CHECKING:
    from jetplan.core.observed import Observed
    from jetplan.core.spec import Spec

OTHER = ObservedProfile("p-other", "Other")
SENT = SetRecord(subject("s"), version=1, attempts=(attempt("s", "/a"),))
"""Of the set `s`, the object /a was sent."""


def block_of(wants: Spec, seen: Observed, name: str = "s") -> BlockedDelivery:
    """The one block of a set."""
    (block,) = [step for step in diff(wants, seen).steps if isinstance(step, BlockedDelivery) and step.set_name == name]
    return block


def in_words(block: BlockedDelivery) -> tuple[BlockReason, str, str, list[str]]:
    """What a person is told."""
    assert block.objects is not None
    return block.reason, block.message, block.hint, [block.objects.paths[index] for index in block.indexes]


def test_a_paused_job() -> None:
    """By the manifest or on the server: each has its own way out. Only what would be sent is blocked."""
    wants = spec(declared(), wanted("s", "/a", "/b"))
    assert in_words(block_of(wants, observed(job(paused=True), sets={"s": SENT}))) == (
        BlockReason.JOB_PAUSED,
        "job 'nyc-to-lax' is paused on the server, and a paused job refuses deliveries",
        "resume it in Jet, or set `paused: false` on the job in the manifest (job j-1)",
        ["/b"],
    )
    kept = spec(declared(paused=True), wanted("s", "/a", "/b"))
    assert in_words(block_of(kept, observed(job(), sets={"s": SENT}))) == (
        BlockReason.JOB_PAUSED,
        "the manifest keeps job 'nyc-to-lax' paused, and a paused job refuses deliveries",
        "set `paused: false` on the job to resume it first",
        ["/b"],
    )


def test_a_job_with_triggers() -> None:
    """It sends by itself, and takes no deliveries."""
    wants = spec(declared(), wanted("s", "/a", "/b"))
    assert in_words(block_of(wants, observed(job(manual=False), sets={"s": SENT}))) == (
        BlockReason.JOB_NOT_MANUAL,
        "job 'nyc-to-lax' starts by itself (it has triggers); deliveries need a manual job",
        "name a job without triggers in the set's `job`",
        ["/b"],
    )


def test_a_job_whose_route_is_not_known() -> None:
    """Other profiles, several jobs, a profile that is missing: all objects are blocked, with the job's own words."""
    wants = spec(declared(), wanted("s", "/a", "/b"))
    assert in_words(block_of(wants, observed(job(source=OTHER)))) == (
        BlockReason.JOB_DRIFTED,
        "job 'nyc-to-lax' on the server has other storage profiles than the manifest",
        "correct the manifest, or give the job a new name so that a new one is created",
        ["/a", "/b"],
    )
    assert in_words(block_of(wants, observed(job("j-1"), job("j-2")))) == (
        BlockReason.JOB_AMBIGUOUS,
        "2 jobs on the server are named 'nyc-to-lax'",
        "say which one is meant: `jobId: …` on the job in the manifest",
        ["/a", "/b"],
    )
    missing = spec(declared(destination=ProfileRef("LAX Ingst")), wanted("s", "/a"))
    assert in_words(block_of(missing, observed())) == (
        BlockReason.PROFILE_MISSING,
        "no storage profile is named 'LAX Ingst'",
        "did you mean 'LAX Ingest'?",
        ["/a"],
    )


def test_an_attempt_that_holds_objects() -> None:
    """In doubt, a person decides; sent by a live run, that run is waited for."""
    wants = spec(declared(), wanted("s", "/a", "/b"))
    lost = attempt("s", "/a", state=State.IN_DOUBT, live=True)
    block = block_of(wants, observed(job(), sets={"s": replace(SENT, attempts=(lost,))}))
    assert in_words(block) == (
        BlockReason.IN_DOUBT,
        "attempt a-1 by run run-1 may have been accepted: its answer was lost",
        'look in Jet, then say which: `jetplan resolve a-1 --accepted` or `--not-accepted`, with `--reason "…"`',
        ["/a"],
    )
    assert block.attempts == (lost,)
    sending = attempt("s", "/a", state=State.SENDING, live=True)
    block = block_of(wants, observed(job(), sets={"s": replace(SENT, attempts=(sending,))}))
    assert in_words(block) == (
        BlockReason.IN_PROGRESS,
        "run run-1 is submitting these now",
        "wait for it",
        ["/a"],
    )
    assert block.attempts == (sending,)


def meeting(index: int, name: str = "t", **more: object) -> Overlapping:
    """An object that another set sent to the destination."""
    return replace(Overlapping(index, Relation.SAME, attempt(name, "/a")), **more)  # type: ignore[arg-type]


HERE = "say what is meant: `overlap: skip` (send only the rest), `overlap: send` (send again)"
ELSEWHERE = ". If that is this very account under another name, set `apiUrl` back to what it was"
AFAR = attempt("s", "/a", ident="a-9")
AFAR = replace(AFAR, subject=SubjectKey(AFAR.subject.kind, "s", "p-other", LAX.profile_id))


@pytest.mark.parametrize(
    ("overlapping", "who", "hint"),
    [
        ([meeting(0)], "set 't'", f"{HERE}, or `renamedFrom: t`"),
        ([meeting(0, "d")], "set 'd'", HERE),
        ([meeting(0, "s")], "an earlier delivery of this set, as a folder or its content", HERE),
        ([meeting(0, attempt=AFAR)], "this set, from another storage profile (id p-other)", HERE),
        ([meeting(0, spelled="/A")], "set 't', spelled /A then", f"{HERE}, or `renamedFrom: t`"),
        (
            [meeting(0, former=ObservedProfile("p-old", "LAX Old"))],
            "set 't', before this destination was made anew (it was LAX Old, id p-old)",
            f"{HERE}, or `renamedFrom: t`",
        ),
        ([meeting(0, elsewhere="https://b.example")], "set 't' (recorded for https://b.example)", HERE + ELSEWHERE),
        ([meeting(0, "u"), meeting(0, "t")], "set 't', set 'u'", HERE),
        ([meeting(0, name) for name in "wvut"], "set 't', set 'u', set 'v' and 1 more", HERE),
        ([meeting(0, name) for name in "xwvut"], "set 't', set 'u', set 'v' and 2 more", HERE),
        ([meeting(0, name) for name in "vut"], "set 't', set 'u', set 'v'", HERE),
    ],
)
def test_objects_that_other_sets_sent(overlapping: list[Overlapping], who: str, hint: str) -> None:
    """At most three others are named; a set that is no longer declared may be this one's former name."""
    wants = spec(declared(), wanted("s", "/a", "/b"), wanted("d", "/z"))
    seen = observed(job(), sets={"s": replace(SENT, attempts=(), overlapping=tuple(overlapping))})
    block = block_of(wants, seen)
    assert in_words(block) == (
        BlockReason.OVERLAP,
        f"1 of 2 objects already go to this destination by {who}",
        hint,
        ["/a", "/b"],
    )
    assert block.overlapping == tuple(overlapping)


def test_objects_that_a_set_before_it_would_send() -> None:
    """Two new sets of one plan; what is sent already is neither counted nor blocked."""
    wants = spec(declared(), wanted("d", "/b", "/c"), wanted("s", "/a", "/b", "/c", "/e"))
    assert in_words(block_of(wants, observed(job(), sets={"s": SENT}))) == (
        BlockReason.OVERLAP,
        "2 of 3 objects already go to this destination by set 'd' (in these manifests)",
        HERE,
        ["/b", "/c", "/e"],
    )


def test_what_skipping_cannot_decide() -> None:
    """Of a set that skips, only objects that are known to be sent are skipped; the rest says what to do."""
    wants = spec(declared(), wanted("d", "/e"), wanted("s", "/a", "/b/", "/c", "/d", "/e", overlap=Overlap.SKIP))
    overlapping = (
        meeting(0),
        meeting(1, relation=Relation.CONTAINS),
        meeting(2, attempt=attempt("t", "/c", state=State.IN_DOUBT)),
    )
    seen = observed(job(), sets={"s": replace(SENT, attempts=(), overlapping=overlapping)})
    assert in_words(block_of(wants, seen)) == (
        BlockReason.OVERLAP,
        "3 of 3 objects already go to this destination by set 'd' (in these manifests), set 't'",
        "take them out, list single files instead of a folder, or say `overlap: send`",
        ["/b/", "/c", "/e"],
    )
    (batch,) = [step for step in diff(wants, seen).submissions() if step.set_name == "s"]
    assert list(batch.paths()) == ["/d"]


def test_a_job_that_is_being_created() -> None:
    """Its sets wait: for a live run, or for a person."""
    wants = spec(declared(), wanted("s", "/a"))
    held = replace(attempt("nyc-to-lax", state=State.SENDING, live=True), subject=subject("nyc-to-lax"))
    live = block_of(wants, observed(job_attempts={"nyc-to-lax": (held,)}))
    assert in_words(live) == (
        BlockReason.IN_PROGRESS,
        "its job cannot be used: another run is creating it now",
        "wait for that run",
        ["/a"],
    )
    dead = block_of(wants, observed(job_attempts={"nyc-to-lax": (replace(held, live=False),)}))
    assert (dead.reason, dead.hint) == (
        BlockReason.JOB_BLOCKED,
        "run `jetplan apply`: it looks for the job on the server",
    )
