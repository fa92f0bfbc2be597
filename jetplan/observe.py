"""Looks at the API and the ledger, and hands the planner what it needs. Reads only; decides nothing."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from hashlib import blake2b
from typing import TYPE_CHECKING

from jetplan.core.attempts import Kind, State
from jetplan.core.delta import difference, recorded_keys
from jetplan.core.objects import UNKNOWN_SIZE, object_keys
from jetplan.core.observed import Observed, ObservedJob, ObservedProfile, Overlapping, SetRecord
from jetplan.core.routes import match_jobs, route_of, set_subject

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from jetplan.api import wire
    from jetplan.api.client import JetClient
    from jetplan.core.attempts import Attempt, SubjectKey
    from jetplan.core.objects import ObjectTable
    from jetplan.core.spec import DeliverySetSpec, Spec
    from jetplan.ledger.store import Ledger, SubjectRecord


@dataclass(frozen=True, slots=True)
class Server:
    """What the API shows: jobs, storage profiles (None: the role may not list them), and the account ids seen."""

    jobs: Sequence[ObservedJob]
    profiles: Sequence[ObservedProfile] | None
    accounts: Sequence[str]


def observe_server(client: JetClient) -> Server:
    """List jobs and storage profiles, side by side: a constant number of calls, whatever the manifests hold."""
    with ThreadPoolExecutor(2) as pool:
        profiles_call = pool.submit(client.list_storage_profiles)
        jobs = client.list_jobs()
        profiles = profiles_call.result()
    owners = Counter(job.account_id for job in jobs if job.account_id and not job.cross_account)
    owners.update(profile.account_id for profile in profiles or () if profile.account_id)
    return Server(
        tuple(observed_job(job) for job in jobs),
        None if profiles is None else tuple(_profile(profile) for profile in profiles),
        tuple(account for account, _ in sorted(owners.items(), key=lambda item: (-item[1], item[0]))),
    )


def observed_job(job: wire.Job) -> ObservedJob:
    """A job as the planner wants it."""
    return ObservedJob(
        job.job_id,
        job.name,
        _profile(job.source),
        _profile(job.destination),
        paused=job.paused,
        manual=job.manual,
        max_rate=job.max_rate,
    )


def _profile(profile: wire.StorageProfile | None) -> ObservedProfile:
    if profile is None:
        return ObservedProfile("")
    return ObservedProfile(profile.storage_profile_id, profile.name, profile.storage_type, profile.url)


def observe(spec: Spec, server: Server, ledger: Ledger, scope: int | None) -> Observed:
    """Join what the server shows with what the ledger recorded in one scope (None: nothing yet)."""
    bare = Observed(
        jobs=server.jobs,
        profiles=server.profiles or (),
        profiles_listed=server.profiles is not None,
        account=next(iter(server.accounts), ""),
    )
    if scope is None:
        return bare
    subjects = ledger.subjects(scope)
    matches = match_jobs(spec, bare)
    routed = {
        wanted.name: set_subject(wanted.name, route)
        for wanted in spec.sets.values()
        if (route := route_of(matches[wanted.job]))
    }
    unfinished = ledger.unfinished(scope)
    job_attempts: dict[str, list[Attempt]] = {}
    for attempt in unfinished:
        if attempt.subject.kind is Kind.JOB:
            job_attempts.setdefault(attempt.subject.name, []).append(attempt)
    return replace(
        bare,
        sets=_set_records(spec, ledger, scope, subjects, routed),
        job_attempts=job_attempts,
        job_versions={key: record.version for key, record in subjects.items() if key.kind is Kind.JOB},
        known_jobs=frozenset(record.job_id for record in subjects.values() if record.job_id),
        unfinished=unfinished,
        failed=_failed(ledger, scope),
        withdrawn_sets=_withdrawn_sets(spec, subjects),
        delivered_to=frozenset(
            key.destination_id for key, record in subjects.items() if key.kind is Kind.DELIVERY and record.sent_objects
        ),
    )


def size_digest(table: ObjectTable) -> bytes:
    """16 bytes over the sizes in manifest order: equal means that no size changed."""
    return blake2b(table.sizes.tobytes(), digest_size=16).digest()


def _set_records(
    spec: Spec,
    ledger: Ledger,
    scope: int,
    subjects: Mapping[SubjectKey, SubjectRecord],
    routed: Mapping[str, SubjectKey],
) -> dict[str, SetRecord]:
    records: dict[str, SetRecord] = {}
    changed: dict[str, list[SubjectKey]] = {}
    for name, subject in routed.items():
        wanted, known = spec.sets[name], subjects.get(subject)
        digest = spec.digests.get(name) or wanted.objects.digest()
        settled = known is not None and known.settled == digest
        records[name] = SetRecord(subject, known.version if known else 0, settled)
        if not settled:
            former = replace(subject, name=wanted.renamed_from) if wanted.renamed_from else None
            changed[name] = [key for key in (subject, former) if key in subjects and key is not None]
        elif known is not None and known.size_digest != size_digest(wanted.objects):
            records[name] = replace(records[name], resized=_resized(ledger, scope, wanted, [subject]))
    keyed = [key for keys in changed.values() for key in keys]
    by_subject: dict[SubjectKey, list[Attempt]] = {}
    for attempt in ledger.attempts(scope, subjects=keyed, with_keys=True) if keyed else ():
        by_subject.setdefault(attempt.subject, []).append(attempt)
    busy = _Destinations(subjects)
    for name, keys in changed.items():
        attempts = tuple(attempt for key in keys for attempt in by_subject.get(key, ()))
        records[name] = _changed(ledger, scope, spec.sets[name], replace(records[name], attempts=attempts), busy, keys)
    return records


class _Destinations:
    """Which destinations other subjects have recorded deliveries to."""

    def __init__(self, subjects: Mapping[SubjectKey, SubjectRecord]) -> None:
        self._recorded: dict[str, set[SubjectKey]] = {}
        for key, record in subjects.items():
            if key.kind is Kind.DELIVERY and record.live_objects:
                self._recorded.setdefault(key.destination_id, set()).add(key)

    def recorded(self, subject: SubjectKey) -> bool:
        return bool(self._recorded.get(subject.destination_id))


def _changed(
    ledger: Ledger,
    scope: int,
    wanted: DeliverySetSpec,
    record: SetRecord,
    busy: _Destinations,
    own: Sequence[SubjectKey],
) -> SetRecord:
    """Complete the record of a set whose digest the ledger does not know as entirely sent."""
    overlapping: Sequence[Overlapping] = ()
    if busy.recorded(record.subject):
        delta = difference(wanted.objects, record.attempts)
        overlapping = tuple(_overlapping(ledger, scope, wanted.objects, list(delta.new_indexes()), record, own))
    resized: Sequence[tuple[str, int, int]] = ()
    withdrawn = 0
    if record.attempts:
        resized = _resized(ledger, scope, wanted, own)
        withdrawn = len(recorded_keys(record.attempts).difference(object_keys(wanted.objects.paths)))
    return replace(record, overlapping=overlapping, resized=resized, withdrawn=withdrawn)


def _overlapping(
    ledger: Ledger,
    scope: int,
    table: ObjectTable,
    indexes: Sequence[int],
    record: SetRecord,
    own: Sequence[SubjectKey],
) -> Iterator[Overlapping]:
    if not indexes:
        return
    paths = [table.paths[index] for index in indexes]
    index_of = dict(zip(paths, indexes, strict=True))
    for hit in ledger.find_objects(scope, record.subject.destination_id, paths, own=own):
        yield Overlapping(index_of[hit.path], hit.relation, hit.attempt)


def _resized(
    ledger: Ledger, scope: int, wanted: DeliverySetSpec, own: Sequence[SubjectKey]
) -> tuple[tuple[str, int, int], ...]:
    """Known sizes that differ from the last ones recorded when the object was sent."""
    recorded: dict[str, int] = {}
    for attempt in sorted(ledger.attempts(scope, subjects=own), key=lambda each: each.revision):
        if attempt.state is not State.INTENDED:
            recorded.update(zip(*ledger.listing(attempt.attempt_id), strict=True))
    return tuple(
        (path, recorded[path], size)
        for path, size in zip(wanted.objects.paths, wanted.objects.sizes, strict=True)
        if recorded.get(path, size) != size and UNKNOWN_SIZE not in {recorded[path], size}
    )


def _withdrawn_sets(spec: Spec, subjects: Mapping[SubjectKey, SubjectRecord]) -> dict[str, int]:
    kept = set(spec.sets) | {wanted.renamed_from for wanted in spec.sets.values() if wanted.renamed_from}
    gone: Counter[str] = Counter()
    for key, record in subjects.items():
        if key.kind is Kind.DELIVERY and key.name not in kept and record.sent_objects:
            gone[key.name] += record.sent_objects
    return dict(gone)


def _failed(ledger: Ledger, scope: int) -> tuple[Attempt, ...]:
    """Failed deliveries whose set has no later revision since."""
    failed = ledger.attempts(scope, states={State.FAILED})
    if not failed:
        return ()
    newest: dict[SubjectKey, int] = {}
    for attempt in ledger.attempts(scope, subjects=list({each.subject for each in failed})):
        newest[attempt.subject] = max(attempt.revision, newest.get(attempt.subject, 0))
    return tuple(attempt for attempt in failed if newest.get(attempt.subject, 0) <= attempt.revision)
