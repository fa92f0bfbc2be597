"""Which attempts hold an object: by stepping down the index of their pages, or by reading them all, whichever is less.

Few objects against many attempts cost a step per attempt and object; a million objects are met by reading every
recorded key once.
"""

from __future__ import annotations

import struct
from bisect import bisect_left, bisect_right
from dataclasses import replace
from typing import TYPE_CHECKING

from jetplan.core.attempts import RELEASED, State
from jetplan.core.clashes import are_folded, folded
from jetplan.core.objects import KEY_BYTES, folders_above, object_key, object_keys, pack_keys, unpack_keys
from jetplan.core.observed import Relation
from jetplan.ledger import reads
from jetplan.ledger.contents import FOLDED, FOLDED_FOLDERS, FOLDERS, OBJECTS, folders_of
from jetplan.ledger.driver import rows_in
from jetplan.ledger.records import Hit, ObjectEvent
from jetplan.ledger.words import subject_id

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from jetplan.core.attempts import Attempt, SubjectKey
    from jetplan.ledger.driver import Transaction

STEP_COST = 500
"""How many recorded keys can be read in the time of one step down the index, measured."""
_FEW = 12
"""So many keys are looked for in a page sooner than the page is taken apart, measured."""
AT_ONCE = 500_000
"""How many recorded keys are held in memory at a time."""
_STEP = """SELECT attempt_id FROM (
    SELECT a.attempt_id, (SELECT p.keys FROM jetplan_pages p WHERE p.attempt_id = a.attempt_id AND p.part = ?
        AND p.first <= ? ORDER BY p.first DESC LIMIT 1) AS page
    FROM jetplan_attempts a WHERE a.attempt_id IN (@)) AS found WHERE instr(page, ?) > 0"""


def sharing(tx: Transaction, attempt_ids: Sequence[str], keys: bytes) -> list[str]:
    """Those of the attempts that hold any of these packed keys."""
    if not attempt_ids or not keys:
        return []
    sizes: dict[str, int] = dict(
        rows_in(tx, "SELECT attempt_id, objects FROM jetplan_attempts WHERE attempt_id IN (@)", attempt_ids)
    )
    return sorted(set().union(*holders(tx, sizes, OBJECTS, unpack_keys(keys)).values()))


def holders(
    tx: Transaction, attempts: Mapping[str, int], part: str, keys: Collection[bytes]
) -> dict[bytes, tuple[str, ...]]:
    """For each key that some attempt holds in a part, which do. `attempts`: id -> how many objects it has."""
    found: dict[bytes, tuple[str, ...]] = {}
    if len(keys) * len(attempts) * STEP_COST <= sum(attempts.values()) + 1_000:
        for key in keys:
            for (attempt_id,) in rows_in(tx, _STEP, attempts, before=(part, key), after=(key,)):
                _note(found, attempt_id, (key,))
        return found
    wanted = sorted(set(keys))
    every = set(wanted)
    for some in _portions(attempts):
        rows = rows_in(
            tx, "SELECT attempt_id, keys FROM jetplan_pages WHERE part = ? AND attempt_id IN (@)", some, before=(part,)
        )
        for attempt_id, page in rows:
            low, high = bisect_left(wanted, page[:KEY_BYTES]), bisect_right(wanted, page[-KEY_BYTES:])
            if high - low <= _FEW:
                _note(found, attempt_id, [key for key in wanted[low:high] if key in page])
            else:
                recorded = struct.unpack(f"{KEY_BYTES}s" * (len(page) // KEY_BYTES), page)
                _note(found, attempt_id, every.intersection(recorded))
    return found


def _note(found: dict[bytes, tuple[str, ...]], attempt_id: str, keys: Collection[bytes]) -> None:
    """Millions of keys with one holder each share that holder's tuple."""
    if keys:
        alone = (attempt_id,)
        new: dict[bytes, tuple[str, ...]] = dict.fromkeys(keys, alone)
        for key in new.keys() & found.keys():
            new[key] = tuple(sorted((*found[key], attempt_id)))
        found.update(new)


def _portions(attempts: Mapping[str, int]) -> Iterable[list[str]]:
    some: list[str] = []
    total = 0
    for attempt_id, objects in attempts.items():
        some.append(attempt_id)
        total += objects
        if total >= AT_ONCE:
            yield some
            some, total = [], 0
    if some:
        yield some


def destinations_elsewhere(tx: Transaction, scope_id: str) -> set[str]:
    """The destinations that have something recorded in any other scope."""
    rows = tx.rows(
        "SELECT DISTINCT destination_id FROM jetplan_subjects WHERE scope_id <> ? AND kind = 'delivery'", (scope_id,)
    )
    return {row[0] for row in rows}


def find_objects(
    tx: Transaction,
    scope_id: str,
    destination_id: str,
    paths: Sequence[str],
    excluding: Collection[SubjectKey],
    *,
    elsewhere: bool = False,
) -> list[Hit]:
    """Hits among the live attempts at one destination, but for those of some subjects.

    `elsewhere`: in every scope but this one.
    """
    rows = tx.rows(
        f"""SELECT a.attempt_id, a.objects, a.state, a.subject_id FROM jetplan_attempts a
           JOIN jetplan_subjects s ON s.subject_id = a.subject_id
           WHERE s.scope_id {"<>" if elsewhere else "="} ? AND s.destination_id = ? AND s.kind = 'delivery'""",  # noqa: S608 - constants
        (scope_id, destination_id),
    )
    not_these = {subject_id(scope_id, subject) for subject in excluding}
    attempts = {
        attempt_id: objects
        for attempt_id, objects, state, subject in rows
        if subject not in not_these and State(state) not in RELEASED
    }
    return _hits(tx, attempts, paths) if attempts and paths else []


def holding_on_job(
    tx: Transaction, alive: Callable[[str, str], bool | None], scope_id: str, job_id: str, paths: Iterable[str]
) -> list[Attempt]:
    """The live deliveries of a job that hold any of these objects; `keys` has those that they hold of them."""
    rows = tx.rows(
        """SELECT a.attempt_id, a.objects, a.state FROM jetplan_attempts a
           JOIN jetplan_subjects s ON s.subject_id = a.subject_id
           WHERE a.scope_id = ? AND a.job_id = ? AND s.kind = 'delivery'""",
        (scope_id, job_id),
    )
    attempts = {attempt_id: objects for attempt_id, objects, state in rows if State(state) not in RELEASED}
    held: dict[str, list[bytes]] = {}
    for key, idents in (holders(tx, attempts, OBJECTS, set(object_keys(paths))) if attempts else {}).items():
        for ident in idents:
            held.setdefault(ident, []).append(key)
    return [replace(attempt, keys=pack_keys(held[attempt.attempt_id])) for attempt in reads.by_ids(tx, held, alive)]


def _hits(
    tx: Transaction, attempts: Mapping[str, int], paths: Sequence[str], parts: tuple[str, str] = (OBJECTS, FOLDERS)
) -> list[Hit]:
    objects_part, folders_part = parts
    keys = object_keys(paths)
    above = {folder: object_key(folder) for folder in folders_of(paths)}
    same = holders(tx, attempts, objects_part, {*keys, *above.values()})
    folders = {keys[index] for index, path in enumerate(paths) if path[-1] == "/"}
    below = holders(tx, attempts, folders_part, folders) if folders else {}
    sent_folders = {folder for folder, key in above.items() if key in same}
    if not sent_folders and not below:
        return [
            Hit(index, Relation.SAME, ident) for index, key in enumerate(keys) if key in same for ident in same[key]
        ]
    hits: list[Hit] = []
    for index, (path, key) in enumerate(zip(paths, keys, strict=True)):
        around = [above[folder] for folder in folders_above(path) if folder in sent_folders] if sent_folders else ()
        inside = sorted({ident for folder in around for ident in same[folder]})
        hits += [Hit(index, Relation.SAME, ident) for ident in same.get(key, ())]
        hits += [Hit(index, Relation.INSIDE, ident) for ident in inside]
        hits += [Hit(index, Relation.CONTAINS, ident) for ident in below.get(key, ())]
    return hits


def find_twins(tx: Transaction, scope_id: str, destination_id: str, paths: Sequence[str]) -> list[Hit]:
    """Which live attempts at a destination hold these objects under another spelling: other case, other accents.

    What an attempt holds under the very spelling too is left out.
    """
    rows = tx.rows(
        """SELECT a.attempt_id, a.objects, a.state FROM jetplan_attempts a
           JOIN jetplan_subjects s ON s.subject_id = a.subject_id
           WHERE s.scope_id = ? AND s.destination_id = ? AND s.kind = 'delivery'""",
        (scope_id, destination_id),
    )
    attempts = {attempt_id: objects for attempt_id, objects, state in rows if State(state) not in RELEASED}
    if not attempts or not paths:
        return []
    kept = rows_in(
        tx,
        """SELECT DISTINCT attempt_id FROM jetplan_pages
           WHERE part IN ('folded', 'folded-folders') AND attempt_id IN (@)""",
        attempts,
    )
    with_folded = {attempt_id: attempts[attempt_id] for (attempt_id,) in kept}
    if not with_folded and are_folded(paths):
        return []
    forms = [folded(path) for path in paths]
    found = {
        (hit.index, hit.relation, hit.attempt_id): hit
        for among, parts in ((attempts, (OBJECTS, FOLDERS)), (with_folded, (FOLDED, FOLDED_FOLDERS)))
        for hit in (_hits(tx, among, forms, parts) if among else ())
    }
    if not found:
        return []
    exact = {(hit.index, hit.attempt_id) for hit in _hits(tx, attempts, paths)}
    return sorted(
        (hit for hit in found.values() if (hit.index, hit.attempt_id) not in exact), key=lambda hit: hit.index
    )


def object_history(
    tx: Transaction, alive: Callable[[str, str], bool | None], scope_id: str, path: str
) -> list[ObjectEvent]:
    """Every attempt of a scope that had to do with one path."""
    attempts: dict[str, int] = dict(
        tx.rows("SELECT attempt_id, objects FROM jetplan_attempts WHERE scope_id = ?", (scope_id,))
    )
    if not attempts:
        return []
    relations: dict[str, Relation] = {}
    for hit in _hits(tx, attempts, [path]):
        relations.setdefault(hit.attempt_id, hit.relation)
    return [
        ObjectEvent(found, relations[found.attempt_id], _size_in(tx, found.attempt_id, path))
        for found in reads.by_ids(tx, relations, alive)
    ]


def _size_in(tx: Transaction, attempt_id: str, path: str) -> int | None:
    paths, sizes = reads.listing(tx, attempt_id)
    size = sizes[paths.index(path)] if path in paths else -1
    return size if size >= 0 else None
