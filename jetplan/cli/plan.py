"""`jetplan plan`: what an apply would do."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Unpack

import click

from jetplan.cli.options import (
    PlanRequest,
    base_option,
    cache_option,
    format_option,
    limit_options,
    manifests_argument,
    project_options,
    said,
    selection_options,
)
from jetplan.errors import UsageError

if TYPE_CHECKING:
    from jetplan.cli.options import Format, LiftOptions


@click.command()
@manifests_argument
@project_options
@format_option
@click.option("--out", type=click.Path(path_type=Path), metavar="FILE", help="Save the plan, for `show` and `apply`.")
@click.option("--digest", is_flag=True, help="Write the plan's digest only, for `apply --expect-digest`.")
@click.option("--detailed-exitcode", is_flag=True, help="Exit 2 when there are changes to apply.")
@click.option("--offline", is_flag=True, help="Compare with git only: no network, credentials or ledger.")
@base_option
@selection_options
@cache_option
@limit_options
def command(
    manifests: Path,
    config: Path,
    api_url: str | None,
    ledger: str | None,
    form: Format,
    out: Path | None,
    digest: bool,
    detailed_exitcode: bool,
    offline: bool,
    base: str | None,
    sets: tuple[str, ...],
    jobs: tuple[str, ...],
    no_cache: bool,
    **lifts: Unpack[LiftOptions],
) -> int:
    """Show what an apply would do. Reads only.

    MANIFESTS is the folder that holds the manifests (default: manifests), or one file.
    """
    if offline:
        from jetplan.cli.offline import show_offline

        if out is not None or digest:
            raise UsageError("an offline plan cannot be applied, so it has no file and no digest")
        if sets or jobs:
            raise UsageError("an offline plan shows the whole change", hint="leave out --set and --job, or --offline")
        return show_offline(manifests, config, base, form, lifts, detailed=detailed_exitcode, cached=not no_cache)
    if said("base"):
        raise UsageError("--base is for offline plans", hint="add --offline, or use `jetplan diff`")
    from jetplan.cli.planning import show_plan

    asked = PlanRequest(manifests, form, lifts, out, digest, detailed_exitcode, sets, jobs)
    return show_plan(asked, config, api_url, ledger, cached=not no_cache)
