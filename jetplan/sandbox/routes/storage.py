"""Endpoints and storage profiles."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from jetplan.sandbox.bodies import ProfileBody, Search, decode
from jetplan.sandbox.http import RefusedError, Request, Response, answer
from jetplan.sandbox.placement import danger_of
from jetplan.sandbox.routes.lookup import find_profile

if TYPE_CHECKING:
    from jetplan.sandbox.jet import Jet


def list_endpoints(jet: Jet, _: Request) -> Response:
    return answer({"items": [jet.wire.endpoint()]})


def view_endpoint(jet: Jet, _: Request, endpoint_id: str) -> Response:
    if endpoint_id != jet.catalogue.endpoint_id:
        raise RefusedError(404, f"there is no endpoint {endpoint_id}")
    return answer(jet.wire.endpoint())


def list_profiles(jet: Jet, _: Request) -> Response:
    return answer({"items": [jet.wire.profile(profile) for profile in jet.catalogue.profiles()]})


def create_profile(jet: Jet, request: Request) -> Response:
    body = decode(request.body, ProfileBody)
    if body.endpoint_id != jet.catalogue.endpoint_id:
        raise RefusedError(400, f"there is no endpoint {body.endpoint_id}")
    folder = _folder(jet, body.url)
    return answer(jet.wire.profile(jet.catalogue.add_profile(body.name, body.url, str(folder))), 201)


def _folder(jet: Jet, url: str) -> Path:
    """The folder that a `file:///` url names: only below the roots, since whoever can call may choose it."""
    parts = urlsplit(url)
    path = unquote(parts.path)
    if parts.scheme != "file" or parts.netloc or not path.startswith("/") or "\0" in path:
        raise RefusedError(400, f"the sandbox keeps files in folders: the url must be file:///path, not {url!r}")
    folder = Path(path).resolve()
    if not any(folder.is_relative_to(root) for root in jet.roots):
        raise RefusedError(400, f"{folder} does not lie below {' or '.join(map(str, jet.roots))}")
    if not jet.any_folder and (danger := danger_of(folder)):
        raise RefusedError(400, f"{danger}: start the sandbox with --any-folder if you mean it")
    return folder


def delete_profile(jet: Jet, _: Request, profile_id: str) -> Response:
    profile = find_profile(jet, profile_id)
    if users := jet.catalogue.users_of(profile):
        raise RefusedError(400, f"the storage profile {profile.name!r} is used by {len(users)} jobs")
    jet.catalogue.remove_profile(profile)
    return Response(204)


def search_profiles(jet: Jet, request: Request) -> Response:
    search = decode(request.body, Search, empty=b"{}")
    name = (search.name or "").casefold()
    found = [profile for profile in jet.catalogue.profiles() if name in profile.name.casefold()]
    page = found[search.offset : search.offset + search.limit]
    items = [
        {**jet.wire.profile(profile), "status": "READY" if Path(profile.folder).is_dir() else "ERROR"}
        for profile in page
    ]
    return answer({"items": items, "totalResultCount": len(found)})
