"""What a plan touches, in one compact line each: every destination and every job, for a comment that must be cut."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jetplan.render import phrases, words
from jetplan.render.escape import code_span, visible
from jetplan.render.model import Amount

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from jetplan.render.model import Job, Profile, Report, RouteTotal

_HEAD, _TAIL = 48, 16


def compact_lines(report: Report, room: int) -> list[str]:
    """Markdown lines of at most `room` characters. What does not fit is counted in the first line.

    Destinations come first, those with a first delivery before the others, then jobs.
    """
    destinations = [_destination(each) for each in _by_destination(report.routes)]
    jobs = [_job(job) for job in report.jobs if not job.quiet]
    lines, missing = _within([*destinations, *jobs], room)
    said = f"{words.count(len(destinations), 'destination')} and {words.count(len(jobs), 'job')}"
    title = f"**This comment is cut.** All that this plan touches, {said}, in one line each:"
    if missing:
        title = (
            f"**This comment is cut, and {missing:,} of {said} are not even named here: read the full page.** "
            "The others, in one line each:"
        )
    return [title, "", *lines]


def _within(lines: Sequence[str], room: int) -> tuple[list[str], int]:
    kept: list[str] = []
    for line in lines:
        room -= len(line) + 1
        if room < 0:
            break
        kept.append(line)
    return kept, len(lines) - len(kept)


def _by_destination(routes: Sequence[RouteTotal]) -> Iterator[tuple[Profile, list[RouteTotal]]]:
    found: dict[str, list[RouteTotal]] = {}
    for each in routes:
        found.setdefault(each.route.destination.storage_profile_id, []).append(each)
    for group in sorted(found.values(), key=lambda group: not any(each.first_to_destination for each in group)):
        yield group[0].route.destination, group


def _destination(pair: tuple[Profile, list[RouteTotal]]) -> str:
    destination, group = pair
    amount = sum((each.amount for each in group), start=Amount())
    flags = dict.fromkeys(flag for each in group for flag in phrases.route_flags(each))
    return f"- to {_name(str(destination))}: {'; '.join([words.declared(amount), *(f'**{flag}**' for flag in flags)])}"


def _job(job: Job) -> str:
    amount = sum((each.to_submit for each in job.sets), start=Amount())
    sends = f"{words.declared(amount)} to {_name(str(job.route.destination))}" if job.route else words.declared(amount)
    about = [phrases.job_title(job), sends if amount.object_count else ""]
    return f"- job {_name(job.name)}: {'; '.join(part for part in about if part) or 'see its sets'}"


def _name(name: str) -> str:
    """A name as code, both ends of it where it is long: two long names may differ in their ends only."""
    shown = visible(name).replace("##", "#\\x23")  # a cut may not make a runner's command of it
    if len(shown) > _HEAD + _TAIL + 1:
        shown = f"{shown[:_HEAD]}…{shown[-_TAIL:]}"
    return code_span(shown)
