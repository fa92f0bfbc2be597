"""From a request to an answer: which route, whether the caller may, and what becomes of errors."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from typing import TYPE_CHECKING, Literal

from jetplan.sandbox.console import show_console
from jetplan.sandbox.http import Note, RefusedError, Request, Response, refuse
from jetplan.sandbox.routes import backstage, deliveries, jobs, storage

if TYPE_CHECKING:
    from jetplan.sandbox.auth import Role
    from jetplan.sandbox.jet import Jet

Access = Literal["reader", "admin", "neighbour", "anyone"]
Handler = Callable[..., Response]

ROUTES: tuple[tuple[str, str, Access, Handler], ...] = (
    ("POST", "/oauth/token", "anyone", lambda jet, request: jet.auth.token(request)),
    ("GET", "/v1/endpoints", "admin", storage.list_endpoints),
    ("GET", "/v1/endpoints/{}", "admin", storage.view_endpoint),
    ("GET", "/v1/storageProfiles", "admin", storage.list_profiles),
    ("POST", "/v1/storageProfiles", "admin", storage.create_profile),
    ("POST", "/v1/storageProfiles/search", "admin", storage.search_profiles),
    ("DELETE", "/v1/storageProfiles/{}", "admin", storage.delete_profile),
    ("GET", "/v1/jobs", "reader", jobs.list_jobs),
    ("POST", "/v1/jobs", "admin", jobs.create_job),
    ("POST", "/v1/jobs/search", "reader", jobs.search_jobs),
    ("POST", "/v1/jobs/fileSearch", "reader", deliveries.search_files),
    ("GET", "/v1/jobs/{}", "reader", jobs.view_job),
    ("PATCH", "/v1/jobs/{}", "admin", jobs.change_job),
    ("DELETE", "/v1/jobs/{}", "admin", jobs.delete_job),
    ("POST", "/v1/jobs/{}/deliveries", "admin", deliveries.create_delivery),
    ("GET", "/v1/jobs/{}/deliveries/{}", "reader", deliveries.view_delivery),
    ("GET", "/v1/jobs/{}/files", "reader", deliveries.list_files),
    ("GET", "/v1/jobs/{}/transfers", "reader", deliveries.list_transfers),
    ("GET", "/v1/jobs/{}/transfers/{}", "reader", deliveries.view_transfer),
    ("GET", "/_sandbox/requests", "neighbour", backstage.list_requests),
    ("GET", "/_sandbox/events", "neighbour", backstage.list_events),
    ("GET", "/_sandbox/state", "neighbour", backstage.show_state),
    ("GET", "/_sandbox/deliveries", "neighbour", backstage.list_deliveries),
    ("GET", "/_sandbox/files", "neighbour", backstage.list_files),
    ("GET", "/_sandbox/faults", "neighbour", backstage.show_faults),
    ("POST", "/_sandbox/faults", "neighbour", backstage.set_faults),
    ("DELETE", "/_sandbox/faults", "neighbour", backstage.clear_faults),
    ("GET", "/_sandbox/clock", "neighbour", backstage.show_clock),
    ("POST", "/_sandbox/clock", "neighbour", backstage.move_clock),
    ("GET", "/_sandbox/failures", "neighbour", backstage.show_failures),
    ("POST", "/_sandbox/failures", "neighbour", backstage.set_failures),
    ("GET", "/_sandbox/browse", "neighbour", backstage.browse),
    ("GET", "/", "neighbour", lambda _jet, _request: show_console()),
)
TABLE = tuple((method, tuple(path.strip("/").split("/")), access, call) for method, path, access, call in ROUTES)


class Application:
    """Answers requests for one Jet. Never raises."""

    def __init__(self, jet: Jet) -> None:
        self._jet = jet

    def handle(self, request: Request) -> Response:
        try:
            backstage.check_neighbour(request)  # also for calls with a token: a page can guess or know one
            access, call, names = _match(request)
            self._admit(request, access)
            return call(self._jet, request, *names)
        except RefusedError as error:
            return refuse(error)
        except Exception:  # noqa: BLE001  # a mistake of the sandbox is a 500, not a dead connection
            traceback.print_exc()
            return refuse(RefusedError(500, "the sandbox made a mistake; its stderr says which"))

    def earlier_delivery(self, note: Note) -> str | None:
        """The id of a delivery made before the one in `note`, if there was any."""
        return self._jet.deliveries.first_id(note.delivery_id)

    def _admit(self, request: Request, access: Access) -> None:
        if access not in ("neighbour", "anyone"):
            role: Role = self._jet.auth.role(request)
            if access == "admin" and role != "S2S_ADMIN":
                raise RefusedError(403, f"the role {role} may only read jobs")


def _match(request: Request) -> tuple[Access, Handler, list[str]]:
    path = request.path.strip("/")
    if path.startswith("_sandbox/v1/"):
        _, call, names = _find(request.method, path.removeprefix("_sandbox/"), request.path)
        return "neighbour", call, names
    return _find(request.method, path, request.path)


def _find(wanted: str, path: str, shown: str) -> tuple[Access, Handler, list[str]]:
    segments = tuple(path.split("/"))
    allowed = []
    for method, pattern, access, call in TABLE:
        if len(pattern) == len(segments) and all(
            part in ("{}", segment) for part, segment in zip(pattern, segments, strict=True)
        ):
            if method == wanted:
                names = [segment for part, segment in zip(pattern, segments, strict=True) if part == "{}"]
                return access, call, names
            allowed.append(method)
    if allowed:
        raise RefusedError(405, f"{wanted} is not allowed here", {"allow": ", ".join(allowed)})
    raise RefusedError(404, f"there is nothing at {shown}")
