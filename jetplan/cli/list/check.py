"""`jetplan list check`: a set against a mounted storage, or against a list of what is there."""

from __future__ import annotations

from pathlib import Path

import click

from jetplan.cli.list.writing import progress, tell_left_out
from jetplan.cli.options import rules_option, text_or_json_option
from jetplan.cli.screen import write_a_file_format
from jetplan.errors import ExitCode, UsageError


@click.command()
@click.argument("set_name", metavar="SET")
@click.option(
    "--against", required=True, metavar="FOLDER|FILE", help="The storage, mounted; or a list of what is there."
)
@click.option(
    "--manifests", type=click.Path(path_type=Path), default=Path("manifests"), show_default=True, help="Where they are."
)
@rules_option
@text_or_json_option
def command(set_name: str, against: str, manifests: Path, config: Path, form: str) -> ExitCode:
    """Hold a delivery set against a storage: what is missing there, what has another size, what is there besides.

    Exits 1 where something is missing or has another size. What is there besides is counted, and is no fault.
    """
    from jetplan.app.lists import check_objects, read_listing, read_storage
    from jetplan.app.manifests import read_known
    from jetplan.render.lists import render_comparison, render_comparison_json

    declared = read_known(manifests, config).spec.sets.get(set_name)
    if declared is None:
        raise UsageError(f"no delivery set is named {set_name!r}", hint="`jetplan plan` shows all names")
    if Path(against).is_dir():
        there = read_storage(Path(against), progress())
        tell_left_out(there.left_out)
        storage = there.sizes
    else:
        storage = read_listing(against)
    found = check_objects(declared.objects, storage)
    parts = found.only_first, found.only_second, found.resized, found.same
    if form == "json":
        write_a_file_format()
    text = render_comparison_json(*parts) if form == "json" else render_comparison(*parts, ("missing", "not declared"))
    click.echo(text, nl=False)
    return ExitCode.ERROR if found.only_first or found.resized else ExitCode.DONE
