"""What the ledger says of a project: attempts, their stories, the history of an object. Needs no network."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from jetplan.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence
    from pathlib import Path

    from jetplan.core.attempts import Attempt, State
    from jetplan.ledger.records import ObjectEvent, Transition
    from jetplan.ledger.store import Ledger


@dataclass(frozen=True, slots=True)
class Story:
    """One attempt with its transitions in order, and its objects: canonical paths and their bytes (-1: not known)."""

    attempt: Attempt
    transitions: Sequence[Transition]
    paths: Sequence[str]
    sizes: Sequence[int]


def attempts_of(ledger: Ledger, api_url: str, name: str | None = None, states: Collection[State] = ()) -> list[Attempt]:
    """Attempts recorded for an API, of whatever account, newest first; of one set or job, or in some states only."""
    found = [
        attempt
        for scope in ledger.scopes(api_url)
        for attempt in ledger.attempts(scope)
        if (not states or attempt.state in states) and name in {None, attempt.subject.name}
    ]
    return sorted(found, key=lambda attempt: attempt.created_on, reverse=True)


def story_of(ledger: Ledger, attempt_id: str) -> Story:
    """One attempt by its id or the beginning of it. Raises UsageError where none or several begin so."""
    found = ledger.attempt(attempt_id)
    attempt = replace(found, arrival=ledger.arrivals([found.attempt_id]).get(found.attempt_id))
    paths, sizes = ledger.listing(attempt.attempt_id)
    return Story(attempt, ledger.history(attempt.attempt_id), paths, sizes)


def history_of(ledger: Ledger, api_url: str, path: str) -> list[ObjectEvent]:
    """Every time an object was sent, alone or in a folder, oldest first within each account. `path` is canonical."""
    events = [event for scope in ledger.scopes(api_url) for event in ledger.object_history(scope, path)]
    return [replace(each, said=_said(ledger, each.attempt)) if each.attempt.retry_of else each for each in events]


def _said(ledger: Ledger, attempt: Attempt) -> Mapping[str, Any]:
    """On whose word a retry was sent: it is kept with the transition to SENDING."""
    return next((each.detail for each in ledger.history(attempt.attempt_id) if "retryOf" in each.detail), {})


def canonical_path(path: str) -> str:
    """A path as a person says it, with its leading slash. Raises UsageError on nothing."""
    if not path.strip():
        raise UsageError("the object's path is empty", hint="say it as a manifest does, e.g. /ep101/master.mxf")
    return path if path.startswith("/") else f"/{path}"


def export_to(ledger: Ledger, file: Path) -> int:
    """Write the whole ledger as JSON Lines; the file appears when it is whole. Returns the number of lines."""
    aside = file.with_name(f".{file.name}.part")
    with aside.open("w", encoding="utf-8", newline="\n") as lines:
        count = ledger.export(lines)
    aside.replace(file)
    return count
