"""`jetplan ledger`: read what was sent, take it elsewhere, and record what was sent before jetplan came."""

from __future__ import annotations

import click

from jetplan.cli.lazy import LazyGroup

COMMANDS: dict[str, tuple[str, str]] = {
    "list": ("jetplan.cli.ledger.list_attempts", "List attempts, newest first."),
    "show": ("jetplan.cli.ledger.show", "Show one attempt: its story and its objects."),
    "history": ("jetplan.cli.ledger.history", "Show every time an object was sent."),
    "export": ("jetplan.cli.ledger.export", "Write the whole ledger as JSON Lines."),
    "import": ("jetplan.cli.ledger.import_lines", "Read an export into a new, empty ledger."),
    "move": ("jetplan.cli.ledger.move", "Let the ledger go on at another place; the old one is closed."),
    "accept": ("jetplan.cli.ledger.accept", "Say that a restored or moved ledger is the right one."),
    "baseline": ("jetplan.cli.ledger.baseline", "Record sets as sent before jetplan came, without sending."),
    "check": ("jetplan.cli.ledger.check", "Check the database and what it says."),
}


@click.group(cls=LazyGroup, table=COMMANDS)
def command() -> None:
    """Read the ledger: what was sent, where to, by whom. Nothing in it is ever deleted."""
