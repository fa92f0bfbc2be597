"""What CI systems read besides exit codes: GitHub's step summary and step outputs, written where they ask for them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jetplan.app.environment import OUTPUT, SUMMARY, current_ci
from jetplan.cli.publishing import append, publish
from jetplan.render.escape import fence_for
from jetplan.render.markdown import render_markdown
from jetplan.render.outcome_text import render_outcome

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jetplan.errors import ExitCode
    from jetplan.render.model import Report
    from jetplan.render.outcome import OutcomeReport


def publish_plan(report: Report, code: ExitCode) -> None:
    """The plan as the step's summary, and its numbers as the step's outputs; nothing outside of GitHub Actions."""
    publish(published_plan(report, code))


def published_plan(report: Report, code: ExitCode) -> dict[str, str]:
    """What `publish` is to write of a plan: text by environment variable, for those asked for."""
    texts: dict[str, str] = {}
    for name in current_ci().files:
        if name == SUMMARY:
            texts[name] = render_markdown(report)
        else:
            texts[name] = _numbers(report, None, code)
    return texts


def publish_apply(report: Report, outcome: OutcomeReport | None, code: ExitCode) -> None:
    """What was planned and what was done of it; `outcome` is None where nothing was begun."""
    if SUMMARY in current_ci().files:
        append(SUMMARY, _story(outcome) if outcome is not None else render_markdown(report))
    append(OUTPUT, _numbers(report, outcome, code))


def _story(outcome: OutcomeReport) -> str:
    lines = render_outcome(outcome, color=False, width=100)[:60_000].splitlines()
    fence = fence_for(lines)
    return "\n".join(["## jetplan apply", "", f"{fence}text", *lines, fence, ""])


def _numbers(report: Report, outcome: OutcomeReport | None, code: ExitCode) -> str:
    total = report.totals
    doubtful, failed = total.in_doubt + total.jobs_in_doubt, total.failed
    if outcome is not None:
        doubtful, failed = len(outcome.in_doubt), len(outcome.failed)
    numbers: Mapping[str, object] = {
        "exitcode": int(code),
        "has_changes": str(report.has_changes).lower(),
        "jobs_to_create": total.jobs_to_create,
        "deliveries_to_submit": total.deliveries_to_submit,
        "objects": total.to_submit.object_count,
        "bytes": total.to_submit.known_bytes,
        "in_doubt": doubtful,
        "failed": failed,
        "blocked": total.blocked.object_count,
        "waiting": total.waiting.object_count,
        "plan_digest": report.digest,
    }
    # Numbers, a word and hex digits: none can hold a line break, so none can forge another output.
    return "".join(f"{name}={value}\n" for name, value in numbers.items())
