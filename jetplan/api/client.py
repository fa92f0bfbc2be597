"""The calls that jetplan makes, each as one method. Reads raise; writes return an Answer."""

from __future__ import annotations

import random as chance
import time
from functools import partial
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import quote

from msgspec import Struct

from jetplan.api.bodies import file_search_body, job_search_body, paused_body
from jetplan.api.calls import Caller
from jetplan.api.ids import is_sound, segment
from jetplan.api.lists import ListReader, Page
from jetplan.api.origin import parse_origin, proxy_for
from jetplan.api.paging import check_total, next_target
from jetplan.api.reading import read_one
from jetplan.api.refusals import RoleRefused
from jetplan.api.retries import Tries
from jetplan.api.servertime import ServerTime
from jetplan.api.shapes import ListedJob, ListedProfile
from jetplan.api.tokens import Credentials
from jetplan.api.transport import Incoming, Request, Transport
from jetplan.api.verdicts import on_change, on_creation, on_delivery
from jetplan.api.wire import Delivery, FoundFiles, FoundJobs, Job, JobFile, JobStatus, StorageProfile, Transfer
from jetplan.core.answers import Answer, NotSentAnswer
from jetplan.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

__all__ = ["Credentials", "JetClient"]

LIST_CAP = 2 << 30
"""Bytes of one page of a list, unpacked, that are read at most."""

_MOST_PAGES = 10_000

T = TypeVar("T", bound=Struct)


class JetClient:
    """One account at one Jet API. Safe for threads.

    Reads raise Unreachable, AuthenticationError or ApiError. Writes send exactly one request and never raise for
    the network's sake; they raise AuthenticationError where no token can be had, and then nothing was sent.
    """

    def __init__(
        self,
        api_url: str,
        credentials: Credentials,
        *,
        connections: int = 10,
        connect_timeout: float = 10.0,
        total_timeout: float = 60.0,
        list_timeout: float = 300.0,
        ca_bundle: str | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        random: Callable[[], float] = chance.random,
    ) -> None:
        """Check the URL and prepare; nothing is sent yet. UsageError for an invalid URL.

        `connections` bounds the requests under way at once; all times are in seconds.
        """
        self._origin = parse_origin(api_url)
        self._server_time = ServerTime(clock)
        self._transport = Transport(
            self._origin,
            proxy_for(self._origin),
            self._server_time,
            connections=connections,
            connect_timeout=connect_timeout,
            clock=clock,
            ca_bundle=ca_bundle,
        )
        self._list_timeout = list_timeout
        self._caller = Caller(
            self._transport, credentials, total_timeout, partial(Tries, clock, sleep, random, list_timeout)
        )

    @property
    def server_time(self) -> float | None:
        """Epoch seconds on the server's clock, as its Date headers tell; None before its first answer."""
        return self._server_time.now()

    def close(self) -> None:
        """Close the connections that are not in use."""
        self._transport.close()

    # Reads

    def list_jobs(self) -> list[Job]:
        """Every job of the account."""
        listed = self._list("/v1/jobs", ListedJob)
        _checked((each.job_id for each in listed), "jobId", "GET /v1/jobs")
        return [each.record() for each in listed]

    def view_job(self, job_id: str) -> Job:
        """One job. CallRefused with status 404 if there is none."""
        target = f"/v1/jobs/{_named(job_id)}"
        viewed = self._view(target, ListedJob)
        _checked([viewed.job_id], "jobId", f"GET {target}")
        return viewed.record()

    def list_storage_profiles(self) -> list[StorageProfile] | None:
        """Every storage profile, or None where the role may not list them."""
        try:
            listed = self._list("/v1/storageProfiles", ListedProfile)
        except RoleRefused:
            return None
        return [profile.record() for profile in listed]

    def view_delivery(self, job_id: str, delivery_id: str) -> Delivery:
        """One delivery and its state. CallRefused with status 404 if there is none."""
        return self._view(f"/v1/jobs/{_named(job_id)}/deliveries/{_named(delivery_id)}", Delivery)

    def list_files(self, job_id: str, state: str, keep: Callable[[JobFile], bool] | None = None) -> list[JobFile]:
        """The files a job has moved, or moves, of one state: IN_PROGRESS, COMPLETED or FAILED.

        `keep` is asked of each file as it arrives, and again where the list has to be read again. What it declines is
        forgotten at once: a job may have moved millions.
        """
        return self._list(f"/v1/jobs/{_named(job_id)}/files?state={quote(state, safe='')}", JobFile, keep=keep)

    def search_files(self, job_id: str, text: str, state: str, limit: int) -> FoundFiles:
        """Files of a job whose path a search finds by some text: TRANSFERRED or ERROR ones, the first `limit`."""
        call = "POST /v1/jobs/fileSearch"
        body = file_search_body(job_id, text, state, limit)
        return self._caller.read(
            call, "/v1/jobs/fileSearch", lambda answer: read_one(answer.body(), FoundFiles, call), search=body
        )

    def list_transfers(self, job_id: str) -> list[Transfer]:
        """The transfers of a job that are under way."""
        target = f"/v1/jobs/{_named(job_id)}/transfers?state=IN_PROGRESS"
        listed = self._list(target, Transfer)
        _checked((each.transfer_id for each in listed), "transferId", f"GET {target.partition('?')[0]}")
        return listed

    def view_transfer(self, job_id: str, transfer_id: str) -> Transfer:
        """One transfer, or its summary. CallRefused with status 404 if there is none."""
        return self._view(f"/v1/jobs/{_named(job_id)}/transfers/{_named(transfer_id)}", Transfer)

    def job_status(self, job_id: str, name: str) -> JobStatus:
        """What a job is at now. ApiError where the search does not show it."""
        call = "POST /v1/jobs/search"
        body = job_search_body(job_id, name)
        found = self._caller.read(
            call, "/v1/jobs/search", lambda answer: read_one(answer.body(), FoundJobs, call), search=body
        )
        for each in found.items:
            if each.job_id == job_id:
                return each
        raise ApiError(f"{call}: job {job_id} is not among the jobs found")

    # Writes

    def create_job(self, body: bytes) -> Answer:
        """Create a job from a `job_body`. Accepted holds its id."""
        return self._caller.write(Request("POST", "/v1/jobs", body), lambda answered: on_creation(answered, body))

    def deliver(self, job_id: str, body: bytes) -> Answer:
        """Submit a `delivery_body` to a job. Accepted holds the delivery's id, or nothing and a note."""
        if not is_sound(job_id):
            return NotSentAnswer("the job's id cannot stand in a URL")
        target = f"/v1/jobs/{segment(job_id)}/deliveries"
        return self._caller.write(Request("POST", target, body), lambda answered: on_delivery(answered, job_id, body))

    def set_paused(self, job_id: str, paused: bool) -> Answer:
        """Pause or resume a job. It may be repeated; each call still sends one request."""
        if not is_sound(job_id):
            return NotSentAnswer("the job's id cannot stand in a URL")
        target = f"/v1/jobs/{segment(job_id)}"
        body = paused_body(paused)
        return self._caller.write(Request("PATCH", target, body), lambda answered: on_change(answered, job_id, body))

    def _view(self, target: str, model: type[T]) -> T:
        call = f"GET {target}"
        return self._caller.read(call, target, lambda incoming: read_one(incoming.body(), model, call))

    def _list(self, target: str, model: type[T], keep: Callable[[T], bool] | None = None) -> list[T]:
        """All pages of a list. ApiError if it is not whole."""
        call = f"GET {target.partition('?')[0]}"
        items: list[T] = []
        following: str | None = target
        seen: set[str] = set()
        count = 0
        while following is not None:
            if following in seen or len(seen) >= _MOST_PAGES:
                raise ApiError(f"{call}: the list goes round in a circle and has no end")
            seen.add(following)
            page, headers = self._page(call, following, model, count, keep)
            items += page.items
            count += page.count
            following = next_target(following, page.around, headers, self._origin, call)
        check_total(page.around, count, call)
        return items

    def _page(
        self, call: str, target: str, model: type[T], before: int, keep: Callable[[T], bool] | None
    ) -> tuple[Page[T], Mapping[str, str]]:
        def consume(incoming: Incoming) -> tuple[Page[T], Mapping[str, str]]:
            return ListReader(model, call, before, keep).read(incoming.pieces(LIST_CAP)), incoming.headers

        return self._caller.read(call, target, consume, seconds=self._list_timeout, packed=True)


def _named(record_id: str) -> str:
    try:
        return segment(record_id)
    except ValueError:
        raise ApiError("An id contains characters that a URL cannot hold, so it is not asked for.") from None


def _checked(ids: Iterable[str], name: str, call: str) -> None:
    """Refuse ids that would lead to another call if they were put into a URL."""
    for at, ident in enumerate(ids):
        if not is_sound(ident):
            raise ApiError(f"{call}: `{name}` of item {at} cannot stand in a URL: {ident[:80]!r}")
