"""A server, a ledger, people and their manifests; what they can do; and what must hold when they are done."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from jetplan.app.applying import Task, execute
from jetplan.app.planning import exit_code_of, plan_from
from jetplan.app.retrying import RetryRequest, retry
from jetplan.app.settings import Settings
from jetplan.apply import ApplyOptions, Stop, record_complete_sets
from jetplan.apply.following import FOLLOWED, follow
from jetplan.core.attempts import RELEASED, SENT, Kind, RunInfo, State
from jetplan.core.limits import Limits
from jetplan.core.protocol import Patience
from jetplan.core.spec import Overlap
from jetplan.errors import ExitCode, JetplanError
from jetplan.ledger.failures import failures
from jetplan.observe import observe_server
from simulation.client import Client
from simulation.doors import Door, Shared
from simulation.jet import ACCOUNT, CALM, Jet, Weather
from simulation.manifests import Manifest, Objects, size_of
from simulation.scheduler import Process, Scheduler

if TYPE_CHECKING:
    from jetplan.core.outcome import ApplyOutcome
    from jetplan.core.plan import Plan

API = "https://jet.example"
DAYS = 86400.0


@dataclass(eq=False)
class Run(Process):
    """One `jetplan apply`, from its start to its exit code or its death."""

    manifest: Manifest = field(default_factory=Manifest)
    trouble: float = 0.0
    stop: Stop | None = None
    code: int | None = None
    outcome: ApplyOutcome | None = None
    plan: Plan | None = None

    def blocked(self) -> set[str]:
        """The names of the sets of which it said that something is blocked."""
        steps = self.outcome.blocked if self.outcome else self.plan.blocked() if self.plan else ()
        return {step.set_name for step in steps if hasattr(step, "set_name")}


@dataclass
class Story:
    """What is left of a schedule when it is over."""

    seed: int
    violations: list[str]
    transitions: Counter[tuple[str, str]]
    attempts: int
    doubts: int
    settled: int
    steps: int
    trace: list[str]
    retries: int = 0
    """Retries that the server accepted."""


class World:
    """A server, a ledger, a history of manifests, and whoever works with them."""

    def __init__(self, seed: int, weather: Weather = CALM, *, trace: bool = False) -> None:
        self.scheduler = Scheduler(seed, trace=trace)
        self.seed = seed
        draw = self.scheduler.random
        self.shared = Shared(self.scheduler)
        self.jet = Jet(self.scheduler, weather)
        self.runs: list[Run] = []
        self.manifests: list[Manifest] = []
        self.violations: list[str] = []
        self.late_jobs: set[str] = set()
        self.retries = False
        """Whether what failed is sent again: then the server tells of each object that had not failed."""
        self.settings = Settings(api_url=API, max_objects_per_delivery=draw.choice((1, 2, 3, 100)))
        self.options = ApplyOptions(
            parallelism=draw.choice((1, 2, 10)),
            patience=Patience(3, 0.5, 5.0),
            lease_seconds=10.0,
            grace=2.0,
            await_others=draw.choice((0.0, 2.0)),
        )
        self.jet.on_creation = self._note_creation
        self.jet.on_again = self._wrong
        for ident in ("nyc", "lax", "ams"):
            self.jet.profile(ident)

    # What happens.

    def run_of(self, manifest: Manifest, delay: float = 0.0, **fields: Any) -> Run:
        """Start an apply of a manifest."""
        run = Run(f"run-{len(self.runs)}", manifest=manifest, **fields)
        self.runs.append(run)
        self.shared.machines[run.host, run.name] = run
        self.scheduler.spawn(run, lambda: self._apply(run), delay)
        return run

    def _apply(self, run: Run) -> None:
        spec = run.manifest.spec()
        client: Any = Client(self.jet)
        door: Any = Door(self.shared, run.trouble)
        run.stop = Stop()
        try:
            task = Task(self.settings, spec, client, door, run.stop, self.options, Limits())
            run.code = int(self._look_and_execute(run, task))
        except JetplanError as error:
            run.code = int(error.exit_code)
        except Exception as error:
            self._wrong(f"{run.name} ended in a traceback: {error!r}")
            if self.scheduler.trace is not None:
                raise
        self.scheduler.log(f"exits with {run.code}")
        if run.code == 0 and (missing := self.missing(run.manifest)):
            self._wrong(f"{run.name} exited with 0, and the server has not accepted {missing[:3]}")
        run.alive = False  # its threads end with it
        self.scheduler.kill(run)

    def retry_of(self, delay: float, **fields: Any) -> Run:
        """Start a retry of one of the deliveries that failed by then, if there is any; also of one retried already."""
        run = Run(f"retry-{len(self.runs)}", **fields)
        self.runs.append(run)
        self.shared.machines[run.host, run.name] = run
        self.scheduler.spawn(run, lambda: self._retry(run), delay)
        return run

    def _retry(self, run: Run) -> None:
        client: Any = Client(self.jet)
        door: Any = Door(self.shared, run.trouble)
        run.stop = Stop()
        states = {State.FAILED, State.ACCEPTED, State.IN_DOUBT}
        known = self.shared.real.attempts(self.scope, states=states) if self.scope else []
        known = [each for each in known if each.subject.kind is Kind.DELIVERY]
        try:
            if known:
                asked = RetryRequest(self.scheduler.random.choice(known).attempt_id, reason="r")
                info = RunInfo(run.name, host=run.host, process=run.name)
                done = retry(asked, self.settings, client, door, run.stop, lambda _: None, self.options, info)
                run.code = int(done.exit_code())
        except JetplanError as error:
            run.code = int(error.exit_code)
            self.scheduler.log(f"refuses: {error.message}")
        except Exception as error:
            self._wrong(f"{run.name} ended in a traceback: {error!r}")
            if self.scheduler.trace is not None:
                raise
        self.scheduler.log(f"exits with {run.code}")
        run.alive = False
        self.scheduler.kill(run)

    def _look_and_execute(self, run: Run, task: Task) -> ExitCode:
        """The command without its words: what it plans, does and exits with."""
        server = observe_server(task.client)
        observation = plan_from(self.settings, task.spec, server, task.ledger)
        run.plan = observation.plan
        if observation.plan.changes() or observation.plan.unfinished:
            info = RunInfo(run.name, host=run.host, process=run.name)
            run.outcome = execute(task, server, info, None)
            return run.outcome.exit_code()
        if observation.scope is not None:
            record_complete_sets(observation.plan, lambda _: False, task.ledger, observation.scope, task.sizes())
        return exit_code_of(observation.plan, detailed=False)

    def interrupt(self, run: Run) -> None:
        """SIGTERM, if there is somebody to get it."""
        if run.alive and run.stop is not None:
            self.scheduler.log(f"{run.name} gets SIGTERM")
            run.stop.by_signal(15)

    def person(self) -> None:
        """Somebody settles what is in doubt, knowing for sure."""
        for attempt in self.shared.real.unfinished(self.scope) if self.scope else ():
            if attempt.state is State.IN_DOUBT and self._is_over(attempt.attempt_id, attempt.run.run_id):
                to = State.RESOLVED_ACCEPTED if self.jet.has(attempt.attempt_id) else State.RESOLVED_NOT_ACCEPTED
                self.scheduler.log(f"a person says {to.value} of {attempt.attempt_id[:8]}")
                in_doubt = frozenset({State.IN_DOUBT})
                self.shared.real.transition(attempt.attempt_id, to, {"who": "m"}, run_id="person", only_from=in_doubt)
        for attempt in failures(self.shared.real, self.scope) if self.scope else ():
            self._put_aside(attempt.attempt_id)

    def put_aside(self) -> None:
        """Somebody waits no longer for some of what was accepted, and for nothing that failed."""
        draw = self.scheduler.random
        for attempt in self.shared.real.attempts(self.scope, states=FOLLOWED) if self.scope else ():
            share = 0.2 if attempt.state is State.ACCEPTED else 0.5
            if attempt.subject.kind is Kind.DELIVERY and draw.random() < share:
                self._put_aside(attempt.attempt_id)
        self.jet.show_all()
        self.watch_in_peace()
        self.jet.tries_again = True
        self.watch_in_peace()
        self.person()

    def _put_aside(self, attempt_id: str) -> None:
        self.scheduler.log(f"a person puts {attempt_id[:8]} aside")
        if not self.shared.real.transition(attempt_id, State.ABANDONED, {"who": "m"}, run_id="person"):
            self._wrong(f"{attempt_id[:8]} could not be put aside")

    def watch(self) -> None:
        """Somebody looks at `jetplan status`; what has ended on the server is recorded."""
        if not self.scope:
            return
        client: Any = Client(self.jet)
        door: Any = Door(self.shared, 0.0)
        roots = {job.job_id: job.source.url if job.source else "" for job in self.jet.jobs.values()}
        follow(client, door, self.scope, "watcher", roots)

    def watch_in_peace(self) -> None:
        """A last look at where everything stands."""
        self.scheduler.spawn(Process("watcher"), self.watch)
        self.scheduler.run()

    @property
    def scope(self) -> str | None:
        return self.shared.real.scope_of(API, [ACCOUNT])

    def _is_over(self, attempt: str, run_id: str) -> bool:
        """Whether the fate of an attempt's request is sealed: what is true of it now stays true."""
        owner = next(run for run in self.runs if run.name == run_id)
        return not self.jet.underway[attempt] and (not owner.alive or attempt in self.jet.begun)

    def _note_creation(self, attempt: str, name: str) -> None:
        """A job whose creation arrives after jetplan gave it up may exist twice: the one exception there is."""
        if self.shared.real.attempt(attempt).state is not State.SENDING:
            self.late_jobs.add(name)

    # What must hold.

    def missing(self, manifest: Manifest) -> list[tuple[str, str, int]]:
        """Declared objects that the server has not accepted: (set, path, revision)."""
        have = set(self.jet.accepted())
        paths = {path for path, _ in have}
        return [
            (each.name, path, rev) for each, path, rev in manifest.items() if not _sent(each, path, rev, have, paths)
        ]

    def settle_down(self) -> None:
        """Peace: nothing fails any more, and every lease has run out, however wrong the clocks."""
        self.scheduler.run()
        self.scheduler.calm = self.jet.peace = True
        self.jet.resume_all()
        self.scheduler.run(self.scheduler.now + 3 * DAYS)

    def in_peace(self, manifest: Manifest) -> Run:
        """One apply, alone, to its end."""
        run = self.run_of(manifest, host="calm")
        self.scheduler.run()
        return run

    def unsettled(self) -> tuple[int, int]:
        """Deliveries that were accepted and in doubt: how many there were, and how many still are."""
        real = self.shared.real
        scope = self.scope
        were = [
            attempt
            for attempt in (real.attempts(scope) if scope else ())
            if attempt.subject.kind is Kind.DELIVERY
            and self.jet.has(attempt.attempt_id)
            and any(entry.to_state is State.IN_DOUBT for entry in real.history(attempt.attempt_id))
        ]
        return len(were), sum(attempt.state is State.IN_DOUBT for attempt in were)

    def judge(self, manifest: Manifest) -> None:
        """Bring everything to an end and look at it."""
        self.settle_down()
        looked = self.in_peace(manifest)
        if (missing := self.missing(manifest)) and looked.code == 0:
            self._wrong(f"silently lost: {missing[:3]}")
        self.person()
        last = self.in_peace(manifest)
        lost = [each for each in self.missing(manifest) if each[0] not in last.blocked()]
        if lost:
            self._wrong(f"lost, and nothing says so: {lost[:3]} (exit code {last.code})")
        if last.code != 0 and not last.blocked() and not self.late_jobs:
            self._wrong(f"everything is settled, and the exit code is {last.code}")
        if last.blocked() or self.late_jobs:  # what was blocked by what has been sent meanwhile is not blocked any more
            last = self.in_peace(manifest)
        posts = self.jet.posts
        again = self.in_peace(manifest)
        if self.jet.posts != posts or again.code != last.code:
            self._wrong(f"applied again, it sent {self.jet.posts - posts} requests and exited with {again.code}")
        self._judge_server()
        self._judge_ledger()

    def judge_rivals(self) -> None:
        """Nothing was brought to one place by two sets, not even as a folder and what lies in it."""
        paths = sorted(path for path, _ in self.jet.accepted().elements())
        for one, other in pairwise(paths):
            if other == one or other.startswith(f"{one}/"):
                self._wrong(f"accepted twice at one place: {one} and {other}")
        self._judge_ledger()

    def _judge_server(self) -> None:
        for (path, size), count in self.jet.accepted().items():
            if count > 1 and not path.startswith("/strange") and not self.retries:
                self._wrong(f"accepted {count} times: {path} ({size})")
        names = Counter(job.name for job in self.jet.jobs.values())
        for name, count in names.items():
            if count > 1 and name not in self.late_jobs:
                self._wrong(f"{count} jobs were made of {name}")

    def _judge_ledger(self) -> None:
        scope = self.scope
        for attempt in self.shared.real.attempts(scope) if scope else ():
            has, ident = self.jet.has(attempt.attempt_id), f"{attempt.subject.name} {attempt.attempt_id[:8]}"
            found_job = attempt.subject.kind is Kind.JOB and attempt.subject.name in {
                job.name for job in self.jet.jobs.values()
            }
            if attempt.state in SENT and not has and not found_job:
                self._wrong(f"{ident} is {attempt.state.value}, and the server never accepted it")
            if attempt.state in RELEASED and has and attempt.subject.name not in self.late_jobs:
                self._wrong(f"{ident} is {attempt.state.value}, and the server has accepted it")
        self.violations += [f"the ledger's own check: {each}" for each in self.shared.real.check()]

    def _wrong(self, what: str) -> None:
        self.violations.append(what)
        self.scheduler.log(f"VIOLATION {what}")

    def story(self) -> Story:
        """Everything there is to tell; the world is over."""
        rows = self.shared.real._driver.read(
            lambda tx: tx.rows("SELECT from_state, to_state, COUNT(*) FROM jetplan_transitions GROUP BY 1, 2")
        )
        transitions = Counter({(was, to): count for was, to, count in rows})
        doubts = sum(count for (_, to), count in transitions.items() if to == "in_doubt")
        settled = sum(count for (was, to), count in transitions.items() if was == "in_doubt" and "resolved" not in to)
        attempts = sum(count for (was, _), count in transitions.items() if not was)
        retries = self.shared.real._driver.read(
            lambda tx: tx.rows("SELECT attempt_id FROM jetplan_attempts WHERE retry_of <> ''")
        )
        again = sum(self.jet.has(attempt_id) for (attempt_id,) in retries)
        self.shared.real.close()
        return Story(
            self.seed, self.violations, transitions, attempts, doubts, settled, self.scheduler.steps,
            self.scheduler.trace or [], again,
        )  # fmt: skip


def _sent(each: Objects, path: str, revision: int, have: set[tuple[str, int | None]], paths: set[str]) -> bool:
    plain = path.rstrip("/")
    if each.overlap is Overlap.SKIP and plain in paths:
        return True
    return any((plain, size_of(each.number, at, path)) in have for at in range(revision, revision + 9))
