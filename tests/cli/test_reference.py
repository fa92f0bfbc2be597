"""The reference of commands says what the commands say."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from jetplan.cli.ledger.list_attempts import STATES
from jetplan.core.attempts import State

GENERATOR = Path(__file__).parents[2] / "docs/generate/cli.py"


def test_the_reference_is_fresh() -> None:
    """docs/cli.md is what `make docs` would write now."""
    ran = subprocess.run([sys.executable, str(GENERATOR), "--check"], capture_output=True, text=True, check=False)
    assert (ran.returncode, ran.stderr) == (0, "")


def test_the_states_to_choose_from_are_those_of_attempts() -> None:
    """`ledger list --state` knows every state."""
    assert list(STATES) == [state.value for state in State]
