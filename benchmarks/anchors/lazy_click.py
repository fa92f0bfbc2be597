"""An empty click application with a lazy group: the least that a command line made with click can cost."""

from __future__ import annotations

from typing import Any

import click


class Lazy(click.Group):
    """Lists names without importing what is behind them."""

    def list_commands(self, ctx: Any) -> list[str]:
        return ["one", "two"]

    def get_command(self, ctx: Any, cmd_name: Any) -> None:
        return None

    def format_commands(self, ctx: Any, formatter: Any) -> None:
        with formatter.section("Commands"):
            formatter.write_dl([("one", "Does one thing."), ("two", "Does another.")])


@click.group(cls=Lazy)
def app() -> None:
    """An empty application."""


if __name__ == "__main__":
    app()
