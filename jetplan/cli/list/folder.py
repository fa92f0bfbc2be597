"""`jetplan list from-folder`: the files of a mounted storage as CSV."""

from __future__ import annotations

from pathlib import Path

import click

from jetplan.cli.list.writing import out_option, place_options, progress, tell_left_out, write_listing
from jetplan.errors import ExitCode


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@place_options
@out_option
def command(folder: Path, strip: str | None, prefix: str | None, out: Path | None) -> ExitCode:
    """Write the files below a FOLDER as CSV, with their sizes and their names as they are on disk.

    Paths begin at the FOLDER: where the storage profile begins above it, say so with --prefix. Links are not followed;
    what cannot be sent is left out and named on stderr. Exits 1 where that is a file or folder with a name that no
    manifest takes.
    """
    from jetplan.app.lists import placed, read_storage

    found = read_storage(folder, progress())
    tell_left_out(found.left_out)
    write_listing(placed(found.sizes, strip, prefix), out)
    return ExitCode.ERROR if found.lost else ExitCode.DONE
