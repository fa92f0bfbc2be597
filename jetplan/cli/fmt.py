"""`jetplan fmt`: manifests in one layout, so that a diff in review shows what changes and nothing else."""

from __future__ import annotations

from pathlib import Path

import click

from jetplan.errors import ExitCode, ManifestInvalid


@click.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path))
@click.option("--check", is_flag=True, help="Write nothing; name the files that would change and exit 1.")
def command(paths: tuple[Path, ...], check: bool) -> int:
    """Lay out manifests in one way.

    PATHS are folders of manifests or single files (default: manifests). Indentation, needless quotes, blanks at
    ends of lines and line ends change; comments, order and meaning never do. The names of the files that changed
    go to stdout. Files that are not valid are left alone, and their problems told.
    """
    from jetplan.app.formatting import format_manifests
    from jetplan.render.escape import safe_text

    results = [format_manifests(path, write=not check) for path in paths or (Path("manifests"),)]
    changed = [name for result in results for name in result.changed]
    problems = [problem for result in results for problem in result.problems]
    for name in changed:
        click.echo(safe_text(name))
    if problems:
        raise ManifestInvalid(problems)
    return ExitCode.ERROR if check and changed else ExitCode.DONE
