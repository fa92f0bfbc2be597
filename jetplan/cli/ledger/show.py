"""`jetplan ledger show`: one attempt's story."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from jetplan.cli.options import project_options

if TYPE_CHECKING:
    from pathlib import Path

    from jetplan.core.attempts import Attempt
    from jetplan.ledger.records import Transition


@click.command()
@click.argument("attempt")
@project_options
@click.option("--objects", is_flag=True, help="List every object, not only the first ones.")
def command(attempt: str, config: Path, api_url: str | None, ledger: str | None, objects: bool) -> None:
    """Show one attempt: its story and its objects.

    ATTEMPT is its id or the beginning of it.
    """
    from jetplan.app.project import Project

    project = Project.load(config, api_url, ledger)
    with project.open_ledger(verify=False) as opened:
        found = opened.attempt(attempt)
        story = opened.history(found.attempt_id)
        paths, sizes = opened.listing(found.attempt_id)
    lines = [*_facts(found), "", "What happened:", *map(_line, story)]
    shown = len(paths) if objects else 20
    if paths:
        lines += ["", "Objects:", *map(_object, paths[:shown], sizes[:shown])]
        if len(paths) > shown:
            lines.append(f"  … and {len(paths) - shown:,} more (--objects)")
    click.echo("\n".join(lines))


def _facts(attempt: Attempt) -> list[str]:
    from jetplan.render.escape import safe_text
    from jetplan.render.words import count, size

    run = attempt.run
    facts = [
        ("attempt", attempt.attempt_id),
        ("state", attempt.state.value.replace("_", " ")),
        ("what", f"{attempt.subject.kind.value} {attempt.subject.name}, batch {attempt.batch} of {attempt.batches}"),
        ("job", f"{attempt.job_name} ({attempt.job_id})" if attempt.job_id else attempt.job_name),
        (
            "holds",
            f"{count(attempt.objects, 'object')}, {size(attempt.known_bytes)} known, revision {attempt.revision}",
        ),
        ("delivery", attempt.delivery_id),
        ("run", f"{run.run_id} by {run.who}" if run.who else run.run_id),
        ("commit", run.commit),
        ("ci", run.ci_url),
    ]
    return [f"{name:<9} {safe_text(value)}" for name, value in facts if value]


def _line(step: Transition) -> str:
    from jetplan.render.escape import safe_text

    detail = {key: value for key, value in step.detail.items() if value not in (None, "", [])}
    told = f"  {json.dumps(detail, ensure_ascii=False)}" if detail else ""
    return safe_text(
        f"  {step.on[:19].replace('T', ' ')}  {step.to_state.value.replace('_', ' ')}  run {step.run_id}{told}"
    )


def _object(path: str, size: int) -> str:
    from jetplan.render.escape import safe_text
    from jetplan.render.words import size as sized

    return f"  {safe_text(path)}" + (f"  {sized(size)}" if size >= 0 else "")
