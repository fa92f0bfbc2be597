"""Ten thousand schedules of the real planning, claiming, sending and recovering, each from its seed."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import pytest
from simulation.campaign import play
from simulation.mutants import MUTANTS, Mutant
from simulation.schedules import retried, rivals, simulated

SCHEDULES = 10_000
RIVALS = 600
RETRIED = 1_000
PARTS = 4
"""The campaign is cut into so many tests, for as many cores."""


@pytest.mark.parametrize("part", range(PARTS))
def test_nothing_is_sent_twice_or_lost_in_any_schedule(part: int) -> None:
    """No schedule sends twice, loses silently or records what is not so; together they make every transition often."""
    size = SCHEDULES // PARTS
    tally = play(range(part * size, (part + 1) * size))
    print(tally.sentence())
    assert tally.violations == {}, "play one again: python -m simulation.campaign --seed N, in tests/exactly_once"
    assert tally.schedules == size
    count, rarest = tally.rarest()
    assert count >= 100 / PARTS, f"{rarest} was made {count} times only"


def test_nothing_is_brought_to_one_place_by_two_sets() -> None:
    """Two and three runs at once, of sets that meet in every form, on clocks that are wrong, and set meanwhile."""
    with simulated():
        stories = [rivals(seed) for seed in range(RIVALS)]
    assert {story.seed: story.violations for story in stories if story.violations} == {}
    assert sum(story.transitions["", "intended"] for story in stories) > 3 * RIVALS


def test_what_failed_is_sent_again_once() -> None:
    """People and manifests retry at once while Jet tries again by itself: nothing goes that had not failed for good."""
    with simulated():
        stories = [retried(seed) for seed in range(RETRIED)]
    assert {story.seed: story.violations for story in stories if story.violations} == {}
    assert sum(story.retries for story in stories) > RETRIED / 10


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.__name__)
def test_a_broken_build_is_caught(mutant: Mutant) -> None:
    """The campaign finds each of the deliberate mistakes, so it would find an accidental one."""
    with simulated() as patch:
        mutant(patch)
        story = next((story for story in map(MUTANTS[mutant], range(6000)) if story.violations), None)
    assert story is not None
    assert any("accepted" in each or "lost" in each for each in story.violations), story.violations


def test_a_seed_plays_the_same_schedule_again() -> None:
    """A schedule follows from its seed alone, in any process: what fails can be looked at."""
    command = [sys.executable, "-m", "simulation.campaign", "--seed", "12"]
    traces = []
    for hashing in ("1", "2"):
        told = subprocess.run(
            command,
            cwd=Path(__file__).parent,
            env={**os.environ, "PYTHONHASHSEED": hashing},
            capture_output=True,
            check=True,
        )
        traces.append(hashlib.sha256(told.stdout).hexdigest())
        assert told.stdout.count(b"\n") > 20
    assert traces[0] == traces[1]
