"""The report as GitLab's merge request widget reads it (`artifacts: reports: terraform`): three numbers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from jetplan.render.model import Report


def render_gitlab(report: Report) -> str:
    """One line of JSON. Created: jobs and deliveries; updated: jobs adopted, paused or resumed; deleted: never any."""
    total = report.totals
    numbers = {
        "create": total.jobs_to_create + total.deliveries_to_submit,
        "update": sum(job.action in {"adopt", "update"} for job in report.jobs),
        "delete": 0,
    }
    return json.dumps(numbers) + "\n"
