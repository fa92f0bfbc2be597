"""Options that several commands share."""

from __future__ import annotations

from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, TypedDict, TypeVar

import click

if TYPE_CHECKING:
    from collections.abc import Callable

F = TypeVar("F", bound="Callable[..., Any]")
Format = Literal["text", "json", "markdown", "html", "gitlab-terraform"]
FORMATS: tuple[Format, ...] = ("text", "json", "markdown", "html", "gitlab-terraform")
EVERY_FORMAT = frozenset({*FORMATS, "yaml", "sarif", "junit", "github", "gitlab", "csv"})
"""The formats of all commands."""


class LiftOptions(TypedDict):
    """What `limit_options` hand to a command."""

    max_objects: int | None
    max_bytes: int | None
    allow_whole_profile: tuple[str, ...]
    allow_destination: tuple[str, ...]
    allow_source_deletion: tuple[str, ...]


class PlanRequest(NamedTuple):
    """What a command line asks of a plan: of which manifests, within which limits, and how it is to be told."""

    manifests: Path
    form: Format
    lifts: LiftOptions
    out: Path | None
    digest: bool
    detailed: bool
    sets: tuple[str, ...] = ()
    jobs: tuple[str, ...] = ()


class Seconds(click.FloatRange):
    """A number of seconds in a range. `nan` and `inf` are refused: click's own range lets both pass."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The number, or a usage error that names the option."""
        seconds = super().convert(value, param, ctx)
        if not isfinite(seconds):
            self.fail(f"{value} is not a number of seconds.", param, ctx)
        return seconds


def project_options(command: F) -> F:
    """Where the project's settings, the API and the ledger are."""
    for option in (
        click.option("--ledger", metavar="URL", help="The ledger: sqlite:///file or postgresql://…"),
        click.option("--api-url", metavar="URL", help="The Jet API. Plain http is allowed to loopback only."),
        config_option,
    ):
        command = option(command)
    return command


def manifests_argument(command: F) -> F:
    """The folder with the manifests."""
    argument = click.argument("manifests", type=click.Path(path_type=Path), default=Path("manifests"))
    return argument(command)


class FormatOption(click.Option):
    """`--format`. One variable stands for it on all commands: a format that only others have means nothing here."""

    def resolve_envvar_value(self, ctx: click.Context) -> str | None:
        """The variable's value; None where it is the format of another command."""
        value = super().resolve_envvar_value(ctx)
        own = self.type.choices if isinstance(self.type, click.Choice) else ()
        return None if value in EVERY_FORMAT and value not in own else value


def text_or_json_option(command: F) -> F:
    """Whether stdout is for people or for programs."""
    option = click.option(
        "--format",
        "form",
        cls=FormatOption,
        type=click.Choice(["text", "json"]),
        default="text",
        show_default=True,
        help="For people, or for programs.",
    )
    return option(command)


def format_option(command: F) -> F:
    """Which format of a plan goes to stdout."""
    option = click.option(
        "--format",
        "form",
        cls=FormatOption,
        type=click.Choice(FORMATS),
        default="text",
        show_default=True,
        help="What to write to stdout.",
    )
    return option(command)


def cache_option(command: F) -> F:
    """Whether manifests and plans may come from the project's cache."""
    option = click.option("--no-cache", is_flag=True, help="Read every manifest, also those that did not change.")
    return option(command)


def said(option: str) -> bool:
    """Whether an option stands on the command line itself, rather than in the environment."""
    from click.core import ParameterSource

    return click.get_current_context().get_parameter_source(option) is ParameterSource.COMMANDLINE


def base_option(command: F) -> F:
    """The revision that an offline plan is compared with."""
    option = click.option(
        "--base",
        metavar="REV",
        help="Offline: the revision that counts as applied.  [default: the pull request's base in CI, else HEAD]",
    )
    return option(command)


def config_option(command: F) -> F:
    """Where the project's settings are."""
    option = click.option(
        "--config",
        type=click.Path(path_type=Path),
        default=Path("jetplan.yaml"),
        show_default=True,
        help="The project's settings.",
    )
    return option(command)


def rules_option(command: F) -> F:
    """The project's configuration, for commands that need no more of it than the house rules."""
    return click.option(
        "--config",
        type=click.Path(path_type=Path),
        default=Path("jetplan.yaml"),
        show_default=True,
        help="The project's configuration, for its house rules.",
    )(command)


def selection_options(command: F) -> F:
    """Which sets and jobs the command is about."""
    for option in (
        click.option(
            "--job",
            "jobs",
            metavar="NAME",
            multiple=True,
            help="Only this job and its sets; * is any text.",
        ),
        click.option(
            "--set",
            "sets",
            metavar="NAME",
            multiple=True,
            help="Only this set and its job; * is any text.",
        ),
    ):
        command = option(command)
    return command


def limit_options(command: F) -> F:
    """What lifts the limits of `jetplan.yaml` for one run."""
    for option in (
        click.option(
            "--allow-source-deletion",
            metavar="JOB",
            multiple=True,
            help="Allow a job that deletes the files at the source after sending them. Repeatable.",
        ),
        click.option(
            "--allow-destination", metavar="PROFILE", multiple=True, help="Allow its first delivery. Repeatable."
        ),
        click.option(
            "--allow-whole-profile", metavar="SET", multiple=True, help="Let a set send a whole profile. Repeatable."
        ),
        click.option("--max-bytes", type=click.IntRange(0), metavar="N", help="Most bytes to submit, of known sizes."),
        click.option("--max-objects", type=click.IntRange(0), metavar="N", help="Most objects to submit."),
    ):
        command = option(command)
    return command
