"""Writes to the files that a CI system names in environment variables."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from jetplan.app.environment import OUTPUT, current_ci

if TYPE_CHECKING:
    from collections.abc import Mapping


def publish(texts: Mapping[str, str]) -> None:
    """Append each text to the file that its environment variable names."""
    for name, text in texts.items():
        append(name, text)


def publish_code(code: int) -> None:
    """Correct the exit code that was published before the command ended."""
    append(OUTPUT, f"exitcode={int(code)}\n")


def append(variable: str, text: str) -> None:
    """Append text to the file that a variable names, if it names one. A file that cannot be written is told of."""
    file = current_ci().files.get(variable)
    if not file:
        return
    try:
        with open(file, "a", encoding="utf-8") as opened:
            opened.write(text)
    except OSError as error:
        click.echo(f"{variable} could not be written: {error.strerror}", err=True)
