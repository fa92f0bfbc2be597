"""What a reviewer should look at first, the gravest first, each in one sentence that all formats share."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from jetplan.core.characters import in_code
from jetplan.render import words
from jetplan.render.arrivals import sentence
from jetplan.render.card import headline, word_of
from jetplan.render.model import Amount, Notice

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from jetplan.core.limits import Refusal
    from jetplan.core.observed import ObservedJob
    from jetplan.core.plan import LeftOut, Route
    from jetplan.errors import Problem
    from jetplan.render.model import AttemptCard, DeliverySet, Job, NoticeKind, Resend, RouteTotal


def notices_of(
    jobs: Sequence[Job],
    routes: Sequence[RouteTotal],
    resends: Sequence[Resend],
    unfinished: Sequence[AttemptCard],
    failed: Sequence[AttemptCard],
    orphans: Sequence[DeliverySet],
) -> tuple[Notice, ...]:
    """All notices of a report."""
    return (
        *_attempts(unfinished, failed),
        *_beside_sending(jobs),
        *_profile_folders(jobs),
        *_whole_profiles(jobs),
        *_first_deliveries(routes),
        *_unknown_sizes(routes),
        *_resends(resends),
        *_jobs(jobs),
        *_sets(jobs, orphans),
    )


def offline_notice(revision: str) -> Notice:
    """What an offline plan cannot know."""
    return Notice(
        "offline",
        f"Offline: neither Jet nor the ledger was asked. What {revision} declares counts as applied and sent.",
    )


def limit_notices(refused: Sequence[Refusal]) -> tuple[Notice, ...]:
    """What the project's limits refuse, and what lifts each."""
    return tuple(
        Notice("limit", f"Refused by a limit: {each.message}. {each.hint}.", (each.set_name,) if each.set_name else ())
        for each in refused
    )


def selection_notice(left_out: LeftOut) -> Notice:
    """What is not in the plan because it was not chosen."""
    said = [words.count(left_out.sets, "set"), words.count(left_out.jobs, "job")]
    said += [words.count(left_out.attempts, "unfinished attempt")] if left_out.attempts else []
    return Notice("selection", f"Chosen with --set or --job: left out {' and '.join(said)}, which are not touched.")


def settings_notices(changes: Iterable[Problem]) -> tuple[Notice, ...]:
    """What a change does to the project's own settings and house rules."""
    return tuple(Notice("settings", f"Settings: {each.message}.", place=str(each.place)) for each in changes)


def warning_notices(warnings: Iterable[Problem]) -> tuple[Notice, ...]:
    """What the manifests and their lists were warned of while they were read."""
    return tuple(
        Notice("warning", f"Warning: {each.place}: {each.message}.", place=str(each.place)) for each in warnings
    )


def _attempts(unfinished: Sequence[AttemptCard], failed: Sequence[AttemptCard]) -> Iterator[Notice]:
    for card in unfinished:
        named = (card.name,) if card.kind == "delivery" else ()
        if card.under_way:
            yield Notice("inProgress", f"Under way in another run: {headline(card, in_code)}.", named)
        elif card.kind == "job":
            yield Notice("inDoubt", f"In doubt: {headline(card, in_code)}. The next apply settles it by looking.")
        else:
            held = words.amount(card.amount)
            yield Notice(
                "inDoubt", f"In doubt, and never sent again by itself: {headline(card, in_code)}, {held}.", named
            )
    for card in failed:
        said = "Arrived in part" if word_of(card) == "arrived in part" else "Reported as failed by Jet"
        arrived = f": {sentence(card.arrived)}" if card.arrived is not None else ""
        yield Notice("failed", f"{said}: {headline(card, in_code)}{arrived}.", (card.name,))


_AT_THE_SOURCE: dict[str, tuple[NoticeKind, str]] = {
    "deleted": ("sourceDeletion", "deletes the files at the source after it sent them"),
    "moved": ("sourceMove", "moves the files at the source away after it sent them"),
    "unknown": ("afterSending", "does something after sending that jetplan does not know; look at it in Jet's console"),
}


def _beside_sending(jobs: Sequence[Job]) -> Iterator[Notice]:
    """What the jobs that something goes through do beside sending."""
    for job in jobs:
        through = tuple(each.name for each in job.sets if each.deliveries)
        if not through:
            continue
        if job.source_files in _AT_THE_SOURCE:
            kind, said = _AT_THE_SOURCE[job.source_files]
            yield Notice(kind, f"At the source: job {in_code(job.name)} {said}.", through)
        if job.filtered:
            said = "has filters: Jet may leave out files that they do not choose"
            yield Notice("filtered", f"Filters: job {in_code(job.name)} {said}.", through)


def self_starting_notices(jobs: Iterable[ObservedJob], sets: Sequence[tuple[str, Route]]) -> tuple[Notice, ...]:
    """Jobs that start by themselves on the way of a delivery. `sets`: names and routes of what is delivered."""
    found = []
    for job in jobs:
        ends = job.source.profile_id, job.destination.profile_id
        met = tuple(
            dict.fromkeys(
                name for name, route in sets if (route.source.profile_id, route.destination.profile_id) == ends
            )
        )
        if not met:
            continue
        way = f"{in_code(str(job.source))} to {in_code(str(job.destination))}"
        idle = " (it is paused now)" if job.paused else ""
        said = f"job {in_code(job.name)} from {way} starts by itself and may send the same files{idle}"
        found.append(Notice("selfStarting", f"On the same route: {said}.", met))
    return tuple(found)


def _profile_folders(jobs: Sequence[Job]) -> Iterator[Notice]:
    """Sets whose paths begin with the folder that the source profile is itself."""
    for job in jobs:
        folder = unquote(urlsplit(job.route.source.url).path).strip("/") if job.route is not None else ""
        if not folder or job.route is None:
            continue
        begin = f"/{folder}/"
        for each in job.sets:
            paths = [
                path for delivery in each.deliveries for path in delivery.objects.paths() if path.startswith(begin)
            ]
            if paths:
                verb = "begins" if len(paths) == 1 else "begin"
                held = f"{words.count(len(paths), 'path')} of set {in_code(each.name)} {verb}"
                own = f"{in_code(begin)}, the folder of {in_code(str(job.route.source))} itself"
                meant = f"{in_code(paths[0])} is looked for at {in_code('/' + folder + paths[0])}"
                yield Notice("profileFolder", f"Paths: {held} with {own}; {meant}.", (each.name,))


def _whole_profiles(jobs: Sequence[Job]) -> Iterator[Notice]:
    for job in jobs:
        for each in job.sets:
            if any(delivery.whole_profile for delivery in each.deliveries) and job.route is not None:
                source, destination = job.route.source, job.route.destination
                way = f"{in_code(str(source))} to {in_code(str(destination))}"
                said = f"Whole profile: set {in_code(each.name)} sends everything in {way}."
                yield Notice("wholeProfile", said, (each.name,))


def clock_notices(ahead: int) -> tuple[Notice, ...]:
    """That this machine's clock is not Jet's: windows go by Jet's."""
    if not ahead:
        return ()
    which = "ahead of" if ahead > 0 else "behind"
    said = f"This machine's clock is {words.duration(abs(ahead))} {which} Jet's; windows go by Jet's."
    return (Notice("clock", said),)


def _first_deliveries(routes: Sequence[RouteTotal]) -> Iterator[Notice]:
    seen: set[str] = set()
    for each in routes:
        destination = each.route.destination
        if each.first_to_destination and destination.storage_profile_id not in seen:
            seen.add(destination.storage_profile_id)
            yield Notice("firstDelivery", f"First delivery to {in_code(str(destination))} in this ledger.")


def _resends(resends: Sequence[Resend]) -> Iterator[Notice]:
    for each in resends:
        moved = f" ({words.size(each.known_bytes)})" if each.known_bytes else ""
        weight = f" ({words.size(each.running_bytes)})" if each.running_bytes else ""
        running = f"{words.count(each.running_objects, 'object')}{weight}"
        so_far = f"; sent again so far: {running}" if each.running_objects > each.objects else ""
        yield Notice(
            "resend",
            f"Sent again: {words.count(each.objects, 'object')}{moved} of set {in_code(each.set)}, "
            f"because {_why_again(each)}{so_far}.",
            (each.set,),
        )


def _why_again(each: Resend) -> str:
    if each.retry_of:
        return f"it failed in attempt {each.retry_of} and the manifest says `onFailure`"
    return f"its revision was raised to {each.revision}"


def _jobs(jobs: Sequence[Job]) -> Iterator[Notice]:
    for job in jobs:
        if job.action == "drift":
            fields = " and ".join(each.field for each in job.differences)
            yield Notice(
                "drift", f"Drift: job {in_code(job.name)} has another {fields} on the server. It is left as it is."
            )
        elif job.action == "ambiguous":
            yield Notice(
                "ambiguous", f"Ambiguous: {len(job.candidates)} jobs on the server are named {in_code(job.name)}."
            )
        elif job.action == "blocked" and job.problem is not None:
            yield Notice("blocked", f"Blocked: job {in_code(job.name)}: {job.problem.message}.")


def _sets(jobs: Sequence[Job], orphans: Sequence[DeliverySet]) -> Iterator[Notice]:
    sets = [each for job in jobs for each in job.sets]
    for each in sets:
        amount = sum((block.amount for block in each.blocked), start=Amount())
        if amount.object_count:
            why = f": {each.blocked[0].problem.message}" if len(each.blocked) == 1 else ""
            yield Notice("blocked", f"Blocked: {words.amount(amount)} of set {in_code(each.name)}{why}.", (each.name,))
        if any(delivery.overlap_allowed for delivery in each.deliveries):
            yield Notice(
                "overlapAllowed",
                f"Overlap allowed: set {in_code(each.name)} may send what another set already sent there.",
                (each.name,),
            )
        if each.resized:
            changed = words.count(len(each.resized), "object")
            yield Notice(
                "resized", f"Size changed, not sent again: {changed} of set {in_code(each.name)}.", (each.name,)
            )
    for each in [*sets, *orphans]:
        if each.withdrawn:
            gone = words.count(each.withdrawn, "object")
            yield Notice(
                "withdrawn",
                f"No longer declared, and cannot be unsent: {gone} of set {in_code(each.name)}.",
                (each.name,),
            )


def _unknown_sizes(routes: Sequence[RouteTotal]) -> Iterator[Notice]:
    total = sum((each.amount for each in routes), start=Amount())
    if total.unknown_sizes:
        of = words.count(total.object_count, "object")
        yield Notice(
            "unknownSizes", f"Size unknown for {total.unknown_sizes:,} of {of} to send: folders, or not given."
        )
