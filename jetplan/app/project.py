"""The way in for Python programs: a project, and what can be done with it, with objects instead of text."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from jetplan.app.applying import Task, perform, prepare, remember_idle
from jetplan.app.approval import Approval
from jetplan.app.limits import Lifts, limits_of
from jetplan.app.manifests import read_known
from jetplan.app.offline import difference_from
from jetplan.app.opening import connection, pinned_ledger
from jetplan.app.planning import exit_code_of, observe_and_plan
from jetplan.app.receipts import receipt_for, verify_receipt
from jetplan.app.recorded import attempts_of, canonical_path, export_to, history_of, story_of
from jetplan.app.resolving import Word, resolve_attempt
from jetplan.app.retrying import RetryRequest, retry
from jetplan.app.settings import CONFIG_FILE, load_settings
from jetplan.app.status import standing_of
from jetplan.apply import ApplyOptions, Stop
from jetplan.core.limits import refusals
from jetplan.core.selection import Selection
from jetplan.render.digest import digest_of

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Sequence
    from typing import IO

    from jetplan.api.client import JetClient
    from jetplan.app.offline import Difference
    from jetplan.app.recorded import Story
    from jetplan.app.settings import Settings
    from jetplan.app.status import Standing
    from jetplan.core.attempts import Attempt, State
    from jetplan.core.limits import Refusal
    from jetplan.core.outcome import ApplyOutcome, Result
    from jetplan.core.plan import Plan
    from jetplan.errors import ExitCode
    from jetplan.ledger.records import Finding, ObjectEvent
    from jetplan.ledger.store import Ledger
    from jetplan.manifest.read import Reading
    from jetplan.render.receipt import Receipt

MANIFESTS = Path("manifests")


@dataclass(frozen=True, slots=True)
class Planned:
    """What an apply would do. `exit_code` is what `jetplan plan --detailed-exitcode` ends with."""

    manifests: Path
    plan: Plan
    refused: Sequence[Refusal]
    exit_code: ExitCode
    digest: str


@dataclass(frozen=True, slots=True)
class Applied:
    """What an apply did. `outcome` is None where nothing was begun: nothing was to be done, or a limit refused."""

    plan: Plan
    refused: Sequence[Refusal]
    outcome: ApplyOutcome | None
    exit_code: ExitCode


@dataclass(frozen=True, slots=True)
class Project:
    """A project: its settings, and what can be done with it.

    Each method opens the ledger and a connection for itself, and closes them before it returns. Credentials are read
    from JETPLAN_CLIENT_ID and JETPLAN_CLIENT_SECRET. Every error is a `jetplan.errors.JetplanError`.
    """

    settings: Settings

    @classmethod
    def load(cls, config: str | Path = CONFIG_FILE, api_url: str | None = None, ledger: str | None = None) -> Project:
        """The project of a `jetplan.yaml`. The arguments beat the file. Raises ManifestInvalid where it is at fault."""
        return cls(load_settings(Path(config), api_url, ledger))

    @contextmanager
    def open_ledger(self, *, verify: bool = True) -> Iterator[Ledger]:
        """The pinned ledger. Raises LedgerMismatch where there is none, or another.

        `verify` False, for those who only look: also one that was moved away, restored or copied back.
        """
        with pinned_ledger(self.settings, verify=verify) as ledger:
            yield ledger

    @contextmanager
    def connect(self, connections: int = 4) -> Iterator[JetClient]:
        """A client for the account whose credentials are in the environment."""
        with connection(self.settings, connections) as client:
            yield client

    def validate(self, manifests: str | Path = MANIFESTS) -> Reading:
        """Read manifests, held against the house rules. Raises ManifestInvalid with every problem at its place."""
        return read_known(Path(manifests), self.settings.path)

    def plan(self, manifests: str | Path = MANIFESTS, lifts: Lifts | None = None) -> Planned:
        """What an apply would do. Reads only."""
        reading = self.validate(manifests)
        with self.open_ledger() as ledger, self.connect() as client:
            plan = observe_and_plan(self.settings, reading.spec, client, ledger).plan
        refused = refusals(plan, limits_of(self.settings, lifts or Lifts()))
        code = exit_code_of(plan, detailed=True, refused=refused)
        return Planned(Path(manifests), plan, refused, code, digest_of(plan))

    def apply(
        self,
        what: Planned | str | Path = MANIFESTS,
        *,
        lifts: Lifts | None = None,
        options: ApplyOptions | None = None,
        stop: Stop | None = None,
        on_result: Callable[[Result], None] = lambda _: None,
    ) -> Applied:
        """Create what is missing and submit what was not submitted yet. Asks nobody.

        With a `Planned`, only that is done: raises StalePlan where something else would be done by now. `on_result` is
        told of each step's end. `stop.by_signal(15)`, from another thread, ends the run as SIGTERM would.
        """
        planned = what if isinstance(what, Planned) else None
        manifests = what.manifests if isinstance(what, Planned) else Path(what)
        approval = Approval(manifests, digest=planned.digest if planned is not None else "")
        spec = self.validate(manifests).spec
        options = options or ApplyOptions()
        limits = limits_of(self.settings, lifts or Lifts())
        with self.open_ledger() as ledger, self.connect(options.parallelism) as client:
            task = Task(self.settings, spec, client, ledger, stop or Stop(), options, limits, on_result)
            prepared = prepare(task, approval)
            if not prepared.refused and not prepared.idle:
                outcome = perform(task, prepared, approval)
                return Applied(prepared.plan, (), outcome, outcome.exit_code())
            if prepared.idle:
                remember_idle(task, prepared)
        code = exit_code_of(prepared.plan, detailed=False, refused=prepared.refused)
        return Applied(prepared.plan, prepared.refused, None, code)

    def status(self) -> Standing | None:
        """Where deliveries stand; None where nothing was ever submitted. Records in the ledger what has ended."""
        with self.open_ledger() as ledger, self.connect(10) as client:
            return standing_of(self.settings, client, ledger)

    def resolve(self, attempt: str, *, accepted: bool, reason: str) -> Attempt:
        """Record a person's word on an attempt in doubt; the attempt as it was before."""
        with self.open_ledger() as ledger:
            return resolve_attempt(ledger, attempt, Word.ACCEPTED if accepted else Word.NOT_ACCEPTED, reason)

    def abandon(self, attempt: str, *, reason: str) -> Attempt:
        """Put a failed attempt aside, by a person's word; the attempt as it was before."""
        with self.open_ledger() as ledger:
            return resolve_attempt(ledger, attempt, Word.ABANDONED, reason)

    def retry(self, attempt: str = "", *, set_name: str = "", reason: str, stop: Stop | None = None) -> ApplyOutcome:
        """Send the failed files of one attempt, or of every failed delivery of a set, again by a person's word."""
        asked = RetryRequest(attempt, Selection((set_name,) if set_name else ()), reason)
        with self.open_ledger() as ledger, self.connect(10) as client:
            return retry(asked, self.settings, client, ledger, stop or Stop(), lambda _: None)

    def diff(self, manifests: str | Path = MANIFESTS, base: str | None = None) -> Difference:
        """What a change in git adds and takes, as if `base` (default: CI's, else HEAD) had been applied. No network."""
        return difference_from(Path(manifests), self.validate(manifests).spec, self.settings, base)

    # The ledger's questions: they need no network, and look at a ledger that was moved or restored, too.

    def attempts(self, name: str | None = None, states: Collection[State] = ()) -> list[Attempt]:
        """Attempts recorded for the project's API, newest first; of one set or job, or in some states only."""
        with self.open_ledger(verify=False) as ledger:
            return attempts_of(ledger, self.settings.api_url, name, states)

    def story(self, attempt: str) -> Story:
        """One attempt by its id or the beginning of it: its transitions and its objects."""
        with self.open_ledger(verify=False) as ledger:
            return story_of(ledger, attempt)

    def history(self, path: str) -> list[ObjectEvent]:
        """Every time an object was sent, alone or in a folder."""
        with self.open_ledger(verify=False) as ledger:
            return history_of(ledger, self.settings.api_url, canonical_path(path))

    def receipt(self, target: str = "", selection: Selection | None = None) -> Receipt:
        """What became of a delivery set, an attempt, or of what was chosen, object by object."""
        with self.open_ledger(verify=False) as ledger:
            return receipt_for(ledger, self.settings.api_url, target, selection)

    def verify_receipt(self, data: bytes) -> Receipt:
        """The receipt in a file, where the ledger says the same. Raises JetplanError where it says something else."""
        with self.open_ledger(verify=False) as ledger:
            return verify_receipt(ledger, self.settings.api_url, data)

    def export(self, file: IO[str] | Path) -> int:
        """Write the whole ledger as JSON Lines to a file or stream; the number of lines."""
        with self.open_ledger(verify=False) as ledger:
            return export_to(ledger, file) if isinstance(file, Path) else ledger.export(file)

    def check(self) -> list[Finding]:
        """What is wrong in the database, or in what it says; empty where it is sound."""
        with self.open_ledger(verify=False) as ledger:
            return ledger.check()
