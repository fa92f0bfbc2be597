"""`jetplan diff`: what a change in git would send, told without network, credentials or ledger."""

from __future__ import annotations

from typing import TYPE_CHECKING, Unpack

import click

from jetplan.cli.options import (
    base_option,
    cache_option,
    config_option,
    format_option,
    limit_options,
    manifests_argument,
)

if TYPE_CHECKING:
    from pathlib import Path

    from jetplan.cli.options import Format, LiftOptions


@click.command()
@manifests_argument
@config_option
@base_option
@format_option
@click.option("--detailed-exitcode", is_flag=True, help="Exit 2 when there are changes.")
@cache_option
@limit_options
def command(
    manifests: Path,
    config: Path,
    base: str | None,
    form: Format,
    detailed_exitcode: bool,
    no_cache: bool,
    **lifts: Unpack[LiftOptions],
) -> int:
    """Show what a change in git adds, removes and sends again, offline.

    MANIFESTS as they are now are compared with what they were at a revision in git, as if all of that had been
    applied. Needs no network, credentials or ledger, and asks none: `jetplan plan` knows what was really sent.
    """
    from jetplan.cli.offline import show_offline

    return show_offline(manifests, config, base, form, lifts, detailed=detailed_exitcode, cached=not no_cache)
