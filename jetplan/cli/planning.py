"""Shows a plan: the cached one while all its inputs are the same, else a new one."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import click

from jetplan.app.environment import current_ci
from jetplan.app.manifests import known_manifests, read_known
from jetplan.app.opening import connection, pinned_ledger
from jetplan.app.remembered import RememberedPlan, question_of, seen_of
from jetplan.app.settings import load_settings
from jetplan.app.windows import is_timed
from jetplan.cli.problems import lines_of
from jetplan.cli.publishing import publish
from jetplan.cli.screen import wants_color, width, write_a_file_format
from jetplan.core.selection import Selection
from jetplan.observe.server import list_server

if TYPE_CHECKING:
    from pathlib import Path

    from jetplan.cli.options import PlanRequest


def show_plan(asked: PlanRequest, config: Path, api_url: str | None, ledger: str | None, *, cached: bool) -> int:
    """Show what an apply would do; the exit code."""
    # A plan that is to be saved is never taken from the cache, nor is one whose manifests must be read anyway.
    known = known_manifests(asked.manifests, config) if cached and asked.out is None and not current_ci().base else None
    read = partial(read_known, asked.manifests, config, cached=cached) if known is None else known.read
    settings = replace(load_settings(config, api_url, ledger), selection=Selection(asked.sets, asked.jobs))
    remembered = None
    if known is not None and known.content is not None:
        question = question_of(known.content, settings, (asked, _surroundings(asked)))
        remembered = RememberedPlan(asked.manifests, asked.form, question, known.folder)
    if remembered is not None and remembered.warnings is not None:
        reading, warnings = None, remembered.warnings
    else:
        reading = read()
        warnings = "".join(f"{line}\n" for line in lines_of([], reading.warnings))
    click.echo(warnings, nl=False, err=True)
    with pinned_ledger(settings) as opened, connection(settings) as client:
        listed = list_server(client)
        seen = seen_of(listed, opened) if remembered is not None else None
        told = remembered.told(seen) if remembered is not None else None
        if told is None:
            from jetplan.cli.telling import plan_anew

            reading = reading or read()
            told = plan_anew(asked, settings, reading, client, opened, listed, warnings)
            # The manifests must be those that the cache was asked about, and windows open without any other change.
            sure = known is not None and known.content is not None and not is_timed(settings, reading.spec)
            # The plan is kept only if the ledger did not change while it was made.
            if sure and remembered is not None and seen is not None and seen_of(listed, opened) == seen:
                remembered.keep(seen, told)
    if asked.form != "text":
        write_a_file_format()
    click.echo(told.out, nl=False)
    click.echo(told.refusals, nl=False, err=True)
    publish(told.published)
    return told.code


def _surroundings(asked: PlanRequest) -> object:
    """The parts of the terminal and of CI that the output depends on."""
    ci = current_ci()
    terminal = (wants_color(), width()) if asked.form == "text" else None
    commit = ci.commit if asked.form != "text" or ci.files else ""
    return terminal, tuple(ci.files), commit, ci.annotates
