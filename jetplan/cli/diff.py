"""`jetplan diff`: what a change in git would send, told without network, credentials or ledger."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import click

from jetplan.cli.options import base_option, format_option, limit_options, manifests_argument
from jetplan.cli.reading import cache_option

if TYPE_CHECKING:
    from jetplan.cli.options import Format, Lifts


@click.command()
@manifests_argument
@click.option(
    "--config",
    type=click.Path(path_type=Path),
    default=Path("jetplan.yaml"),
    show_default=True,
    help="The project's settings.",
)
@base_option
@format_option
@click.option("--detailed-exitcode", is_flag=True, help="Exit 2 when there are changes.")
@cache_option
@limit_options
def command(
    manifests: Path, config: Path, base: str | None, form: Format, detailed_exitcode: bool, **lifts: Unpack[Lifts]
) -> int:
    """Show what a change in git adds, removes and sends again, offline.

    MANIFESTS as they are now are compared with what they were at a revision in git, as if all of that had been
    applied. Needs no network, credentials or ledger, and asks none: `jetplan plan` knows what was really sent.
    """
    from jetplan.cli.offline import show_offline

    return show_offline(manifests, config, base, form, lifts, detailed=detailed_exitcode)
