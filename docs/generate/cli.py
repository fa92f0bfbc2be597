"""Writes docs/cli.md, the reference of commands, from the commands. With `--check` it only says whether it is fresh."""

from __future__ import annotations

import sys
from inspect import cleandoc
from pathlib import Path
from typing import TYPE_CHECKING

import click

from jetplan.cli.main import cli

if TYPE_CHECKING:
    from collections.abc import Iterator

TARGET = Path(__file__).parents[1] / "cli.md"
HEAD = """# Commands

Generated from the commands by `make docs`. Every option can also be set by the environment variable beside it. A flag
beats the environment, and the environment beats `jetplan.yaml`. An empty variable counts as not set. The values of a
repeatable option stand on lines of their own. What each command returns stands in [exit-codes.md](exit-codes.md).
"""


def reference() -> str:
    """The whole page."""
    context = click.Context(cli, info_name="jetplan")
    return "\n".join([HEAD, *_contents(cli, context), *_sections(cli, context)])


def _contents(group: click.Group, context: click.Context) -> Iterator[str]:
    yield "| command | what it does |"
    yield "| --- | --- |"
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        yield f"| [`jetplan {name}`](#jetplan-{name}) | {command.get_short_help_str(200)} |"
    yield ""


def _sections(group: click.Group, context: click.Context) -> Iterator[str]:
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        assert command is not None
        inner = click.Context(command, info_name=name, parent=context, **command.context_settings)
        yield from _section(command, inner)
        if isinstance(command, click.Group):
            yield from _sections(command, inner)


def _section(command: click.Command, context: click.Context) -> Iterator[str]:
    yield f"## {context.command_path}\n"
    if command.help:
        yield _markdown(command.help) + "\n"
    usage = " ".join([context.command_path, *command.collect_usage_pieces(context)])
    yield f"```text\n{usage}\n```\n"
    options = [param for param in command.params if isinstance(param, click.Option) and not param.hidden]
    if options:
        yield "| option | environment | meaning |"
        yield "| --- | --- | --- |"
        yield from (_row(option, context) for option in options)
        yield ""


def _markdown(text: str) -> str:
    """click's help text: paragraphs, of which `\\b` keeps one as it is laid out."""
    paragraphs = [part.strip("\n") for part in cleandoc(text).replace("\f", "").split("\n\n")]
    return "\n\n".join(
        "```text\n" + part.removeprefix("\b\n") + "\n```" if part.startswith("\b") else part.replace("\n", " ")
        for part in paragraphs
    )


def _row(option: click.Option, context: click.Context) -> str:
    record = option.get_help_record(context)
    assert record is not None, f"{option.name} has no help"
    names, meaning = record
    return f"| `{_cell(names)}` | {_variable(option)} | {_cell(meaning)} |"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _variable(option: click.Option) -> str:
    return f"`{option.envvar}`" if option.envvar else ""


def main() -> None:
    """Write the page, or say that it is stale."""
    text = reference()
    if "--check" not in sys.argv:
        TARGET.write_text(text, encoding="utf-8")
    elif TARGET.read_text(encoding="utf-8") != text:
        sys.exit("docs/cli.md is not what the commands say: run `make docs`")


if __name__ == "__main__":
    main()
