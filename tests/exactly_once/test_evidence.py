"""How often a person has to be asked: hardly ever after lost answers, and never without faults."""

from __future__ import annotations

from simulation.jet import Weather
from simulation.manifests import first
from simulation.schedules import simulated
from simulation.world import World


def test_lost_answers_are_settled_by_evidence() -> None:
    """Of what was accepted and in doubt, at least 95 % settles without a person, and nothing settles wrongly."""
    were = still = 0
    with simulated():
        for seed in range(400):
            world = World(seed, Weather(lost=0.3, late=0.1, slow=0.1))
            manifest = first(world.scheduler.random)
            for number in range(1 + seed % 2):
                world.run_of(manifest, number * 20.0, fragility=0.01, host="one")
            world.settle_down()
            world.in_peace(manifest)
            counted = world.unsettled()
            were, still = were + counted[0], still + counted[1]
            world.judge(manifest)
            assert world.story().violations == []
    print(f"{were} accepted deliveries were in doubt, {still} were left to a person")
    assert were > 300
    assert still <= 0.05 * were


def test_nobody_is_asked_anything_where_nothing_fails() -> None:
    """Runs at once, slow answers and refused requests alone never leave anything in doubt."""
    attempts = 0
    with simulated():
        for seed in range(300):
            world = World(seed, Weather(slow=0.2, refused=0.1))
            manifest = first(world.scheduler.random)
            for number in range(1 + seed % 3):
                world.run_of(manifest, number * 0.5, host="one")
            world.judge(manifest)
            story = world.story()
            assert story.violations == []
            assert story.doubts == 0
            attempts += story.attempts
    assert attempts > 1000
