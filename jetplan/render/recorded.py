"""Attempts as the ledger has them, as text: a list, one attempt's story, the history of an object."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta

from jetplan.core.objects import UNKNOWN_SIZE, is_folder
from jetplan.core.observed import Relation
from jetplan.render import words
from jetplan.render.arrivals import arrived_files, sentence
from jetplan.render.card import card_of
from jetplan.render.document import encoded, schema_of
from jetplan.render.escape import safe_text
from jetplan.render.model import Amount, AttemptCard, ObjectEntry, Part

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jetplan.core.attempts import Attempt
    from jetplan.ledger.records import ObjectEvent, Transition


def render_attempts(found: Sequence[Attempt], limit: int) -> str:
    """A line for each of the first `limit` attempts."""
    lines = [_attempt(attempt) for attempt in found[:limit]]
    if len(found) > limit:
        lines.append(f"… and {len(found) - limit:,} older ones (--limit)")
    return "\n".join(lines) + "\n" if lines else "Nothing was attempted yet.\n"


def render_attempts_json(found: Sequence[Attempt]) -> str:
    """The attempts as cards, in an array."""
    return encoded([card_of(attempt) for attempt in found], indent=2)


class HistoryEvent(Part, frozen=True):
    """One time that an object was, or may have been, sent."""

    attempt: AttemptCard
    within_folder: Annotated[bool, Meta(description="Whether it went inside a folder that was sent, or holds one.")]
    size_in_bytes: Annotated[int | None, Meta(description="Its size as declared then; null where it was not.")]


class History(Part, frozen=True, tag_field="type", tag="jetplan.history"):
    """Every time that one object was sent, oldest first."""

    format_version: Annotated[int, Meta(description="1. Grows only when a reader would break.", ge=1, le=1)]
    relative_path: Annotated[str, Meta(description="The object's path; a folder's ends with a slash.")]
    events: Annotated[tuple[HistoryEvent, ...], Meta(description="Oldest first.")]


def render_history_json(path: str, events: Sequence[ObjectEvent]) -> str:
    """The history as JSON, ended by a newline."""
    told = (HistoryEvent(card_of(event.attempt), event.relation is not Relation.SAME, event.size) for event in events)
    return encoded(History(1, path, tuple(told)), indent=2)


def history_schema() -> dict[str, Any]:
    """The JSON Schema of `ledger history --format json`."""
    return schema_of(History, "Every time an object was sent")


def attempts_schema() -> dict[str, Any]:
    """The JSON Schema of `ledger list --format json`."""
    parts = schema_of(AttemptCard, "Attempts as the ledger has them")
    root = {"type": "array", "items": {"$ref": parts.pop("$ref")}}
    return {"$schema": parts.pop("$schema"), "title": parts.pop("title"), **root, **parts}


class TransitionPart(Part, frozen=True):
    """One step of an attempt's story."""

    on: Annotated[str, Meta(description="When, ISO 8601 UTC.")]
    state: Annotated[str, Meta(description="The state that it came to.")]
    run_id: Annotated[str, Meta(description="The run that noted it.")]
    detail: Annotated[dict[str, Any], Meta(description="What is known of it: reasons, statuses, words of people.")]


class Story(Part, frozen=True, tag_field="type", tag="jetplan.attempt"):
    """One attempt with everything that the ledger has of it."""

    format_version: Annotated[int, Meta(description="1. Grows only when a reader would break.", ge=1, le=1)]
    attempt: AttemptCard
    transitions: Annotated[tuple[TransitionPart, ...], Meta(description="Oldest first.")]
    objects: Annotated[tuple[ObjectEntry, ...], Meta(description="Its objects, as many as were asked for.")]
    objects_left_out: Annotated[int, Meta(description="Objects that are not listed here (`--objects`).", ge=0)]


def render_story_json(
    attempt: Attempt, transitions: Sequence[Transition], paths: Sequence[str], sizes: Sequence[int], most: int | None
) -> str:
    """The same as JSON, ended by a newline."""
    listed = [
        ObjectEntry(path, None if size == UNKNOWN_SIZE else size, is_folder(path))
        for path, size in zip(paths[:most], sizes[:most], strict=True)
    ]
    steps = [TransitionPart(each.on, each.to_state.value, each.run_id, dict(each.detail)) for each in transitions]
    left = len(paths) - len(listed)
    return encoded(Story(1, card_of(attempt), tuple(steps), tuple(listed), left), indent=2)


def story_schema() -> dict[str, Any]:
    """The JSON Schema of `ledger show --format json`."""
    return schema_of(Story, "One attempt and its story")


def render_story(
    attempt: Attempt, transitions: Sequence[Transition], paths: Sequence[str], sizes: Sequence[int], most: int | None
) -> str:
    """One attempt: its facts, its transitions, and at most so many of its objects (None: all)."""
    lines = [*_facts(attempt), "", "What happened:", *map(_transition, transitions)]
    if paths:
        lines += ["", "Objects:", *map(_object, paths[:most], sizes[:most])]
        if most is not None and len(paths) > most:
            lines.append(f"  … and {len(paths) - most:,} more (--objects)")
    return "\n".join(lines) + "\n"


def render_history(events: Sequence[ObjectEvent]) -> str:
    """A line for each time an object was sent."""
    return "".join(f"{_event(event)}\n" for event in events)


def _attempt(attempt: Attempt) -> str:
    what = "create" if attempt.subject.kind.value == "job" else words.count(attempt.objects, "object")
    weight = f", {words.amount_size(_amount(attempt))}" if attempt.objects else ""
    name = safe_text(attempt.subject.name)
    return f"{attempt.attempt_id:<16}  {_time(attempt.created_on)}  {_state(attempt):<21}  {name}  {what}{weight}"


def _amount(attempt: Attempt) -> Amount:
    return Amount(attempt.objects, attempt.known_bytes, attempt.unknown_sizes)


def _facts(attempt: Attempt) -> list[str]:
    run = attempt.run
    facts = [
        ("attempt", attempt.attempt_id),
        ("state", _state(attempt)),
        ("what", f"{attempt.subject.kind.value} {attempt.subject.name}, batch {attempt.batch} of {attempt.batches}"),
        ("job", f"{attempt.job_name} ({attempt.job_id})" if attempt.job_id else attempt.job_name),
        ("holds", f"{words.amount(_amount(attempt))}, revision {attempt.revision}"),
        ("delivery", attempt.delivery_id),
        ("retries", attempt.retry_of),
        ("arrived", sentence(arrived, told=100) if (arrived := arrived_files(attempt.arrival)) else ""),
        ("run", f"{run.run_id} by {run.who}" if run.who else run.run_id),
        ("commit", run.commit),
        ("ci", run.ci_url),
    ]
    return [f"{name:<9} {safe_text(value)}" for name, value in facts if value]


def _transition(step: Transition) -> str:
    detail = {key: value for key, value in step.detail.items() if value not in (None, "", [])}
    told = f"  {json.dumps(detail, ensure_ascii=False)}" if detail else ""
    return safe_text(f"  {_time(step.on)}  {step.to_state.value.replace('_', ' ')}  run {step.run_id}{told}")


def _object(path: str, size: int) -> str:
    return f"  {safe_text(path)}" + ("" if size == UNKNOWN_SIZE else f"  {words.size(size)}")


def _event(event: ObjectEvent) -> str:
    attempt, run = event.attempt, event.attempt.run
    parts = [
        _time(attempt.created_on),
        f"{_state(attempt):<21}",
        f"set {attempt.subject.name}, revision {attempt.revision}, job {attempt.job_name}",
        f"to {attempt.subject.destination_id}",
        "inside a folder" if event.relation is not Relation.SAME else "",
        f"commit {run.commit[:12]}" if run.commit else "",
        f"run {run.ci_url or run.run_id}",
        f"attempt {attempt.attempt_id}",
        f"a retry of {attempt.retry_of}{_by_whom(event)}" if attempt.retry_of else "",
    ]
    return safe_text("  ".join(part for part in parts if part))


def _by_whom(event: ObjectEvent) -> str:
    """Who said why, or that the manifest did."""
    who, reason, manifest = (str(event.said.get(name, "")) for name in ("who", "reason", "onFailure"))
    if manifest:
        return f", by onFailure ({manifest})"
    return f", by {who}: {reason}" if reason else ""


def _time(on: str) -> str:
    return on[:19].replace("T", " ")


def _state(attempt: Attempt) -> str:
    return str(attempt.state.value).replace("_", " ")
