"""Many schedules, and what they came to. `python campaign.py --seed 7` plays one again and prints all that happened.

Run from `tests/exactly_once` as `python -m simulation.campaign`.
"""

from __future__ import annotations

import argparse
import multiprocessing
import sys
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from jetplan.core.attempts import TRANSITIONS
from simulation.schedules import schedule, simulated

if TYPE_CHECKING:
    from collections.abc import Iterable

    from simulation.world import Story


@dataclass
class Tally:
    """What many schedules came to."""

    schedules: int = 0
    attempts: int = 0
    steps: int = 0
    transitions: Counter[tuple[str, str]] = field(default_factory=Counter)
    violations: dict[int, list[str]] = field(default_factory=dict)

    def add(self, story: Story) -> None:
        """Count one more."""
        self.schedules += 1
        self.attempts += story.attempts
        self.steps += story.steps
        self.transitions += story.transitions
        if story.violations:
            self.violations[story.seed] = story.violations

    def join(self, other: Tally) -> None:
        """Count what another one counted."""
        self.schedules += other.schedules
        self.attempts += other.attempts
        self.steps += other.steps
        self.transitions += other.transitions
        self.violations |= other.violations

    def rarest(self) -> tuple[int, str]:
        """How often the transition was made that was made least, and which it is."""
        every = [(was.value, to.value) for was, ends in TRANSITIONS.items() for to in ends]
        return min((self.transitions[pair], " -> ".join(pair)) for pair in every)

    def sentence(self) -> str:
        """The whole in a line."""
        count, which = self.rarest()
        return (
            f"{self.schedules:,} schedules, {self.steps:,} steps, {self.attempts:,} attempts, "
            f"{len(self.violations)} broken; every transition at least {count} times ({which})"
        )


def play(seeds: Iterable[int]) -> Tally:
    """Play one schedule after another."""
    tally = Tally()
    with simulated():
        for seed in seeds:
            tally.add(schedule(seed))
    return tally


def play_many(first: int, count: int, workers: int, say: bool = True) -> Tally:
    """The same in several processes, with a line every now and then."""
    chunk = max(1, min(1000, count // workers))
    chunks = [range(at, min(at + chunk, first + count)) for at in range(first, first + count, chunk)]
    tally, began = Tally(), time.monotonic()
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        for part in pool.imap_unordered(play, chunks):
            tally.join(part)
            if say:
                print(f"{time.monotonic() - began:8.0f} s  {tally.sentence()}", flush=True)
    return tally


def main() -> int:
    """Play one schedule aloud, or many."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seed", type=int, help="play this schedule and print its trace")
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=2)
    options = parser.parse_args()
    if options.seed is not None:
        with simulated():
            story = schedule(options.seed, trace=True)
        print("\n".join(story.trace))
        return bool(story.violations)
    tally = play_many(options.first, options.count, options.workers)
    for seed, violations in sorted(tally.violations.items()):
        print(f"seed {seed}: {'; '.join(violations)}")
    return bool(tally.violations)


if __name__ == "__main__":
    sys.exit(main())
