"""`jetplan apply`: creates what is missing, submits what was not submitted yet."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import click

from jetplan.cli.options import Seconds, limit_options, project_options, said, selection_options, text_or_json_option
from jetplan.errors import UsageError

if TYPE_CHECKING:
    from jetplan.cli.options import LiftOptions


@click.command()
@click.argument("manifests", type=click.Path(path_type=Path), default=Path("manifests"), metavar="[MANIFESTS|PLANFILE]")
@project_options
@click.option("--auto-approve", is_flag=True, help="Do not ask. Needed where there is no terminal.")
@click.option("--expect-digest", metavar="DIGEST", help="Refuse unless the plan has this digest: it was approved.")
@click.option(
    "--parallelism", type=click.IntRange(1, 256), default=10, show_default=True, help="Requests under way at once."
)
@click.option(
    "--wait", is_flag=True, help="Wait until every delivery of these manifests has ended; exit 1 if one failed."
)
@click.option(
    "--timeout",
    type=Seconds(0, min_open=True),
    envvar="JETPLAN_WAIT_TIMEOUT",
    allow_from_autoenv=False,  # JETPLAN_TIMEOUT is that of one request
    metavar="SECONDS",
    help="Wait no longer than this.",
)
@click.option("--wait-for-windows", is_flag=True, help="Stay until what waits for a window was submitted in it.")
@click.option(
    "--allow-resend",
    metavar="REASON",
    help="Send also what Jet shows already and the ledger does not know of. Kept in the ledger with your name.",
)
@click.option(
    "--events",
    type=click.Path(path_type=Path, dir_okay=False),
    metavar="FILE",
    help="Append what happens as CloudEvents, one JSON object a line.",
)
@text_or_json_option
@selection_options
@limit_options
def command(
    manifests: Path,
    config: Path,
    api_url: str | None,
    ledger: str | None,
    auto_approve: bool,
    expect_digest: str | None,
    parallelism: int,
    wait: bool,
    timeout: float | None,
    wait_for_windows: bool,
    allow_resend: str | None,
    events: Path | None,
    form: str,
    sets: tuple[str, ...],
    jobs: tuple[str, ...],
    **lifts: Unpack[LiftOptions],
) -> int:
    """Create missing jobs and submit what was not submitted yet.

    MANIFESTS is the folder that holds the manifests (default: manifests), or one file. PLANFILE was saved by
    `jetplan plan --out`: it is applied once, and refused when the manifests, the server or the ledger moved since.
    """
    if said("timeout") and not wait:
        raise UsageError("--timeout is for --wait", hint="add --wait")
    if not auto_approve and not (sys.stdin.isatty() and sys.stderr.isatty()):
        raise UsageError("there is no terminal to ask on", hint="say --auto-approve, after reading `jetplan plan`")
    from dataclasses import replace

    from jetplan.app.approval import Approval
    from jetplan.app.settings import load_settings
    from jetplan.cli.applying import Manner, apply_here
    from jetplan.cli.limits import lifts_of
    from jetplan.cli.problems import write_problems
    from jetplan.core.selection import Selection

    approval = Approval.of(manifests, expect_digest)
    reading = approval.read(config)
    write_problems([], reading.warnings)
    settings = replace(load_settings(config, api_url, ledger), selection=Selection(sets, jobs))
    settings = approval.chosen(settings)
    manner = Manner(not auto_approve, parallelism, wait, timeout, allow_resend, wait_for_windows, events, form)
    return apply_here(settings, reading, approval, lifts_of(lifts), manner)
