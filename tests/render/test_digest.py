"""The digest says what would be done, and nothing else."""

from __future__ import annotations

from array import array
from dataclasses import replace

import pytest
from render_plans import EAST, attempt, batch, create, frames, job, plan, rich, submit

from jetplan.core.objects import ObjectTable
from jetplan.core.observed import SourceFiles
from jetplan.core.plan import KeepJob, Plan
from jetplan.render.digest import digest_of

BASE = [create("a"), submit("s", "a", [("/x", 1), ("/y", 2)])]


def test_size_order_batches_and_attempts_do_not_count() -> None:
    """What changes nothing of what is sent changes no digest."""
    digest = digest_of(plan(*BASE))
    assert digest == digest_of(plan(create("a"), submit("s", "a", [("/y", 5), "/x"])))
    assert digest == digest_of(plan(*BASE, unfinished=[attempt("other")]))
    rows = ObjectTable(["/x", "/y"], array("q", [1, 2]))
    split = [batch("s", "a", rows, [at], batch=at + 1, batches=2) for at in range(2)]
    assert digest == digest_of(plan(create("a"), *split))
    assert digest == digest_of(plan(*reversed(split), create("a")))


@pytest.mark.parametrize(
    "other",
    [
        plan(BASE[0]),
        plan(BASE[1]),
        plan(BASE[0], submit("s", "a", [("/x", 1), ("/z", 2)])),
        plan(BASE[0], submit("s", "a", [("/x", 1), ("/y/", 2)])),
        plan(BASE[0], submit("s", "a", [("/x", 1), ("/y", 2)], revision=2)),
        plan(BASE[0], submit("s", "a", [("/x", 1), ("/y", 2)], EAST)),
        plan(BASE[0], submit("t", "a", [("/x", 1), ("/y", 2)])),
        plan(create("a", EAST), BASE[1]),
        plan(create("a", paused=True), BASE[1]),
        plan(create("b"), BASE[1]),
    ],
)
def test_whatever_is_done_counts(other: Plan) -> None:
    """A job, set, route, path, kind or revision more, less or other is another digest."""
    assert digest_of(other) != digest_of(plan(*BASE))


def test_what_the_job_does_at_the_source_counts() -> None:
    """Approved with a job that keeps the files is not approved with one that deletes them; keeping says nothing."""
    submission = submit("s", "a", [("/x", 1)])
    kept, moved, deleted = (
        digest_of(plan(KeepJob("a", job("a", source_files=done)), submission))
        for done in (SourceFiles.KEPT, SourceFiles.MOVED, SourceFiles.DELETED)
    )
    assert kept == digest_of(plan(submission))
    assert len({kept, moved, deleted}) == 3


def test_is_stable() -> None:
    """The digest of a plan is the same in every version: apply compares it with one from before."""
    assert digest_of(plan()) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert digest_of(plan(*BASE)) == STABLE
    assert digest_of(replace(rich(), files=9)) == digest_of(rich())


def test_paths_cannot_be_joined_into_others() -> None:
    """Two objects are not one object with a longer name."""
    one = plan(submit("s", "a", ["/a", "/b"]))
    assert digest_of(one) != digest_of(plan(submit("s", "a", ["/a/b"])))
    assert len({digest_of(plan(submit("s", "a", frames(n).paths))) for n in range(1, 20)}) == 19


STABLE = "db042b27c7537d0d260f8526718ac8cd6ceea7df39db114125c8bd1283d38b39"
