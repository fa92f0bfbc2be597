"""Tells people what they asked to be told, once. Carried by apprise; nothing here ends or fails a run."""

from __future__ import annotations

import logging
import os
import re
from datetime import UTC, datetime
from threading import Thread
from typing import TYPE_CHECKING

from jetplan.core.notifying import LASTING, Kind, News, due
from jetplan.core.plan import BlockedDelivery
from jetplan.core.unfinished import is_in_doubt
from jetplan.errors import JetplanError
from jetplan.ledger.failures import failures
from jetplan.ledger.times import stamp
from jetplan.render import words
from jetplan.render.arrivals import arrived_files, sentence
from jetplan.render.escape import visible
from jetplan.render.model import Amount

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

    from jetplan.app.settings import Settings
    from jetplan.core.attempts import Attempt
    from jetplan.core.notifying import NotifyRule
    from jetplan.core.plan import Plan
    from jetplan.core.selection import Selection
    from jetplan.ledger.store import Ledger

PATIENCE = 30.0
"""Seconds that telling may take on one channel."""
_LISTED = 20
_LONGEST = 1_000
"""Characters of a line: services take some thousands in all."""
_MENTION = re.compile(r"@(?=(?:everyone|here|channel|all)\b)|<(?=[@!#])", re.IGNORECASE)
"""What chat services take for a call to people; apprise hands it on as it is."""
_TITLES = {
    Kind.IN_DOUBT: "in doubt",
    Kind.FAILED: "failed",
    Kind.BLOCKED: "blocked",
    Kind.WAITING: "waiting for a window",
    Kind.DELIVERED: "delivered",
}
"""The gravest first."""


def notify(
    settings: Settings, ledger: Ledger, scope: str, plan: Plan | None, began: str, on_notice: Callable[[str], None]
) -> None:
    """Tell what is new since the last time, or since this run `began` (ISO 8601 UTC) where it is the first.

    `plan`: what it left blocked or waiting; None: that is not known.
    What was told is noted afterwards: after a crash in between it is told again. What could not be told is tried again
    next time. `on_notice` gets a sentence where something could not be told.
    """
    channels: dict[str, list[NotifyRule]] = {}
    for each in settings.config.notify:
        rule = each.rule()
        channels.setdefault(rule.channel, []).append(rule)
    for channel, rules in channels.items():
        try:
            problem = _tell_on(channel, rules, ledger, scope, plan, began, settings.selection)
        except JetplanError as error:
            problem = error.message
        if problem:
            on_notice(f"Not everybody was told through {channel}: {problem}.")


def utc_now() -> str:
    """The moment that `notify` takes as its beginning."""
    return stamp(datetime.now(UTC))


def _tell_on(
    channel: str,
    rules: Sequence[NotifyRule],
    ledger: Ledger,
    scope: str,
    plan: Plan | None,
    began: str,
    selection: Selection,
) -> str:
    """What went wrong. What was not chosen is left to a run that is about it."""
    since = ledger.noticed_since(scope, channel) or began
    found = _news(ledger, scope, plan, channel, since, selection)
    news = [each for each in found if any(rule.wants(each) for rule in rules)]
    # A plan of everything shows all that lasts: what it does not show is over.
    lasting = {kind.value for kind in LASTING} if plan is not None and not selection else set()
    untold = ledger.notice(scope, channel, [each.thing for each in news], lasting, began)
    now = datetime.now(UTC)
    age = {thing: (now - datetime.fromisoformat(first)).total_seconds() for thing, first in untold.items()}
    wanted = due(rules, news, age)
    if not wanted:
        return ""
    problem = _sent(channel, *message_of(wanted))
    if not problem:
        ledger.told(scope, channel, [each.thing for each in wanted])
    return problem


def _news(
    ledger: Ledger, scope: str, plan: Plan | None, channel: str, since: str, selection: Selection
) -> Iterator[News]:
    names, takes = _destinations(ledger, scope), selection.takes_attempt
    for attempt in filter(takes, filter(is_in_doubt, ledger.unfinished(scope))):
        yield _of(Kind.IN_DOUBT, attempt, names, f"attempt {attempt.attempt_id} may have been accepted")
    for attempt in filter(takes, failures(ledger, scope)):
        arrived = arrived_files(attempt.arrival)
        yield _of(Kind.FAILED, attempt, names, sentence(arrived) if arrived is not None else "")
    for attempt in filter(takes, ledger.delivered_since(scope, channel, since)):
        yield _of(Kind.DELIVERED, attempt, names, "")
    if plan is not None:
        yield from _of_plan(plan, names)


def _destinations(ledger: Ledger, scope: str) -> Mapping[str, Collection[str]]:
    """The names that destinations go by, by profile id."""
    return {each.profile_id: {each.profile_id, each.name} for each in ledger.profiles(scope)}


def _of(kind: Kind, attempt: Attempt, names: Mapping[str, Collection[str]], more: str) -> News:
    subject = attempt.subject
    amount = words.amount(Amount(attempt.objects, attempt.known_bytes, attempt.unknown_sizes))
    delivery = f", delivery {attempt.delivery_id}" if attempt.delivery_id else ""
    text = f"set {subject.name}: {amount}{delivery}" if attempt.objects else f"job {subject.name}"
    destination = names.get(subject.destination_id, {subject.destination_id})
    job = attempt.job_name or subject.name
    return News(kind, attempt.attempt_id, subject.name, job, destination, f"{text}: {more}" if more else text)


def _of_plan(plan: Plan, names: Mapping[str, Collection[str]]) -> Iterator[News]:
    routes = {step.job: step.route.destination for step in plan.to_approve()}
    for step in plan.blocked():
        if isinstance(step, BlockedDelivery):
            amount = words.amount(Amount(step.count, step.known_bytes, step.unknown_sizes))
            places = routes.get(step.job)
            text = f"set {step.set_name}: {amount}: {step.message}"
            ident = f"{step.reason.value} {step.set_name}"
            yield News(Kind.BLOCKED, ident, step.set_name, step.job, places.names if places else (), text)
    for waiting in plan.waiting():
        profile = waiting.submission.route.destination
        text = f"set {waiting.set_name}: its window opens {waiting.waits.at}"
        ident = f"{waiting.submission.batch} {waiting.set_name}"
        known = {*profile.names, *names.get(profile.profile_id, ())}
        yield News(Kind.WAITING, ident, waiting.set_name, waiting.job, known, text)


def message_of(news: Sequence[News]) -> tuple[str, str]:
    """The title, and the body with one line for each."""
    counts = [(sum(each.kind is kind for each in news), title) for kind, title in _TITLES.items()]
    order = list(_TITLES)
    ranked = sorted(news, key=lambda each: (order.index(each.kind), each.set_name))
    lines = [_line(f"{_TITLES[each.kind]}: {each.text}") for each in ranked[:_LISTED]]
    if len(ranked) > _LISTED:
        lines.append(f"and {len(ranked) - _LISTED:,} more: `jetplan status` shows all")
    title = ", ".join(f"{number} {title}" for number, title in counts if number)
    return f"jetplan: {title}", "\n".join(lines)


def _line(text: str) -> str:
    """On one line, whatever names and the server's words hold, calling nobody, and not longer than services take."""
    shown = _MENTION.sub(lambda found: f"\\x{ord(found[0]):02x}", visible(text))
    return shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 1]}…"


def _sent(channel: str, title: str, body: str) -> str:
    """Send to every address of a channel. What went wrong, in a few words without any address; empty: nothing did."""
    urls = os.environ.get(channel, "").split()
    if not urls:
        return f"{channel} is not set, and holds the addresses"
    found: list[str] = []

    def send() -> None:
        found.append(_through_apprise(urls, title, body))

    thread = Thread(target=send, daemon=True)
    thread.start()
    thread.join(PATIENCE)
    return found[0] if found else f"no answer within {PATIENCE:.0f} s"


def _through_apprise(urls: Sequence[str], title: str, body: str) -> str:
    try:
        import apprise  # noqa: PLC0415 - heavy, and an extra
    except ImportError:
        return "notifications need apprise: `pip install 'jetplan[notify]'`"
    except Exception as error:  # noqa: BLE001 - its plugins are imported with it
        return f"apprise cannot be loaded ({type(error).__name__})"
    logging.getLogger("apprise").addHandler(logging.NullHandler())  # what it logs names addresses
    logging.getLogger("apprise").propagate = False
    wrong = 0
    refused: list[str] = []
    for url in urls:
        try:
            service = apprise.Apprise.instantiate(url)
            if not service:
                wrong += 1
            elif not service.notify(body=body, title=title, body_format=apprise.NotifyFormat.TEXT):
                refused.append(str(service.service_name))
        except Exception as error:  # noqa: BLE001 - a plugin may raise anything, and a run must not end by it
            refused.append(type(error).__name__)
    said = [f"{', '.join(sorted(set(refused)))} did not take it"] if refused else []
    if wrong:
        said.append(f"{words.count(wrong, 'address', 'addresses')} could not be understood")
    return "; ".join(said)
