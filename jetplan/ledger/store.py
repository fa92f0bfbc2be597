"""The ledger's whole public interface. Each method is one transaction; how it is done stands in the module it calls.

All methods may be called from many threads at once. A method that writes returns only after a durable commit, and
raises JetplanError (CommitUnknown where nobody can tell) if there was none: then nothing may be sent.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from jetplan.errors import JetplanError
from jetplan.ledger import arrivals as arrived
from jetplan.ledger import (
    checks,
    claims,
    concurrency,
    export,
    home,
    leases,
    notifications,
    profiles,
    reads,
    recovery,
    runs,
    scopes,
    search,
    subjects,
    transitions,
)
from jetplan.ledger.contents import pack
from jetplan.ledger.granting import ClaimRequest
from jetplan.ledger.writer import Writer, in_portions

if TYPE_CHECKING:
    from array import array
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
    from typing import IO, Any, Self

    from jetplan.core.arrival import Arrival
    from jetplan.core.attempts import Attempt, ClaimResult, NewAttempt, NewClaim, RunInfo, State, SubjectKey
    from jetplan.core.estimates import PastDelivery
    from jetplan.core.observed import ObservedProfile
    from jetplan.core.pathsearch import Past
    from jetplan.ledger.driver import Driver, Transaction
    from jetplan.ledger.records import (
        Finding,
        Hit,
        Liveness,
        ObjectEvent,
        RunRecord,
        SubjectRecord,
        Transition,
        Transitioned,
    )


class Ledger:
    """One open ledger. Close it when done, or use it in a `with`.

    `group`: writes of many threads share commits (one writer thread); False runs each in the caller's thread.
    `process_alive(host, process)` says whether a process on this very host still runs; None: it cannot tell.
    """

    def __init__(
        self, driver: Driver, *, group: bool = True, process_alive: Callable[[str, str], bool | None] | None = None
    ) -> None:
        self._unguarded = driver
        self._driver = home.GuardedDriver(driver)
        self._writer = Writer(self._driver, group=group)
        self._home: Mapping[str, str] | None = None
        self._alive = runs.process_alive if process_alive is None else process_alive
        self.ledger_id: str = driver.read(reads.ledger_id)

    def close(self) -> None:
        """Finish the writes under way and let go of the database."""
        self._writer.close()
        self._driver.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # Scopes: API URL and account. Everything below happens within one.

    def scope_of(self, api_url: str, accounts: Sequence[str]) -> str | None:
        """The scope of this API and account, or None where nothing was recorded for it yet.

        `accounts`: the account ids observed, repeated as often as seen. Raises LedgerMismatch where none was seen
        and the ledger knows several accounts at this URL.
        """
        return self._driver.read(lambda tx: scopes.find(tx, api_url, accounts))

    def ensure_scope(self, api_url: str, accounts: Sequence[str]) -> str:
        """The same for a run that writes: made where missing, and given its account once that is known."""
        return self._driver.write(lambda tx: scopes.ensure(tx, api_url, accounts))

    def scopes(self, api_url: str) -> list[str]:
        """Every scope of this API, of whatever account."""
        return self._driver.read(lambda tx: scopes.of_api(tx, api_url))

    # Runs and their leases.

    def begin_run(self, run: RunInfo, lease_seconds: float = 60.0) -> None:
        """Record that a run began. It must call `heartbeat` well within every `lease_seconds`."""
        where = self._where()

        def begin(tx: Transaction) -> None:
            leases.begin(tx, run, lease_seconds)
            home.remember(tx, where)

        self._driver.write(begin)

    def heartbeat(self, run_id: str) -> bool:
        """Renew a run's lease. False: the run is unknown here, or has ended."""
        return self._driver.write(lambda tx: leases.beat(tx, run_id))

    def end_run(self, run_id: str, outcome: str) -> None:
        """Record that a run ended and how (one word). What it left unfinished may be recovered at once."""
        self._driver.write(lambda tx: leases.end(tx, run_id, outcome))

    def run(self, run_id: str) -> RunRecord | None:
        """A run and its lease, or None."""
        return self._driver.read(lambda tx: leases.find(tx, run_id))

    def run_is_live(self, run_id: str) -> Liveness:
        """Whether a run still holds its lease; an unknown run is dead."""
        return self._driver.read(lambda tx: leases.liveness(tx, run_id, self._alive))

    def has_concurrent_runs(self, run_id: str) -> bool:
        """Whether any other run may have claimed since this one began, or may do so yet. No clock is asked.

        It is asked after every claim, so it runs on the writer thread, in the transaction after the claim's. A read of
        its own would have to wait for the commits of other threads, and they for it.
        """
        return self._writer.submit(concurrency.QUESTIONS, concurrency.Question(run_id))

    def recover(self, scope_id: str, run_id: str) -> list[Attempt]:
        """Take over what dead runs left: INTENDED becomes NOT_SENT, SENDING becomes IN_DOUBT, all or nothing.

        Returns the attempts moved. Never touches those of live runs, nor of `run_id` itself.
        """
        return self._driver.write(lambda tx: recovery.recover(tx, scope_id, run_id, self._alive))

    # Claims and transitions: the only way to be allowed to send.

    def claim(
        self,
        scope_id: str,
        subject: SubjectKey,
        expected_version: int,
        attempts: Sequence[NewAttempt],
        run_id: str,
        *,
        also: Sequence[SubjectKey] = (),
    ) -> ClaimResult:
        """Claim a subject for new attempts, all or none, each INTENDED: Claimed with the new version, or Taken.

        `expected_version` is the one planned with (0: no record yet; for a job see `version_of`). Where it still
        holds, the planner saw every attempt there is. Where it moved, the attempts are granted if no live attempt
        of the subject has one of their objects at the same revision. `also`: subjects that this one was renamed
        from; their objects always count, from then on in both directions. A job with an unfinished attempt under
        its name, on any route, is always Taken.
        """
        request = ClaimRequest(scope_id, subject, expected_version, pack(attempts), run_id, tuple(also))
        return self._writer.submit(claims.CLAIMS, request)

    def claim_all(self, scope_id: str, wanted: Sequence[NewClaim], run_id: str) -> list[ClaimResult | JetplanError]:
        """Many claims in as few commits as can be, each decided by itself; each its result, or the error it met."""
        packed: list[ClaimRequest | JetplanError] = []
        for each in wanted:
            try:
                contents = pack(each.attempts)
            except JetplanError as error:
                packed.append(error)
            else:
                claim = (scope_id, each.subject, each.expected_version, contents, run_id, tuple(each.also))
                packed.append(ClaimRequest(*claim))
        requests = [each for each in packed if isinstance(each, ClaimRequest)]
        answers = iter(self._writer.submit_all(claims.CLAIMS, requests))
        return [next(answers) if isinstance(each, ClaimRequest) else each for each in packed]

    def transition(
        self,
        attempt_id: str,
        to: State,
        detail: Mapping[str, Any] | None = None,
        *,
        run_id: str,
        delivery_id: str = "",
        job_id: str = "",
        baseline: Mapping[str, Any] | None = None,
        only_from: frozenset[State] | None = None,
    ) -> Transitioned:
        """Move an attempt to another state, if TRANSITIONS (and `only_from`) allow it from the present one.

        Truthy where it was done; otherwise nothing was written and `state` says where the attempt stands. Only
        the run that claimed an attempt may mark it SENDING. Empty ids and None leave what is recorded. Raises
        JetplanError where there is no such attempt.
        """
        request = transitions.TransitionRequest(
            attempt_id, to, detail or {}, run_id, delivery_id, job_id, baseline, only_from
        )
        return self._writer.submit(transitions.TRANSITION, request)

    def record_complete_set(
        self,
        scope_id: str,
        subject: SubjectKey,
        digest: bytes,
        sizes: bytes | None = None,
        *,
        expected_version: int | None = None,
    ) -> bool:
        """Note that the set with this digest (and size digest) is known to be entirely sent.

        False, and nothing noted, where the subject is unknown or not at `expected_version` any more.
        """
        return self._driver.write(
            lambda tx: subjects.record_complete(tx, scope_id, subject, digest, sizes, expected_version)
        )

    def record_complete_sets(self, scope_id: str, sets: Sequence[tuple[SubjectKey, bytes, bytes | None]]) -> None:
        """Note the digest and size digest of many sets at once, whatever their versions."""
        for some in in_portions(sets):
            self._driver.write(partial(subjects.record_all_complete, scope_id=scope_id, sets=some))

    def adopt(self, scope_id: str, subject: SubjectKey, job_id: str) -> None:
        """Note the id of a job that was found on the server rather than made."""
        self.adopt_all(scope_id, [(subject, job_id)])

    def adopt_all(self, scope_id: str, jobs: Sequence[tuple[SubjectKey, str]]) -> None:
        """The same for many jobs at once."""
        for some in in_portions(jobs):
            self._driver.write(partial(subjects.adopt, scope_id=scope_id, jobs=some))

    def record_baseline(
        self, scope_id: str, subject: SubjectKey, attempt: NewAttempt, run_id: str, *, who: str, reason: str
    ) -> ClaimResult:
        """Record objects as sent before jetplan came, without sending: an attempt born RESOLVED_ACCEPTED.

        Taken where a live attempt already holds one of them.
        """
        (packed,) = pack([attempt])
        return self._driver.write(
            lambda tx: subjects.record_baseline(tx, scope_id, subject, packed, run_id, who, reason)
        )

    # Reading.

    def fingerprint(self) -> bytes | None:
        """32 bytes: while they stay the same, so does everything that a plan takes from this ledger, of any scope.

        None while an attempt is intended, sending or in doubt: whether its run still lives is told by the clock.
        """
        return self._driver.read(reads.fingerprint)

    def subjects(self, scope_id: str) -> Mapping[SubjectKey, SubjectRecord]:
        """Everything ever claimed in a scope, in one query.

        Whoever plans reads this before `attempts`: then an attempt that came in between moves the version past the
        one planned with, and the claim looks. The other way round it would not be noticed.
        """
        return self._driver.read(lambda tx: reads.subjects(tx, scope_id))

    def version_of(self, scope_id: str, subject: SubjectKey) -> int:
        """The version to plan with. A job's counts over all routes of its name; 0 where nothing is recorded.

        `reads.versions(ledger.subjects(scope))` gives the same for all subjects at once.
        """
        return self._driver.read(lambda tx: claims.version_of(tx, scope_id, subject))

    def jobs_named(self, scope_id: str, names: Collection[str]) -> dict[str, list[tuple[SubjectKey, str]]]:
        """The jobs that were made or adopted under some names, as (subject, job id); names without any left out."""
        return self._driver.read(lambda tx: reads.jobs_named(tx, scope_id, names))

    def renames_of(self, scope_id: str, subjects: Iterable[SubjectKey]) -> dict[SubjectKey, set[SubjectKey]]:
        """The subjects that each of some was ever renamed from or to; those without any are left out."""
        wanted = list(subjects)
        return self._driver.read(lambda tx: reads.renames_of(tx, scope_id, wanted))

    def attempts(
        self,
        scope_id: str,
        subjects: Iterable[SubjectKey] | None = None,
        *,
        states: Collection[State] | None = None,
        with_keys: bool = False,
    ) -> list[Attempt]:
        """Attempts of a scope, oldest first; of some subjects or in some states only, with `keys` if asked for."""
        wanted = None if subjects is None else list(subjects)
        return self._driver.read(
            lambda tx: reads.attempts(tx, self._alive, scope_id, wanted, states, with_keys=with_keys)
        )

    def unfinished(self, scope_id: str) -> list[Attempt]:
        """Attempts of a scope that are intended, sending or in doubt, oldest first."""
        return self._driver.read(lambda tx: reads.unfinished(tx, self._alive, scope_id))

    def attempt(self, attempt_id: str) -> Attempt:
        """One attempt by its id or the beginning of it. Raises UsageError where none or several begin so."""
        return self._driver.read(lambda tx: reads.attempt(tx, self._alive, attempt_id))

    def history(self, attempt_id: str) -> list[Transition]:
        """Every transition of an attempt, in order. Nothing is ever taken out."""
        return self._driver.read(lambda tx: reads.history(tx, attempt_id))

    def listing(self, attempt_id: str) -> tuple[list[str], array[int]]:
        """The canonical paths of an attempt in the order they were sent, and their sizes (UNKNOWN_SIZE: not known)."""
        return self._driver.read(lambda tx: reads.listing(tx, attempt_id))

    def record_arrivals(self, arrivals: Mapping[str, Arrival]) -> None:
        """Keep what arrived of some attempts, by attempt id."""
        if arrivals:
            self._driver.write(lambda tx: arrived.record(tx, arrivals))

    def arrivals(self, attempt_ids: Iterable[str]) -> dict[str, Arrival]:
        """What was seen to arrive of some attempts; those never looked at are left out."""
        wanted = list(attempt_ids)
        return self._driver.read(lambda tx: arrived.known(tx, wanted))

    def past_deliveries(self, scope_id: str) -> list[PastDelivery]:
        """The latest deliveries that arrived, the latest first, as far as it is known how long they took."""
        return self._driver.read(lambda tx: arrived.past(tx, scope_id))

    def notice(
        self, scope_id: str, channel: str, things: Iterable[str], lasting: Collection[str], began: str
    ) -> dict[str, str]:
        """Note what is to be told on a channel; what was not told yet, with when it was first seen (see `seen`)."""
        current = list(things)

        def note(tx: Transaction) -> dict[str, str]:
            notifications.seen(tx, scope_id, channel, current, lasting, began)
            return notifications.untold(tx, scope_id, channel)

        return self._driver.write(note)

    def noticed_since(self, scope_id: str, channel: str) -> str:
        """When a channel was first used, ISO 8601 UTC; empty: never."""
        return self._driver.read(lambda tx: notifications.since(tx, scope_id, channel))

    def told(self, scope_id: str, channel: str, things: Iterable[str]) -> None:
        """Note that people were told of these on a channel."""
        done = list(things)
        self._driver.write(lambda tx: notifications.told(tx, scope_id, channel, done))

    def delivered_since(self, scope_id: str, channel: str, moment: str) -> list[Attempt]:
        """The deliveries that were seen to have arrived from a moment (ISO 8601 UTC) on and were not told."""
        return self._driver.read(
            lambda tx: reads.by_ids(tx, notifications.delivered_since(tx, scope_id, channel, moment), self._alive)
        )

    def lacking(self, scope_id: str) -> set[str]:
        """The accepted attempts that ended at the server, of which files are not known to have arrived."""
        return self._driver.read(lambda tx: arrived.lacking(tx, scope_id))

    def find_objects(
        self, scope_id: str, destination_id: str, paths: Sequence[str], *, excluding: Collection[SubjectKey] = ()
    ) -> list[Hit]:
        """Which live attempts at a destination, of other subjects, hold these objects, a folder above, or below.

        `paths` are canonical; hits come in their order.
        """
        return self._driver.read(lambda tx: search.find_objects(tx, scope_id, destination_id, paths, excluding))

    def holding_on_job(self, scope_id: str, job_id: str, paths: Iterable[str]) -> list[Attempt]:
        """Which live deliveries of a job hold any of these objects; their `keys` are those that they hold of them."""
        return self._driver.read(lambda tx: search.holding_on_job(tx, self._alive, scope_id, job_id, paths))

    def pasts_of_jobs(self, scope_id: str, job_ids: Iterable[str]) -> dict[str, Past]:
        """How many objects jobs are known to have accepted, and of a long past paths of some; without any: left out."""
        wanted = list(job_ids)
        return self._driver.read(lambda tx: reads.pasts_of_jobs(tx, scope_id, wanted))

    def find_twins(self, scope_id: str, destination_id: str, paths: Sequence[str]) -> list[Hit]:
        """Which live attempts at a destination hold these objects under another spelling: other case, other accents."""
        return self._driver.read(lambda tx: search.find_twins(tx, scope_id, destination_id, paths))

    def profiles(self, scope_id: str) -> list[ObservedProfile]:
        """The storage profiles of a scope as they were called when something was last recorded for them."""
        return self._driver.read(lambda tx: profiles.known(tx, scope_id))

    def learn_profiles(self, scope_id: str, shown: Iterable[ObservedProfile], also: Collection[str] = ()) -> None:
        """Keep names and urls of the profiles shown that something is recorded for, and of those in `also`, by id."""

        def missing(tx: Transaction) -> list[ObservedProfile]:
            wanted = profiles.recorded_ids(tx, scope_id) | set(also)
            there = set(profiles.known(tx, scope_id))
            return [each for each in set(shown) - there if each.profile_id in wanted]

        new = self._driver.read(missing)
        if new:
            self._driver.write(lambda tx: profiles.learn(tx, scope_id, new))

    def destinations_elsewhere(self, scope_id: str) -> set[str]:
        """Destination profile ids under which any other scope, of whatever API or account, has something recorded."""
        return self._driver.read(lambda tx: search.destinations_elsewhere(tx, scope_id))

    def find_elsewhere(self, scope_id: str, destination_id: str, paths: Sequence[str]) -> list[Hit]:
        """The same as `find_objects`, in every scope but this one: profile ids are unique, names of APIs are not."""
        return self._driver.read(
            lambda tx: search.find_objects(tx, scope_id, destination_id, paths, (), elsewhere=True)
        )

    def scope_name(self, attempt_id: str) -> str:
        """Which API and account an attempt was recorded for, in words."""
        return self._driver.read(lambda tx: scopes.name_of(tx, attempt_id))

    def object_history(self, scope_id: str, path: str) -> list[ObjectEvent]:
        """Every attempt, released ones included, that named this object or a folder above it, oldest first."""
        return self._driver.read(lambda tx: search.object_history(tx, self._alive, scope_id, path))

    # Where the ledger lives, and whether it still is the one that was written last.

    def verify(self) -> None:
        """Raise LedgerMismatch where the ledger was moved away, or is older than it is known to have been."""
        where = self._where()

        def checked(tx: Transaction) -> None:
            home.refuse_if_retired(tx)
            home.check(tx, where)

        self._driver.read(checked)
        self._driver.verify()

    def accept(self, *, who: str, reason: str) -> None:
        """Record a person's word that this ledger is the right one as it stands, whatever is known of it elsewhere."""
        where = self._where()
        self._driver.write(lambda tx: home.accept(tx, where, who, reason))
        self._driver.accept()

    def retire(self, to: str, *, who: str, reason: str) -> None:
        """Close this ledger for good: it goes on at `to`, a URL without secrets. Nothing is written here any more.

        Raises JetplanError while a run is at work, LedgerMismatch where it was moved elsewhere before.
        """
        self._unguarded.write(lambda tx: home.retire(tx, self._alive, to, who, reason))

    def moved_to(self) -> str:
        """Where `retire` said that this ledger goes on; empty where it was not moved."""
        return self._driver.read(home.moved_to)

    def reopen(self) -> bool:
        """Undo `retire`, after a person has made sure that it does not go on elsewhere; whether it was retired."""
        return self._unguarded.write(home.reopen)

    def transition_count(self) -> int:
        """How many transitions were ever recorded. It only grows: a ledger that has fewer is an older copy."""
        return self._driver.read(home.transitions)

    def _where(self) -> Mapping[str, str]:
        if self._home is None:
            self._home = self._driver.home()
        return self._home

    # The whole ledger.

    def export(self, file: IO[str]) -> int:
        """Write everything as JSON Lines; how many lines. Equal ledgers give equal bytes, whatever database."""
        return self._driver.read(lambda tx: export.export(tx, file), once=True)

    def import_(self, file: Iterable[str], *, pinned: str = "") -> int:
        """Read an export into this ledger, which must be empty and takes over its id; how many lines.

        `pinned`: the only id that is taken, if not empty. Raises JetplanError where the ledger is not empty, where the
        file is not a whole export, or where it holds what a ledger cannot hold; LedgerMismatch where it has another id.
        Nothing is kept then.
        """
        lines = self._driver.write(lambda tx: export.import_(tx, file, pinned), once=True)
        self.ledger_id = self._driver.read(reads.ledger_id)
        return lines

    def require_empty(self) -> None:
        """Raise JetplanError unless nothing was ever recorded here."""
        self._driver.read(export.require_empty)

    def check(self) -> list[Finding]:
        """What is wrong with the database or with what it says; an empty list is a healthy ledger."""
        return checks.check(self._driver)
