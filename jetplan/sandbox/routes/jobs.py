"""Jobs: create, list, view, change, delete, search."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from jetplan.sandbox.bodies import JobBody, JobPatch, Search, decode
from jetplan.sandbox.http import Note, RefusedError, Request, Response, answer_items
from jetplan.sandbox.routes.lookup import find_job
from jetplan.sandbox.wire import show_activity, status_of

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from jetplan.sandbox.catalogue import Job
    from jetplan.sandbox.deliveries import Activity
    from jetplan.sandbox.jet import Jet

FIXED = ("name", "source", "destination", "storageProfileId", "bandwidthManagement", "objectPatterns")
JSON = {"content-type": "application/json"}


def create_job(jet: Jet, request: Request) -> Response:
    body = decode(request.body, JobBody)
    document = {key: value for key, value in msgspec.json.decode(request.body).items() if key != "paused"}
    for side in (body.actions[0].data.source, body.actions[0].data.destination):
        profile = jet.catalogue.profile(side.storage_profile_id)
        if profile is None or profile.deleted:
            raise RefusedError(400, f"there is no storage profile {side.storage_profile_id}")
    job = jet.catalogue.add_job(document, paused=body.paused)
    return Response(201, jet.wire.job(job), JSON, Note(job_id=job.id))


def list_jobs(jet: Jet, _: Request) -> Response:
    return answer_items(jet.wire.job(job) for job in jet.catalogue.jobs())


def view_job(jet: Jet, _: Request, job_id: str) -> Response:
    return Response(200, jet.wire.job(find_job(jet, job_id)), JSON)


def change_job(jet: Jet, request: Request, job_id: str) -> Response:
    """Pause, resume, stop, and what of schedules and growing files is documented as changeable."""
    job = find_job(jet, job_id)
    patch = decode(request.body, JobPatch)
    document = {**job.document}
    if isinstance(patch.triggers, list):
        document["triggers"] = patch.triggers
    if isinstance(patch.options, dict):
        document["options"] = {**(document.get("options") or {}), **patch.options}
    if isinstance(patch.actions, list):
        document["actions"] = [_change_action(job.action, patch.actions)]
    paused = patch.paused if isinstance(patch.paused, bool) else job.paused
    changed = jet.catalogue.change_job(job, paused=paused, document=document)
    options = document.get("options") or {}
    if patch.stop is True or (paused and not job.paused and options.get("clearBacklogOnPause") is True):
        jet.progress.cancel(job.id)
    jet.copier.ring()
    return Response(200, jet.wire.job(changed), JSON, Note(job_id=job.id))


def _change_action(action: Mapping[str, Any], patched: list[dict[str, Any]]) -> dict[str, Any]:
    match patched:
        case [{"data": {"transferOptions": {**options}, **others}}] if not others:
            for key in options:
                if key not in ("areGrowingObjects", "growingObjects"):
                    raise RefusedError(400, f"{key} of a job cannot be changed")
            data = action["data"]
            merged = {**(data.get("transferOptions") or {}), **options}
            return {**action, "data": {**data, "transferOptions": merged}}
    raise RefusedError(400, "of a job's actions only the growing-object options can be changed")


def delete_job(jet: Jet, _: Request, job_id: str) -> Response:
    job = find_job(jet, job_id)
    jet.progress.cancel(job.id)
    jet.catalogue.remove_job(job)
    return Response(204, note=Note(job_id=job_id))


def search_jobs(jet: Jet, request: Request) -> Response:
    """A page of jobs with their live status."""
    search = decode(request.body, Search, empty=b"{}")
    activity = jet.deliveries.activity()
    name = (search.query.text or search.name or search.job_name or "").casefold()
    ids = search.filters.job_ids
    statuses = [search.status] if isinstance(search.status, str) else search.status
    found = [
        job
        for job in jet.catalogue.jobs()
        if name in job.name.casefold()
        and (ids is None or job.id in ids)
        and (not statuses or status_of(job, activity.get(job.id)) in statuses)
    ]
    if search.sort_by is not None:
        found.sort(key=_sorting(search.sort_by, activity), reverse=(search.sort_order or "").lower() == "desc")
    page = found[search.offset : search.offset + search.limit]
    items = [
        msgspec.Raw(jet.wire.job(job, show_activity(job, activity.get(job.id), retrying=jet.failures.retrying)))
        for job in page
    ]
    return Response(200, msgspec.json.encode({"items": items, "totalResultCount": len(found)}), JSON)


def _sorting(key: str, activity: Mapping[str, Activity]) -> Callable[[Job], str | float]:
    if key == "jobName":
        return lambda job: job.name.casefold()
    if key == "status":
        return lambda job: status_of(job, activity.get(job.id))
    return lambda job: activity[job.id].last if job.id in activity else job.modified
