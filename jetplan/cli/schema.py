"""`jetplan schema`: the JSON Schemas of everything that people and machines exchange with jetplan, as files."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import Any

import click

from jetplan.errors import JetplanError

SCHEMAS: dict[str, tuple[str, str]] = {
    "manifest": ("jetplan.manifest.schema", "manifest_schema"),
    "configuration": ("jetplan.app.configuration", "configuration_schema"),
    "report": ("jetplan.render.document", "report_schema"),
    "outcome": ("jetplan.render.outcome", "outcome_schema"),
    "events": ("jetplan.render.events", "event_schema"),
    "plan": ("jetplan.render.planfile", "plan_schema"),
    "status": ("jetplan.render.status", "status_schema"),
    "attempts": ("jetplan.render.recorded", "attempts_schema"),
    "attempt": ("jetplan.render.recorded", "story_schema"),
    "problems": ("jetplan.render.problems", "problems_schema"),
    "jobs": ("jetplan.render.jobs", "jobs_schema"),
    "lists": ("jetplan.render.lists", "comparison_schema"),
    "history": ("jetplan.render.recorded", "history_schema"),
    "diagnosis": ("jetplan.render.diagnosis", "diagnosis_schema"),
    "findings": ("jetplan.render.findings", "findings_schema"),
    "receipt": ("jetplan.render.receipt", "receipt_schema"),
    "ledger-export": ("jetplan.ledger.export_schema", "export_schema"),
}
"""Schema name -> (module, function that gives the schema): nothing is imported before it is asked for."""


def schema_text(name: str) -> str:
    """One schema as its file holds it."""
    import json

    module, function = SCHEMAS[name]
    schema: dict[str, Any] = getattr(import_module(module), function)()
    return json.dumps(schema, indent=2, ensure_ascii=True) + "\n"


@click.command()
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("schemas"),
    show_default=True,
    help="The folder to write into.",
)
@click.option("--check", is_flag=True, help="Write nothing; fail if a file is missing or stale.")
def command(out: Path, check: bool) -> None:
    """Write the JSON Schemas for editors.

    Point an editor at one with a first line like
    `# yaml-language-server: $schema=../schemas/manifest.schema.json`.
    """
    stale = [name for name in SCHEMAS if _content(_file(out, name)) != schema_text(name)]
    if check and stale:
        names = ", ".join(str(_file(out, name)) for name in stale)
        raise JetplanError(f"stale: {names}", hint=f"run `jetplan schema --out {out}` and commit the result")
    if check:
        click.echo(f"{len(SCHEMAS)} schemas in {out}: up to date", err=True)
        return
    out.mkdir(parents=True, exist_ok=True)
    for name in SCHEMAS:
        _file(out, name).write_text(schema_text(name), encoding="utf-8")
        click.echo(str(_file(out, name)))


def _file(out: Path, name: str) -> Path:
    return out / f"{name}.schema.json"


def _content(file: Path) -> str | None:
    try:
        return file.read_text(encoding="utf-8")
    except OSError:
        return None
