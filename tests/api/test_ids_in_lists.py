"""An id that cannot stand in a URL is refused where it is read, with the call, the key and the item's number."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from jetplan.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable

    from rawserver import Wire

    from jetplan.api.client import JetClient

BAD = "a/" + "x" * 100


@pytest.mark.parametrize(
    ("ask", "call", "key"),
    [
        (lambda client: client.list_jobs(), "GET /v1/jobs", "jobId"),
        (lambda client: client.list_transfers("j"), "GET /v1/jobs/j/transfers", "transferId"),
    ],
)
def test_a_bad_id_in_a_list(
    serve: Callable[..., Any], connect: Callable[..., JetClient], wire: Wire, ask: Any, call: str, key: str
) -> None:
    """At most eighty characters of it are shown."""
    items = [{key: "good", "name": "n"}, {key: BAD, "name": "n"}]
    server = serve(wire.answer(json.dumps({"items": items}).encode(), "200 OK"))
    with pytest.raises(ApiError) as refused:
        ask(connect(server.url))
    assert str(refused.value).endswith(f"{call}: `{key}` of item 1 cannot stand in a URL: {BAD[:80]!r}")


def test_a_bad_id_of_one_job(serve: Callable[..., Any], connect: Callable[..., JetClient], wire: Wire) -> None:
    """It counts from nothing there, too."""
    server = serve(wire.answer(json.dumps({"jobId": "..", "name": "n"}).encode(), "200 OK"))
    with pytest.raises(ApiError) as refused:
        connect(server.url).view_job("j")
    assert str(refused.value).endswith("GET /v1/jobs/j: `jobId` of item 0 cannot stand in a URL: '..'")


@pytest.mark.parametrize("status", [300, 301, 307, 399])
def test_a_redirect_is_not_followed(
    serve: Callable[..., Any], connect: Callable[..., JetClient], wire: Wire, status: int
) -> None:
    """Whichever it is: the URL of the API is looked at instead."""
    server = serve(wire.answer(b"{}", f"{status} Elsewhere", "Location: /v1/other"))
    with pytest.raises(ApiError, match=f"answered {status}, a redirect, which is not followed") as refused:
        connect(server.url).list_jobs()
    assert refused.value.hint == "Is JETPLAN_API_URL right?"
    assert len(server.asked) == 1
