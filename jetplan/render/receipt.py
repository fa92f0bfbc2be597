"""A receipt: what is recorded of one delivery set or attempt, object by object, and what is not known. JSON and CSV.

It holds nothing of the moment in which it is made, so that making it again from the same ledger gives the same bytes.
"""

from __future__ import annotations

import csv
import io
from hashlib import sha256
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec
from msgspec import Meta

from jetplan.core.attempts import SENT, UNFINISHED, State
from jetplan.core.objects import UNKNOWN_SIZE, is_folder
from jetplan.errors import JetplanError
from jetplan.render.document import encoded, schema_of
from jetplan.render.model import Part

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from jetplan.core.arrival import Arrival
    from jetplan.core.attempts import Attempt
    from jetplan.core.observed import ObservedProfile
    from jetplan.ledger.records import Transition

SCHEMA_FILE = "receipt.schema.json"
FORMAT_VERSION = 1
Fate = Literal["arrived", "failed", "missing", "moving", "unknown", "notSent"]


class ReceiptObject(Part, frozen=True, forbid_unknown_fields=True):
    """One file or folder of an attempt."""

    relative_path: Annotated[str, Meta(description="Its path below the root of the source profile.")]
    is_directory: Annotated[bool, Meta(description="Whether it is a folder: then what is below it went with it.")]
    size_in_bytes: Annotated[int | None, Meta(description="As declared; null where it was not.")]
    fate: Annotated[Fate, Meta(description="What became of it; `unknown` where nobody saw it.")]
    reason: Annotated[str, Meta(description="Why it did not arrive, in the server's words; may be empty.")] = ""


class Place(Part, frozen=True, forbid_unknown_fields=True):
    """A storage profile as it was called when something was recorded for it."""

    storage_profile_id: Annotated[str, Meta(description="Its id.")]
    name: Annotated[str, Meta(description="Its name; may be empty.")]
    url: Annotated[str, Meta(description="Where it is, without credentials; may be empty.")]


class Step(Part, frozen=True, forbid_unknown_fields=True):
    """One entry of an attempt's history."""

    on: Annotated[str, Meta(description="When, ISO 8601 UTC, by the clock of the run or of its database.")]
    state: Annotated[str, Meta(description="The state that it came to.")]
    run_id: Annotated[str, Meta(description="The run that recorded it.")]
    who: Annotated[str, Meta(description="The person whose word it was; empty where it was none.")] = ""
    reason: Annotated[str, Meta(description="Why, in a person's or the server's words; may be empty.")] = ""


class ReceiptAttempt(Part, frozen=True, forbid_unknown_fields=True):
    """One request to Jet, from its claim to its end."""

    attempt_id: Annotated[str, Meta(description="Its id in the ledger.")]
    state: Annotated[str, Meta(description="Where it stands.")]
    set: Annotated[str, Meta(description="The delivery set.")]
    revision: Annotated[int, Meta(description="The revision of its objects.")]
    batch: Annotated[int, Meta(description="Its number among the deliveries of that apply, from 1.")]
    batches: Annotated[int, Meta(description="How many deliveries that apply split the set into.")]
    retry_of: Annotated[str, Meta(description="The failed attempt that it retries; empty where it is none.")]
    job: Annotated[str, Meta(description="The job's name.")]
    job_id: Annotated[str, Meta(description="The job's id; may be empty.")]
    source: Place
    destination: Place
    delivery_id: Annotated[str, Meta(description="Jet's id of the delivery; empty where none is known.")]
    claimed_on: Annotated[str, Meta(description="When it was claimed, ISO 8601 UTC.")]
    accepted_on: Annotated[str, Meta(description="When it was known that Jet had it; empty where it is not.")]
    ended_on: Annotated[str, Meta(description="When it was seen complete, or failed; empty where it was not.")]
    run_id: Annotated[str, Meta(description="The run that claimed it.")]
    who: Annotated[str, Meta(description="Who started that run; may be empty.")]
    commit: Annotated[str, Meta(description="The commit that run was at; may be empty.")]
    ci_url: Annotated[str, Meta(description="Where that run's log is; may be empty.")]
    history: Annotated[tuple[Step, ...], Meta(description="Every transition, in order.")]
    objects: Annotated[tuple[ReceiptObject, ...], Meta(description="In the order that they were sent.")]


class Content(Part, frozen=True, forbid_unknown_fields=True):
    """Everything that a receipt says."""

    ledger_id: Annotated[str, Meta(description="The ledger that it was made from.")]
    api_url: Annotated[str, Meta(description="The API that the deliveries were submitted to.")]
    target: Annotated[str, Meta(description="The delivery set or attempt that was asked for, or what was chosen.")]
    complete: Annotated[bool, Meta(description="Whether every object is known to have arrived.")]
    not_known: Annotated[tuple[str, ...], Meta(description="What is not known, a sentence each.")]
    attempts: Annotated[tuple[ReceiptAttempt, ...], Meta(description="Oldest first.")]
    sets: Annotated[tuple[str, ...], Meta(description="The sets that were chosen with --set, as patterns.")] = ()
    jobs: Annotated[tuple[str, ...], Meta(description="The jobs that were chosen with --job, as patterns.")] = ()


class Receipt(Part, frozen=True, tag_field="type", tag="jetplan.receipt", forbid_unknown_fields=True):
    """A receipt with the digest of what it says. `jetplan receipt --verify` holds it against the ledger."""

    format_version: Annotated[int, Meta(description="1. Grows only when a reader would break.", ge=1, le=1)]
    sha256: Annotated[str, Meta(description="Of `content` as compact JSON in UTF-8, in hex.", pattern="^[0-9a-f]{64}$")]
    content: Content


def receipt_of(content: Content) -> Receipt:
    """The receipt, with its digest."""
    return Receipt(FORMAT_VERSION, _digest(content), content)


def attempt_of(
    attempt: Attempt,
    history: Sequence[Transition],
    paths: Sequence[str],
    sizes: Sequence[int],
    profiles: Mapping[str, ObservedProfile],
) -> ReceiptAttempt:
    """What the ledger has of one attempt."""
    subject, run = attempt.subject, attempt.run
    left = _left(attempt.arrival)
    objects = (
        ReceiptObject(
            path if path == "/" or not is_folder(path) else path[:-1],
            is_folder(path),
            None if size == UNKNOWN_SIZE else size,
            *_fate(attempt, path, left),
        )
        for path, size in zip(paths, sizes, strict=True)
    )
    return ReceiptAttempt(
        attempt.attempt_id,
        attempt.state.value,
        subject.name,
        attempt.revision,
        attempt.batch,
        attempt.batches,
        attempt.retry_of,
        attempt.job_name,
        attempt.job_id,
        _place(subject.source_id, profiles),
        _place(subject.destination_id, profiles),
        attempt.delivery_id,
        attempt.created_on,
        next((each.on for each in history if each.to_state in SENT), ""),
        next((each.on for each in history if each.to_state in {State.DELIVERED, State.FAILED}), ""),
        run.run_id,
        run.who,
        run.commit,
        run.ci_url,
        tuple(map(_step, history)),
        tuple(objects),
    )


def _place(ident: str, profiles: Mapping[str, ObservedProfile]) -> Place:
    known = profiles.get(ident)
    return Place(ident, known.name if known else "", known.url if known else "")


def _step(step: Transition) -> Step:
    detail = step.detail
    reason = detail.get("reason") or detail.get("message") or detail.get("evidence") or ""
    return Step(step.on, step.to_state.value, step.run_id, str(detail.get("who") or ""), str(reason))


def _fate(attempt: Attempt, path: str, left: Mapping[str, tuple[Fate, str]]) -> tuple[Fate, str]:
    """What became of one object. `left`: the files that are named and did not arrive."""
    if attempt.state not in SENT:
        return ("unknown" if attempt.state in UNFINISHED else "notSent"), ""
    arrival = attempt.arrival
    if path in left:
        return left[path]
    below = next((fate for each, fate in left.items() if is_folder(path) and each.startswith(path)), None)
    if below is not None or arrival is None:
        return below or ("unknown", "")
    if arrival.whole:
        return "arrived", ""
    if arrival.moving:
        return "moving", ""
    return ("unknown" if arrival.unnamed or is_folder(path) else "arrived"), ""


def _left(arrival: Arrival | None) -> dict[str, tuple[Fate, str]]:
    found: dict[str, tuple[Fate, str]] = {}
    if arrival is not None:
        found = {each.path: ("missing", each.reason) for each in arrival.missing}
        found |= {each.path: ("failed", each.reason) for each in arrival.failed}
    return found


def not_known_of(attempt: Attempt, sizes: Sequence[int]) -> Iterator[str]:
    """What the ledger cannot say of one attempt, a sentence each."""
    name, arrival = f"attempt {attempt.attempt_id}", attempt.arrival
    if attempt.state in UNFINISHED:
        yield f"whether Jet accepted {name}"
        return
    if attempt.state not in SENT:
        return
    if not attempt.delivery_id:
        yield f"Jet's id of the delivery of {name}"
    if arrival is None:
        yield f"what arrived of {name}: its files were not looked at"
    elif not arrival.ended:
        yield f"how {name} ends: it is still moving"
    elif arrival.unnamed:
        yield f"what became of {arrival.unnamed:,} files of {name}, which Jet does not list"
    unsized = sum(size == UNKNOWN_SIZE for size in sizes)
    if unsized:
        yield f"the declared size of {unsized:,} of the objects of {name}"


def is_complete(attempts: Sequence[ReceiptAttempt]) -> bool:
    """Whether each object arrived, at its newest revision, by one attempt or another."""
    newest: dict[str, int] = {}
    arrived: dict[str, int] = {}
    for attempt in attempts:
        for each in attempt.objects:
            if each.fate != "notSent":
                newest[each.relative_path] = max(attempt.revision, newest.get(each.relative_path, 0))
            if each.fate == "arrived":
                arrived[each.relative_path] = max(attempt.revision, arrived.get(each.relative_path, 0))
    return bool(newest) and arrived == newest


def _digest(content: Content) -> str:
    return sha256(msgspec.json.encode(content)).hexdigest()


def read_receipt(data: bytes) -> Receipt:
    """A receipt from a file. Raises JetplanError where it is none, or was changed."""
    try:
        receipt = msgspec.json.decode(data, type=Receipt)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        raise JetplanError(
            "this is not a receipt of jetplan, or not of this version",
            hint="make one with `jetplan receipt --format json`",
        ) from None
    if receipt.sha256 != _digest(receipt.content):
        raise JetplanError(
            "the receipt was changed after it was made: its sha256 does not match", hint="ask for the original file"
        )
    return receipt


def render_receipt_json(receipt: Receipt) -> str:
    """The receipt as JSON, ended by a newline."""
    return encoded(receipt, indent=2)


COLUMNS = (
    "set", "relativePath", "isDirectory", "sizeInBytes", "fate", "reason", "revision", "attemptId", "retryOf", "state",
    "deliveryId", "job", "source", "destination", "claimedOn", "acceptedOn", "endedOn", "who", "commit", "ciUrl",
)  # fmt: skip
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def render_receipt_csv(receipt: Receipt) -> str:
    """A row for each object of each attempt (RFC 4180). A quote stands before what a spreadsheet would calculate."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(COLUMNS)
    for attempt in receipt.content.attempts:
        for each in attempt.objects:
            writer.writerow(map(_cell, _row(attempt, each)))
    return text.getvalue()


def _row(attempt: ReceiptAttempt, each: ReceiptObject) -> Iterator[Any]:
    yield from (attempt.set, each.relative_path, each.is_directory, each.size_in_bytes, each.fate, each.reason)
    yield from (attempt.revision, attempt.attempt_id, attempt.retry_of, attempt.state, attempt.delivery_id, attempt.job)
    yield from (attempt.source.name or attempt.source.storage_profile_id,)
    yield from (attempt.destination.name or attempt.destination.storage_profile_id,)
    yield from (attempt.claimed_on, attempt.accepted_on, attempt.ended_on, attempt.who, attempt.commit, attempt.ci_url)


def _cell(value: Any) -> str:
    text = "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text


def receipt_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of a receipt."""
    return schema_of(Receipt, "A receipt")
