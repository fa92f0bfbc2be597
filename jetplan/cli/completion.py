"""`jetplan completion`: the script that makes a shell complete jetplan's commands and options."""

from __future__ import annotations

import click

SHELLS = ("bash", "zsh", "fish")
VARIABLE = "_JETPLAN_COMPLETE"


@click.command()
@click.argument("shell", type=click.Choice(SHELLS))
def command(shell: str) -> None:
    """Write the completion script of a shell.

    \b
    bash:  eval "$(jetplan completion bash)"          in ~/.bashrc
    zsh:   eval "$(jetplan completion zsh)"           in ~/.zshrc, after compinit
    fish:  jetplan completion fish > ~/.config/fish/completions/jetplan.fish
    """
    from click.shell_completion import get_completion_class

    group = click.get_current_context().find_root().command
    made = get_completion_class(shell)
    assert made is not None  # noqa: S101 - click knows these shells; tells the type checker
    # Not `source()`: that starts a bash to ask its version, which a script must not need.
    click.echo(made.source_template % made(group, {}, "jetplan", VARIABLE).source_vars())
