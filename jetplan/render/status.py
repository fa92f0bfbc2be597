"""Where recorded deliveries stand, as a report, as text and as JSON."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta

from jetplan.core.arrival import sum_of
from jetplan.core.attempts import RELEASED, State
from jetplan.render import words
from jetplan.render.arrivals import arrived_files, how_much
from jetplan.render.card import card_of, is_lacking, render_card
from jetplan.render.document import encoded, schema_of
from jetplan.render.escape import safe_text
from jetplan.render.model import Amount, ArrivedFiles, AttemptCard, Part
from jetplan.render.style import Style

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jetplan.core.attempts import Attempt


class SetStatus(Part, frozen=True):
    """One delivery set's deliveries, by where they stand."""

    set: Annotated[str, Meta(description="The delivery set.")]
    job: Annotated[str, Meta(description="The job's name.")]
    states: Annotated[dict[str, int], Meta(description="Deliveries by state: the ledger's, or the server's if known.")]
    objects: Annotated[int, Meta(description="Objects in these deliveries.")]
    known_bytes: Annotated[int, Meta(description="Their sizes, as far as known.")]
    unknown_sizes: Annotated[int, Meta(description="Objects whose size is not known.")] = 0
    arrived: Annotated[
        ArrivedFiles | None, Meta(description="What arrived of those that have ended; null: no file was looked at.")
    ] = None


class StatusReport(Part, frozen=True, tag_field="type", tag="jetplan.status"):
    """Everything the ledger holds of one account."""

    format_version: Annotated[int, Meta(description="1. Grows only when a reader would break.", ge=1, le=1)]
    sets: Annotated[tuple[SetStatus, ...], Meta(description="By name.")]
    failed: Annotated[tuple[AttemptCard, ...], Meta(description="Deliveries that the server reports as failed.")]
    in_doubt: Annotated[tuple[AttemptCard, ...], Meta(description="What may have been accepted.")]
    in_progress: Annotated[tuple[AttemptCard, ...], Meta(description="What live runs are at.")]
    sets_left_out: Annotated[int, Meta(description="Delivery sets that were not chosen with --set and --job.")] = 0


_SUPERSEDED = "superseded"
_ENDED = frozenset({State.DELIVERED, State.ABANDONED, State.IN_DOUBT})
"""States that the server's word says nothing more of."""


def build_status(
    attempts: Sequence[Attempt],
    server_states: Mapping[str, str],
    unfinished: Sequence[Attempt],
    failed: Sequence[Attempt],
    sets_left_out: int = 0,
) -> StatusReport:
    """The report. `server_states` by attempt id, where the server was asked; released attempts are left out.

    `failed`: the deliveries that failed and that nothing superseded; other failed ones are told as superseded.
    """
    groups: dict[tuple[str, str], list[Attempt]] = {}
    for attempt in attempts:
        if attempt.state not in RELEASED:
            groups.setdefault((attempt.subject.name, attempt.job_name), []).append(attempt)
    told = dict(server_states) | {each.attempt_id: _SUPERSEDED for each in attempts if is_lacking(each)}
    told |= {each.attempt_id: "failed" if each.state is State.FAILED else "arrived in part" for each in failed}
    doubtful = [each for each in unfinished if each.state is State.IN_DOUBT or not each.live]
    return StatusReport(
        format_version=1,
        sets=tuple(_set(name, job, group, told) for (name, job), group in sorted(groups.items())),
        failed=tuple(card_of(each) for each in failed),
        in_doubt=tuple(card_of(each) for each in doubtful if each.state is not State.INTENDED),
        in_progress=tuple(card_of(each) for each in unfinished if each.live and each.state is not State.IN_DOUBT),
        sets_left_out=sets_left_out,
    )


def _set(name: str, job: str, group: Sequence[Attempt], server_states: Mapping[str, str]) -> SetStatus:
    states = Counter(_state(each, server_states) for each in group)
    first = [each for each in group if not each.retry_of]
    objects, known = sum(each.objects for each in first), sum(each.known_bytes for each in first)
    arrivals = [
        each.arrival.arrived() if server_states.get(each.attempt_id) == _SUPERSEDED else each.arrival.counts()
        for each in group
        if each.arrival is not None
    ]
    return SetStatus(
        set=name,
        job=job,
        states=dict(sorted(states.items())),
        objects=objects,
        known_bytes=known,
        unknown_sizes=sum(each.unknown_sizes for each in first),
        arrived=arrived_files(sum_of(arrivals)) if arrivals else None,
    )


def _state(attempt: Attempt, server_states: Mapping[str, str]) -> str:
    told = "" if attempt.state in _ENDED else server_states.get(attempt.attempt_id)
    return told.lower().replace("_", " ") if told else str(attempt.state.value).replace("_", " ")


def render_status(report: StatusReport, *, color: bool, width: int) -> str:
    """The whole text, ended by a newline."""
    style = Style(color, width)
    lines = [_line(each) for each in report.sets] or ["Nothing was submitted yet."]
    for title, cards in (("failed", report.failed), ("in doubt", report.in_doubt), ("under way", report.in_progress)):
        if cards:
            lines += ["", style.strong(f"{len(cards)} {title}:")]
            lines += [render_card(card, color=color, width=width).rstrip("\n") for card in cards]
    if report.sets_left_out:
        lines += ["", f"Not chosen: {words.count(report.sets_left_out, 'other set')}."]
    return "\n".join(lines) + "\n"


def _line(each: SetStatus) -> str:
    states = ", ".join(f"{count} {safe_text(state)}" for state, count in each.states.items())
    size = words.amount_size(Amount(each.objects, each.known_bytes, each.unknown_sizes))
    held = f"{words.count(each.objects, 'object')}, {size}"
    arrived = f"; arrived: {how_much(each.arrived)}" if each.arrived is not None else ""
    return f"  {safe_text(each.set)}  {held}: {states}{arrived}"


def render_status_json(report: StatusReport) -> str:
    """The report as JSON, ended by a newline."""
    return encoded(report, indent=2)


def status_schema() -> dict[str, Any]:
    """The JSON Schema of `status --format json`."""
    return schema_of(StatusReport, "Where deliveries stand")
