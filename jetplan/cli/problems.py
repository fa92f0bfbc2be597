"""How problems in manifests are written: for a person, and in the formats that review tools read.

Everything that came from a file is made harmless first: no escape sequence reaches a terminal, no workflow
command reaches a CI log.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

from jetplan.core.characters import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jetplan.errors import Place, Problem

FORMATS = ("text", "json", "sarif", "junit", "github", "gitlab")


def write_problems(problems: Sequence[Problem], warnings: Sequence[Problem] = ()) -> None:
    """Write problems, then warnings, to stderr as `file:line:column: message` with hints below.

    Where GITHUB_ACTIONS is `true`, annotations follow, so that they show at their lines in the pull request.
    """
    lines = [*text_lines(problems, "error"), *text_lines(warnings, "warning")]
    if problems:
        lines.append(f"{_count(len(problems), 'problem')} found")
    if os.environ.get("GITHUB_ACTIONS") == "true":
        from jetplan.cli.annotations import github_lines

        lines += github_lines(problems, warnings)
    if lines:
        click.echo("\n".join(lines), err=True)


def text_lines(problems: Sequence[Problem], level: str) -> list[str]:
    """Lines for a person: place, message, and the hint below it."""
    lines = []
    for problem in problems:
        word = "" if level == "error" else f"{level}: "
        lines.append(inert(f"{shown_place(problem.place)}: {word}{visible(problem.message)}"))
        if problem.hint:
            lines.append(inert(f"    {visible(problem.hint)}"))
    return lines


def shown_place(place: Place) -> str:
    """A place as editors and terminals make links of it."""
    return visible(str(place))


def inert(line: str) -> str:
    """A line that no CI runner takes for a command: `::x::` and `##[x]` only count at a line's start or anywhere."""
    return line.replace("::", ":\u200b:").replace("##[", "#\u200b#[")


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"
