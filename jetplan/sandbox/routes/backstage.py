"""`/_sandbox/...`: calls that Jet does not have: the journal, the state at a glance, faults at run time, the console.

For the console page, every call of the API answers below `/_sandbox/v1` too, out of reach of faults and journal. They
need no token on this machine, so they give away no secret and no file contents.
"""

from __future__ import annotations

import os
from collections import Counter
from typing import TYPE_CHECKING, Any

import msgspec

from jetplan.sandbox.bodies import ClockBody, DeliveredObject, FailuresBody, FaultsBody, decode
from jetplan.sandbox.clock import ClockError
from jetplan.sandbox.failing import FailureSpecError
from jetplan.sandbox.faults import FaultSpecError
from jetplan.sandbox.http import RefusedError, Request, Response, answer
from jetplan.sandbox.routes.deliveries import file_state
from jetplan.sandbox.routes.lookup import find_job, find_profile
from jetplan.sandbox.tree import PARTIAL, OutsideError, is_speakable, locate
from jetplan.sandbox.wire import show_time

if TYPE_CHECKING:
    from sqlite3 import Row

    from jetplan.sandbox.deliveries import Delivery
    from jetplan.sandbox.jet import Jet

BROWSE_LIMIT = 1000


def check_neighbour(request: Request) -> None:
    """Refuse what a web page from elsewhere could cause a browser on this machine to send."""
    host = request.headers.get("host", "").rpartition(":")[0] or request.headers.get("host", "")
    origin = request.headers.get("origin")
    if host not in ("127.0.0.1", "localhost", "[::1]"):
        raise RefusedError(403, "the sandbox answers to 127.0.0.1 and localhost only")
    if origin is not None and origin != f"http://{request.headers.get('host')}":
        raise RefusedError(403, "the sandbox answers to its own pages only")


def list_requests(jet: Jet, request: Request) -> Response:
    """`{"items": [{n, at, method, path, status, fault, jobId, deliveryId, objects}]}`; `?since=N` for later ones."""
    since = request.query.get("since", "0")
    rows = jet.journal.requests(int(since) if since.isdecimal() and len(since) < 16 else 0)
    return answer({"items": [_show(row) for row in rows]})


def list_events(jet: Jet, _: Request) -> Response:
    """Every transition of every delivery and transfer, in order."""
    return answer({"items": [_show(row) for row in jet.deliveries.events()]})


def _show(row: Row) -> dict[str, Any]:
    names = {"job_id": "jobId", "delivery_id": "deliveryId", "transfer_id": "transferId"}
    return {names.get(key, key): value for key, value in dict(row).items()} | {"at": show_time(row["at"])}


def show_state(jet: Jet, _: Request) -> Response:
    """Counts of everything, and the objects that were delivered more than once by one job."""
    deliveries = jet.deliveries.all()
    return answer(
        {
            "jobs": len(jet.catalogue.jobs()),
            "storageProfiles": len(jet.catalogue.profiles()),
            "deliveries": len(deliveries),
            "deliveryStates": Counter(delivery.state for delivery in deliveries),
            "objects": sum(delivery.count for delivery in deliveries),
            "deliveredTwice": _delivered_twice(deliveries),
            "postsOfDeliveries": sum(
                row["method"] == "POST" and row["path"].rstrip("/").endswith("/deliveries")
                for row in jet.journal.requests()
            ),
            "faults": jet.faults.show(),
        }
    )


def _delivered_twice(deliveries: list[Delivery]) -> list[dict[str, Any]]:
    times: Counter[tuple[str, str, bool]] = Counter()
    for delivery in deliveries:
        for item in msgspec.json.decode(delivery.objects, type=list[DeliveredObject]):
            times[delivery.job_id, item.relative_path, item.is_directory] += 1
    return [
        {"jobId": job_id, "relativePath": path, "isDirectory": is_directory, "times": count}
        for (job_id, path, is_directory), count in times.items()
        if count > 1
    ]


def list_deliveries(jet: Jet, request: Request) -> Response:
    """Deliveries of all jobs or of `?jobId=`, with progress; `?objects=true` adds what was asked for,
    `?last=N` keeps the newest N."""
    last = request.query.get("last", "")
    with_objects = request.query.get("objects") == "true"
    deliveries = jet.deliveries.all(
        request.query.get("jobId"), last=int(last[:9]) if last.isdecimal() else -1, with_objects=with_objects
    )
    return answer({"items": [_show_delivery(jet, delivery, with_objects) for delivery in deliveries]})


def list_files(jet: Jet, request: Request) -> Response:
    """Files of one state, of all jobs or of `?jobId=`, with their count; `?first=N` keeps N of them."""
    query = request.query
    jobs = [query["jobId"]] if "jobId" in query else None
    first = query.get("first", "")
    most = int(first[:9]) if first.isdecimal() else 100
    found, total = jet.deliveries.search_files(jobs, "", file_state(query.get("state")), most, 0)
    return answer({"items": [jet.wire.file(row) for row in found], "totalResultCount": total})


def _show_delivery(jet: Jet, delivery: Delivery, with_objects: bool) -> dict[str, Any]:
    total = jet.deliveries.total(delivery.id)
    return {
        **jet.wire.delivery(delivery, with_objects=with_objects),
        "objectCount": delivery.count,
        "files": {
            "total": total.total.count,
            "done": total.moved.count,
            "failed": total.failed.count,
            "skipped": total.skipped.count,
        },
        "bytes": {"total": total.total.bytes, "done": total.moved.bytes},
        "currentRateBitsPerSecond": total.rate,
    }


def show_faults(jet: Jet, _: Request) -> Response:
    return answer({"faults": jet.faults.show()})


def set_faults(jet: Jet, request: Request) -> Response:
    """`{"faults": [SPEC, ...]}` takes the place of all faults in force."""
    try:
        jet.faults.replace(decode(request.body, FaultsBody).faults)
    except FaultSpecError as error:
        raise RefusedError(400, str(error)) from None
    return show_faults(jet, request)


def clear_faults(jet: Jet, request: Request) -> Response:
    jet.faults.replace(())
    return show_faults(jet, request)


def show_failures(jet: Jet, _: Request) -> Response:
    return answer({"failures": jet.failures.show()})


def set_failures(jet: Jet, request: Request) -> Response:
    """`{"failures": [SPEC, ...]}` takes the place of all rules in force; an empty list lets every file succeed."""
    try:
        jet.failures.replace(decode(request.body, FailuresBody).failures)
    except FailureSpecError as error:
        raise RefusedError(400, str(error)) from None
    return show_failures(jet, request)


def show_clock(jet: Jet, _: Request) -> Response:
    """`{"now", "virtual"}`."""
    return answer({"now": show_time(jet.clock()), "virtual": jet.clock.virtual})


def move_clock(jet: Jet, request: Request) -> Response:
    """`{"advance": SECONDS}` or `{"to": "2031-05-02T20:00:00Z"}`: forward only, and only a virtual clock."""
    body = decode(request.body, ClockBody)
    if (body.advance is None) == (body.to is None):
        raise RefusedError(400, "say either `advance` or `to`")
    try:
        if body.advance is not None:
            jet.clock.advance(body.advance)
        else:
            jet.clock.move_to(body.to or "")
    except ClockError as error:
        raise RefusedError(400, str(error)) from None
    return show_clock(jet, request)


def browse(jet: Jet, request: Request) -> Response:
    """What lies in one folder of a job's source: names, kinds and sizes, cut at a thousand."""
    job = find_job(jet, request.query.get("jobId", ""))
    path = request.query.get("path", "/")
    profile = find_profile(jet, job.source_id)
    try:
        with os.scandir(locate(profile.folder, path)) as found:
            entries = sorted(found, key=lambda entry: (not entry.is_dir(follow_symlinks=False), entry.name))
    except (OSError, OutsideError, ValueError):
        raise RefusedError(404, f"there is no folder {path!r} in {profile.name!r}") from None
    shown = [entry for entry in entries if _is_ordinary(entry)]
    return answer({"items": [_show_entry(path, entry) for entry in shown[:BROWSE_LIMIT]], "total": len(shown)})


def _is_ordinary(entry: os.DirEntry[str]) -> bool:
    return is_speakable(entry.name) and not entry.name.startswith(PARTIAL) and not entry.is_symlink()


def _show_entry(folder: str, entry: os.DirEntry[str]) -> dict[str, Any]:
    is_directory = entry.is_dir(follow_symlinks=False)
    path = f"{folder.rstrip('/')}/{entry.name}"
    size = {} if is_directory else {"sizeInBytes": entry.stat(follow_symlinks=False).st_size}
    return {"name": entry.name, "relativePath": path, "isDirectory": is_directory, **size}
