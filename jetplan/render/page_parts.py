"""The page's jobs, sets, lists of objects and cards."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jetplan.render import phrases, words
from jetplan.render.card import asks, facts, headline, word_of
from jetplan.render.escape import markup, markup_prose

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jetplan.render.model import AttemptCard, BlockedObjects, Delivery, DeliverySet, Job, Problem, Report
    from jetplan.render.rows import ObjectEntry

TABLE_ROWS = 100
LISTED_OF_A_DELIVERY = 20_000
LISTED_IN_ALL = 150_000
_CHUNK = 500
_OPEN = 25
_MARKS = {
    "create": ("add", "+"),
    "adopt": ("change", "~"),
    "update": ("change", "~"),
    "none": ("", "·"),
    "absent": ("", "·"),
}


@dataclass(slots=True)
class Lists:
    """How many more objects the page may list, and whether its sets are few enough to stand open."""

    few: bool
    left: int = LISTED_IN_ALL


def set_ids(report: Report) -> dict[str, str]:
    """The id of each set's block by the set's name; sets are numbered through all jobs."""
    names = [each for job in report.jobs for each in job.sets]
    return {each.name: f"set-{number}" for number, each in enumerate(names) if not each.quiet}


def _mark(kind: str, sign: str) -> str:
    spoken = {"+": "new", "~": "change", "!": "needs you", "·": "no change"}[sign]
    return f'<span class="mark {kind}" role="img" aria-label="{spoken}">{sign}</span>'


def job_html(job: Job, number: int, lists: Lists) -> str:
    """A job with its sets, the first of which has this number."""
    about = phrases.job_title(job)
    mark = _mark(*_MARKS.get(job.action, ("alert", "!")))
    route = f' <span class="route">{markup(phrases.route_name(job.route))}</span>' if job.route else ""
    parts = [f'<article class="job"><h3>{mark} Job {markup(job.name)}{route}</h3>']
    parts += [f"<p>{about[0].upper()}{about[1:]}.</p>"] if about else []
    parts += [
        f"<p>{markup(each.field)}: <b>{markup(each.server)}</b> on the server, "
        f"<b>{markup(each.manifest)}</b> in the manifest</p>"
        for each in job.differences
    ]
    parts += [
        f"<p>jobId <code>{markup(one.job_id)}</code>: {markup(phrases.route_name(one.route))}"
        f"{', paused' if one.paused else ''}{', known to this ledger' if one.known else ''}</p>"
        for one in job.candidates
    ]
    parts += [_problem(job.problem)] if job.problem else []
    parts += [_set(each, at, lists) for at, each in enumerate(job.sets, start=number) if not each.quiet]
    silent = sum(each.quiet for each in job.sets)
    parts += [f'<p class="quiet">{words.count(silent, "set")} already submitted</p>'] if silent else []
    return "\n".join([*parts, "</article>"])


def _problem(problem: Problem) -> str:
    place = f" <code>{markup(problem.place)}</code>" if problem.place else ""
    hint = f"<p><b>What to do:</b> {markup_prose(problem.hint)}</p>" if problem.hint else ""
    return f'<div class="why"><p>{markup_prose(problem.message)}{place}</p>{hint}</div>'


def _set(each: DeliverySet, number: int, lists: Lists) -> str:
    mark = _mark("add", "+") if each.deliveries else _mark("alert", "!")
    stands_open = lists.few and (each.to_submit.object_count <= _OPEN or not each.deliveries)
    badges = "".join(f' <span class="badge {kind}">{text}</span>' for kind, text in _badges(each))
    title = f'<span class="set">Set {markup(each.name)}</span>: {phrases.set_title(each) or "nothing to submit"}'
    parts = [
        f'<details class="set-of" id="set-{number}"{" open" if stands_open else ""}>',
        f'<summary>{mark} {title}{badges}</summary><div class="set-body">',
    ]
    parts += map(_blocked, each.blocked)
    if each.withdrawn:
        gone = words.count(each.withdrawn, "object")
        parts.append(f"<p>{gone} no longer listed: sent already, and cannot be unsent</p>")
    for delivery in each.deliveries:
        parts += _delivery(delivery, lists)
    if each.resized:
        parts.append(_resized(each))
    return "\n".join([*parts, "</div></details>"])


def _badges(each: DeliverySet) -> Iterator[tuple[str, str]]:
    if any(delivery.whole_profile for delivery in each.deliveries):
        yield "alert", "whole profile"
    if any(delivery.first_to_destination for delivery in each.deliveries):
        yield "alert", "first in this ledger"
    if each.resent_objects:
        yield "again", f"{each.resent_objects:,} sent again"
    if any(delivery.overlap_allowed for delivery in each.deliveries):
        yield "again", "overlap allowed"


def _blocked(block: BlockedObjects) -> str:
    paths = "".join(f'<li class="path">{markup(path)}</li>' for path in block.first_paths)
    more = block.amount.object_count - len(block.first_paths)
    paths += f"<li>… and {more:,} more</li>" if paths and more > 0 else ""
    listed = f"<ul>{paths}</ul>" if paths else ""
    return f"<p><b>{phrases.blocked_title(block)}</b></p>{_problem(block.problem)}{listed}"


def _delivery(delivery: Delivery, lists: Lists) -> Iterator[str]:
    if delivery.batches > 1:
        yield f"<p>Delivery {delivery.batch} of {delivery.batches}: {words.amount(delivery.amount)}</p>"
    shown = min(len(delivery.objects), LISTED_OF_A_DELIVERY, lists.left)
    lists.left -= shown
    if len(delivery.objects) <= TABLE_ROWS and shown == len(delivery.objects):
        yield _table(delivery)
        return
    if shown:
        yield '<div class="objects" tabindex="0" role="region" aria-label="Objects of this delivery">'
        for start in range(0, shown, _CHUNK):
            yield f"<pre>{_lines(delivery, start, min(start + _CHUNK, shown))}</pre>"
        yield "</div>"
    if shown < len(delivery.objects):
        yield f'<p class="quiet">… and {len(delivery.objects) - shown:,} more; the JSON lists all.</p>'


def _table(delivery: Delivery) -> str:
    rows = "".join(
        f'<tr><td class="path">{markup(entry.relative_path)}</td><td class="n">{_size(entry)}</td></tr>'
        for entry in delivery.objects
    )
    return (
        '<div class="objects"><table><thead><tr><th scope="col">Object</th><th scope="col" class="n">Size</th></tr>'
        f"</thead><tbody>{rows}</tbody></table></div>"
    )


def _lines(delivery: Delivery, start: int, stop: int) -> str:
    return "\n".join(
        f"{_size(entry):>10}  {markup(entry.relative_path)}" for entry in delivery.objects.part(start, stop)
    )


def _size(entry: ObjectEntry) -> str:
    if entry.is_directory:
        return "everything" if entry.relative_path == "/" else "folder"
    return "unknown" if entry.size_in_bytes is None else words.size(entry.size_in_bytes)


def _resized(each: DeliverySet) -> str:
    rows = "".join(
        f'<tr><td class="path">{markup(one.relative_path)}</td><td class="n">{_bytes(one.size_then)}</td>'
        f'<td class="n">{_bytes(one.size_now)}</td></tr>'
        for one in each.resized[:TABLE_ROWS]
    )
    more = len(each.resized) - TABLE_ROWS
    return (
        "<p>Size changed since it was sent; not sent again:</p>"
        '<div class="objects"><table><thead><tr><th scope="col">Object</th><th scope="col" class="n">When sent</th>'
        f'<th scope="col" class="n">Now</th></tr></thead><tbody>{rows}</tbody></table></div>'
        + (f'<p class="quiet">… and {more:,} more</p>' if more > 0 else "")
    )


def _bytes(size: int | None) -> str:
    return "unknown" if size is None else words.size(size)


def card_html(card: AttemptCard) -> str:
    """An attempt whose end is not known."""
    verb = word_of(card).capitalize()
    known = "".join(f"<dt>{label}</dt><dd>{markup_prose(value)}</dd>" for label, value in facts(card))
    paths = "".join(f'<li class="path">{markup(path)}</li>' for path in card.first_paths)
    more = card.amount.object_count - len(card.first_paths)
    paths += f"<li>… and {more:,} more</li>" if paths and more > 0 else ""
    commands = "".join(
        f"<p>{meaning[0].upper()}{meaning[1:]}:</p><pre><code>{markup(command)}</code></pre>"
        for meaning, command in asks(card)
    )
    listed = f"<ul>{paths}</ul>" if paths else ""
    calm = " calm" if card.under_way else ""
    return (
        f'<article class="card{calm}"><h3>{_mark("alert", "!")} {verb}: {markup(headline(card))}</h3>'
        f"<dl>{known}</dl>{listed}{commands}</article>"
    )


def withdrawn_html(each: DeliverySet) -> str:
    """A set that is no longer declared."""
    gone = words.count(each.withdrawn, "object")
    name = f"Set <b>{markup(each.name)}</b>"
    return f"<p>{_mark('alert', '!')} {name} is no longer declared: {gone} sent, and cannot be unsent.</p>"
