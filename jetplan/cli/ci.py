"""What CI systems read besides exit codes: GitHub's step summary and step outputs, written where they ask for them."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jetplan.errors import ExitCode
    from jetplan.render.model import Report
    from jetplan.render.outcome import OutcomeReport

SUMMARY = "GITHUB_STEP_SUMMARY"
OUTPUT = "GITHUB_OUTPUT"


def publish_plan(report: Report, code: ExitCode) -> None:
    """The plan as the step's summary, and its numbers as the step's outputs; nothing outside of GitHub Actions."""
    publish(published_plan(report, code))


def asked_for() -> tuple[str, ...]:
    """Where CI wants something written, as names of environment variables."""
    return tuple(name for name in (SUMMARY, OUTPUT) if os.environ.get(name))


def published_plan(report: Report, code: ExitCode) -> dict[str, str]:
    """What `publish` is to write of a plan: text by environment variable, for those asked for."""
    texts: dict[str, str] = {}
    for name in asked_for():
        if name == SUMMARY:
            from jetplan.render.markdown import render_markdown

            texts[name] = render_markdown(report)
        else:
            texts[name] = _numbers(report, code, report.totals.in_doubt + report.totals.jobs_in_doubt)
    return texts


def publish(texts: Mapping[str, str]) -> None:
    """Append each text to the file that its environment variable names."""
    for name, text in texts.items():
        _append(name, text)


def publish_apply(report: Report, outcome: OutcomeReport | None, code: ExitCode) -> None:
    """What was planned and what was done of it; `outcome` is None where nothing was begun."""
    if os.environ.get(SUMMARY):
        from jetplan.render.markdown import render_markdown

        _append(SUMMARY, _story(outcome) if outcome is not None else render_markdown(report))
    doubtful = len(outcome.in_doubt) if outcome is not None else report.totals.in_doubt + report.totals.jobs_in_doubt
    _append(OUTPUT, _numbers(report, code, doubtful))


def publish_code(code: ExitCode) -> None:
    """What the command ended with after all, where that was published too early."""
    _append(OUTPUT, f"exitcode={int(code)}\n")


def _story(outcome: OutcomeReport) -> str:
    from jetplan.render.escape import fence_for
    from jetplan.render.outcome_text import render_outcome

    lines = render_outcome(outcome, color=False, width=100)[:60_000].splitlines()
    fence = fence_for(lines)
    return "\n".join(["## jetplan apply", "", f"{fence}text", *lines, fence, ""])


def _numbers(report: Report, code: ExitCode, doubtful: int) -> str:
    total = report.totals
    numbers: Mapping[str, object] = {
        "exitcode": int(code),
        "has_changes": str(report.has_changes).lower(),
        "jobs_to_create": total.jobs_to_create,
        "deliveries_to_submit": total.deliveries_to_submit,
        "objects": total.to_submit.object_count,
        "bytes": total.to_submit.known_bytes,
        "in_doubt": doubtful,
        "plan_digest": report.digest,
    }
    # Numbers, a word and hex digits: none can hold a line break, so none can forge another output.
    return "".join(f"{name}={value}\n" for name, value in numbers.items())


def _append(variable: str, text: str) -> None:
    file = os.environ.get(variable)
    if not file:
        return
    try:
        with open(file, "a", encoding="utf-8") as opened:
            opened.write(text)
    except OSError as error:
        click.echo(f"{variable} could not be written: {error.strerror}", err=True)
