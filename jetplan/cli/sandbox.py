"""`jetplan sandbox`: its options, and what it tells the person who starts it. The Jet itself is jetplan.sandbox."""

from __future__ import annotations

import os
import secrets
import shlex
import sys
from pathlib import Path

import click

from jetplan.errors import JetplanError, UsageError

FAULTS_HELP = """\b
Faults read [METHOD:]/PATH=KIND[=VALUE][,OPTION=VALUE]...[*TIMES], for instance
  POST:/deliveries=cut-after-commit*1           taken, but its answer is lost, once
  POST:/deliveries=status=429,retry-after=2*3   refused three times
  /v1=latency=200                               every call takes 200 ms longer
  POST:/deliveries=reset-body,p=0.1,seed=7      one answer in ten breaks off
PATH is a part of the path asked for; with a `$` at its end it must end there.
Options: p (probability) and seed, skip (how many pass first), retry-after, location.
Before anything is committed: status, cut-before-commit, reset-before-commit, drop.
After: status-after-commit, cut-after-commit, reset-after-commit, drop-after-commit,
  cut-status-line, empty-200, html-200, broken-json, short-body, reset-body, trickle,
  continue-flood, gzip, gzip-bomb.
Edits and delays: set=KEY:VALUE, without=KEY, same-delivery-id, clock, latency,
  latency-after-commit.
\b
Files that fail read PATH=KIND[*TIMES]; PATH may hold * and ?. Kinds: missing, permission,
  disk-full, checksum; retrying lets jobs tell RETRYING_TRANSFER."""


@click.command(epilog=FAULTS_HELP)
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="Port on 127.0.0.1; 0 takes a free one.")
@click.option(
    "--profile", "profiles", multiple=True, metavar="NAME=FOLDER", help="A storage profile over a folder. Repeatable."
)
@click.option(
    "--state", type=click.Path(dir_okay=False, path_type=Path), help="File to keep everything in; none: memory only."
)
@click.option("--fault", "faults", multiple=True, metavar="SPEC", help="Misbehave, see below. Repeatable.")
@click.option(
    "--fail", "failures", multiple=True, metavar="PATH=KIND[*TIMES]", help="Files that fail, see below. Repeatable."
)
@click.option(
    "--clock",
    type=click.Choice(["real", "virtual"]),
    default="real",
    show_default=True,
    help="A virtual clock stands still until POST /_sandbox/clock moves it.",
)
@click.option("--token-lifetime", type=click.IntRange(min=1), default=3600, help="Seconds.  [default: 3600]")
@click.option("--client-id", help="Accepted client id, instead of JETPLAN_CLIENT_ID or `sandbox`.")
@click.option(
    "--client-secret-file",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="File with the accepted client secret, instead of JETPLAN_CLIENT_SECRET.",
)
@click.option("--url-file", type=click.Path(dir_okay=False, path_type=Path), help="Write the URL here once listening.")
@click.option("--workers", type=click.IntRange(0, 64), default=4, help="Parallel transfers; 0 moves nothing.")
@click.option("--rate", type=click.IntRange(min=1), metavar="BYTES", help="Most bytes per second of one transfer.")
@click.option("--batch-files", type=click.IntRange(min=1), default=1000, help="Most files of one transfer.")
@click.option("--job-weight", type=click.IntRange(0, 1024), default=0, metavar="KIB", help="Pad listed jobs.")
@click.option(
    "--root",
    "roots",
    multiple=True,
    type=click.Path(file_okay=False, path_type=Path),
    help="Where storage profiles may be created through the API.  [default: the working folder]",
)
@click.option("--any-folder", is_flag=True, help="Let profiles lie over a home folder or a git repository.")
def command(
    port: int,
    profiles: tuple[str, ...],
    state: Path | None,
    faults: tuple[str, ...],
    failures: tuple[str, ...],
    clock: str,
    token_lifetime: int,
    client_id: str | None,
    client_secret_file: Path | None,
    url_file: Path | None,
    workers: int,
    rate: int | None,
    batch_files: int,
    job_weight: int,
    roots: tuple[Path, ...],
    any_folder: bool,
) -> None:
    """Run a local Jet that really copies files, until it is interrupted.

    It serves the API and a console page on 127.0.0.1, with folders as storage profiles. The accepted credentials
    are JETPLAN_CLIENT_ID and JETPLAN_CLIENT_SECRET where they are set, else sandbox and a secret that is made up and
    printed; the same id with -viewer at its end and the same secret have the role JET_VIEW_ONLY.
    """
    try:
        from jetplan.sandbox.auth import Client
        from jetplan.sandbox.clock import Clock
        from jetplan.sandbox.failing import FailureSpecError
        from jetplan.sandbox.faults import FaultSpecError
        from jetplan.sandbox.jet import Settings
        from jetplan.sandbox.server import PortError, run
        from jetplan.sandbox.store import StateInUseError
    except ModuleNotFoundError as error:
        raise JetplanError(
            f"the sandbox needs the package {error.name}", hint="install it with: pip install 'jetplan[sandbox]'"
        ) from None
    given = _given_secret(client_secret_file)
    client_id, secret = (
        client_id or os.environ.get("JETPLAN_CLIENT_ID") or "sandbox",
        given or secrets.token_urlsafe(16),
    )
    client, viewer = Client(client_id, secret), Client(f"{client_id}-viewer", secret, "JET_VIEW_ONLY")
    settings = Settings(
        port=port,
        profiles=tuple(_read_profile(text, any_folder=any_folder) for text in profiles),
        state=state,
        faults=faults,
        failures=failures,
        clock=Clock(virtual=clock == "virtual"),
        clients=(client, viewer),
        token_lifetime=token_lifetime,
        workers=workers,
        rate=rate,
        batch_files=batch_files,
        job_weight=job_weight,
        roots=roots,
        any_folder=any_folder,
    )
    try:
        run(settings, lambda url: _announce(url, url_file, () if given else (client_id, secret)))
    except FaultSpecError as error:
        raise UsageError(f"--fault {error}", hint="see `jetplan sandbox --help` for the words") from None
    except FailureSpecError as error:
        raise UsageError(f"--fail {error}", hint="for instance --fail '/ep101/*.wav=permission*1'") from None
    except StateInUseError as error:
        raise JetplanError(str(error), hint="end the other one, or choose another --state") from None
    except PortError as error:
        raise JetplanError(str(error), hint="leave --port out to take a free one") from None


def _read_profile(text: str, *, any_folder: bool) -> tuple[str, Path]:
    from jetplan.sandbox.placement import danger_of

    name, equals, folder = text.partition("=")
    if not name or not equals or not folder:
        raise UsageError(f"--profile {text!r} is not NAME=FOLDER", hint="for instance --profile 'NYC Dailies=./nyc'")
    path = Path(folder).expanduser()
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(
            f"--profile {name}: {folder} cannot be used: {error.strerror}", hint="name a folder that can be made"
        ) from None
    if not any_folder and (danger := danger_of(path)):
        raise UsageError(
            f"--profile {name}: {danger}, and deliveries would write there",
            hint="name a folder below it, or add --any-folder if you mean it",
        )
    return name, path


def _given_secret(secret_file: Path | None) -> str:
    return secret_file.read_text().strip() if secret_file else os.environ.get("JETPLAN_CLIENT_SECRET", "")


def _announce(url: str, url_file: Path | None, made_up: tuple[str, ...]) -> None:
    """One line on stdout for scripts, the rest on stderr for people. No secret but one that was made up here."""
    if url_file is not None:
        beside = url_file.with_name(f".{url_file.name}.{secrets.token_hex(4)}")
        beside.write_text(url + "\n")
        beside.replace(url_file)
    click.echo(f"listening on {url}")
    sys.stdout.flush()
    click.echo("To aim jetplan at it:", err=True)
    click.echo(f"  export JETPLAN_API_URL={url}", err=True)
    if made_up:
        click.echo(
            "  export JETPLAN_CLIENT_ID={} JETPLAN_CLIENT_SECRET={}".format(*map(shlex.quote, made_up)), err=True
        )
    click.echo(f"The console is {url}/ in a browser. Ctrl-C ends the sandbox.", err=True)
