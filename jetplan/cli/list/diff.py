"""`jetplan list diff`: two lists side by side."""

from __future__ import annotations

import click

from jetplan.cli.options import text_or_json_option
from jetplan.cli.screen import write_a_file_format
from jetplan.errors import ExitCode


@click.command()
@click.argument("first")
@click.argument("second")
@text_or_json_option
def command(first: str, second: str, form: str) -> ExitCode:
    """Compare two lists of any known format: what is in one only, and what has another size.

    Exits 0 where nothing differs, else 1.
    """
    from jetplan.app.lists import compare, read_listing
    from jetplan.render.lists import render_comparison, render_comparison_json

    found = compare(read_listing(first), read_listing(second))
    parts = found.only_first, found.only_second, found.resized, found.same
    if form == "json":
        write_a_file_format()
    names = "only in the first", "only in the second"
    text = render_comparison_json(*parts) if form == "json" else render_comparison(*parts, names)
    click.echo(text, nl=False)
    return ExitCode.DONE if found.equal else ExitCode.ERROR
