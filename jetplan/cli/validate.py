"""`jetplan validate`: manifests checked, without network or ledger."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from jetplan.cli.options import FormatOption, cache_option, rules_option
from jetplan.errors import ExitCode, ManifestInvalid

if TYPE_CHECKING:
    from jetplan.errors import Problem

FORMATS = ("text", "json", "sarif", "junit", "github", "gitlab")


@click.command()
@click.argument("path", type=click.Path(path_type=Path), default=Path("manifests"))
@click.option(
    "--format",
    "format_",
    cls=FormatOption,
    type=click.Choice(FORMATS),
    default="text",
    show_default=True,
    help="How problems are written: for people, or for a tool, on stdout.",
)
@rules_option
@cache_option
def command(path: Path, format_: str, config: Path, no_cache: bool) -> int:
    """Check manifests, without network or ledger.

    PATH is the folder that holds them (default: manifests), or one file. Exits 1 if anything is wrong, with
    every problem at once. The formats are json, sarif (code scanning), junit (test reports), github
    (annotations) and gitlab (code quality).
    """
    from jetplan.app.manifests import read_known
    from jetplan.cli.problems import write_problems

    try:
        reading = read_known(path, config, cached=not no_cache)
    except ManifestInvalid as invalid:
        if format_ == "text":
            raise
        _write(format_, invalid)
        return ExitCode.ERROR
    if format_ == "text":
        write_problems([], reading.warnings)
    else:
        _write(format_, ManifestInvalid(()), reading.warnings)
    spec = reading.spec
    objects = sum(len(each.objects) for each in spec.sets.values())
    click.echo(
        f"{_count(len(spec.jobs), 'job')}, {_count(len(spec.sets), 'delivery set')}, "
        f"{_count(objects, 'object')} in {_count(spec.files, 'file')}: valid",
        err=True,
    )
    return ExitCode.DONE


def _write(format_: str, invalid: ManifestInvalid, warnings: tuple[Problem, ...] = ()) -> None:
    from jetplan.cli.problem_formats import WRITERS

    click.echo(WRITERS[format_](invalid.problems, warnings), nl=False)
    if invalid.problems:
        click.echo(invalid.message, err=True)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
