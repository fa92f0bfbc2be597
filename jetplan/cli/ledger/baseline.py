"""`jetplan ledger baseline`: record delivery sets as sent before jetplan came, without sending anything."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING

import click

from jetplan.cli.options import manifests_argument, project_options
from jetplan.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from jetplan.core.plan import SubmitBatch
    from jetplan.core.spec import Spec


@click.command()
@manifests_argument
@project_options
@click.option("--set", "names", metavar="NAME", multiple=True, required=True, help="A set to record. Repeatable.")
@click.option("--reason", required=True, help="How you know that it was sent. Kept in the ledger.")
def command(
    manifests: Path, config: Path, api_url: str | None, ledger: str | None, names: tuple[str, ...], reason: str
) -> None:
    """Record sets as sent before jetplan came, without sending.

    What `jetplan plan` would submit of these sets is recorded as sent, with your name and reason. Nothing else is
    touched, and nothing is sent.
    """
    from jetplan.app.identity import new_run
    from jetplan.app.manifests import read_known
    from jetplan.app.planning import look_ahead
    from jetplan.app.project import Project
    from jetplan.apply import leased_run
    from jetplan.core.attempts import Claimed, NewAttempt

    spec = read_known(manifests, config).spec
    _check_declared(names, spec)
    project = Project.load(config, api_url, ledger)
    with project.open_ledger() as opened, project.connect() as client:
        outlook = look_ahead(project.settings, spec, client, opened)
        steps = [step for step in outlook.plan.submissions() if step.set_name in names]
        scope = opened.ensure_scope(project.settings.api_url, outlook.server.accounts)
        run = new_run()
        objects = 0
        with leased_run(opened, run, 60.0):
            for step in steps:
                attempt = NewAttempt(
                    uuid.uuid4().hex[:16],
                    step.batch,
                    step.batches,
                    step.revision,
                    _job_id(step, outlook.observed.jobs),
                    step.job,
                    step.paths(),
                    step.sizes(),
                )
                result = opened.record_baseline(scope, step.subject, attempt, run.run_id, who=run.who, reason=reason)
                objects += len(step) if isinstance(result, Claimed) else 0
    recorded = {step.set_name for step in steps}
    for name in names:
        if name not in recorded:
            click.echo(f"Set {name}: nothing to record (see `jetplan plan`).", err=True)
    click.echo(f"Recorded {objects:,} objects as sent before; nothing was sent.", err=True)


def _check_declared(names: tuple[str, ...], spec: Spec) -> None:
    from difflib import get_close_matches

    for name in names:
        if name not in spec.sets:
            near = get_close_matches(name, spec.sets, n=1)
            raise UsageError(f"no delivery set is named {name!r}", hint=f"did you mean {near[0]!r}?" if near else "")


def _job_id(step: SubmitBatch, jobs: object) -> str:
    from collections.abc import Iterable

    assert isinstance(jobs, Iterable)  # noqa: S101 - tells the type checker
    return next((job.job_id for job in jobs if job.name == step.job), "")
