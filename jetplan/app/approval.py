"""What was approved before an apply, as a saved plan or a digest, and whether it is still what would be done."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from jetplan.app.manifests import read_known
from jetplan.app.saved_plans import is_plan_file, load_plan
from jetplan.core.binding import bind, moved
from jetplan.core.selection import Selection
from jetplan.errors import LedgerMismatch, ManifestInvalid, StalePlan, UsageError
from jetplan.render.digest import digest_of

if TYPE_CHECKING:
    from jetplan.app.planning import Observation
    from jetplan.app.settings import Settings
    from jetplan.core.spec import Spec
    from jetplan.ledger.store import Ledger
    from jetplan.manifest.read import Reading
    from jetplan.render.planfile import Bound, Content

_AGAIN = "plan again, and have that approved"
_NAMED = 5


@dataclass(frozen=True, slots=True)
class Approval:
    """`saved`: a saved plan; `digest`: the digest that the plan must have; `manifests`: where they are."""

    manifests: Path
    saved: Content | None = None
    digest: str = ""

    @classmethod
    def of(cls, argument: Path, digest: str | None) -> Approval:
        """From what the command line says. Raises StalePlan where a saved plan is not to be trusted."""
        wanted = (digest or "").lower()
        if not is_plan_file(argument):
            return cls(argument, None, wanted)
        saved = load_plan(argument)
        if wanted and wanted != saved.report.digest:
            raise StalePlan(f"the saved plan's digest is {saved.report.digest}, not {wanted}", hint=_AGAIN)
        return cls(Path(saved.bound.path), saved, saved.report.digest)

    @property
    def given(self) -> bool:
        """Whether anything was approved beforehand."""
        return bool(self.digest)

    @property
    def run_id(self) -> str:
        """The id that the run must carry, so that it can be there once only; empty: any."""
        return self.saved.plan_id if self.saved is not None else ""

    def chosen(self, settings: Settings) -> Settings:
        """The settings with the choice of a saved plan. Raises UsageError where another one is asked for."""
        if self.saved is None:
            return settings
        if settings.selection:
            raise UsageError(
                "a saved plan keeps its own choice", hint="leave out --set and --job, or plan again with them"
            )
        return replace(settings, selection=Selection(self.saved.bound.sets, self.saved.bound.jobs))

    def read(self, config: Path) -> Reading:
        """The manifests themselves: an apply never goes by the cache.

        What stands at a path that only a saved plan names is never repeated in a message.
        """
        if self.saved is None:
            return read_known(self.manifests, config, cached=False)
        try:
            return read_known(self.manifests, config, cached=False)
        except (ManifestInvalid, UsageError):
            raise StalePlan(
                f"the manifests that the plan was made from cannot be read at {self.manifests}",
                hint="apply in a checkout of the commit it was made from; `jetplan validate` tells what is wrong",
            ) from None

    def check_home(self, settings: Settings, ledger: Ledger) -> None:
        """A saved plan belongs to one API and one ledger, and is applied once. Asks the ledger only."""
        if self.saved is None:
            return
        bound = self.saved.bound
        if bound.ledger_id != ledger.ledger_id:
            raise LedgerMismatch(
                f"the plan was made with ledger {bound.ledger_id}, and this one is {ledger.ledger_id}", hint=_AGAIN
            )
        if bound.api_url != settings.api_url:
            raise StalePlan(
                f"the plan was made for {bound.api_url}, and this project is at {settings.api_url}", hint=_AGAIN
            )
        run = ledger.run(self.saved.plan_id)
        if run is not None:
            who = f" by {run.run.who}" if run.run.who else ""
            raise StalePlan(
                f"this plan was already applied, on {run.started_on}{who}: nothing was done now",
                hint="`jetplan status` shows what became of it; plan again for what is left",
            )

    def check(self, observation: Observation, spec: Spec) -> None:
        """Stop unless what would be done now is what was approved. Raises StalePlan that names what moved."""
        if self.saved is not None:
            self._check_moved(self.saved.bound, observation, spec)
        now = digest_of(observation.plan) if self.digest else ""
        if self.digest != now:
            raise StalePlan(
                f"what would be done now is not what was approved: its digest is {now}, not {self.digest}", hint=_AGAIN
            )

    def _check_moved(self, bound: Bound, observation: Observation, spec: Spec) -> None:
        if bound.account != observation.plan.account:
            raise StalePlan(
                f"the plan was made for account {bound.account or '(unknown)'}, "
                f"and these credentials belong to {observation.plan.account or '(unknown)'}",
                hint=_AGAIN,
            )
        reasons = moved(bound.binding(), bind(spec, observation.observed))
        if reasons:
            more = f"; and {len(reasons) - _NAMED} more" if len(reasons) > _NAMED else ""
            raise StalePlan(f"the saved plan is stale: {'; '.join(reasons[:_NAMED])}{more}", hint=_AGAIN)
