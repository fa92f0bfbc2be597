"""Reading attempts, subjects and histories back as frozen data."""

from __future__ import annotations

import json
from collections import Counter
from hashlib import blake2b
from typing import TYPE_CHECKING, NamedTuple

from jetplan.core.attempts import SENT, UNFINISHED, Attempt, Kind, RunInfo, State, SubjectKey
from jetplan.core.pathsearch import LONG, Past
from jetplan.errors import LedgerMismatch, UsageError
from jetplan.ledger import leases
from jetplan.ledger.contents import OBJECTS, unpack_listing
from jetplan.ledger.driver import rows_in
from jetplan.ledger.records import Liveness, SubjectRecord, Transition
from jetplan.ledger.words import from_json, subject_id

if TYPE_CHECKING:
    from array import array
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from jetplan.ledger.driver import Row, Transaction

_ATTEMPT = """SELECT a.attempt_id, s.kind, s.name, s.source_id, s.destination_id, a.state,
    r.run_id, r.git_commit, r.ci_url, r.who, r.host, r.process, r.program, a.created_on, a.changed_on,
    a.batch, a.batches, a.revision, a.job_id, a.job_name, a.objects, a.known_bytes, a.unknown_sizes,
    a.delivery_id, a.detail, a.baseline, a.first_paths, a.retry_of
    FROM jetplan_attempts a JOIN jetplan_subjects s ON s.subject_id = a.subject_id
    JOIN jetplan_runs r ON r.run_id = a.run_id"""


class _AttemptRow(NamedTuple):
    """One row of `_ATTEMPT`: the columns in its order."""

    attempt_id: str
    kind: str
    name: str
    source_id: str
    destination_id: str
    state: str
    run_id: str
    git_commit: str
    ci_url: str
    who: str
    host: str
    process: str
    program: str
    created_on: str
    changed_on: str
    batch: int
    batches: int
    revision: int
    job_id: str
    job_name: str
    objects: int
    known_bytes: int
    unknown_sizes: int
    delivery_id: str
    detail: str
    baseline: str | None
    first_paths: str
    retry_of: str

    @property
    def subject(self) -> SubjectKey:
        return SubjectKey(Kind(self.kind), self.name, self.source_id, self.destination_id)

    @property
    def run(self) -> RunInfo:
        return RunInfo(self.run_id, self.git_commit, self.ci_url, self.who, self.host, self.process, self.program)


_OPEN = frozenset(state.value for state in UNFINISHED)
_TOGETHER = 10_000
"""Rows read at once."""


def ledger_id(tx: Transaction) -> str:
    """The ledger's own id, made when it was made."""
    rows = tx.rows("SELECT value FROM jetplan_meta WHERE name = 'ledger_id'")
    if not rows:
        raise LedgerMismatch("the ledger has no id", hint="it was not made by `jetplan init`")
    return str(rows[0][0])


def fingerprint(tx: Transaction) -> bytes | None:
    """32 bytes over all that a plan takes from any scope; None while an attempt is unfinished.

    What an attempt sent never changes, and whatever happens to it moves its number; so that is read instead.
    """
    total = blake2b(repr(tx.rows("SELECT name, value FROM jetplan_meta ORDER BY name")).encode(), digest_size=32)
    for table, columns in (
        ("scopes", "scope_id, api_url, account"),
        ("subjects", "subject_id, scope_id, version, job_id, settled, sizes"),
        ("attempts", "attempt_id, subject_id, state, seq, changed_on"),
        ("arrivals", "attempt_id, seen_on, state, lacking"),
    ):
        after = ""
        while rows := tx.rows(
            f"""SELECT {columns} FROM jetplan_{table} WHERE {columns.partition(",")[0]} > ?
                ORDER BY 1 LIMIT {_TOGETHER}""",  # noqa: S608 - names from our own code
            (after,),
        ):
            if table == "attempts" and any(row[2] in _OPEN for row in rows):
                return None
            total.update(f"{table} {rows!r}\n".encode())
            after = rows[-1][0]
    return total.digest()


def subjects(tx: Transaction, scope_id: str) -> dict[SubjectKey, SubjectRecord]:
    """Every subject of a scope with its attempts counted by state."""
    rows = tx.rows(
        """SELECT s.kind, s.name, s.source_id, s.destination_id, s.version, s.job_id, s.settled, s.sizes,
                  n.state, n.attempts
           FROM jetplan_subjects s LEFT JOIN (
               SELECT subject_id, state, COUNT(*) AS attempts FROM jetplan_attempts
               WHERE scope_id = ? GROUP BY subject_id, state) n ON n.subject_id = s.subject_id
           WHERE s.scope_id = ? ORDER BY s.kind, s.name, s.source_id, s.destination_id""",
        (scope_id, scope_id),
    )
    found: dict[SubjectKey, SubjectRecord] = {}
    counts: dict[State, int] = {}
    for kind, name, source, destination, version, job_id, settled, sizes, state, attempts_ in rows:
        key = SubjectKey(Kind(kind), name, source, destination)
        if key not in found:
            counts = {}
            found[key] = SubjectRecord(version, job_id, settled, sizes, counts)
        if state is not None:
            counts[State(state)] = attempts_
    return found


def jobs_named(tx: Transaction, scope_id: str, names: Collection[str]) -> dict[str, list[tuple[SubjectKey, str]]]:
    """The ids of jobs that were made or adopted under some names, on whatever route; names without any are left out."""
    rows = rows_in(
        tx,
        """SELECT name, source_id, destination_id, job_id FROM jetplan_subjects
           WHERE scope_id = ? AND kind = 'job' AND job_id <> '' AND name IN (@) ORDER BY subject_id""",
        names,
        before=(scope_id,),
    )
    found: dict[str, list[tuple[SubjectKey, str]]] = {}
    for name, source, destination, job_id in rows:
        found.setdefault(name, []).append((SubjectKey(Kind.JOB, name, source, destination), job_id))
    return found


def versions(found: Mapping[SubjectKey, SubjectRecord]) -> Callable[[SubjectKey], int]:
    """The version to plan a subject with, from what `subjects` gave; see `Ledger.version_of`."""
    jobs: dict[str, int] = {}
    for key, record in found.items():
        if key.kind is Kind.JOB:
            jobs[key.name] = jobs.get(key.name, 0) + record.version

    def version(key: SubjectKey) -> int:
        if key.kind is Kind.JOB:
            return jobs.get(key.name, 0)
        return found[key].version if key in found else 0

    return version


def attempts(
    tx: Transaction,
    alive: Callable[[str, str], bool | None],
    scope_id: str,
    wanted: Sequence[SubjectKey] | None = None,
    states: Collection[State] | None = None,
    *,
    with_keys: bool = False,
) -> list[Attempt]:
    """Attempts of a scope, oldest first, narrowed by subject and state."""
    if wanted is None:
        rows = tx.rows(f"{_ATTEMPT} WHERE a.scope_id = ?", (scope_id,))
    else:
        idents = {subject_id(scope_id, subject) for subject in wanted}
        rows = rows_in(tx, f"{_ATTEMPT} WHERE a.subject_id IN (@)", idents)
    if states is not None:
        names, state_at = {state.value for state in states}, _AttemptRow._fields.index("state")
        rows = [row for row in rows if row[state_at] in names]
    return _build(tx, rows, alive, with_keys=with_keys)


def unfinished(tx: Transaction, alive: Callable[[str, str], bool | None], scope_id: str) -> list[Attempt]:
    """Attempts of which nobody knows the end yet."""
    names = [state.value for state in UNFINISHED]
    rows = rows_in(tx, f"{_ATTEMPT} WHERE a.scope_id = ? AND a.state IN (@)", names, before=(scope_id,))
    return _build(tx, rows, alive)


def by_ids(
    tx: Transaction, idents: Iterable[str], alive: Callable[[str, str], bool | None] | None = None
) -> list[Attempt]:
    """Attempts by their ids, oldest first. Without `alive`, whether they are live is told by leases alone."""
    return _build(tx, rows_in(tx, f"{_ATTEMPT} WHERE a.attempt_id IN (@)", idents), alive)


def attempt(tx: Transaction, alive: Callable[[str, str], bool | None], beginning: str) -> Attempt:
    """The one attempt whose id is, or begins with, this."""
    found = by_ids(tx, [beginning], alive)
    if not found and beginning:
        rows = tx.rows(f"{_ATTEMPT} WHERE substr(a.attempt_id, 1, ?) = ?", (len(beginning), beginning))
        found = _build(tx, rows, alive)
    if not found:
        raise UsageError(f"the ledger has no attempt {beginning}", hint="`jetplan ledger list` shows all")
    if len(found) > 1:
        raise UsageError(
            f"{len(found)} attempts begin with {beginning}", hint="give more of the id; `jetplan ledger list` shows all"
        )
    return found[0]


def pasts_of_jobs(tx: Transaction, scope_id: str, job_ids: Iterable[str]) -> dict[str, Past]:
    """How many objects each job has accepted; of a long past also paths of some, the newest first."""
    accepted = ", ".join(f"'{state.value}'" for state in SENT)
    rows = rows_in(
        tx,
        f"""SELECT job_id, objects FROM jetplan_attempts WHERE scope_id = ? AND state IN ({accepted})
            AND job_id IN (@)""",  # noqa: S608 - words of our own
        set(job_ids),
        before=(scope_id,),
    )
    totals: Counter[str] = Counter()
    for job_id, objects in rows:
        totals[job_id] += objects
    return {
        job_id: Past(total, _moved(tx, scope_id, job_id) if total > LONG else ()) for job_id, total in totals.items()
    }


def _moved(tx: Transaction, scope_id: str, job_id: str) -> list[str]:
    """Paths that the server is known to have taken for a job, the newest first."""
    seen = (State.DELIVERED.value, State.EVIDENCED.value, State.ACCEPTED.value)
    rows = tx.rows(
        """SELECT first_paths FROM jetplan_attempts WHERE scope_id = ? AND job_id = ? AND state IN (?, ?, ?)
           ORDER BY changed_on DESC LIMIT 20""",
        (scope_id, job_id, *seen),
    )
    return [path for (paths,) in rows for path in json.loads(paths)]


def history(tx: Transaction, attempt_id: str) -> list[Transition]:
    """An attempt's transitions, in order."""
    rows = tx.rows(
        """SELECT seq, from_state, to_state, made_on, run_id, detail FROM jetplan_transitions
           WHERE attempt_id = ? ORDER BY seq""",
        (attempt_id,),
    )
    return [
        Transition(attempt_id, seq, State(was) if was else None, State(to), on, run_id, from_json(detail))
        for seq, was, to, on, run_id, detail in rows
    ]


def listing(tx: Transaction, attempt_id: str) -> tuple[list[str], array[int]]:
    """An attempt's paths and sizes."""
    rows = tx.rows("SELECT listing FROM jetplan_listings WHERE attempt_id = ?", (attempt_id,))
    return unpack_listing(bytes(rows[0][0]) if rows else b"")


def renames_of(tx: Transaction, scope_id: str, wanted: Iterable[SubjectKey]) -> dict[SubjectKey, set[SubjectKey]]:
    """The subjects that each of some was ever renamed from or to; those without any are left out."""
    by_id = {subject_id(scope_id, subject): subject for subject in wanted}
    found: dict[SubjectKey, set[SubjectKey]] = {}
    for mine, other in (("subject_id", "former_id"), ("former_id", "subject_id")):
        rows = rows_in(
            tx,
            f"""SELECT r.{mine}, s.kind, s.name, s.source_id, s.destination_id FROM jetplan_renames r
                JOIN jetplan_subjects s ON s.subject_id = r.{other} WHERE r.{mine} IN (@)""",  # noqa: S608 - constants
            by_id,
        )
        for ident, kind, *rest in rows:
            found.setdefault(by_id[ident], set()).add(SubjectKey(Kind(kind), *rest))
    return found


def keys_of(tx: Transaction, idents: Iterable[str]) -> dict[str, bytes]:
    """The packed sorted keys of attempts; those without objects are left out."""
    rows = rows_in(
        tx,
        f"""SELECT attempt_id, keys FROM jetplan_pages WHERE part = '{OBJECTS}' AND attempt_id IN (@)
            ORDER BY attempt_id, first""",  # noqa: S608 - a constant
        idents,
    )
    pages: dict[str, list[bytes]] = {}
    for ident, keys in rows:
        pages.setdefault(ident, []).append(keys)
    return {ident: b"".join(parts) for ident, parts in pages.items()}


def _build(
    tx: Transaction,
    rows: Sequence[Row],
    alive: Callable[[str, str], bool | None] | None,
    *,
    with_keys: bool = False,
) -> list[Attempt]:
    found = [_AttemptRow(*row) for row in rows]
    keys = keys_of(tx, [row.attempt_id for row in found]) if with_keys else None
    open_runs = {row.run_id for row in found if row.state in ("intended", "sending")}
    look = alive or (lambda _host, _process: None)
    live = {run for run in open_runs if leases.liveness(tx, run, look) is not Liveness.DEAD}
    built = [
        Attempt(
            attempt_id=row.attempt_id,
            subject=row.subject,
            state=State(row.state),
            run=row.run,
            created_on=row.created_on,
            changed_on=row.changed_on,
            batch=row.batch,
            batches=row.batches,
            revision=row.revision,
            job_id=row.job_id,
            job_name=row.job_name,
            objects=row.objects,
            known_bytes=row.known_bytes,
            unknown_sizes=row.unknown_sizes,
            delivery_id=row.delivery_id,
            detail=from_json(row.detail),
            baseline=None if row.baseline is None else from_json(row.baseline),
            first_paths=tuple(json.loads(row.first_paths)),
            retry_of=row.retry_of,
            keys=None if keys is None else keys.get(row.attempt_id, b""),
            live=row.run_id in live,
        )
        for row in found
    ]
    return sorted(built, key=lambda found: (found.created_on, found.subject.name, found.batch, found.attempt_id))
