"""The `jetplan` group: commands loaded when they are named, and the one boundary where errors end."""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from typing import TYPE_CHECKING

import click

from jetplan.cli.lazy import LazyGroup
from jetplan.cli.screen import escape_what_cannot_be_shown
from jetplan.version import __version__

if TYPE_CHECKING:
    from collections.abc import Sequence

COMMANDS: dict[str, tuple[str, str]] = {
    "init": ("jetplan.cli.init", "Make the ledger and jetplan.yaml, which pins it."),
    "validate": ("jetplan.cli.validate", "Check manifests, without network or ledger."),
    "fmt": ("jetplan.cli.fmt", "Lay out manifests in one way."),
    "plan": ("jetplan.cli.plan", "Show what an apply would do."),
    "diff": ("jetplan.cli.diff", "Show what a change in git adds, removes and sends again, offline."),
    "apply": ("jetplan.cli.apply", "Create missing jobs and submit what was not submitted yet."),
    "show": ("jetplan.cli.show", "Show a saved plan."),
    "status": ("jetplan.cli.status", "Show where deliveries stand and what is in doubt."),
    "resolve": ("jetplan.cli.resolve", "Say whether an attempt in doubt was accepted, or put a failed one aside."),
    "receipt": ("jetplan.cli.receipt", "Say what became of a set or an attempt, object by object."),
    "retry": ("jetplan.cli.retry", "Send the failed files of a failed delivery again, and nothing else."),
    "list": ("jetplan.cli.list", "Make, convert and compare lists of objects."),
    "ledger": ("jetplan.cli.ledger", "Read the ledger: what was sent, where to, by whom."),
    "import": ("jetplan.cli.import_jobs", "Write a manifest for jobs that are on the server."),
    "doctor": ("jetplan.cli.doctor", "Check the set-up: settings, ledger, credentials, API."),
    "completion": ("jetplan.cli.completion", "Write the completion script of a shell."),
    "schema": ("jetplan.cli.schema", "Write the JSON Schemas for editors."),
    "sandbox": ("jetplan.cli.sandbox", "Run a local Jet that really copies files."),
}
"""Command name -> (module holding `command`, one line of help): the help needs no module of these."""

BROKEN_PIPE = 128 + 13
"""The exit code that a shell gives for SIGPIPE."""


@click.group(
    cls=LazyGroup, table=COMMANDS, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100}
)
@click.version_option(__version__, "-V", "--version", message="jetplan %(version)s")
@click.option("--debug", is_flag=True, envvar="JETPLAN_DEBUG", help="Write a traceback of a failure to a file.")
@click.pass_context
def cli(ctx: click.Context, debug: bool) -> None:  # noqa: ARG001 - `run` looks for it among the arguments
    """Transfer jobs and deliveries of Signiant Jet as YAML in git, each object submitted once."""
    from jetplan.cli.screen import wants_color

    ctx.color = wants_color() or None  # else click would take FORCE_COLOR's colours out of a pipe


def run(args: Sequence[str] | None = None) -> int:
    """Run one command line and return its exit code. Nothing escapes: no traceback ever reaches a user."""
    arguments = list(sys.argv[1:] if args is None else args)
    os.umask(os.umask(0o077) | 0o002)  # under umask 000 anybody could change plans and ledgers
    escape_what_cannot_be_shown()
    stdout = sys.stdout
    try:
        result = cli.main(arguments, prog_name="jetplan", standalone_mode=False)
        sys.stdout.flush()  # report a full disk here; otherwise Python reports it at exit, in its own words
    except SystemExit as end:
        if sys.stdout is not stdout:  # click replaced stdout because its reader has gone
            return BROKEN_PIPE
        return _explain(end, debug=False)
    except BaseException as error:  # noqa: BLE001 - the one boundary
        code = _explain(error, debug="--debug" in arguments or bool(os.environ.get("JETPLAN_DEBUG")))
        _publish(arguments, code)
        return code
    return int(result) if isinstance(result, int) else 0


def _publish(arguments: Sequence[str], code: int) -> None:
    """Let CI know the code of a command that ended before it could say so itself."""
    if any(each in {"plan", "diff", "apply"} for each in arguments[:2]):
        from jetplan.cli.publishing import publish_code

        publish_code(code)


def _explain(error: BaseException, *, debug: bool) -> int:
    from jetplan.errors import ExitCode, JetplanError, ManifestInvalid

    match error:
        case SystemExit(code=code):
            return code if isinstance(code, int) else ExitCode.ERROR
        case click.exceptions.Exit(exit_code=code):
            return code
        case ManifestInvalid(problems=problems):
            from jetplan.cli.problems import write_problems

            write_problems(problems)
            return error.exit_code
        case JetplanError():
            _tell(error.message, error.hint)
            _write_traceback(error, wanted=debug)
            return error.exit_code
        case click.ClickException():
            where = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else "jetplan"
            _tell(error.format_message() + _variable(error), f"see `{where} --help`")
            return ExitCode.USAGE
        case KeyboardInterrupt() | click.Abort():
            click.echo("Interrupted.", err=True)
            return ExitCode.INTERRUPTED
        case BrokenPipeError():
            _drop_output()
            return BROKEN_PIPE
        case OSError(strerror=str(reason), filename=file):
            _drop_output()
            _tell(f"{'the output' if file is None else file} cannot be used: {reason.lower()}", "")
            _write_traceback(error, wanted=debug)
            return ExitCode.ERROR
        case _:
            _tell(f"an unexpected {type(error).__name__} stopped jetplan: this is a bug", "run again with --debug")
            _write_traceback(error, wanted=debug)
            return ExitCode.ERROR


def _drop_output() -> None:
    """Discard what is still to be written to stdout, so that Python does not try again at exit."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _variable(error: click.ClickException) -> str:
    """The environment variable that gave a wrong value, as the end of a message; empty if it came from elsewhere."""
    if not isinstance(error, click.BadParameter) or not error.ctx or not error.param or not error.param.name:
        return ""
    if error.ctx.get_parameter_source(error.param.name) is not click.core.ParameterSource.ENVIRONMENT:
        return ""
    return f" The value comes from {error.param.envvar}."


def _tell(message: str, hint: str) -> None:
    from jetplan.render.escape import visible

    click.echo(f"Error: {visible(message)}", err=True)
    if hint:
        click.echo(f"  {visible(hint)}", err=True)


def _write_traceback(error: BaseException, *, wanted: bool) -> None:
    if not wanted:
        return
    import tempfile
    import traceback

    text = "".join(traceback.format_exception(error))
    for name in ("JETPLAN_CLIENT_SECRET", "JETPLAN_CLIENT_ID"):
        secret = os.environ.get(name)
        text = text.replace(secret, f"<{name}>") if secret else text
    with tempfile.NamedTemporaryFile("w", prefix="jetplan-debug-", suffix=".log", delete=False) as file:
        file.write(text)
    click.echo(f"  The traceback is in {file.name}", err=True)
