"""An attempt without a known end, as a card: what was attempted, what sending it again would cost, what to do."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from jetplan.core.arrival import ENDED
from jetplan.core.attempts import SENT, Kind, State
from jetplan.render import words
from jetplan.render.arrivals import arrived_files, sentence
from jetplan.render.escape import safe_text
from jetplan.render.model import Amount, AttemptCard
from jetplan.render.style import Style

if TYPE_CHECKING:
    from jetplan.core.attempts import Attempt

FIRST_PATHS = 5
_DEAD_RUN = "the run that was sending it ended without recording an answer; the next apply marks it in doubt"
_LOOKING = "the next `jetplan apply` looks for it in the list of jobs"


def card_of(attempt: Attempt) -> AttemptCard:
    """The card of one attempt; shared by plan, apply and status."""
    subject, run, detail = attempt.subject, attempt.run, attempt.detail
    is_delivery = subject.kind is Kind.DELIVERY
    live = attempt.live and attempt.state in {State.INTENDED, State.SENDING}
    asks = is_delivery and attempt.state in {State.SENDING, State.IN_DOUBT} and not live
    return AttemptCard(
        attempt_id=attempt.attempt_id,
        kind="delivery" if is_delivery else "job",
        state=attempt.state.value,
        under_way=live,
        name=subject.name,
        job=attempt.job_name or ("" if is_delivery else subject.name),
        job_id=attempt.job_id,
        storage_profile_ids=(subject.source_id, subject.destination_id),
        batch=attempt.batch,
        batches=attempt.batches,
        revision=attempt.revision,
        amount=Amount(attempt.objects, attempt.known_bytes, attempt.unknown_sizes),
        first_paths=tuple(attempt.first_paths[:FIRST_PATHS]),
        attempted_on=attempt.created_on,
        changed_on=attempt.changed_on,
        run_id=run.run_id,
        commit=run.commit,
        ci_url=run.ci_url,
        who=run.who,
        reason=_reason(attempt, live=live),
        evidence=tuple(_lines(detail.get("evidence"))),
        commands=_commands(attempt, lacking=not asks) if asks or is_lacking(attempt) else (),
        delivery_id=attempt.delivery_id,
        arrived=arrived_files(attempt.arrival),
        retry_of=attempt.retry_of,
    )


def is_lacking(attempt: Attempt) -> bool:
    """Whether a delivery failed, or ended with less than everything."""
    arrival = attempt.arrival
    return attempt.state is State.FAILED or bool(
        attempt.state in SENT and arrival is not None and arrival.state in ENDED and arrival.lacking
    )


def _commands(attempt: Attempt, *, lacking: bool) -> tuple[str, ...]:
    ident, why = attempt.attempt_id, '--reason "…"'
    if not lacking:
        return tuple(f"jetplan resolve {ident} {answer} {why}" for answer in ("--accepted", "--not-accepted"))
    aside = f"jetplan resolve {ident} --abandoned {why}"
    named = attempt.arrival is not None and any(each.sure for each in attempt.arrival.failed)
    return (f"jetplan retry {ident} {why}", aside) if named else (aside,)


def _reason(attempt: Attempt, *, live: bool) -> str:
    if live:
        return "another run is at it now"
    if attempt.state is State.SENDING:
        return _DEAD_RUN
    detail = attempt.detail
    said = [str(detail[key]) for key in ("reason", "message") if detail.get(key)]
    if detail.get("status"):
        said.append(f"HTTP {detail['status']}")
    return "; ".join(said)


def _lines(evidence: object) -> list[str]:
    """Whatever evidence was kept, a line each: text, a list of it, or names with values."""
    match evidence:
        case None | "" | ():
            return []
        case Mapping():
            return [f"{key}: {value}" for key, value in sorted(evidence.items())]
        case list() | tuple():
            return [str(each) for each in evidence]
        case _:
            return [str(evidence)]


def headline(card: AttemptCard, shown: Callable[[str], str] = str) -> str:
    """What was attempted, in one line, unescaped. `shown` writes a name."""
    if card.kind == "job":
        return f"creation of job {shown(card.name)}"
    which = f", delivery {card.batch} of {card.batches}" if card.batches > 1 else ""
    again = f", revision {card.revision}" if card.revision > 1 else ""
    return f"set {shown(card.name)} on job {shown(card.job)}{which}{again}"


def is_failure(card: AttemptCard) -> bool:
    """Whether it failed, or arrived in part."""
    return bool(card.commands) and "--abandoned" in card.commands[-1]


def word_of(card: AttemptCard) -> str:
    """Its state, as people are told it."""
    if card.under_way:
        return "under way"
    return "arrived in part" if is_failure(card) and card.state != State.FAILED.value else card.state.replace("_", " ")


def facts(card: AttemptCard) -> list[tuple[str, str]]:
    """What is known of it, as (label, value) in the order to be read, unescaped."""
    run = card.run_id + (f", commit {card.commit}" if card.commit else "") + (f", by {card.who}" if card.who else "")
    found = [("attempt", card.attempt_id), ("when", card.attempted_on), ("run", run), ("CI", card.ci_url)]
    if card.kind == "delivery":
        found.append(("holds", words.amount(card.amount)))
    found.append(("why", card.reason))
    if card.delivery_id:
        found.append(("delivery id", card.delivery_id))
    if card.retry_of:
        found.append(("retries", f"attempt {card.retry_of}"))
    if card.arrived is not None:
        found.append(("arrived", sentence(card.arrived, 10)))
    found += [("looked at", line) for line in card.evidence]
    if card.kind == "job" and not card.under_way:
        found.append(("next", _LOOKING))
    elif is_failure(card):
        again = "nothing of it is sent again by itself; a retry sends only what failed"
        raised = "it was sent: raise the revision of its objects to send them again"
        found.append(("next", again if len(card.commands) > 1 else raised))
    elif card.commands:
        found.append(("sending again", f"would move {words.amount_size(card.amount)} a second time, if it did arrive"))
    return [(label, value) for label, value in found if value]


def asks(card: AttemptCard) -> list[tuple[str, str]]:
    """What a person may answer, as (meaning, command); empty where nobody is asked."""
    meanings: tuple[str, ...] = ("if Jet has it", "if Jet never got it, so that it is sent again")
    if is_failure(card):
        meanings = ("if what failed may be sent again", "if what is missing may stay missing")[-len(card.commands) :]
    return list(zip(meanings, card.commands, strict=False))


def render_card(card: AttemptCard, *, color: bool, width: int) -> str:
    """The card as text, lines of two-space indentation, ended by a newline. `width` only guides wrapping."""
    style = Style(color, width)
    lines = [style.alert(f"! {word_of(card)}: ") + style.strong(safe_text(headline(card)))]
    if card.kind == "job" and not card.under_way:
        lines += style.wrapped(
            f"attempt {safe_text(card.attempt_id)}, begun {safe_text(card.attempted_on)}: {_LOOKING}", 4
        )
        return "\n".join(lines) + "\n"
    for label, value in facts(card):
        lines += style.wrapped(safe_text(value), 19, first=f"    {label + ':':<15}")
    lines += [f"      {safe_text(path)}" for path in card.first_paths]
    more = card.amount.object_count - len(card.first_paths)
    if card.first_paths and more > 0:
        lines.append(style.faint(f"      … and {more:,} more"))
    for meaning, command in asks(card):
        lines.append(f"    {meaning}:")
        lines.append(f"      {style.strong(safe_text(command))}")
    return "\n".join(lines) + "\n"
