"""Receipts: what the ledger has of a delivery set or an attempt, and whether a receipt still says that."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from jetplan.app.recorded import attempts_of
from jetplan.core.addresses import shown_url
from jetplan.core.attempts import RELEASED, Kind
from jetplan.core.selection import Selection
from jetplan.errors import JetplanError, UsageError
from jetplan.render.receipt import Content, attempt_of, is_complete, not_known_of, read_receipt, receipt_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jetplan.core.attempts import Attempt
    from jetplan.core.observed import ObservedProfile
    from jetplan.ledger.store import Ledger
    from jetplan.render.receipt import Receipt, ReceiptAttempt


def receipt_for(ledger: Ledger, api_url: str, target: str, selection: Selection | None = None) -> Receipt:
    """The receipt of a set by its name, or of an attempt by its id or the beginning of it, or of what was chosen.

    A set's name beats an attempt's id. Raises UsageError where nothing of that name was submitted.
    """
    chosen = selection or Selection()
    attempts = _chosen(ledger, api_url, chosen) if chosen else _attempts(ledger, api_url, target)
    title = ", ".join((*chosen.sets, *(f"job {name}" for name in chosen.jobs))) or target
    profiles: dict[str, ObservedProfile] = {}
    for scope in ledger.scopes(api_url):
        profiles |= {each.profile_id: each for each in ledger.profiles(scope)}
    arrivals = ledger.arrivals(each.attempt_id for each in attempts)
    told: list[ReceiptAttempt] = []
    unknown: list[str] = []
    for attempt in attempts:
        seen = replace(attempt, arrival=arrivals.get(attempt.attempt_id))
        paths, sizes = ledger.listing(attempt.attempt_id)
        told.append(attempt_of(seen, ledger.history(attempt.attempt_id), paths, sizes, profiles))
        unknown += not_known_of(seen, sizes)
    whole = is_complete(told)
    return receipt_of(
        Content(
            ledger.ledger_id, shown_url(api_url), title, whole, tuple(unknown), tuple(told), chosen.sets, chosen.jobs
        )
    )


def verify_receipt(ledger: Ledger, api_url: str, data: bytes) -> Receipt:
    """The receipt in a file, where this ledger says the same. Raises JetplanError that names what differs."""
    receipt = read_receipt(data)
    content = receipt.content
    if content.ledger_id != ledger.ledger_id:
        raise JetplanError(
            f"the receipt was made from ledger {content.ledger_id}, and this one is {ledger.ledger_id}",
            hint="hold it against the ledger that it was made from",
        )
    try:
        now = receipt_for(ledger, api_url, content.target, Selection(content.sets, content.jobs)).content
    except UsageError:
        raise JetplanError(f"the ledger knows nothing of {content.target!r}", hint="was the receipt forged?") from None
    if now != content:
        raise JetplanError(
            f"the ledger says something else than the receipt: {_difference(content, now)}",
            hint="make a new receipt, and compare the two",
        )
    return receipt


def _chosen(ledger: Ledger, api_url: str, selection: Selection) -> Sequence[Attempt]:
    every = [
        each
        for each in attempts_of(ledger, api_url)
        if each.subject.kind is Kind.DELIVERY and each.state not in RELEASED
    ]
    for name in selection.unmatched({each.subject.name for each in every}, {each.job_name for each in every}):
        raise UsageError(f"nothing was submitted under the name {name!r}", hint="`jetplan status` shows all names")
    return sorted(filter(selection.takes_attempt, every), key=lambda each: (each.created_on, each.attempt_id))


def _attempts(ledger: Ledger, api_url: str, target: str) -> Sequence[Attempt]:
    found = attempts_of(ledger, api_url, target)
    if not found:
        try:
            found = [ledger.attempt(target)] if target else []
        except UsageError:
            found = []
    found = [each for each in found if each.subject.kind is Kind.DELIVERY and each.state not in RELEASED]
    if not found:
        raise UsageError(
            f"nothing was submitted under the name {target!r}",
            hint="name a delivery set, or an attempt of `jetplan status`",
        )
    return sorted(found, key=lambda each: (each.created_on, each.attempt_id))


def _difference(then: Content, now: Content) -> str:
    before = {each.attempt_id: each for each in then.attempts}
    after = {each.attempt_id: each for each in now.attempts}
    for ident in sorted(before.keys() | after.keys()):
        if ident not in after:
            return f"it does not know attempt {ident}"
        if ident not in before:
            return f"attempt {ident} came later"
        if before[ident] != after[ident]:
            was, is_now = before[ident].state, after[ident].state
            return f"attempt {ident} is {is_now} now" if was != is_now else f"attempt {ident} is told otherwise"
    return "what is not known has changed"
