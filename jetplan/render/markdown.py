"""The report as Markdown for a pull request's comment: summary first, then a collapsed block for each set."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from jetplan.render import phrases, words
from jetplan.render.card import asks, facts, headline, word_of
from jetplan.render.comment import Block, fitted
from jetplan.render.compact import compact_lines
from jetplan.render.escape import cell, code_span, code_tag, fence_for, prose, safe_text, visible
from jetplan.render.model import Amount

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from jetplan.render.model import (
        AttemptCard,
        BlockedObjects,
        Delivery,
        DeliverySet,
        Job,
        Problem,
        Report,
        RouteTotal,
    )
    from jetplan.render.rows import ObjectEntry

MARKER = "<!-- jetplan:plan -->"
LIMIT = 65_000
LISTED_OBJECTS = 100
LISTED_DELIVERIES = 3
_LISTED_ROUTES = 25
_NOTICES_OF_A_KIND = 3
_NAME = 160
_TAIL = 24
_SENTENCE = 400


def render_markdown(report: Report, *, limit: int = LIMIT) -> str:
    """The comment, ended by a newline, never longer than `limit` characters and always well-formed.

    Where it has to be cut, every destination, first delivery and job is named first, in one line each.
    """
    whole = fitted(_head(report), _blocks(report), _foot(report), limit)
    if whole.complete and len(report.routes) <= _LISTED_ROUTES:
        return whole.text
    top, *rest = _head(report)
    inventory = Block(lambda: compact_lines(report, limit // 2))
    return fitted([top, inventory, *rest], _blocks(report, largest_last=True), _foot(report), limit).text


def clip(text: str, most: int) -> str:
    """The visible text, its middle cut with the count of what was cut: two long names may differ in their ends only."""
    shown = visible(text)
    if len(shown) <= most:
        return shown
    return f"{shown[: most - _TAIL]}… ({len(shown) - most:,} more characters) …{shown[-_TAIL:]}"


def _code(name: str) -> str:
    return code_span(clip(name, _NAME))


def _cell(name: str) -> str:
    return cell(clip(name, _NAME))


def _sentence(text: str) -> str:
    return prose(clip(text, _SENTENCE))


def _head(report: Report) -> list[Block]:
    """In the order of importance: what does not fit is left out from the end."""
    top = [MARKER, f"## jetplan: {_sentence(phrases.title(report))}", ""]
    if not report.in_sync:
        top += [f"{sentence}  " for sentence in phrases.plan_sentences(report)]
        waiting = phrases.waiting_parts(report)
        top += [f"**Not now:** {'; '.join(waiting)}."] if waiting else []
    blocks = [Block(lambda: top)]
    if report.notices:
        notices = phrases.top_notices(report, _NOTICES_OF_A_KIND)
        blocks.append(Block(partial(_notices, notices)))
    if report.routes:
        blocks.append(Block(partial(_routes, report.routes)))
    return blocks


def _notices(notices: Sequence[str]) -> Iterator[str]:
    yield from ("> [!WARNING]", "> **Look at this first**", ">")
    yield from (f"> - {_sentence(each)}" for each in notices)


def _routes(routes: Sequence[RouteTotal]) -> Iterator[str]:
    yield "### What will be sent: this cannot be undone"
    yield ""
    yield "| From | To | Objects | New | Sent again | Declared size | Deliveries | Takes | |"
    yield "| --- | --- | ---: | ---: | ---: | ---: | ---: | --- | --- |"
    for each in routes[:_LISTED_ROUTES]:
        takes = phrases.takes(each)
        flags = ", ".join(f"**{flag}**" for flag in phrases.route_flags(each))
        yield (
            f"| {_cell(str(each.route.source))} | {_cell(str(each.route.destination))} "
            f"| {each.amount.object_count:,} | {each.new_objects:,} | {each.resent_objects:,} "
            f"| {words.amount_size(each.amount)} | {each.deliveries:,} | {takes} | {flags} |"
        )
    if len(routes) > _LISTED_ROUTES:
        yield ""
        yield f"… and {len(routes) - _LISTED_ROUTES:,} more routes."


def _blocks(report: Report, *, largest_last: bool = False) -> Iterator[Block]:
    for card in (*report.unfinished, *report.failed):
        yield Block(partial(_card, card), what="attempt")
    if not largest_last:
        yield from _largest_blocks(report)
    for job in report.jobs:
        if not job.quiet:
            yield Block(partial(_job, job), what="job")
            yield from _sets(job)
    for each_set in report.withdrawn_sets:
        gone = words.count(each_set.withdrawn, "object")
        line = f"- **!** set {_code(each_set.name)} is no longer declared: {gone} sent, and cannot be unsent"
        yield Block(partial(list, [line]), what="withdrawn set")
    quiet = phrases.quiet_sentence(report)
    if quiet and not report.in_sync:
        yield Block(lambda: [quiet])
    if largest_last:
        yield from _largest_blocks(report)


def _largest_blocks(report: Report) -> Iterator[Block]:
    for each in report.routes:
        if len(each.largest) > 1:
            yield Block(partial(_largest, each), what="list of largest objects", plural="lists of largest objects")


def _details(summary: str, inside: Iterable[str]) -> list[str]:
    lines = list(inside)
    blank = [] if lines and not lines[0] else [""]
    return [f"<details><summary>{summary}</summary>", *blank, *lines, "", "</details>"]


def _fenced(lines: list[str]) -> list[str]:
    fence = fence_for(lines)
    return [f"{fence}text", *lines, fence]


def _tag(name: str) -> str:
    return code_tag(clip(name, _NAME))


def _card(card: AttemptCard) -> Iterator[str]:
    verb = word_of(card).capitalize()
    inside = [f"- **{label}:** {_sentence(value)}" for label, value in facts(card)]
    if card.first_paths:
        rows = [f"- {safe_text(clip(path, 2 * _NAME))}" for path in card.first_paths]
        more = card.amount.object_count - len(rows)
        inside += ["", *_fenced(rows + ([f"… and {more:,} more"] if more > 0 else []))]
    for meaning, command in asks(card):
        inside += ["", f"{meaning[0].upper()}{meaning[1:]}:", *_fenced([safe_text(command)])]
    summary = f"<b>! {verb}:</b> {_tag(headline(card))}"
    yield from _details(summary, inside)


def _largest(each: RouteTotal) -> Iterator[str]:
    rows = [
        f"{words.size(entry.size_in_bytes):>10}  {safe_text(clip(entry.relative_path, 2 * _NAME))}"
        for entry in each.largest
    ]
    number = words.count(len(each.largest), "largest object")
    yield from _details(f"{number}, {_tag(phrases.route_name(each.route))}", _fenced(rows))


def _job(job: Job) -> list[str]:
    mark = {"create": "+", "adopt": "~", "update": "~", "none": "·", "absent": "·"}.get(job.action, "!")
    about = phrases.job_title(job)
    where = f", {_code(phrases.route_name(job.route))}" if job.route else ""
    lines = [f"**{mark}** job {_code(job.name)}{where}" + (f": **{about}**" if about else "")]
    lines += [
        f"- {_code(field.field)}: {_code(field.server)} on the server, {_code(field.manifest)} in the manifest"
        for field in job.differences
    ]
    for one in job.candidates[:_LISTED_ROUTES]:
        paused = (", paused" if one.paused else "") + (", known to this ledger" if one.known else "")
        lines.append(f"- `jobId` {_code(one.job_id)}: {_code(phrases.route_name(one.route))}{paused}")
    if job.problem is not None:
        lines += _problem(job.problem)
    return lines


def _sets(job: Job) -> Iterator[Block]:
    for each in job.sets:
        if not each.quiet:
            yield Block(partial(_set, each, long=True), partial(_set, each, long=False), what="set")


def _problem(problem: Problem) -> Iterator[str]:
    place = f" ({_code(problem.place)})" if problem.place else ""
    yield f"- {_sentence(problem.message)}{place}"
    if problem.hint:
        yield f"- **What to do:** {_sentence(problem.hint)}"


def _set(each: DeliverySet, *, long: bool) -> list[str]:
    mark = "+" if each.deliveries else "!"
    summary = f"<b>{mark}</b> set {_tag(each.name)}: {phrases.set_title(each) or 'nothing to submit'}"
    inside: list[str] = []
    for block in each.blocked:
        inside += _blocked(block)
    if each.withdrawn:
        inside.append(f"- {words.count(each.withdrawn, 'object')} no longer listed: sent already, and cannot be unsent")
    if not long:
        return _details(summary, [*inside, "Too long to be listed here."])
    for delivery in each.deliveries[:LISTED_DELIVERIES]:
        inside += _delivery(delivery)
    if len(each.deliveries) > LISTED_DELIVERIES:
        rest = each.deliveries[LISTED_DELIVERIES:]
        amount = sum((delivery.amount for delivery in rest), start=Amount())
        more = words.count(len(rest), "more delivery", "more deliveries")
        inside += ["", f"… and {more}: {words.amount(amount)}"]
    if each.resized:
        rows = [
            f"{_size(one.size_then):>10} → {_size(one.size_now):>10}  {safe_text(clip(one.relative_path, 2 * _NAME))}"
            for one in each.resized[:LISTED_OBJECTS]
        ]
        inside += ["", "Size changed since it was sent; not sent again:", *_fenced(rows)]
    return _details(summary, inside)


def _delivery(delivery: Delivery) -> Iterator[str]:
    if delivery.batches > 1:
        yield from ("", f"Delivery {delivery.batch} of {delivery.batches}: {words.amount(delivery.amount)}")
    rows = [_row(entry) for entry in delivery.objects.head(LISTED_OBJECTS)]
    if len(delivery.objects) > LISTED_OBJECTS:
        rows.append(f"           … and {len(delivery.objects) - LISTED_OBJECTS:,} more")
    yield from ("", *_fenced(rows))


def _blocked(block: BlockedObjects) -> Iterator[str]:
    yield f"- **{phrases.blocked_title(block)}**"
    yield from _problem(block.problem)


def _row(entry: ObjectEntry) -> str:
    if entry.is_directory:
        size = "everything" if entry.relative_path == "/" else "folder"
    else:
        size = _size(entry.size_in_bytes)
    return f"{size:>10}  {safe_text(clip(entry.relative_path, 2 * _NAME))}"


def _size(size: int | None) -> str:
    return "unknown" if size is None else words.size(size)


def _foot(report: Report) -> list[str]:
    commit = f", manifests at commit {_code(report.commit)}" if report.commit else ""
    kind = "Digest of this offline comparison, not of a plan" if report.compared_with else "Plan digest"
    return [f"{kind}: `{report.digest}`{commit}"]
