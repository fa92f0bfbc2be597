"""How long it takes to begin: `--version`, `--help` and completion, beside bare Python and an empty click app."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from benchmarks.bench import HERE, HOME
from benchmarks.figures import Anchor, Figure
from benchmarks.measure import in_turn

if TYPE_CHECKING:
    from collections.abc import Iterator

    from benchmarks.bench import Bench

PEERS = {
    "terraform version": 0.042,
    "kubectl version --client": 0.048,
    "octodns-sync --help": 0.144,
    "check-jsonschema --help": 0.231,
    "globus --help": 0.290,
    "alembic --help": 0.331,
    "ansible-playbook --help": 0.335,
}
"""Seconds, as published, beside a bare Python of 11.5 ms; the last five are written in Python."""
PEERS_GOAL = {"octodns-sync --help": 1 / 3}
"""Less than a third of every Python peer: of the fastest."""


def figures(bench: Bench) -> Iterator[Figure]:
    """Medians of many starts, each in turn with the others."""
    script = Path(sys.executable).with_name("jetplan")
    jetplan = [script] if script.exists() else [shutil.which("jetplan") or sys.executable]
    found = in_turn(
        {
            "bare": [sys.executable, "-c", "pass"],
            "version": [*jetplan, "--version"],
            "click": [sys.executable, HERE / "anchors" / "lazy_click.py", "--help"],
            "help": [*jetplan, "--help"],
            "plan help": [*jetplan, "plan", "--help"],
        },
        bench.size(40, 10),
        cwd=HOME,
    )
    bare = Anchor("bare Python", found["bare"].wall, 1.2)
    click = Anchor("an empty lazy click app", found["click"].wall, 1.1)
    peers = [Anchor(name, value, PEERS_GOAL.get(name), measured=False) for name, value in PEERS.items()]
    yield Figure("start-up", "jetplan --version", found["version"].wall, anchors=[bare])
    yield Figure("start-up", "jetplan --help", found["help"].wall, anchors=[click, *peers])
    yield Figure("start-up", "jetplan plan --help", found["plan help"].wall, anchors=[click])
