"""The narrow interface of `jetplan.api.client.JetClient`, for one process: each call may fail, hang, or be the last."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from msgspec.structs import replace

from jetplan.api.refusals import CallRefused
from jetplan.core.answers import AcceptedAnswer, Answer, InDoubtAnswer, NotSentAnswer, RejectedAnswer
from jetplan.errors import AuthenticationError, Unreachable
from simulation.jet import CALM

if TYPE_CHECKING:
    from collections.abc import Callable

    from jetplan.api.wire import Delivery, Job, JobFile, JobStatus, StorageProfile, Transfer
    from simulation.jet import Jet

T = TypeVar("T")


class Client:
    """The narrow interface of `jetplan.api.client.JetClient`, for one process."""

    def __init__(self, jet: Jet) -> None:
        self._jet = jet

    @property
    def server_time(self) -> float:
        return self._jet.scheduler.now

    def list_jobs(self) -> list[Job]:
        return self._read(lambda: list(self._jet.jobs.values()))

    def view_job(self, job_id: str) -> Job:
        return self._read(lambda: self._jet.jobs[job_id])

    def list_storage_profiles(self) -> list[StorageProfile] | None:
        return self._read(lambda: list(self._jet.profiles.values()))

    def list_files(self, job_id: str, state: str, keep: Callable[[JobFile], bool] | None = None) -> list[JobFile]:
        return self._read(lambda: list(filter(keep or bool, self._jet.files(job_id, state))))

    def list_transfers(self, job_id: str) -> list[Transfer]:
        return self._read(lambda: self._jet.transfers(job_id))

    def view_transfer(self, job_id: str, transfer_id: str) -> Transfer:
        return self._read(lambda: self._jet.transfer(job_id, transfer_id))

    def view_delivery(self, job_id: str, delivery_id: str) -> Delivery:
        return self._read(lambda: self._jet.delivery(delivery_id))

    def job_status(self, job_id: str, name: str) -> JobStatus:
        return self._read(lambda: self._jet.job_status(job_id))

    def create_job(self, body: bytes) -> Answer:
        return self._write(lambda attempt: self._jet.create(body, attempt))

    def deliver(self, job_id: str, body: bytes) -> Answer:
        self._jet.posts += 1
        return self._write(lambda attempt: self._jet.deliver(job_id, body, attempt))

    def set_paused(self, job_id: str, paused: bool) -> Answer:
        def arrive(attempt: str) -> Answer:
            self._jet.jobs[job_id] = replace(self._jet.jobs[job_id], paused=paused)
            return AcceptedAnswer(job_id)

        return self._write(arrive)

    def _read(self, look: Callable[[], T]) -> T:
        jet = self._jet
        jet.scheduler.step(0.2)
        if not jet.peace and jet.scheduler.random.random() < jet.weather.unreadable:
            if jet.scheduler.random.random() < 0.5:
                raise CallRefused("the server refused to show this", 400)
            raise Unreachable("no usable answer")
        found = look()
        jet.scheduler.step(0.2)
        return found

    def _write(self, arrive: Any) -> Answer:
        """One request: it may die before it leaves, on its way, or on the way back."""
        jet = self._jet
        scheduler = jet.scheduler
        assert scheduler.task is not None
        attempt = scheduler.task.attempt
        scheduler.step()
        weather = CALM if jet.peace else jet.weather
        jet.begun.add(attempt)
        luck = scheduler.random.random()
        for chance, fate in (
            (weather.lost, self._lost),
            (weather.late, self._late),
            (weather.vanished, self._vanished),
            (weather.refused, self._refused),
            (weather.unsent, self._unsent),
            (weather.slow, self._slow),
        ):
            luck -= chance
            if luck < 0:
                return fate(arrive, attempt)
        jet.underway[attempt] += 1
        return self._answered(arrive, attempt)

    def _answered(self, arrive: Any, attempt: str) -> Answer:
        """It arrives whatever becomes of the process that sent it."""
        jet = self._jet
        answer: Answer = arrive(attempt)
        jet.underway[attempt] -= 1
        jet.scheduler.step(0.5)
        return answer

    def _slow(self, arrive: Any, attempt: str) -> Answer:
        jet = self._jet
        jet.underway[attempt] += 1
        answers: list[Answer] = []

        def arriving() -> None:
            answers.append(arrive(attempt))
            jet.underway[attempt] -= 1

        jet.scheduler.spawn(jet.elsewhere, arriving, jet.scheduler.random.random() * 30)
        while not answers:
            jet.scheduler.step(2.0)
        self._long_wait()
        return answers[0]

    def _lost(self, arrive: Any, attempt: str) -> Answer:
        self._jet.underway[attempt] += 1
        self._answered(arrive, attempt)
        return InDoubtAnswer("the connection was cut", self._jet.scheduler.random.choice((None, 200, 502)))

    def _late(self, arrive: Any, attempt: str) -> Answer:
        jet = self._jet
        jet.underway[attempt] += 1

        def arriving() -> None:
            arrive(attempt)
            jet.underway[attempt] -= 1

        delay = jet.scheduler.random.choice((1.0, 20.0, 3600.0)) * jet.scheduler.random.random()
        jet.scheduler.spawn(jet.elsewhere, arriving, delay)
        jet.scheduler.step(1.0)
        return InDoubtAnswer("it took too long")

    def _vanished(self, arrive: Any, attempt: str) -> Answer:
        self._jet.scheduler.step(1.0)
        return InDoubtAnswer("the connection was cut", self._jet.scheduler.random.choice((None, 503, 408)))

    def _refused(self, arrive: Any, attempt: str) -> Answer:
        self._long_wait()
        scheduler = self._jet.scheduler
        status = scheduler.random.choice((400, 401, 403, 429, 429, 429))
        return RejectedAnswer(status, "no", scheduler.random.choice((None, 1.0, 7.0)) if status == 429 else None)

    def _unsent(self, arrive: Any, attempt: str) -> Answer:
        self._long_wait()
        match self._jet.scheduler.random.randrange(4):
            case 0:
                raise AuthenticationError("the credentials were refused")
            case _:
                return NotSentAnswer("nothing listens there")

    def _long_wait(self) -> None:
        """Wait for what is to come; a machine that is weak in this way falls asleep over it now and then."""
        scheduler = self._jet.scheduler
        if scheduler.process.sleepiness and scheduler.random.random() < 0.7:
            scheduler.stall((15.0, 40.0))
        scheduler.step(0.5)
