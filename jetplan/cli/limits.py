"""The options that lift limits as use cases take them, and how refusals are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from jetplan.app.limits import Lifts
from jetplan.render.escape import safe_text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jetplan.cli.options import LiftOptions
    from jetplan.core.limits import Refusal


def lifts_of(given: LiftOptions) -> Lifts:
    """What `limit_options` hand over, as use cases take it."""
    return Lifts(
        given["max_objects"],
        given["max_bytes"],
        given["allow_whole_profile"],
        given["allow_destination"],
        given["allow_source_deletion"],
    )


def tell_refusals(refused: Sequence[Refusal]) -> None:
    """Write to stderr what is refused, and what lifts each."""
    for line in refusal_lines(refused):
        click.echo(line, err=True)


def refusal_lines(refused: Sequence[Refusal]) -> list[str]:
    """The lines that `tell_refusals` writes."""
    return [safe_text(line) for each in refused for line in (f"Refused: {each.message}", f"  {each.hint}")]
