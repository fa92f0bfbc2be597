"""Two sets that race to one destination: each run looks after its claim, at every object of every attempt."""

from __future__ import annotations

from typing import Any

import pytest
from builders import declared, job, observed, spec, subject, wanted

from jetplan.apply import ApplyOptions, Stop
from jetplan.apply.conflicts import find_conflicts
from jetplan.apply.context import Context, make_context
from jetplan.core.attempts import NewAttempt, RunInfo
from jetplan.core.diff import diff
from jetplan.core.spec import Overlap
from jetplan.ledger.address import in_memory


class Race:
    """This run has claimed some attempts of the set `mine`; other runs claim for their own sets."""

    def __init__(self, *batches: tuple[str, ...], overlap: Overlap = Overlap.REFUSE) -> None:
        self.ledger = in_memory()
        self.scope = self.ledger.ensure_scope("https://jet.example", [])
        self.ledger.begin_run(RunInfo("this"))
        paths = [path for batch in batches for path in batch]
        self.step = diff(spec(declared(), wanted("mine", *paths, overlap=overlap)), observed(job())).submissions()[0]
        self.attempts = [NewAttempt(f"mine-{number}", paths=batch) for number, batch in enumerate(batches)]

    def other(self, ident: str, *paths: str, name: str = "theirs", run: str = "other") -> None:
        """Another run claims, and has ended by the time that this one looks."""
        self.ledger.begin_run(RunInfo(run))
        key = subject(name)
        self.ledger.claim(
            self.scope, key, self.ledger.version_of(self.scope, key), [NewAttempt(ident, paths=paths)], run
        )
        self.ledger.end_run(run, "ended")

    def conflicts(self) -> set[str]:
        """What this run finds, once it has claimed."""
        version = self.ledger.version_of(self.scope, subject("mine"))
        self.ledger.claim(self.scope, subject("mine"), version, self.attempts, "this")
        context, ledger = self._context(), self.ledger
        found = find_conflicts(self.step, self.attempts, context, lambda: ledger.has_concurrent_runs("this"))
        return {attempt.attempt_id for attempt in found}

    def _context(self) -> Context:
        server: Any = None  # a look for conflicts asks nothing of the server
        return make_context(
            server, self.ledger, self.scope, RunInfo("this"), Stop(),
            list_jobs=list, look=dict, new_id=str, options=ApplyOptions(),
        )  # fmt: skip


@pytest.mark.parametrize(("mine", "theirs"), [("/x/a", "/x/a"), ("/x/", "/x/a"), ("/x/a", "/x/"), ("/x/a", "/")])
@pytest.mark.parametrize("at", [0, 1, 2])
@pytest.mark.parametrize("within", [0, 1])
def test_a_conflict_is_found_wherever_it_is(mine: str, theirs: str, at: int, within: int) -> None:
    """In the first attempt of a claim or the last, in its first object or the last, as a file or a folder."""
    batches = [[f"/{number}/p", f"/{number}/q"] for number in range(3)]
    batches[at][within] = mine
    race = Race(*map(tuple, batches))
    race.other("theirs", theirs)
    assert race.conflicts() == {"theirs"}


def test_every_run_of_three_is_found() -> None:
    """One that sends the file, one that sends the folder around it: this run is told of both."""
    race = Race(("/q",), ("/x/a",))
    race.other("file", "/x/a", name="second", run="second")
    race.other("folder", "/x/", name="third", run="third")
    assert race.conflicts() == {"file", "folder"}


def test_the_same_object_of_the_same_set_is_left_to_the_claim() -> None:
    """The claim knows revisions. A folder around it, in the same set and even in the same attempt, is a conflict."""
    race = Race(("/a",), ("/x/b",))
    race.other("same", "/a", name="mine", run="second")
    assert race.conflicts() == set()
    race = Race(("/a",), ("/x/b",))
    race.other("around", "/a", "/x/", name="mine", run="second")
    assert race.conflicts() == {"around"}


def test_no_conflict_with_itself_nor_where_a_person_allowed_it() -> None:
    """Its own claims do not stop a run, and `overlap: send` is a person's word."""
    assert Race(("/a",), ("/x/b",)).conflicts() == set()
    race = Race(("/a",), overlap=Overlap.SEND)
    race.other("theirs", "/a")
    assert race.conflicts() == set()
