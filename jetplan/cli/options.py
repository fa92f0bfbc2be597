"""Options that several commands share."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Callable

F = TypeVar("F", bound="Callable[..., Any]")


def project_options(command: F) -> F:
    """Where the project's settings, the API and the ledger are."""
    for option in (
        click.option("--ledger", metavar="URL", help="The ledger: sqlite:///file or postgresql://…"),
        click.option("--api-url", metavar="URL", help="The Jet API. Plain http is allowed to loopback only."),
        click.option(
            "--config",
            type=click.Path(path_type=Path),
            default=Path("jetplan.yaml"),
            show_default=True,
            help="The project's settings.",
        ),
    ):
        command = option(command)
    return command


def manifests_argument(command: F) -> F:
    """The folder with the manifests."""
    argument = click.argument("manifests", type=click.Path(path_type=Path), default=Path("manifests"))
    return argument(command)
