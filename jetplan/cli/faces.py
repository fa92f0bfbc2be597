"""The faces of a plan on the command line: which there are, and how one is written to stdout."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

import click

from jetplan.cli.options import FORMATS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jetplan.cli.options import Format
    from jetplan.cli.project import Project
    from jetplan.core.limits import Refusal
    from jetplan.core.plan import Plan
    from jetplan.render.model import Report

__all__ = ["FORMATS", "report_of", "show_report"]


def report_of(plan: Plan, project: Project, refused: Sequence[Refusal] = ()) -> Report:
    """The report of a plan made here and now."""
    from jetplan.cli.project import commit_of_ci
    from jetplan.render.report import build_report

    return build_report(plan, commit=commit_of_ci(), api_url=project.settings.api_url, refused=refused)


def show_report(report: Report, form: Format = "text") -> None:
    """Write one face to stdout."""
    click.echo(rendered(report, form), nl=False)


def rendered(report: Report, form: Format) -> str:
    """One face as text, ended by a newline."""
    match form:
        case "text":
            from jetplan.cli.screen import wants_color, width
            from jetplan.render.text import render_text

            return render_text(report, color=wants_color(), width=width())
        case "json":
            from jetplan.render.document import render_json

            return render_json(report)
        case "markdown":
            from jetplan.render.markdown import render_markdown

            return render_markdown(report)
        case "html":
            from jetplan.render.page import render_html

            return render_html(report)
        case "gitlab-terraform":
            from jetplan.render.gitlab import render_gitlab

            return render_gitlab(report)
        case _:
            assert_never(form)
