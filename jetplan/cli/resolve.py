"""`jetplan resolve`: a person's word on an attempt in doubt, or on one that failed, recorded once and for all."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from jetplan.cli.options import project_options, text_or_json_option
from jetplan.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


@click.command()
@click.argument("attempt")
@project_options
@click.option("--accepted", "word", flag_value="accepted", help="The server has it: never send it again.")
@click.option("--not-accepted", "word", flag_value="not-accepted", help="The server does not have it: send it again.")
@click.option("--abandoned", "word", flag_value="abandoned", help="It failed, and what is missing stays missing.")
@text_or_json_option
@click.option("--reason", required=True, help="How you know. Kept in the ledger with your name and the time.")
def command(
    attempt: str, config: Path, api_url: str | None, ledger: str | None, word: str | None, form: str, reason: str
) -> None:
    """Say whether an attempt in doubt was accepted, or put a failed one aside.

    ATTEMPT is its id, as `jetplan status` shows it, or the beginning of it. The word binds this attempt only and is
    used once. After --not-accepted the next apply sends the objects again. After --abandoned the delivery no longer
    counts as a failure, and its objects are not sent again.
    """
    from jetplan.app.opening import pinned_ledger
    from jetplan.app.recorded import story_of
    from jetplan.app.resolving import Word, check_reason, resolve_attempt
    from jetplan.app.settings import load_settings
    from jetplan.cli.ledger.show import OBJECTS_SHOWN
    from jetplan.cli.screen import write_a_file_format
    from jetplan.render.recorded import render_story_json

    if word is None:
        raise UsageError(
            "say --accepted, --not-accepted or --abandoned", hint="look in Jet's console whether the files arrived"
        )
    check_reason(reason)
    said = Word[word.upper().replace("-", "_")]
    with pinned_ledger(load_settings(config, api_url, ledger)) as opened:
        found = resolve_attempt(opened, attempt, said, reason)
        story = story_of(opened, found.attempt_id)
    if form == "json":
        write_a_file_format()
        text = render_story_json(story.attempt, story.transitions, story.paths, story.sizes, OBJECTS_SHOWN)
        click.echo(text, nl=False)
        return
    ending = {
        Word.ACCEPTED: "it will not be sent again",
        Word.NOT_ACCEPTED: "the next `jetplan apply` sends it again, unless Jet shows it",
        Word.ABANDONED: "it no longer counts as a failure, and it is not sent again",
    }[said]
    click.echo(f"Attempt {found.attempt_id} is recorded as {word.replace('-', ' ')}: {ending}.", err=True)
