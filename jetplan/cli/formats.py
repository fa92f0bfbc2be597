"""The formats of a plan on the command line: how one is made and written to stdout."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

import click

from jetplan.app.environment import current_ci
from jetplan.cli.screen import wants_color, width, write_a_file_format
from jetplan.render.report import build_report
from jetplan.render.text import render_text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from jetplan.app.settings import Settings
    from jetplan.cli.options import Format
    from jetplan.core.limits import Refusal
    from jetplan.core.plan import Plan
    from jetplan.errors import Problem
    from jetplan.render.model import Report

_RENDERERS: dict[str, tuple[str, str]] = {
    "json": ("jetplan.render.document", "render_json"),
    "markdown": ("jetplan.render.markdown", "render_markdown"),
    "html": ("jetplan.render.page", "render_html"),
    "gitlab-terraform": ("jetplan.render.gitlab", "render_gitlab"),
}
"""Format -> (module, function): only the one that is asked for is imported."""


def report_of(
    plan: Plan,
    settings: Settings,
    refused: Sequence[Refusal] = (),
    warnings: Sequence[Problem] = (),
    changes: Sequence[Problem] = (),
) -> Report:
    """The report of a plan made here and now. `changes`: what this change does to the project's settings."""
    return build_report(
        plan,
        commit=current_ci().commit,
        api_url=settings.api_url,
        refused=refused,
        settings=changes,
        warnings=warnings,
    )


def show_report(report: Report, form: Format = "text") -> None:
    """Write a report to stdout in one format."""
    text = rendered(report, form)
    if form != "text":
        write_a_file_format()
    click.echo(text, nl=False)


def rendered(report: Report, form: Format) -> str:
    """A report in one format, ended by a newline."""
    if form == "text":
        return render_text(report, color=wants_color(), width=width())
    module, function = _RENDERERS[form]
    render: Callable[[Report], str] = getattr(import_module(module), function)
    return render(report)
