"""`jetplan list from`: a list of any known format as CSV."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from jetplan.cli.list.writing import out_option, place_options, tell_warnings, write_listing

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@click.argument("file")
@click.option("--from-format", metavar="FORMAT", help="Its format, where its name does not say: csv, mhl, md5 …")
@place_options
@click.option("--sequence", "sequences", is_flag=True, help="Expand frame ranges such as shot.[0001-0240].exr.")
@out_option
def command(
    file: str, from_format: str | None, strip: str | None, prefix: str | None, sequences: bool, out: Path | None
) -> None:
    """Write a list of any known format as CSV, which a manifest can name with `objectsFrom`.

    FILE is a list that `objectsFrom` would read too, or - for stdin.
    """
    from jetplan.app.lists import read_listing

    listing = read_listing(file, from_format, strip=strip, prefix=prefix, sequences=sequences, warn=tell_warnings)
    write_listing(listing, out)
