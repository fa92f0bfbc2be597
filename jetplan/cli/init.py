"""`jetplan init`: the ledger, `jetplan.yaml` that pins it, and an example manifest where there is none."""

from __future__ import annotations

import os
from pathlib import Path

import click

from jetplan.cli.options import project_options

EXAMPLE = """\
apiVersion: jetplan/v1

# jobs:
#   nyc-to-lax:                      # the Jet job's name
#     source: NYC Dailies            # a storage profile, by name
#     destination: LAX Ingest
#
# deliverySets:
#   ep101-masters:
#     job: nyc-to-lax
#     objects:
#       - /ep101/master.mxf          # a file
#       - /ep101/audio/              # trailing slash: a folder
"""


TEMPLATE = """\
# jetplan's settings for this project. Commit this file: it pins the ledger that remembers what was sent.
apiUrl: {api_url}
ledger: {ledger}
ledgerId: {ledger_id}
"""


@click.command()
@project_options
def command(config: Path, api_url: str | None, ledger: str | None) -> None:
    """Make the ledger and jetplan.yaml, which pins it.

    Overwrites nothing and can be run again: it then checks that the pinned ledger is there.
    """
    from jetplan.api.origin import parse_origin
    from jetplan.app.endpoints import check_ledger_endpoint
    from jetplan.app.opening import pinned_ledger
    from jetplan.app.settings import check_ledger_named, load_settings
    from jetplan.app.tracking import check_not_tracked
    from jetplan.core.addresses import shown_url
    from jetplan.ledger import check_locks, open_ledger

    settings = load_settings(config, api_url, ledger)
    parse_origin(settings.api_url)  # it is written to a file that is committed: refuses what holds credentials
    check_ledger_named(settings)
    check_ledger_endpoint(settings)
    check_not_tracked(settings.ledger)
    if settings.ledger_id:
        with pinned_ledger(settings) as pinned:
            check_locks(settings.ledger)
            click.echo(f"{config} pins ledger {pinned.ledger_id}, and it is there: nothing to do.", err=True)
    else:
        with open_ledger(settings.ledger, create=True) as made:
            check_locks(settings.ledger)
            _keep_out_of_git(settings.ledger)
            _pin(config, settings.api_url, shown_url(settings.ledger), made.ledger_id)
    _write_example(Path("manifests"))


def _pin(config: Path, api_url: str, ledger: str, ledger_id: str) -> None:
    if config.exists():
        text = config.read_text(encoding="utf-8")
        added = f"{text}{'' if text.endswith(chr(10)) or not text else chr(10)}ledgerId: {ledger_id}\n"
    else:
        added = TEMPLATE.format(api_url=api_url, ledger=ledger, ledger_id=ledger_id)
    aside = config.with_name(f".{config.name}.{os.getpid()}")
    aside.write_text(added, encoding="utf-8")
    aside.replace(config)
    click.echo(
        f"Made ledger {ledger_id} at {ledger} and pinned it in {config}: "
        f"commit {config} and your manifests, and not the ledger.",
        err=True,
    )


def _keep_out_of_git(ledger: str) -> None:
    """Only in jetplan's own folder: elsewhere the same file would hide what is not ours."""
    folder = Path(ledger.removeprefix("sqlite:///")).parent
    if not ledger.startswith("sqlite:///") or folder.name != ".jetplan":
        return
    ignored = folder / ".gitignore"
    if not ignored.exists():
        ignored.write_text("# What was sent changes with every run: it is not for git.\n*\n", encoding="utf-8")
        click.echo(f"Wrote {ignored}: the ledger stays out of git.", err=True)


def _write_example(folder: Path) -> None:
    if folder.exists():
        return
    folder.mkdir()
    (folder / "example.yaml").write_text(EXAMPLE, encoding="utf-8")
    click.echo(f"Wrote {folder / 'example.yaml'}: declare jobs and delivery sets there.", err=True)
