"""What an apply did, on stdout: as text after each of its runs, or as one JSON document at its end."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import click

from jetplan.cli.screen import wants_color, width, write_a_file_format
from jetplan.core.outcome import ApplyOutcome
from jetplan.render.outcome import build_outcome, render_outcome_json
from jetplan.render.outcome_text import render_outcome

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jetplan.core.attempts import Attempt
    from jetplan.core.plan import Plan
    from jetplan.errors import ExitCode
    from jetplan.render.outcome import OutcomeReport


class Outcomes:
    """Collects the outcomes of the runs of one apply."""

    def __init__(self, form: str) -> None:
        """`form`: `text` or `json`."""
        self.as_json = form == "json"
        self._whole: ApplyOutcome | None = None

    def planned(self, plan: Plan) -> None:
        """What is so where nothing is done."""
        self._whole = ApplyOutcome(
            (), tuple(plan.blocked()), plan.unfinished, tuple(plan.waiting()), failed=plan.failed
        )

    def done(self, outcome: ApplyOutcome) -> OutcomeReport:
        """A run has ended. Of the runs before it only what they did and settled lasts."""
        before = self._whole or outcome
        self._whole = outcome
        if before is not outcome:
            self._whole = replace(
                outcome,
                results=(*before.done(), *outcome.results),
                settled=(*before.settled, *outcome.settled),
                alarms=(*before.alarms, *outcome.alarms),
            )
        report = build_outcome(outcome)
        if not self.as_json:
            click.echo(render_outcome(report, color=wants_color(), width=width()), nl=False)
        return report

    def waited(self, failed: Sequence[Attempt]) -> None:
        """The deliveries were waited for, and these are the failed ones now."""
        if self._whole is not None:
            self._whole = replace(self._whole, failed=tuple(failed))

    def end(self, code: ExitCode) -> None:
        """The apply ends with this code."""
        if self.as_json and self._whole is not None:
            write_a_file_format()
            click.echo(render_outcome_json(build_outcome(self._whole, code)), nl=False)
