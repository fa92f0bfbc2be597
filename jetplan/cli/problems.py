"""How problems in manifests are told: to a person, and as annotations where CI shows them at their lines.

Everything that came from a file is made harmless first: no escape sequence reaches a terminal, no workflow
command reaches a CI log. The formats that tools read are in `cli.problem_formats`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from jetplan.app.environment import current_ci
from jetplan.render.escape import safe_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jetplan.errors import Problem


def write_problems(problems: Sequence[Problem], warnings: Sequence[Problem] = ()) -> None:
    """Write problems, then warnings, to stderr as `file:line:column: message` with hints below.

    Where GITHUB_ACTIONS is `true`, annotations follow, so that they show at their lines in the pull request.
    """
    lines = lines_of(problems, warnings)
    if lines:
        click.echo("\n".join(lines), err=True)


def lines_of(problems: Sequence[Problem], warnings: Sequence[Problem] = ()) -> list[str]:
    """The lines that `write_problems` writes."""
    lines = [*text_lines(problems), *text_lines(warnings, "warning: ")]
    if problems:
        lines.append(f"{len(problems):,} problem{'' if len(problems) == 1 else 's'} found")
    if current_ci().annotates:
        from jetplan.cli.problem_formats import github_lines

        lines += github_lines(problems, warnings)
    return lines


def text_lines(problems: Sequence[Problem], level: str = "") -> list[str]:
    """Lines for a person: place, message, and the hint below it."""
    lines = []
    for problem in problems:
        lines.append(safe_text(f"{problem.place}: {level}{problem.message}"))
        if problem.hint:
            lines.append(f"    {safe_text(problem.hint)}")
    return lines
