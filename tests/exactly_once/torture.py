"""`make torture`: a million schedules and ten thousand kills, from a seed that it prints. Takes hours.

python tests/exactly_once/torture.py [--seed N] [--schedules N] [--kills N] [--workers N]
"""

from __future__ import annotations

import argparse
import multiprocessing
import random
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from crashing.kills import Drama, Toll, campaign
from crashing.stable import Stable
from simulation.campaign import play_many

DRAMAS = (
    Drama(),
    Drama(parallelism=4),
    Drama(resumed=True),
    Drama(beside=True, parallelism=2),
    Drama(loses=3),
    Drama(loses=2, blind=True, resumed=True),
    Drama(loses=4, beside=True, parallelism=3),
)
ROUND = 50
"""Kills in one round of one drama."""


def kill(order: tuple[int, int, int]) -> Toll:
    """One round: a seed, a drama's number, and how often to kill."""
    seed, number, kills = order
    stable = Stable()
    try:
        with tempfile.TemporaryDirectory(prefix="jetplan-torture-") as folder:
            return campaign(stable, Path(folder), DRAMAS[number], kills, seed)
    finally:
        stable.close()


def kill_many(seed: int, kills: int, workers: int) -> Toll:
    """Rounds of all dramas in turn, with a line after each."""
    rounds = [(seed + at, at % len(DRAMAS), min(ROUND, kills - at * ROUND)) for at in range(-(-kills // ROUND))]
    total, began = Toll(seed), time.monotonic()
    with multiprocessing.get_context("spawn").Pool(workers) as pool:
        for toll in pool.imap_unordered(kill, rounds):
            total.kills += toll.kills
            total.scenes += toll.scenes
            total.calls += toll.calls
            total.wrong += [f"round of seed {toll.seed}: {each}" for each in toll.wrong]
            print(f"{time.monotonic() - began:8.0f} s  {total.sentence()}", flush=True)
    return total


def main() -> int:
    """Torture, and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10**9))
    parser.add_argument("--schedules", type=int, default=1_000_000)
    parser.add_argument("--kills", type=int, default=10_000)
    parser.add_argument("--workers", type=int, default=multiprocessing.cpu_count())
    options = parser.parse_args()
    print(f"seed {options.seed}", flush=True)
    tally = play_many(options.seed, options.schedules, options.workers)
    toll = kill_many(options.seed, options.kills, options.workers) if options.kills else Toll(options.seed)
    for seed, violations in sorted(tally.violations.items()):
        print(f"schedule {seed}: {'; '.join(violations)}")
    print(*toll.wrong, sep="\n")
    return bool(tally.violations or toll.wrong)


if __name__ == "__main__":
    sys.exit(main())
