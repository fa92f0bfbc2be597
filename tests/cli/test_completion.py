"""Shells complete commands and options, and completing a command's name loads none of them."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

import pytest

JETPLAN = [sys.executable, "-m", "jetplan"]


def run(*words: str, **environment: str) -> str:
    ran = subprocess.run(
        [*JETPLAN, *words], env={**os.environ, **environment}, capture_output=True, text=True, check=True
    )
    return ran.stdout


def completed(line: str) -> list[str]:
    """What bash would be offered at the end of a line."""
    words = line.split(" ")
    out = run(
        _JETPLAN_COMPLETE="bash_complete", COMP_WORDS=line, COMP_CWORD=str(len(words) - 1), PYTHONPATH=os.getcwd()
    )
    return [each.partition(",")[2] for each in out.splitlines()]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_scripts(shell: str) -> None:
    """Each shell gets a script of its own, which the shell itself can read."""
    script = run("completion", shell)
    assert "_JETPLAN_COMPLETE" in script
    if shutil.which(shell):
        option = "--no-execute" if shell == "fish" else "-n"
        subprocess.run([shell, option], input=script, text=True, check=True)


def test_what_is_completed() -> None:
    """Commands by their beginning, options of a command, choices of an option."""
    assert completed("jetplan sc") == ["schema"]
    assert completed("jetplan ledger ex") == ["export"]
    assert "--auto-approve" in completed("jetplan apply --a")
    assert completed("jetplan plan --format m") == ["markdown"]


def test_completing_a_name_is_light() -> None:
    """Not one command's module is imported to complete the name of one."""
    code = (
        "import sys; from jetplan.cli.main import cli, COMMANDS; from click import Context;"
        "found = cli.shell_complete(Context(cli), '');"
        "assert [each.value for each in found][: len(COMMANDS)] == list(COMMANDS);"
        "loaded = [module for module, _ in COMMANDS.values() if module in sys.modules]; assert not loaded, loaded"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
