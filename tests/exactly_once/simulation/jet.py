"""A model of the server, and the truth about it: what was accepted, for which attempt, and what is still on its way.

It speaks in the values the client gives and answers in the client's. How it misbehaves is drawn from the seed.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import quote

from msgspec.structs import replace

from jetplan.api.wire import Amount, Delivery, Job, JobFile, JobStatus, Manifest, StorageProfile, Transfer
from jetplan.core.answers import AcceptedAnswer, Answer, RejectedAnswer
from simulation.scheduler import Process, Scheduler

if TYPE_CHECKING:
    from collections.abc import Callable

ACCOUNT = "account-1"
Item = tuple[str, int | None]
"""An object as the server sees it: its path, and its size, in which the manifests hide set and revision."""


@dataclass(frozen=True)
class Weather:
    """How likely each misfortune of a request is. What is left of 1 goes well."""

    lost: float = 0.0
    """Accepted, and the answer lost."""
    late: float = 0.0
    """The client gives up; the request arrives later all the same, after up to an hour."""
    vanished: float = 0.0
    """The client gives up; the request never arrives."""
    refused: float = 0.0
    """A complete answer that means no."""
    unsent: float = 0.0
    """Nothing leaves: no connection, or no token."""
    slow: float = 0.0
    """Accepted, after many seconds."""
    unreadable: float = 0.0
    """A read fails."""
    blind: float = 0.0
    """The share of deliveries of which no trace is ever shown."""


CALM = Weather()


@dataclass(eq=False)
class Moving:
    """An accepted delivery, and when it can be seen."""

    ident: str
    job_id: str
    items: list[Item]
    shown: float
    ended: float
    attempt: str
    failed: bool = False

    @property
    def heals(self) -> bool:
        """Whether Jet, once it tries again by itself what failed, brings it over."""
        return sum(map(ord, self.ident)) % 3 == 0

    @property
    def files(self) -> list[tuple[str, int]]:
        """Each file that moves, and its bytes: a folder is seen by what is in it."""
        return [(f"{path}/inside", 1) if size is None else (path, size) for path, size in self.items]

    @property
    def sized(self) -> bool:
        """Whether sizes are listed, which tell revisions apart: of every folder, and of some other deliveries."""
        return any(size is None for _, size in self.items) or sum(map(ord, self.ident)) % 2 == 0

    def transfer(self, state: str) -> Transfer:
        total = Amount(sum(size for _, size in self.files), len(self.files))
        return Transfer(f"t-{self.ident}", state, Manifest("m", total))


@dataclass
class Jet:
    """The server. What it has accepted is in `moved`; what may still arrive, in `underway`."""

    scheduler: Scheduler
    weather: Weather
    jobs: dict[str, Job] = field(default_factory=dict)
    profiles: dict[str, StorageProfile] = field(default_factory=dict)
    moved: list[Moving] = field(default_factory=list)
    created: Counter[str] = field(default_factory=Counter)
    """Jobs created, by attempt."""
    underway: Counter[str] = field(default_factory=Counter)
    """Requests on their way, by attempt."""
    begun: set[str] = field(default_factory=set)
    """Attempts whose one request has left, or never will."""
    posts: int = 0
    peace: bool = False
    tries_again: bool = False
    """Whether it has tried again by itself what failed."""
    quick: bool = False
    """Whether deliveries end within seconds."""
    on_again: Callable[[str], None] = lambda what: None
    """Told of each object that is accepted again although it had not failed for good."""
    on_creation: Callable[[str, str], None] = lambda attempt, name: None
    """Told of each job as it is made."""
    elsewhere: Process = field(default_factory=lambda: Process("network"))

    def profile(self, ident: str) -> StorageProfile:
        """Make a storage profile, or give the one there is."""
        url = f"file:///{ident}/root"
        return self.profiles.setdefault(ident, StorageProfile(ident, ident.upper(), "", url, ACCOUNT))

    def add_job(self, name: str, source: str, destination: str, *, paused: bool = False) -> Job:
        """Make a job."""
        ident = f"job-{len(self.jobs) + 1}"
        ends = self.profile(source), self.profile(destination)
        self.jobs[ident] = Job(ident, name, paused, True, *ends, account_id=ACCOUNT)
        return self.jobs[ident]

    def accepted(self) -> Counter[Item]:
        """How often each object was accepted."""
        return Counter(item for moving in self.moved for item in moving.items)

    def has(self, attempt: str) -> bool:
        """Whether a request of this attempt was accepted."""
        return bool(self.created[attempt]) or any(moving.attempt == attempt for moving in self.moved)

    def resume_all(self) -> None:
        """No job is paused any more."""
        self.jobs = {ident: replace(job, paused=False) for ident, job in self.jobs.items()}

    def strange(self, job_id: str) -> None:
        """Somebody else moves something through a job."""
        now, draw = self.scheduler.now, self.scheduler.random
        items: list[Item] = [(f"/strange/{draw.randrange(9)}", 1)]
        self.moved.append(Moving(f"foreign-{len(self.moved)}", job_id, items, now, now + draw.random() * 60, ""))

    def strange_everywhere(self) -> None:
        """Somebody else moves something through each job there is."""
        for job_id in self.jobs:
            self.strange(job_id)

    # What arrives.

    def create(self, body: bytes, attempt: str) -> Answer:
        """A job is asked for."""
        asked = json.loads(body)
        data = asked["actions"][0]["data"]
        self.on_creation(attempt, asked["name"])
        job = self.add_job(asked["name"], *(data[end]["storageProfileId"] for end in ("source", "destination")))
        self.created[attempt] += 1
        self.scheduler.log(f"JET creates {job.job_id} {job.name!r} for {attempt[:8]}")
        return AcceptedAnswer(job.job_id, 201)

    def deliver(self, job_id: str, body: bytes, attempt: str) -> Answer:
        """A delivery is asked for."""
        job = self.jobs.get(job_id)
        if job is None:
            return RejectedAnswer(404, "no such job")
        if job.paused:
            return RejectedAnswer(400, "the job is paused")
        items = [(each["relativePath"], each.get("sizeInBytes")) for each in json.loads(body)["objects"]]
        draw, now = self.scheduler.random, self.scheduler.now
        for item in items:
            for before in self.moved:
                if before.job_id == job_id and item in before.files and not self._has_failed(before, item):
                    self.on_again(f"{item[0]} ({item[1]}) is accepted for {attempt[:8]}, and {before.ident} has it")
        blind = not self.peace and draw.random() < self.weather.blind
        shown = now + draw.choice((0.0, 0.5, 3.0, 20.0, 600.0)) * draw.random()
        ended = shown + draw.random() * draw.choice((1.0, 10.0, 10.0 if self.quick else 3600.0))
        shown = float("inf") if blind else shown
        ident = f"delivery-{len(self.moved) + 1}"
        self.moved.append(Moving(ident, job_id, items, shown, ended, attempt, draw.random() < 0.4))
        self.scheduler.log(f"JET accepts {ident} {[path for path, _ in items]} for {attempt[:8]}")
        return AcceptedAnswer("" if draw.random() < 0.05 and not self.peace else ident, 200)

    def show_all(self) -> None:
        """What was never shown is shown after all."""
        for each in self.moved:
            each.shown = min(each.shown, each.ended)

    def _has_failed(self, moving: Moving, item: tuple[str, int | None]) -> bool:
        """Whether a delivery has ended without this file, and Jet will not bring it by itself any more."""
        over = moving.failed and self.scheduler.now >= moving.ended and not moving.heals
        return over and item == moving.files[0]

    # What it shows.

    def job_status(self, job_id: str) -> JobStatus:
        """Whether it will try again by itself what failed."""
        pending = any(
            each.job_id == job_id and each.failed and each.heals and not self.tries_again
            for each in self.moved
            if self.scheduler.now >= each.ended
        )
        return JobStatus(job_id, "ERROR" if pending else "READY", "RETRYING_TRANSFER" if pending else None)

    def transfers(self, job_id: str) -> list[Transfer]:
        now = self.scheduler.now
        return [
            each.transfer("IN_PROGRESS")
            for each in self.moved
            if each.job_id == job_id and each.shown <= now < each.ended
        ]

    def files(self, job_id: str, state: str) -> list[JobFile]:
        now = self.scheduler.now
        found = []
        for each in self.moved:
            if each.job_id != job_id or each.shown > now:
                continue
            root = self.jobs[job_id].source
            base = root.url if root else ""
            files = each.files
            done = len(files) if now >= each.ended else int(len(files) * (now - each.shown) / (each.ended - each.shown))
            wanted = {"COMPLETED": files[:done], "IN_PROGRESS": files[done : done + 1], "FAILED": []}
            if each.failed and now >= each.ended:
                wanted = {"COMPLETED": files[1:], "IN_PROGRESS": [], "FAILED": files[:1]}
            size_of = (lambda size: size) if each.sized else (lambda size: None)
            found += [
                JobFile(base + quote(path), state, size_of(size), "file", f"t-{each.ident}", job_id=job_id)
                for path, size in wanted[state]
            ]
            if state == "COMPLETED" and each.failed and each.heals and self.tries_again and now >= each.ended:
                path, size = files[0]
                again = f"t-{each.ident}-again"
                found.append(JobFile(base + quote(path), state, size_of(size), "file", again, job_id=job_id))
        return found

    def transfer(self, job_id: str, transfer_id: str) -> Transfer:
        ident = transfer_id.removeprefix("t-").removesuffix("-again")
        each = next(each for each in self.moved if (each.job_id, each.ident) == (job_id, ident))
        if transfer_id.endswith("-again"):
            return Transfer(transfer_id, "COMPLETED", Manifest("m", Amount(each.files[0][1], 1)))
        return each.transfer("IN_PROGRESS" if self.scheduler.now < each.ended else "COMPLETED")

    def delivery(self, delivery_id: str) -> Delivery:
        each = next(each for each in self.moved if each.ident == delivery_id)
        if self.scheduler.now < each.ended:
            return Delivery("IN_PROGRESS", delivery_id)
        return Delivery("FAILED" if each.failed else "COMPLETED", delivery_id)
