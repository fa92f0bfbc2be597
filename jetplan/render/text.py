"""The report as text for a terminal or a log, in the manner people know from Terraform."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jetplan.render import words
from jetplan.render.card import render_card
from jetplan.render.escape import safe_text
from jetplan.render.model import Amount
from jetplan.render.phrases import (
    blocked_title,
    job_title,
    plan_sentences,
    route_flags,
    route_name,
    set_title,
    top_notices,
    waiting_parts,
    which_job,
)
from jetplan.render.style import Style, columns, padded

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jetplan.render.model import BlockedObjects, Delivery, DeliverySet, Job, Problem, Report

LISTED_OBJECTS = 10
LISTED_DELIVERIES = 3
LISTED_RESIZED = 5
NOTICES_OF_A_KIND = 5
_MARKS = {"create": "+", "adopt": "~", "update": "~", "none": " ", "absent": " "}
_LEGEND = "  + create or submit   ~ adopt or change   ! needs you"

_WITHDRAWN_LISTED = 5


def render_text(report: Report, *, color: bool, width: int) -> str:
    """The whole text, ended by a newline. Paths are never cut; `width` guides wrapping and alignment."""
    style = Style(color, width)
    lines: list[str] = []
    talking = [job for job in report.jobs if not job.quiet]
    if talking or report.unfinished or report.failed:
        lines += [style.faint(_LEGEND), ""]
    for job in talking:
        lines += [*_job(job, style), ""]
    for card in (*report.unfinished, *report.failed):
        lines.append(_indented(render_card(card, color=color, width=width - 2)))
    lines += _withdrawn(report)
    lines += _notices(report, style)
    lines += _ending(report, style)
    return "\n".join(lines) + "\n"


def _withdrawn(report: Report) -> Iterator[str]:
    """Sets that were sent and are no longer declared: nothing is asked of anybody, so no alert and no long list."""
    gone = report.withdrawn_sets
    for each in gone[:_WITHDRAWN_LISTED]:
        yield f"    set {safe_text(each.name)} is no longer declared: {words.count(each.withdrawn, 'object')} stay sent"
    if len(gone) > _WITHDRAWN_LISTED:
        yield f"    … and {len(gone) - _WITHDRAWN_LISTED:,} more sets that are no longer declared"
    if gone:
        yield ""


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" if line else line for line in text.split("\n"))


def _mark(mark: str, style: Style) -> str:
    match mark:
        case "+":
            return style.add(mark)
        case "~":
            return style.change(mark)
        case "!":
            return style.alert(mark)
        case _:
            return mark


def _job(job: Job, style: Style) -> Iterator[str]:
    mark = _mark(_MARKS.get(job.action, "!"), style)
    about = job_title(job)
    where = f"  {safe_text(route_name(job.route))}" if job.route else ""
    yield f"  {mark} {style.strong('job ' + safe_text(job.name))}{where}" + (f"  ({safe_text(about)})" if about else "")
    for field in job.differences:
        there, here = safe_text(field.server), safe_text(field.manifest)
        yield f"      {safe_text(field.field)}: {there} on the server, {here} in the manifest"
    for one in job.candidates:
        paused = (", paused" if one.paused else "") + (", known to this ledger" if one.known else "")
        yield f"      jobId {safe_text(one.job_id)}: {safe_text(route_name(one.route))}{paused}"
    if job.action == "drift":
        yield from _hint("jetplan cannot change that: correct the manifest, or the job in Jet", style, 6)
    if job.action == "ambiguous":
        yield from _hint(which_job(job), style, 6)
    if job.problem is not None:
        yield from _problem(job.problem, style, 6)
    silent = sum(each.quiet for each in job.sets)
    for each in job.sets:
        if not each.quiet:
            yield from _set(each, style)
    if silent:
        yield style.faint(f"      {words.count(silent, 'set')} already submitted")


def _problem(problem: Problem, style: Style, indent: int) -> Iterator[str]:
    place = f" ({safe_text(problem.place)})" if problem.place else ""
    yield from style.wrapped(safe_text(problem.message) + place, indent)
    if problem.hint:
        yield from _hint(problem.hint, style, indent)


def _hint(hint: str, style: Style, indent: int) -> Iterator[str]:
    yield from style.wrapped(safe_text(hint), indent + 2, first=" " * indent + "→ ")


def _set(each: DeliverySet, style: Style) -> Iterator[str]:
    mark = "+" if each.deliveries else "!"
    yield f"    {_mark(mark, style)} {style.strong('set ' + safe_text(each.name))}  {set_title(each)}".rstrip()
    for delivery in each.deliveries[:LISTED_DELIVERIES]:
        yield from _delivery(delivery, style)
    if len(each.deliveries) > LISTED_DELIVERIES:
        rest = each.deliveries[LISTED_DELIVERIES:]
        amount = sum((delivery.amount for delivery in rest), start=Amount())
        more = words.count(len(rest), "more delivery", "more deliveries")
        yield style.faint(f"        … and {more}: {words.amount(amount)}")
    for block in each.blocked:
        yield from _blocked(block, style, alone=not each.deliveries)
    for one in each.resized[:LISTED_RESIZED]:
        then, now = (_size(size) for size in (one.size_then, one.size_now))
        path = safe_text(one.relative_path)
        yield f"      {_mark('!', style)} size changed since it was sent, {then} → {now}: {path}"
    if len(each.resized) > LISTED_RESIZED:
        yield style.faint(f"        … and {len(each.resized) - LISTED_RESIZED:,} more sizes changed; nothing is sent")
    if each.withdrawn:
        gone = words.count(each.withdrawn, "object")
        yield f"      {_mark('!', style)} {gone} no longer listed: sent already, and cannot be unsent"


def _delivery(delivery: Delivery, style: Style) -> Iterator[str]:
    if delivery.batches > 1:
        again = f", revision {delivery.revision}" if delivery.revision > 1 else ""
        yield f"      delivery {delivery.batch} of {delivery.batches}{again}: {words.amount(delivery.amount)}"
    rows = [
        (safe_text(entry.relative_path), _entry_size(entry.size_in_bytes, entry.is_directory, entry.relative_path))
        for entry in delivery.objects.head(LISTED_OBJECTS)
    ]
    longest = max((len(size) for _, size in rows), default=0)
    column = min(max((columns(path) for path, _ in rows), default=0), max(style.width - 12 - longest, 20))
    for path, size in rows:
        yield f"        {padded(path, column)}  {size:>{longest}}"
    if len(delivery.objects) > LISTED_OBJECTS:
        yield style.faint(f"        … and {len(delivery.objects) - LISTED_OBJECTS:,} more")


def _entry_size(size: int | None, is_directory: bool, path: str) -> str:
    if is_directory:
        return "everything" if path == "/" else "folder"
    return _size(size)


def _size(size: int | None) -> str:
    return "unknown" if size is None else words.size(size)


def _blocked(block: BlockedObjects, style: Style, *, alone: bool) -> Iterator[str]:
    if not alone:
        yield f"      {_mark('!', style)} {blocked_title(block)}"
    yield from _problem(block.problem, style, 8)


def _notices(report: Report, style: Style) -> Iterator[str]:
    if not report.notices:
        return
    yield style.strong("Look at this first:")
    for message in top_notices(report, NOTICES_OF_A_KIND, warnings=False):  # these are on stderr
        first, *rest = style.wrapped(safe_text(message), 4, first="  ! ")
        yield first.replace("!", style.alert("!"), 1)
        yield from rest
    yield ""


def _ending(report: Report, style: Style) -> Iterator[str]:
    for sentence in plan_sentences(report):
        yield style.strong(sentence)
    if report.routes:
        yield from _routes(report)
    waiting = waiting_parts(report)
    if waiting:
        yield style.alert("Not now: ") + f"{'; '.join(waiting)}."


def _routes(report: Report) -> Iterator[str]:
    rows = []
    for each in report.routes:
        flags = route_flags(each)
        if each.estimated_seconds is not None:
            limit = "" if each.estimated_from_deliveries else " at its bandwidth limit"
            flags.append(f"{words.takes(each.estimated_seconds, each.estimated_from_deliveries)}{limit}")
        objects = words.count(each.amount.object_count, "object")
        rows.append((safe_text(route_name(each.route)), objects, words.amount_size(each.amount), ", ".join(flags)))
    name, objects_width, size = (max(columns(row[at]) for row in rows) for at in range(3))
    for row in rows:
        line = f"  {padded(row[0], name)}  {row[1]:>{objects_width}}  {padded(row[2], size)}  {row[3]}"
        yield line.rstrip()
