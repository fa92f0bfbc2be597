"""What an apply did, as text: what is left and why, then the totals. What was done is counted, not listed."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from jetplan.render import words
from jetplan.render.card import render_card
from jetplan.render.escape import safe_text
from jetplan.render.model import Amount
from jetplan.render.phrases import waits
from jetplan.render.style import Style

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jetplan.render.outcome import BlockedOutcome, OutcomeReport, StepOutcome

_LISTED = 50
_VERBS = {"rejected": "rejected", "notSent": "not sent", "withheld": "withheld", "skipped": "not begun"}


def render_outcome(report: OutcomeReport, *, color: bool, width: int) -> str:
    """The whole text, ended by a newline."""
    style = Style(color, width)
    lines: list[str] = []
    undone = [step for step in report.steps if step.outcome in _VERBS]
    for step in undone[:_LISTED]:
        lines += _not_done(step, style)
    lines += _more(len(undone))
    for block in report.blocked[:_LISTED]:
        lines += _blocked(block, style)
    lines += _more(len(report.blocked))
    for each in report.waiting[:_LISTED]:
        said = f"set {each.set}: {words.amount(each.amount)}, {waits(each.opens)}"
        lines += style.wrapped(safe_text(said), 4, first="  - ")
    lines += _more(len(report.waiting))
    lines += [render_card(card, color=color, width=width).rstrip("\n") for card in (*report.in_doubt, *report.failed)]
    for card in report.settled:
        state = card.state.replace("_", " ")
        lines.append(f"  settled: {safe_text(card.name)}, attempt {safe_text(card.attempt_id)}, is {state}")
    lines += [style.strong(f"! ALARM: {safe_text(alarm)}") for alarm in report.alarms]
    lines += [style.strong(sentence) for sentence in _sentences(report)]
    return "\n".join(lines) + "\n"


def _more(number: int) -> Iterator[str]:
    if number > _LISTED:
        yield f"  … and {number - _LISTED:,} more"


def _not_done(step: StepOutcome, style: Style) -> list[str]:
    status = f"HTTP {step.status}: " if step.status is not None else ""
    said = f"{_VERBS[step.outcome]}: {title(step)}: {status}{step.message or 'no reason given'}"
    return style.wrapped(safe_text(said), 4, first="  ! ")


def _blocked(block: BlockedOutcome, style: Style) -> list[str]:
    what = f"set {block.set}" if block.set else f"job {block.job}"
    lines = style.wrapped(safe_text(f"blocked: {what}: {block.message}"), 4, first="  ! ")
    return lines + (style.wrapped(safe_text(block.hint), 6, first="    → ") if block.hint else [])


def title(step: StepOutcome) -> str:
    """What the step was, in a few words, unescaped."""
    if step.action != "submit":
        return f"{step.action} job {step.job}"
    which = f", delivery {step.batch} of {step.batches}" if step.batches > 1 else ""
    return f"set {step.set} on job {step.job}{which}"


def _sentences(report: OutcomeReport) -> list[str]:
    done: Counter[str] = Counter(step.action for step in report.steps if step.outcome == "done")
    made = [
        f"{words.count(done[action], 'job')} {verb}"
        for action, verb in (("create", "created"), ("adopt", "adopted"), ("update", "updated"))
        if done[action]
    ]
    if done["submit"]:
        deliveries = words.count(done["submit"], "delivery", "deliveries")
        made.append(f"{deliveries} submitted with {words.amount(report.submitted)}")
    said = ["Interrupted."] if report.interrupted else []
    said.append(f"Applied: {', '.join(made)}." if made else "Applied: nothing.")
    became: Counter[str] = Counter(step.outcome for step in report.steps)
    left = [
        f"{number:,} {word}"
        for number, word in (
            *((became[key], verb) for key, verb in _VERBS.items()),
            (len(report.blocked), "blocked"),
            (len(report.in_doubt), "in doubt"),
            (len(report.failed), "failed"),
            (len(report.in_progress), "under way in another run"),
        )
        if number
    ]
    if left:
        said.append(f"Not done: {', '.join(left)}.")
    if report.waiting:
        amount = sum((each.amount for each in report.waiting), start=Amount())
        said.append(f"Waiting for a window: {words.amount(amount)} of {words.count(len(report.waiting), 'set')}.")
    return said
