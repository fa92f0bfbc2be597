"""`jetplan doctor`: is everything in place? Settings, ledger, credentials, API, one line each."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from jetplan.cli.options import project_options
from jetplan.errors import ExitCode, JetplanError, ManifestInvalid

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from jetplan.app.project import Project


@click.command()
@project_options
def command(config: Path, api_url: str | None, ledger: str | None) -> int:
    """Check the set-up: settings, ledger, credentials, API. Changes nothing."""
    from jetplan.app.project import Project

    project = Project.load(config, api_url, ledger)
    codes = [
        _check("program", _program),
        _check("settings", lambda: _settings(project)),
        _check("ledger", lambda: _ledger(project)),
        _check("api", lambda: _api(project)),
    ]
    return next((code for code in codes if code is not ExitCode.DONE), ExitCode.DONE)


def _check(name: str, look: Callable[[], str]) -> ExitCode:
    from jetplan.render.escape import safe_text

    try:
        click.echo(f"ok    {name:<9} {safe_text(look())}")
    except ManifestInvalid:
        raise
    except JetplanError as error:
        click.echo(f"FAIL  {name:<9} {safe_text(error.message)}")
        if error.hint:
            click.echo(f"      {'':<9} {safe_text(error.hint)}")
        return error.exit_code
    return ExitCode.DONE


def _program() -> str:
    import platform

    from jetplan.manifest.yaml.events import event_source
    from jetplan.version import __version__

    event_source(b"{}")
    return f"jetplan {__version__} on Python {platform.python_version()}, with the C parser for YAML"


def _settings(project: Project) -> str:
    from jetplan.app.settings import check_pinned
    from jetplan.core.addresses import shown_url

    settings = project.settings
    if not settings.ledger_id:
        check_pinned(settings, "")
    return f"{settings.path}: API {shown_url(settings.api_url)}"


def _ledger(project: Project) -> str:
    from jetplan.core.addresses import shown_url
    from jetplan.ledger import check_locks

    with project.open_ledger() as opened:
        check_locks(project.settings.ledger)
        scopes = opened.scopes(project.settings.api_url)
        waiting = sum(len(opened.unfinished(scope)) for scope in scopes)
        where = shown_url(project.settings.ledger)
        return f"{opened.ledger_id} at {where}, {waiting} attempts unfinished"


def _api(project: Project) -> str:
    from jetplan.observe import observe_server

    with project.connect() as client:
        server = observe_server(client)
    profiles = "not listed to this role" if server.profiles is None else str(len(server.profiles))
    return f"{len(server.jobs)} jobs, storage profiles: {profiles}"
