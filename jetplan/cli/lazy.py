"""A group whose commands are imported when they are run, not when they are listed."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

import click

if TYPE_CHECKING:
    from collections.abc import Mapping

    from click.shell_completion import CompletionItem


NOT_FROM_THE_ENVIRONMENT = frozenset(
    {"--accepted", "--not-accepted", "--abandoned", "--allow-resend", "--source-gone", "--back"}
)
"""Decisions of a person, for one use only: a variable that was left set must not make them."""


class Lines(click.types.StringParamType):
    """Text. In an environment variable, the values of a repeatable option stand on lines: names may hold spaces."""

    envvar_list_splitter = "\n"


def _read_environment(option: click.Option) -> None:
    """Let an option read JETPLAN_<OPTION>, by the name as it is typed, unless the option names another variable."""
    typed = next(name for name in option.opts if name.startswith("--"))
    if option.envvar is None and typed not in NOT_FROM_THE_ENVIRONMENT:
        option.envvar = "JETPLAN_" + typed.removeprefix("--").replace("-", "_").upper()
    if option.multiple and isinstance(option.type, click.types.StringParamType):
        option.type = Lines()


class LazyGroup(click.Group):
    """`table`: command name -> (module holding `command`, one line of help), in the order of the help."""

    def __init__(self, *args: Any, table: Mapping[str, tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.no_args_is_help = False
        self.table = table

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Without arguments, show the help and end with 0. Releases of click differ in this."""
        if not args and not ctx.resilient_parsing:
            click.echo(ctx.get_help(), color=ctx.color)
            ctx.exit()
        return super().parse_args(ctx, args)

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        """The names, in the order of a first use."""
        return list(self.table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - click's
        """Import one command; its options read JETPLAN_<OPTION> too."""
        if cmd_name not in self.table:
            return None
        command: click.Command = import_module(self.table[cmd_name][0]).command
        for parameter in command.params:
            if isinstance(parameter, click.Option):
                _read_environment(parameter)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Name the nearest command when one is mistyped."""
        if args and args[0] not in self.table and not args[0].startswith("-"):
            from difflib import get_close_matches

            near = get_close_matches(args[0], self.table, n=1)
            hint = f" Did you mean '{near[0]}'?" if near else ""
            raise click.UsageError(f"No such command '{args[0]}'.{hint}", ctx)
        return super().resolve_command(ctx, args)

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Complete names from the table, importing no command; then options of the group itself."""
        from click.shell_completion import CompletionItem

        named = [
            CompletionItem(name, help=text) for name, (_, text) in self.table.items() if name.startswith(incomplete)
        ]
        return named + click.Command.shell_complete(self, ctx, incomplete)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:  # noqa: ARG002 - click's
        """List the commands from the table, importing none."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in self.table.items()])
