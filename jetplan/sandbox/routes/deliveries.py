"""Deliveries of a job, its transfers and its files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from jetplan.sandbox.bodies import DeliveryBody, FileSearch, decode
from jetplan.sandbox.http import Note, RefusedError, Request, Response, answer, answer_items
from jetplan.sandbox.routes.lookup import find_job
from jetplan.sandbox.tree import OutsideError, split_path

if TYPE_CHECKING:
    from jetplan.sandbox.jet import Jet

FILE_STATES = {
    "IN_PROGRESS": "IN_PROGRESS",
    "COMPLETED": "COMPLETED",
    "TRANSFERRED": "COMPLETED",
    "FAILED": "FAILED",
    "ERROR": "FAILED",
}


def create_delivery(jet: Jet, request: Request, job_id: str) -> Response:
    job = find_job(jet, job_id)
    if job.paused:
        raise RefusedError(400, f"the job {job.name!r} is paused: resume it before delivering with it")
    if not job.manual:
        raise RefusedError(400, f"the job {job.name!r} is not a manual job: it starts by its triggers")
    body = decode(request.body, DeliveryBody)
    for item in body.objects:
        _check_path(item.relative_path)
    delivery = jet.deliveries.accept(job.id, msgspec.json.encode(body.objects), len(body.objects))
    jet.copier.ring()
    note = Note(job.id, delivery.id, delivery.count)
    return answer(jet.wire.delivery(delivery, with_objects=True), 201, note)


def _check_path(path: str) -> None:
    # The cheap check first: nearly every path passes it, and a delivery may name very many.
    if "/." in path or path[0] == "." or "\0" in path:
        try:
            split_path(path)
        except OutsideError as error:
            raise RefusedError(400, str(error)) from None


def view_delivery(jet: Jet, _: Request, job_id: str, delivery_id: str) -> Response:
    find_job(jet, job_id)
    delivery = jet.deliveries.find(job_id, delivery_id)
    if delivery is None:
        raise RefusedError(404, f"there is no delivery {delivery_id} of job {job_id}")
    return answer(jet.wire.delivery(delivery))


def list_transfers(jet: Jet, request: Request, job_id: str) -> Response:
    job = find_job(jet, job_id)
    if request.query.get("state") != "IN_PROGRESS":
        raise RefusedError(400, "state is required, and only IN_PROGRESS is accepted")
    transfers = jet.deliveries.transfers(job_id, "IN_PROGRESS")
    return answer({"items": [jet.wire.transfer(transfer, job) for transfer in transfers]})


def view_transfer(jet: Jet, _: Request, job_id: str, transfer_id: str) -> Response:
    job = find_job(jet, job_id)
    transfer = jet.deliveries.transfer(job_id, transfer_id)
    if transfer is None:
        raise RefusedError(404, f"there is no transfer {transfer_id} of job {job_id}")
    return answer(jet.wire.transfer(transfer, job))


def list_files(jet: Jet, request: Request, job_id: str) -> Response:
    find_job(jet, job_id)
    files = jet.deliveries.files(job_id, file_state(request.query.get("state")))
    return answer_items(msgspec.json.encode(jet.wire.file(row)) for row in files)


def search_files(jet: Jet, request: Request) -> Response:
    """Files whose path contains the text. The last page still names where the next would begin."""
    search = decode(request.body, FileSearch)
    filters = search.filters
    if filters.job_id is None and filters.service_id is None:
        raise RefusedError(400, "filters: jobId or serviceId is required")
    jobs = [filters.job_id] if isinstance(filters.job_id, str) else filters.job_id
    state = FILE_STATES[filters.state]
    found, total = jet.deliveries.search_files(jobs, search.query.path, state, search.limit, search.after)
    items = [jet.wire.found_file(row) for row in found]
    after = search.after + len(items)
    return answer({"items": items, "totalResultCount": total, "returnedItemCount": len(items), "after": after})


def file_state(state: str | None) -> str | None:
    if state is not None and state not in FILE_STATES:
        raise RefusedError(400, f"a file's state is one of {', '.join(FILE_STATES)}, not {state!r}")
    return FILE_STATES[state] if state else None
