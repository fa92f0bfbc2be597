"""The project's limits as settings and flags say them, and how their refusals are told."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from jetplan.cli.config import Settings
    from jetplan.cli.options import Lifts
    from jetplan.core.limits import Limits, Refusal


def limits_of(settings: Settings, lifts: Lifts) -> Limits:
    """The limits that hold for one run. A flag beats a number of the file, and adds to a list of names."""
    from jetplan.core.limits import Limits

    said: Mapping[str, Any] = settings.config.get("limits", {})
    return Limits(
        lifts["max_objects"] if lifts["max_objects"] is not None else said.get("maxObjects"),
        lifts["max_bytes"] if lifts["max_bytes"] is not None else said.get("maxBytes"),
        _names(said.get("allowWholeProfiles"), lifts["allow_whole_profile"]),
        _names(said.get("allowDestinations"), lifts["allow_destination"]),
    )


def _names(said: Sequence[str] | None, added: Sequence[str]) -> frozenset[str] | None:
    return None if said is None else frozenset([*said, *added])


def tell_refusals(refused: Sequence[Refusal]) -> None:
    """Write to stderr what is refused, and what lifts each."""
    for line in refusal_lines(refused):
        click.echo(line, err=True)


def refusal_lines(refused: Sequence[Refusal]) -> list[str]:
    """The lines that `tell_refusals` writes."""
    from jetplan.render.escape import plain

    return [plain(line) for each in refused for line in (f"Refused: {each.message}", f"  {each.hint}")]
