"""Broken builds of jetplan, each broken in one place, that the campaigns must catch. The first four are the classics.

Each is a function that breaks the build through a MonkeyPatch.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest

from jetplan.apply import conflicts
from jetplan.apply.deliveries import SetDelivery
from jetplan.apply.driver import ProtocolDriver
from jetplan.core import arrival, protocol
from jetplan.core.answers import InDoubtAnswer, NotSentAnswer
from jetplan.core.attempts import RELEASED, NewAttempt, State
from jetplan.core.evidence import Evidence, Silence
from jetplan.errors import JetplanError
from jetplan.ledger import claims, concurrency, leases, recovery, retries
from jetplan.ledger.times import moment, stamp
from jetplan.observe import evidence
from simulation.schedules import crowded, raised, retried, rivals, schedule

if TYPE_CHECKING:
    from simulation.world import Story

Mutant = Callable[[pytest.MonkeyPatch], None]


def send_before_commit(patch: pytest.MonkeyPatch) -> None:
    """The request leaves before the ledger knows of it: SENDING is written down together with the answer."""
    real, put_off = ProtocolDriver._mark, {}

    def mark(self: ProtocolDriver, effect: protocol.Record) -> Any:
        if effect.to is State.SENDING:
            put_off[effect.attempt_id] = effect
            return True
        if effect.attempt_id in put_off:
            real(self, put_off.pop(effect.attempt_id))
        return real(self, effect)

    patch.setattr(ProtocolDriver, "_mark", mark)


def retry_on_timeout(patch: pytest.MonkeyPatch) -> None:
    """No answer is taken for no, and the request is made again."""
    real = protocol._send_attempt

    def send_once(attempt: NewAttempt) -> Generator[Any, Any, tuple[Any, bool, float | None]]:
        steps, reply = real(attempt), None
        while True:
            try:
                effect = steps.send(reply)
            except StopIteration as end:
                result: tuple[Any, bool, float | None] = end.value
                return result
            reply = yield effect
            if isinstance(reply, InDoubtAnswer):
                reply = NotSentAnswer(reply.reason)

    patch.setattr(protocol, "_send_attempt", send_once)


def absence_as_proof(patch: pytest.MonkeyPatch) -> None:
    """What the server does not show is taken for not accepted."""
    real = evidence.look_for_evidence

    def look(client: Any, ledger: Any, scope: str, jobs: Any) -> Mapping[str, Evidence | Silence]:
        found = real(client, ledger, scope, jobs)
        for attempt_id, finding in found.items():
            if isinstance(finding, Silence):
                ledger.transition(attempt_id, State.RESOLVED_NOT_ACCEPTED, {}, run_id="mutant")
        return found

    patch.setattr("jetplan.app.applying.look_for_evidence", look)


def claim_without_version(patch: pytest.MonkeyPatch) -> None:
    """A claim believes its plan, whatever happened since."""
    real = claims.holders
    patch.setattr(claims, "holders", lambda tx, request, seen: real(tx, request, seen=True))


def version_taken_over(patch: pytest.MonkeyPatch) -> None:
    """A version met on the way is taken for one that was planned with."""

    def granted(self: SetDelivery, expected: int, version: int) -> None:
        self._version = version

    patch.setattr(SetDelivery, "_granted", granted)


def dead_intentions_forgotten(patch: pytest.MonkeyPatch) -> None:
    """What a run without a lease intended is left out of the plan, and of the claim."""
    patch.setattr("jetplan.core.deliveries.holds", lambda attempt: True)


def dead_is_unsent(patch: pytest.MonkeyPatch) -> None:
    """A run that died while it was sending is believed not to have sent."""
    real = recovery._takeover

    def takeover(attempt_id: str, state: State, owner: str, run_id: str) -> Any:
        request = real(attempt_id, state, owner, run_id)
        return type(request)(attempt_id, State.NOT_SENT, request.detail, run_id, only_from=request.only_from)

    patch.setattr(recovery, "_takeover", takeover)


def evidence_of_others(patch: pytest.MonkeyPatch) -> None:
    """Whose transfer it is that holds the same paths is not asked."""
    patch.setattr("jetplan.core.evidence._rivals", lambda attempt, other: False)


def finished_runs_forgotten(patch: pytest.MonkeyPatch) -> None:
    """A run that ended in the middle of this one is not counted as concurrent."""
    only_working = "SELECT 1 FROM jetplan_runs WHERE end_number = 0 AND run_id <> ? LIMIT 1"
    patch.setattr(concurrency, "has_concurrent_runs", lambda tx, run_id: bool(tx.rows(only_working, (run_id,))))


def working_runs_forgotten(patch: pytest.MonkeyPatch) -> None:
    """A run that has not ended is not counted as concurrent."""
    only_ended = """SELECT 1 FROM jetplan_runs WHERE run_id <> ? AND end_number >
        (SELECT began_after FROM jetplan_runs WHERE run_id = ?) LIMIT 1"""
    patch.setattr(concurrency, "has_concurrent_runs", lambda tx, run_id: bool(tx.rows(only_ended, (run_id, run_id))))


def clocks_decide(patch: pytest.MonkeyPatch) -> None:
    """Whether a run is concurrent is told by its times and this one's, less the lease."""

    def compared(tx: Any, run_id: str) -> bool:
        me = leases.find(tx, run_id)
        assert me is not None
        since = stamp(moment(me.started_on) - timedelta(seconds=me.lease_seconds))
        sql = """SELECT 1 FROM jetplan_runs WHERE run_id <> ?
            AND (finished_on > ? OR (finished_on = '' AND heartbeat_on > ?)) LIMIT 1"""
        return bool(tx.rows(sql, (run_id, since, since)))

    patch.setattr(concurrency, "has_concurrent_runs", compared)


def conflicts_of_the_first_only(patch: pytest.MonkeyPatch) -> None:
    """Of the attempts that were claimed together, only the first is held against those of other runs."""
    real = conflicts.find_conflicts

    def find(step: Any, attempts: Any, context: Any, concurrent: Any) -> Any:
        return real(step, attempts[:1], context, concurrent)

    patch.setattr("jetplan.apply.deliveries.find_conflicts", find)


def no_look_for_conflicts(patch: pytest.MonkeyPatch) -> None:
    """After a claim nobody looks for other runs."""
    patch.setattr("jetplan.apply.deliveries.find_conflicts", lambda *_: [])


def retry_of_what_completed(patch: pytest.MonkeyPatch) -> None:
    """A file that failed once is believed to have failed for good, although it was seen complete since."""
    patch.setattr(arrival, "_best", _worst(arrival._best))


def _worst(best: Any) -> Any:
    def worst(declared: Any, files: Any, root: str) -> Any:
        kept = best(declared, files, root)
        failed = best(declared, [each for each in files if each.file.failed], root)
        return {**kept, **failed}

    return worst


def retry_used_twice(patch: pytest.MonkeyPatch) -> None:
    """That another attempt retries it already does not count."""
    real = retries.in_the_way

    def in_the_way(*args: Any) -> Any:
        found = real(*args)
        return found if isinstance(found, JetplanError) else []

    patch.setattr(retries, "in_the_way", in_the_way)
    patch.setattr("jetplan.app.retrying._retries", lambda ledger, scope: {})


def retry_of_what_is_in_doubt(patch: pytest.MonkeyPatch) -> None:
    """A retry whose answer was lost is believed not to have been accepted."""
    doubtful = RELEASED | {State.IN_DOUBT}
    patch.setattr(retries, "RELEASED", doubtful)
    patch.setattr("jetplan.app.retrying.RELEASED", doubtful)
    patch.setattr(retries, "UNFINISHED", frozenset({State.INTENDED, State.SENDING}))


def jets_own_retries_ignored(patch: pytest.MonkeyPatch) -> None:
    """Whether Jet is trying again by itself is not asked."""
    patch.setattr("jetplan.apply.retrying._refuse_what_moves", lambda failed, context: None)


MUTANTS: Mapping[Mutant, Callable[[int], Story]] = {
    send_before_commit: schedule,
    retry_on_timeout: schedule,
    absence_as_proof: schedule,
    claim_without_version: schedule,
    version_taken_over: crowded,
    dead_intentions_forgotten: schedule,
    dead_is_unsent: schedule,
    evidence_of_others: raised,
    finished_runs_forgotten: rivals,
    working_runs_forgotten: rivals,
    clocks_decide: rivals,
    conflicts_of_the_first_only: rivals,
    no_look_for_conflicts: rivals,
    retry_of_what_completed: retried,
    retry_used_twice: retried,
    retry_of_what_is_in_doubt: retried,
    jets_own_retries_ignored: retried,
}
"""Each with the schedules that show it soonest."""
