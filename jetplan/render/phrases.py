"""The sentences that all formats share about jobs, sets and the whole plan. Names in them are unescaped."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jetplan.core.characters import in_code
from jetplan.render import words

if TYPE_CHECKING:
    from jetplan.render.model import BlockedObjects, DeliverySet, Job, Opening, Report, Route, RouteTotal

UP_TO_DATE = "No changes. Everything declared is on the server and was submitted."
NOTHING_DECLARED = "No changes. Nothing is declared."


def route_name(route: Route) -> str:
    """`NYC Dailies → LAX Ingest`."""
    return f"{route.source} → {route.destination}"


def job_title(job: Job) -> str:
    """What is done with a job, in a few words."""
    match job.action:
        case "create":
            return "will be created" + (", paused" if job.set_paused else "")
        case "adopt":
            pausing = {True: " and paused", False: " and resumed", None: ""}[job.set_paused]
            return f"is on the server and will be adopted{pausing}"
        case "update":
            return "will be paused" if job.set_paused else "will be resumed"
        case "drift":
            return "has drifted, left as it is"
        case "ambiguous":
            return f"is ambiguous: {len(job.candidates)} jobs have this name"
        case "blocked":
            return "is blocked"
        case "none" | "absent":
            return ""


def waits(opens: Opening) -> str:
    """`waits for its window, opens Fri 27 Nov 20:00 Europe/Berlin (in 5 h)`."""
    return f"waits for its window, opens {opens.at} (in {words.duration(opens.in_seconds)})"


def takes(each: RouteTotal) -> str:
    """How long a route takes, in a cell: `at least 6 h`, `about 6 h (last 5 deliveries)`; empty where nothing tells."""
    if each.estimated_seconds is None:
        return ""
    if not each.estimated_from_deliveries:
        return f"at least {words.duration(each.estimated_seconds)}"
    number = each.estimated_from_deliveries
    past = "delivery" if number == 1 else f"{number} deliveries"
    return f"about {words.duration(each.estimated_seconds)} (last {past})"


def which_job(job: Job) -> str:
    """What to write where several jobs have one name."""
    known = next((each.job_id for each in job.candidates if each.known), "")
    if known:
        return f"this ledger delivered through one of them: if it is meant, write `jobId: {known}` on the job"
    return "say which one is meant: `jobId: …` on the job in the manifest"


def set_title(each: DeliverySet) -> str:
    """What is to be said of a set behind its name."""
    if each.deliveries:
        number = len(each.deliveries)
        most = max(delivery.amount.object_count for delivery in each.deliveries)
        split = f" in {number:,} deliveries of up to {words.count(most, 'object')}" if number > 1 else ""
        said = [f"{words.amount(each.to_submit)}{split}"]
        if each.opens is not None:
            said.append(waits(each.opens))
        if each.resent_objects:
            said.append(f"{each.resent_objects:,} sent again")
        if each.estimated_seconds is not None:
            said.append(words.takes(each.estimated_seconds, each.estimated_from_deliveries))
    else:
        said = [blocked_title(block) for block in each.blocked]
    if each.already_submitted:
        said.append(f"{each.already_submitted:,} already submitted")
    return ", ".join(said)


def blocked_title(block: BlockedObjects) -> str:
    """How much is blocked, and by what."""
    word = {"in_doubt": "in doubt", "in_progress": "under way elsewhere"}.get(block.problem.reason, "blocked")
    return f"{word}: {words.amount(block.amount)}"


def plan_sentences(report: Report) -> list[str]:
    """The totals: what can be undone, and what cannot. One sentence a line."""
    total = report.totals
    if report.in_sync and report.compared_with:
        return [f"No changes. Nothing is declared that {report.compared_with} does not declare."]
    if report.in_sync:
        return [UP_TO_DATE if total.sets or total.jobs_unchanged else NOTHING_DECLARED]
    changes = [
        f"{number:,} to {verb}"
        for number, verb in (
            (total.jobs_to_create, "create"),
            (total.jobs_to_adopt, "adopt"),
            (total.jobs_to_resume, "resume"),
            (total.jobs_to_pause, "pause"),
        )
        if number
    ]
    if changes:
        first, *rest = changes
        number, verb = first.split(" ", 1)
        noun = "job" if number == "1" else "jobs"
        said = [f"Plan: {', '.join([f'{number} {noun} {verb}', *rest])}."]
    else:
        said = ["Plan: no job to change."]
    return [*said, _to_submit(report)]


def _to_submit(report: Report) -> str:
    total = report.totals
    if not total.deliveries_to_submit:
        return "To submit: nothing."
    deliveries = words.count(total.deliveries_to_submit, "delivery", "deliveries")
    return f"To submit: {words.declared(total.to_submit)} in {deliveries} over {words.count(total.routes, 'route')}:"


def waiting_parts(report: Report) -> list[str]:
    """What is not done now, a few words for each kind."""
    total = report.totals
    found = []
    if total.sets_waiting:
        found.append(_window_part(report))
    if total.sets_blocked and total.blocked.object_count:
        found.append(f"blocked: {words.amount(total.blocked)}")
    if total.jobs_blocked:
        found.append(f"{words.count(total.jobs_blocked, 'job')} blocked")
    if total.jobs_drifted:
        found.append(f"{words.count(total.jobs_drifted, 'job')} drifted")
    if total.in_doubt:
        doubtful = words.count(total.in_doubt, "delivery", "deliveries")
        found.append(f"in doubt: {doubtful} with {words.amount(total.in_doubt_amount)}")
    if total.jobs_in_doubt:
        found.append(f"in doubt: creation of {words.count(total.jobs_in_doubt, 'job')}")
    if total.in_progress:
        found.append(f"under way in another run: {total.in_progress:,}")
    if total.failed:
        found.append(f"failed: {words.count(total.failed, 'delivery', 'deliveries')}")
    return found


def _window_part(report: Report) -> str:
    """How much waits for a window, and for when."""
    openings = {each.opens for job in report.jobs for each in job.sets if each.opens is not None}
    first = min(openings, key=lambda each: each.in_seconds)
    when = f"opens {first.at}" if len(openings) == 1 else f"the first opens {first.at}"
    amount = words.amount(report.totals.waiting)
    return f"waiting for a window: {amount}, {when} (in {words.duration(first.in_seconds)})"


def title(report: Report) -> str:
    """The whole plan in one line: what would be sent where, how much, and whether anything waits. Unescaped."""
    total = report.totals
    if report.in_sync:
        return plan_sentences(report)[0]
    if total.deliveries_to_submit:
        verb = "would" if report.compared_with or refused_by_limits(report) else "will"
        before = f", {_how_many(total.resent_objects, total.to_submit.object_count)} sent before,"
        again = before if total.resent_objects else ""
        said = f"{words.declared(total.to_submit)}{again} {verb} be sent {_whither(report)}"
    elif report.has_changes:
        said = "Jobs change, and nothing will be sent"
    else:
        return _not_now(report)
    if refused_by_limits(report):
        return f"{said}; refused by a limit of the project"
    waiting = waiting_parts(report)
    return f"{said}; not everything can be done now" if waiting else said


def _not_now(report: Report) -> str:
    """What waits, and why where there is one reason for it."""
    parts = waiting_parts(report)
    reasons = {block.problem.message for job in report.jobs for each in job.sets for block in each.blocked}
    because = f", because {next(iter(reasons))}" if len(reasons) == len(parts) == 1 else ""
    said = ", ".join(parts) or "nothing can be done now"
    return said[0].upper() + said[1:] + because


def refused_by_limits(report: Report) -> bool:
    """Whether nothing of it will be applied before a limit is lifted."""
    return any(notice.kind == "limit" for notice in report.notices)


def _how_many(some: int, of: int) -> str:
    if some == of:
        return "all" if of > 1 else "which was"
    return f"{some:,} of them"


def _whither(report: Report) -> str:
    if len(report.routes) == 1:
        route = report.routes[0].route
        return f"from {in_code(str(route.source))} to {in_code(str(route.destination))}"
    places = {each.route.destination.storage_profile_id: in_code(str(each.route.destination)) for each in report.routes}
    if len(places) <= _NAMED_PLACES:
        return f"to {' and '.join(places.values())}"
    return f"to {len(places):,} destinations"


_NAMED_PLACES = 2
_SETTINGS_SHOWN = 25
"""Each changed setting counts, and nobody changes many at once: three would let the rest hide behind them."""
_MORE = {
    "offline": "about being offline",
    "selection": "about the choice",
    "settings": "changed settings",
    "limit": "refused by limits",
    "clock": "about clocks",
    "sourceDeletion": "jobs that delete at the source",
    "sourceMove": "jobs that move away at the source",
    "afterSending": "jobs that do something else after sending",
    "filtered": "jobs with filters",
    "selfStarting": "jobs that start by themselves",
    "profileFolder": "sets with the profile's folder in paths",
    "wholeProfile": "whole profiles",
    "firstDelivery": "first deliveries",
    "resend": "sets sent again",
    "inDoubt": "in doubt",
    "inProgress": "under way",
    "failed": "failed",
    "drift": "drifted jobs",
    "ambiguous": "ambiguous jobs",
    "blocked": "blocked",
    "unknownSizes": "unknown sizes",
    "resized": "sets with changed sizes",
    "withdrawn": "sets no longer declared",
    "overlapAllowed": "allowed overlaps",
    "warning": "warnings",
}


def top_notices(report: Report, most: int, *, warnings: bool = True) -> list[str]:
    """The notices, at most so many of a kind, each kind ended by how many more there are. Unescaped."""
    by_kind: dict[str, list[str]] = {}
    for notice in report.notices:
        if warnings or notice.kind != "warning":
            by_kind.setdefault(notice.kind, []).append(notice.message)
    found: list[str] = []
    for kind, messages in by_kind.items():
        shown = max(most, _SETTINGS_SHOWN) if kind == "settings" else most
        found += messages[:shown]
        if len(messages) > shown:
            found.append(more_notices(kind, len(messages) - shown))
    return found


def more_notices(kind: str, number: int) -> str:
    """How many notices of a kind are left out."""
    return f"And {number:,} more {_MORE[kind]}."


def quiet_sentence(report: Report) -> str:
    """What is as it should be, counted; empty where there is none."""
    total = report.totals
    said = [f"{words.count(total.sets_unchanged, 'set')} already submitted"] if total.sets_unchanged else []
    said += [f"{words.count(total.jobs_unchanged, 'job')} as declared"] if total.jobs_unchanged else []
    return f"{', '.join(said)}." if said else ""


def route_flags(each: RouteTotal) -> list[str]:
    """What is out of the ordinary about a route, a few words each; no names from outside."""
    return [
        words_
        for words_, holds in (
            ("first in this ledger", each.first_to_destination),
            ("whole profile", each.whole_profile),
            (f"{each.resent_objects:,} sent again", each.resent_objects),
        )
        if holds
    ]
