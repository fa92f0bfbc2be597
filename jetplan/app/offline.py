"""Plans without network, credentials or ledger: what the manifests say beyond a revision of them in git."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from jetplan.app.environment import current_ci
from jetplan.app.reviewing import Review, review_of
from jetplan.app.windows import holds_of, is_timed, now_at
from jetplan.core.diff import diff
from jetplan.manifest.revisions import find_revision, read_manifests_at
from jetplan.observe.offline import observe_offline

if TYPE_CHECKING:
    from pathlib import Path

    from jetplan.app.settings import Settings
    from jetplan.core.plan import Plan
    from jetplan.core.spec import Spec


@dataclass(frozen=True, slots=True)
class Difference:
    """The plan that would follow if `revision` of the manifests had been applied, all of it."""

    plan: Plan
    revision: str
    review: Review = field(default_factory=Review)
    """What differs in the project's settings and house rules."""


def difference_from(manifests: Path, spec: Spec, settings: Settings, base: str | None = None) -> Difference:
    """What `spec`, read from `manifests`, adds to and takes from `base` (default: `default_base`)."""
    revision = find_revision(manifests, base or default_base())
    before = read_manifests_at(manifests, revision).spec
    observed = observe_offline(spec, before)
    if is_timed(settings, spec):
        observed = replace(observed, holds=holds_of(settings, spec, observed, now_at(None)[0]))
    plan = diff(spec, observed, settings.batch_limits)
    return Difference(plan, str(revision), review_of(manifests, settings, revision))


def default_base() -> str:
    """The pull or merge request's base where CI names one, else HEAD: then what is not committed yet is shown."""
    return current_ci().base or "HEAD"
