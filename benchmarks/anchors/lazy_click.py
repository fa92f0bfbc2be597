"""An empty click application with a lazy group: the least that a command line made with click can cost."""

import click


class Lazy(click.Group):
    """Lists names without importing what is behind them."""

    def list_commands(self, ctx):
        return ["one", "two"]

    def get_command(self, ctx, cmd_name):
        return None

    def format_commands(self, ctx, formatter):
        with formatter.section("Commands"):
            formatter.write_dl([("one", "Does one thing."), ("two", "Does another.")])


@click.group(cls=Lazy)
def app():
    """An empty application."""


if __name__ == "__main__":
    app()
