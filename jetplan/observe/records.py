"""Joins what the server shows with what the ledger recorded, as the planner wants it. Reads only; decides nothing."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from hashlib import blake2b
from typing import TYPE_CHECKING

from jetplan.core.attempts import RELEASED, SENT, Kind, State
from jetplan.core.delta import recorded_keys
from jetplan.core.estimates import rates_of
from jetplan.core.objects import UNKNOWN_SIZE, object_keys
from jetplan.core.observed import Observed, SetRecord
from jetplan.core.places import former_profiles
from jetplan.core.plan import UNSEEN
from jetplan.core.routes import match_jobs, route_of, set_subject
from jetplan.ledger.failures import failures
from jetplan.ledger.reads import versions
from jetplan.observe.overlaps import find_overlaps
from jetplan.observe.server import shown_profiles

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jetplan.core.attempts import Attempt, SubjectKey
    from jetplan.core.objects import ObjectTable
    from jetplan.core.observed import ObservedProfile
    from jetplan.core.routes import Match
    from jetplan.core.spec import DeliverySetSpec, Spec
    from jetplan.ledger.records import SubjectRecord
    from jetplan.ledger.store import Ledger
    from jetplan.observe.server import Server


def creations(ledger: Ledger, scope: str) -> Mapping[str, int]:
    """By job name, the version to create a job with; to be asked for before the server is listed.

    A job that another run makes after this moment moves the version, one made before it is in the list.
    """
    subjects = ledger.subjects(scope)
    version_of = versions(subjects)
    found = {key.name: version_of(key) for key in subjects if key.kind is Kind.JOB}
    under_way = {each.subject.name for each in ledger.unfinished(scope) if each.subject.kind is Kind.JOB}
    return found | dict.fromkeys(under_way, UNSEEN)


def observe(
    spec: Spec, server: Server, ledger: Ledger, scope: str | None, before: Mapping[str, int] | None = None
) -> Observed:
    """Join what the server shows with what the ledger recorded in one scope (None: nothing yet).

    `before`: what `creations` gave before the server was listed. Without it the plan may be shown; a job that it
    would create may have been made in between.
    """
    bare = Observed(
        jobs=server.jobs,
        profiles=server.profiles or (),
        profiles_listed=server.profiles is not None,
        account=next(iter(server.accounts), ""),
    )
    scope = scope or ""  # no scope has this name; what other scopes hold still counts
    subjects = ledger.subjects(scope)
    version_of = versions(subjects)
    matches = match_jobs(spec, bare)
    routed = {
        wanted.name: set_subject(wanted.name, route)
        for wanted in spec.sets.values()
        if (route := route_of(matches[wanted.job]))
    }
    job_versions = {key.name: version_of(key) for key in subjects if key.kind is Kind.JOB}
    unfinished = ledger.unfinished(scope)
    job_attempts: dict[str, list[Attempt]] = {}
    for attempt in unfinished:
        if attempt.subject.kind is Kind.JOB:
            job_attempts.setdefault(attempt.subject.name, []).append(attempt)
    former = _former(server, ledger, scope, matches)
    delivered_to = {
        key.destination_id
        for key, record in subjects.items()
        if key.kind is Kind.DELIVERY and any(record.states.get(state) for state in SENT)
    }
    renewed = {ident for ident, before in former.items() if any(each.profile_id in delivered_to for each in before)}
    records = _set_records(spec, ledger, scope, subjects, routed, former)
    return replace(
        bare,
        sets=records,
        job_attempts=job_attempts,
        job_versions=job_versions if before is None else before,
        known_jobs=frozenset(record.job_id for record in subjects.values() if record.job_id),
        unfinished=unfinished,
        failed=failures(ledger, scope),
        withdrawn_sets=_withdrawn_sets(spec, ledger, scope, subjects),
        delivered_to=frozenset(delivered_to | renewed),
        unrouted=_unrouted(spec, ledger, scope, subjects, routed),
        rates=rates_of(ledger.past_deliveries(scope)) if any(not each.complete for each in records.values()) else {},
    )


def _unrouted(
    spec: Spec,
    ledger: Ledger,
    scope: str,
    subjects: Mapping[SubjectKey, SubjectRecord],
    routed: Mapping[str, SubjectKey],
) -> Mapping[str, Sequence[Attempt]]:
    """What the ledger holds of the sets whose jobs have no route now, under their names and former names."""
    names = {
        name: {wanted.name, wanted.renamed_from or wanted.name}
        for name, wanted in spec.sets.items()
        if name not in routed
    }
    if not names:
        return {}
    keys = {
        name: tuple(key for key in subjects if key.kind is Kind.DELIVERY and key.name in known)
        for name, known in names.items()
    }
    return _own_attempts(ledger, scope, {name: some for name, some in keys.items() if some})


def _former(
    server: Server, ledger: Ledger, scope: str, matches: Mapping[str, Match]
) -> Mapping[str, Sequence[ObservedProfile]]:
    """For each destination, the recorded profiles whose place it may have taken."""
    routes = [route for match in matches.values() if (route := route_of(match))]
    return former_profiles(
        {route.destination.profile_id: route.destination for route in routes}.values(),
        ledger.profiles(scope),
        {each.profile_id for each in shown_profiles(server)},
    )


def size_digest(table: ObjectTable) -> bytes:
    """16 bytes over the sizes in manifest order: equal means that no size changed."""
    return blake2b(table.sizes.tobytes(), digest_size=16).digest()


def _set_records(
    spec: Spec,
    ledger: Ledger,
    scope: str,
    subjects: Mapping[SubjectKey, SubjectRecord],
    routed: Mapping[str, SubjectKey],
    former: Mapping[str, Sequence[ObservedProfile]],
) -> dict[str, SetRecord]:
    records: dict[str, SetRecord] = {}
    changed: dict[str, tuple[SubjectKey, ...]] = {}
    for name, subject in routed.items():
        wanted, known = spec.sets[name], subjects.get(subject)
        digest = spec.digests.get(name) or wanted.objects.digest()
        complete = known is not None and known.complete_digest == digest
        records[name] = SetRecord(subject, known.version if known else 0, complete)
        if not complete:
            renamed = (replace(subject, name=wanted.renamed_from),) if wanted.renamed_from else ()
            changed[name] = tuple(key for key in (subject, *renamed) if key in subjects)
        elif known is not None and known.sizes != size_digest(wanted.objects):
            records[name] = replace(records[name], resized=_resized(ledger, scope, wanted, [subject]))
    for name, attempts in _own_attempts(ledger, scope, changed).items():
        wanted, own = spec.sets[name], changed[name]
        withdrawn = len(
            recorded_keys([each for each in attempts if not each.retry_of]).difference(
                object_keys(wanted.objects.paths)
            )
        )
        resized = _resized(ledger, scope, wanted, own)
        records[name] = replace(records[name], attempts=attempts, withdrawn=withdrawn, resized=resized)
    for name, overlapping in find_overlaps(spec, ledger, scope, subjects, records, changed, former).items():
        records[name] = replace(records[name], overlapping=tuple(overlapping))
    return records


def _own_attempts(
    ledger: Ledger, scope: str, changed: Mapping[str, Sequence[SubjectKey]]
) -> dict[str, tuple[Attempt, ...]]:
    """The unreleased attempts of each changed set, with keys; sets without any are left out."""
    keyed = [key for keys in changed.values() for key in keys]
    by_subject: dict[SubjectKey, list[Attempt]] = {}
    live = frozenset(State) - RELEASED
    for attempt in ledger.attempts(scope, keyed, states=live, with_keys=True) if keyed else ():
        by_subject.setdefault(attempt.subject, []).append(attempt)
    joined = {name: tuple(each for key in keys for each in by_subject.get(key, ())) for name, keys in changed.items()}
    return {name: attempts for name, attempts in joined.items() if attempts}


def _resized(
    ledger: Ledger, scope: str, wanted: DeliverySetSpec, own: Sequence[SubjectKey]
) -> tuple[tuple[str, int, int], ...]:
    """Known sizes that differ from the last ones recorded when the object was sent."""
    recorded: dict[str, int] = {}
    for attempt in sorted(ledger.attempts(scope, own, states=SENT), key=lambda each: each.revision):
        recorded.update(zip(*ledger.listing(attempt.attempt_id), strict=True))
    return tuple(
        (path, recorded[path], size)
        for path, size in zip(wanted.objects.paths, wanted.objects.sizes, strict=True)
        if recorded.get(path, size) != size and UNKNOWN_SIZE not in {recorded[path], size}
    )


def _withdrawn_sets(
    spec: Spec, ledger: Ledger, scope: str, subjects: Mapping[SubjectKey, SubjectRecord]
) -> dict[str, int]:
    """Sets with sent objects that no manifest declares any more: name -> objects."""
    kept = set(spec.sets) | {wanted.renamed_from for wanted in spec.sets.values() if wanted.renamed_from}
    gone = [
        key
        for key, record in subjects.items()
        if key.kind is Kind.DELIVERY and key.name not in kept and any(record.states.get(state) for state in SENT)
    ]
    counts: Counter[str] = Counter()
    for attempt in ledger.attempts(scope, gone, states=SENT) if gone else ():
        counts[attempt.subject.name] += 0 if attempt.retry_of else attempt.objects
    return dict(counts)
