"""`jetplan validate`: manifests checked, without network or ledger."""

from __future__ import annotations

from pathlib import Path

import click

from jetplan.cli.problems import write_problems


@click.command()
@click.argument("path", type=click.Path(path_type=Path), default=Path("manifests"))
def command(path: Path) -> None:
    """Check manifests, without network or ledger.

    PATH is the folder that holds them (default: manifests), or one file.
    """
    from jetplan.manifest.read import read_manifests

    reading = read_manifests(path)
    write_problems([], reading.warnings)
    spec = reading.spec
    objects = sum(len(each.objects) for each in spec.sets.values())
    counts = (
        f"{_count(len(spec.jobs), 'job')}, {_count(len(spec.sets), 'delivery set')}, "
        f"{_count(objects, 'object')} in {_count(spec.files, 'file')}: valid"
    )
    click.echo(counts, err=True)


def _count(number: int, noun: str) -> str:
    return f"{number:,} {noun}{'' if number == 1 else 's'}"
