"""The report as one HTML file: no network, no script needed, readable in light, dark, on paper and aloud."""

from __future__ import annotations

from base64 import b64encode
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING

from jetplan.render import phrases, words
from jetplan.render.escape import markup, markup_prose
from jetplan.render.flow import DRAWN_ROUTES, bar_svg, flow_svg
from jetplan.render.page_parts import Lists, card_html, job_html, set_ids, withdrawn_html

if TYPE_CHECKING:
    from collections.abc import Iterator

    from jetplan.render.model import Amount, Notice, Report, RouteTotal

_GRAVE = frozenset({"limit", "wholeProfile", "inDoubt", "failed", "resend", "ambiguous"})
_ATTEMPTS = frozenset({"inDoubt", "inProgress", "failed"})
_NOTICES_OF_A_KIND = 500
_LISTED_ROUTES = 5_000


def render_html(report: Report) -> str:
    """The whole page, ended by a newline."""
    title = phrases.title(report)
    return document(markup(title), "\n".join(_body(report, markup_prose(title))))


def document(title: str, body: str, *, script: bool = True) -> str:
    """A whole HTML document in the house style; `title` and `body` are markup. `script`: with that of a plan."""
    style, code = _asset("page.css"), _asset("page.js") if script else ""
    sources = f"img-src data:; style-src {_hash(style)}" + (f"; script-src {_hash(code)}" if script else "")
    end = f"\n<script>{code}</script>" if script else ""
    policy = f"default-src 'none'; {sources}; base-uri 'none'; form-action 'none'"
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="referrer" content="no-referrer">\n<link rel="icon" href="data:,">\n'
        f"<title>jetplan: {title}</title>\n<style>{style}</style>\n</head>\n"
        f"<body>\n{body}{end}\n</body>\n</html>\n"
    )


def _asset(name: str) -> str:
    return files("jetplan.render").joinpath(name).read_text(encoding="utf-8")


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


def _body(report: Report, title: str) -> Iterator[str]:
    yield '<a class="skip" href="#done">Skip to what would be done</a>'
    yield f'<header>\n<p class="brand">jetplan · plan</p>\n<h1>{title}</h1>\n{_facts(report)}\n</header>\n<main>'
    if not report.in_sync:
        yield from _tiles(report)
    yield from _notices(report)
    if report.routes:
        yield from _routes(report)
    cards = [*report.unfinished, *report.failed]
    if cards:
        yield '<section aria-labelledby="doubt"><h2 id="doubt">In doubt, under way or failed</h2>'
        yield from map(card_html, cards)
        yield "</section>"
    yield from _done(report)
    kind = "Offline digest" if report.compared_with else "Plan digest"
    yield f"</main>\n<footer>{kind} <code>{report.digest}</code>. A plan: nothing was sent yet.</footer>"


def _facts(report: Report) -> str:
    found = [("commit", report.commit), ("account", report.account), ("API", report.api_url)]
    said = [f"{label} <code>{markup(value)}</code>" for label, value in found if value]
    said.append(words.count(report.files, "manifest file"))
    return f'<p class="facts">{" · ".join(said)}</p>'


def _tiles(report: Report) -> Iterator[str]:
    total = report.totals
    yield '<div class="tiles">'
    yield '<section class="tile final" aria-labelledby="final"><h2 id="final">To send: cannot be undone</h2>'
    if total.deliveries_to_submit:
        deliveries = words.count(total.deliveries_to_submit, "delivery", "deliveries")
        yield f'<p class="big">{_known(total.to_submit)}</p>'
        objects, routes = words.count(total.to_submit.object_count, "object"), words.count(total.routes, "route")
        again = f", <b>{total.resent_objects:,} sent again</b>" if total.resent_objects else ""
        yield f"<p>{objects} in {deliveries} over {routes}</p><p>{total.new_objects:,} new{again}</p></section>"
    else:
        yield '<p class="big">Nothing</p></section>'
    jobs = [
        f"<li>{number:,} to {verb}</li>"
        for number, verb in (
            (total.jobs_to_create, "create"),
            (total.jobs_to_adopt, "adopt"),
            (total.jobs_to_resume, "resume"),
            (total.jobs_to_pause, "pause"),
        )
        if number
    ]
    unchanged = f'<li class="quiet">{total.jobs_unchanged:,} as declared</li>'
    yield '<section class="tile" aria-labelledby="jobs"><h2 id="jobs">Jobs: can be undone</h2>'
    yield f"<ul>{''.join(jobs) or '<li>No change</li>'}{unchanged}</ul></section>"
    waiting = phrases.waiting_parts(report)
    yield f'<section class="tile{" wait" if waiting else ""}" aria-labelledby="wait"><h2 id="wait">Not now</h2>'
    yield f"<ul>{''.join(f'<li>{each}</li>' for each in waiting) or '<li>Nothing waits</li>'}</ul></section>"
    yield "</div>"


def _known(amount: Amount) -> str:
    if amount.unknown_sizes == amount.object_count:
        return "Unknown size"
    more = f", and {words.count(amount.unknown_sizes, 'object')} of unknown size" if amount.unknown_sizes else ""
    return f"{words.size(amount.known_bytes)} <small>declared{more}</small>"


def _notices(report: Report) -> Iterator[str]:
    if not report.notices:
        return
    ids = set_ids(report)
    by_kind: dict[str, list[Notice]] = {}
    for notice in report.notices:
        by_kind.setdefault(notice.kind, []).append(notice)
    yield '<section class="notices" aria-labelledby="first"><h2 id="first">Look at this first</h2><ul>'
    for kind, notices in by_kind.items():
        grave = ' class="grave"' if kind in _GRAVE else ""
        for notice in notices[:_NOTICES_OF_A_KIND]:
            there = "doubt" if kind in _ATTEMPTS else next((ids[name] for name in notice.sets if name in ids), "")
            link = f' <a href="#{there}">show</a>' if there else ""
            yield f"<li{grave}>{markup_prose(notice.message)}{link}</li>"
        if len(notices) > _NOTICES_OF_A_KIND:
            yield f"<li>{phrases.more_notices(kind, len(notices) - _NOTICES_OF_A_KIND)}</li>"
    yield "</ul></section>"


def _routes(report: Report) -> Iterator[str]:
    routes = report.routes
    yield '<section aria-labelledby="routes"><h2 id="routes">What will be sent where</h2>'
    yield flow_svg(routes)
    if len(routes) > DRAWN_ROUTES:
        yield f'<p class="quiet">The first {DRAWN_ROUTES} of {len(routes):,} routes are drawn.</p>'
    yield '<div class="wide"><table><thead><tr><th scope="col">From</th><th scope="col">To</th>'
    for word in ("Objects", "New", "Sent again", "Declared size", "Deliveries", "Takes"):
        yield f'<th scope="col" class="n">{word}</th>'
    yield '<th scope="col">Note</th></tr></thead><tbody>'
    yield from map(_route_row, routes[:_LISTED_ROUTES])
    yield "</tbody></table></div>"
    if len(routes) > _LISTED_ROUTES:
        yield f'<p class="quiet">… and {len(routes) - _LISTED_ROUTES:,} more routes; the JSON lists all.</p>'
    yield from map(_largest, (each for each in routes[:DRAWN_ROUTES] if each.largest))
    yield "</section>"


def _route_row(each: RouteTotal) -> str:
    takes = phrases.takes(each)
    flags = " ".join(f'<span class="badge alert">{flag}</span>' for flag in phrases.route_flags(each))
    numbers = (
        f"{each.amount.object_count:,}",
        f"{each.new_objects:,}",
        f"{each.resent_objects:,}",
        words.amount_size(each.amount),
        f"{each.deliveries:,}",
        takes,
    )
    cells = "".join(f'<td class="n">{number}</td>' for number in numbers)
    source, destination = markup(str(each.route.source)), markup(str(each.route.destination))
    return f'<tr><th scope="row">{source}</th><td>{destination}</td>{cells}<td>{flags}</td></tr>'


def _largest(each: RouteTotal) -> str:
    most = each.largest[0].size_in_bytes or 1
    rows = "".join(
        f'<tr><td class="path">{markup(entry.relative_path)}</td><td>{markup(entry.set)}</td>'
        f'<td class="bar">{bar_svg(entry.size_in_bytes / most)}</td>'
        f'<td class="n">{words.size(entry.size_in_bytes)}</td></tr>'
        for entry in each.largest
    )
    number = "largest object" if len(each.largest) == 1 else f"{len(each.largest)} largest objects"
    return (
        f"<details><summary>The {number}, {markup(phrases.route_name(each.route))}</summary>"
        '<div class="wide"><table><thead><tr><th scope="col">Object</th><th scope="col">Set</th>'
        '<th scope="col"><span aria-hidden="true"></span></th><th scope="col" class="n">Size</th></tr></thead>'
        f"<tbody>{rows}</tbody></table></div></details>"
    )


def _done(report: Report) -> Iterator[str]:
    yield '<section aria-labelledby="done"><h2 id="done">What would be done</h2>'
    yield (
        '<form id="filter" hidden role="search"><label>Filter objects <input type="search" autocomplete="off"></label>'
        '<output id="found" for="filter"></output></form>'
    )
    lists = Lists(few=report.totals.sets_to_submit + report.totals.sets_blocked <= 8)
    number = 0
    for job in report.jobs:
        if not job.quiet:
            yield job_html(job, number, lists)
        number += len(job.sets)
    yield from map(withdrawn_html, report.withdrawn_sets)
    quiet = phrases.quiet_sentence(report)
    if quiet:
        yield f'<p class="quiet">{quiet}</p>'
    yield "</section>"
