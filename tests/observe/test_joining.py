"""What the ledger says, joined with what the server shows: dead intentions, other scopes, and rivals of a doubt."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest
from builders import declared, job, spec, subject, wanted

from jetplan.api.wire import JobFile
from jetplan.core.attempts import Kind, NewAttempt, RunInfo, State, SubjectKey
from jetplan.core.evidence import Evidence, Silence
from jetplan.core.observed import Relation, SetRecord
from jetplan.core.plan import UNSEEN
from jetplan.ledger.address import in_memory
from jetplan.observe.evidence import look_for_evidence
from jetplan.observe.overlaps import find_overlaps
from jetplan.observe.records import creations

if TYPE_CHECKING:
    from jetplan.ledger import Ledger

API = "https://jet.example"


@pytest.fixture
def ledger() -> Ledger:
    made = in_memory()
    made.begin_run(RunInfo("run-1"))
    return made


def sent(ledger: Ledger, scope: str, name: str, *paths: str, state: State = State.ACCEPTED) -> None:
    """A set's attempt, named like the set, on job j-1."""
    key = subject(name)
    ledger.claim(scope, key, ledger.version_of(scope, key), [NewAttempt(name, job_id="j-1", paths=paths)], "run-1")
    assert ledger.transition(name, State.SENDING, run_id="run-1", job_id="j-1", baseline={"transfers": []})
    assert ledger.transition(name, state, run_id="run-1")


def test_a_job_whose_creation_is_not_finished_has_no_version_that_was_seen(ledger: Ledger) -> None:
    """A run that is dead by its lease may still create it: the claim has to look at every attempt again."""
    scope = ledger.ensure_scope(API, [])
    keys = {name: SubjectKey(Kind.JOB, name, "p-nyc", "p-lax") for name in ("intended", "made")}
    for name, key in keys.items():
        ledger.claim(scope, key, 0, [NewAttempt(name, job_name=name)], "run-1")
    for state in (State.SENDING, State.ACCEPTED):
        assert ledger.transition("made", state, run_id="run-1")
    assert creations(ledger, scope) == {"intended": UNSEEN, "made": ledger.version_of(scope, keys["made"])}


@pytest.mark.parametrize("here", [False, True], ids=["nothing sent here", "something sent here"])
@pytest.mark.parametrize(
    ("path", "theirs", "relation"),
    [("/x/a", "/x/a", Relation.SAME), ("/x/a", "/x/", Relation.INSIDE), ("/x/", "/x/a", Relation.CONTAINS)],
)
def test_what_another_scope_sent_to_the_destination_is_met(
    ledger: Ledger, here: bool, path: str, theirs: str, relation: Relation
) -> None:
    """One server under another URL or account id has the same profiles: what they got is not sent again."""
    mine, other = ledger.ensure_scope(API, []), ledger.ensure_scope("https://other.example", [])
    if here:
        sent(ledger, mine, "beside", "/beside")
    sent(ledger, other, "theirs", theirs)
    wants = spec(declared(), wanted("new", "/q", path))
    records = {"new": SetRecord(subject("new"))}
    found = find_overlaps(wants, ledger, mine, ledger.subjects(mine), records, {"new": ()}, {})
    assert [(each.index, each.relation, each.attempt.attempt_id) for each in found["new"]] == [(1, relation, "theirs")]
    assert "other.example" in found["new"][0].elsewhere


@dataclass
class Shown:
    """A server that shows some completed files of one new transfer of any job."""

    urls: list[str] = field(default_factory=list)

    def list_transfers(self, _: str) -> list[Any]:
        return []

    def list_files(self, job_id: str, state: str, keep: object = None) -> list[JobFile]:
        listed = self.urls if state == "COMPLETED" else []
        return [JobFile(url, state, transfer_id="t-new", job_id=job_id) for url in listed]


@pytest.mark.parametrize("rival", [None, State.ACCEPTED, State.IN_DOUBT])
def test_a_file_that_another_attempt_has_too_settles_nothing(ledger: Ledger, rival: State | None) -> None:
    """The transfer may be the other attempt's, whether that one was accepted or is in doubt itself."""
    scope = ledger.ensure_scope(API, [])
    sent(ledger, scope, "lost", "/a", state=State.IN_DOUBT)
    if rival is not None:
        sent(ledger, scope, "rival", "/a", "/b", state=rival)
    client: Any = Shown(["file:///nyc/a"])
    found = look_for_evidence(client, ledger, scope, lambda: [job("j-1")])
    assert isinstance(found["lost"], Evidence if rival is None else Silence)
