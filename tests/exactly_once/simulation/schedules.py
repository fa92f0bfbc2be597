"""One schedule from its seed: what befalls a world, until it is judged; and the world's machine."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from jetplan.apply.driver import ProtocolDriver
from jetplan.core.protocol import Send
from simulation.jet import Weather
from simulation.manifests import Manifest, Objects, edited, first
from simulation.scheduler import Process, Scheduler
from simulation.threading_ import machine
from simulation.world import DAYS, Story, World

if TYPE_CHECKING:
    from collections.abc import Iterator
    from random import Random

    import pytest


def _weather(draw: Any) -> Weather:
    """Some schedules in fair weather, most with a few kinds of trouble, some with all."""
    kinds = ["lost", "late", "vanished", "refused", "unsent", "slow", "unreadable"]
    chosen = draw.sample(kinds, draw.choice((0, 1, 2, 3, 7)))
    return Weather(
        **{kind: draw.choice((0.05, 0.15, 0.3)) / (2 if len(chosen) > 3 else 1) for kind in chosen}, blind=0.3
    )


def schedule(seed: int, *, trace: bool = False) -> Story:
    """Play one schedule from its seed, on a machine made by `simulated`."""
    world = World(seed, trace=trace)
    draw, scheduler, jet = world.scheduler.random, world.scheduler, world.jet
    jet.weather = _weather(draw)
    manifest = first(draw)
    world.manifests.append(manifest)
    for _ in range(draw.choice((0, 0, 1, 2))):
        world.manifests.append(edited(world.manifests[-1], draw))
    if draw.random() < 0.3:
        jet.add_job("daily", "nyc", "lax", paused=draw.random() < 0.2)
    if draw.random() < 0.2:
        scheduler.spawn(jet.elsewhere, jet.strange_everywhere, draw.random() * 20)
    spread = draw.choice((0.0, 0.5, 5.0, 30.0, 60.0))
    deadly, sleepy = draw.choice((0.0, 0.0, 0.01, 0.03)), draw.choice((0.0, 0.0, 0.01, 0.04))
    trouble = draw.choice((0.0, 0.0, 0.02, 0.1))
    if draw.random() < 0.1:  # runs that sleep over the answer, so that others take them for dead
        spread, deadly, sleepy = 50.0, 0.0, 0.02
        jet.weather = Weather(refused=0.5, unsent=0.3)
    skewed = draw.random() < 0.3
    for number in range(draw.choice((1, 2, 2, 3, 4))):
        at = min(number, len(world.manifests) - 1) if draw.random() < 0.7 else draw.randrange(len(world.manifests))
        fields = {
            "host": draw.choice(("", "one", "two")),
            "skew": draw.uniform(-DAYS, DAYS) if skewed else 0.0,
            "clock_steps": _clock_steps(draw, spread) if skewed else (),
            "fragility": deadly,
            "sleepiness": sleepy,
            "trouble": trouble,
        }
        run = world.run_of(world.manifests[at], draw.random() * spread, **fields)
        if draw.random() < 0.1:
            scheduler.spawn(jet.elsewhere, lambda run=run: world.interrupt(run), draw.random() * (spread + 3))  # type: ignore[misc]
    for _ in range(draw.choice((0, 0, 1, 3))):
        scheduler.spawn(jet.elsewhere, world.person, draw.random() * 5 * (spread + 10))
    for _ in range(draw.choice((0, 1, 2))):
        scheduler.spawn(Process("watcher"), world.watch, draw.random() * 5 * (spread + 10))
    world.judge(world.manifests[-1])
    world.put_aside()
    return world.story()


def _clock_steps(draw: Random, spread: float) -> tuple[tuple[float, float], ...]:
    """A clock that is set now and then: a little, by an hour, or by days, forward and back."""
    moments = sorted(draw.random() * (spread + 10) for _ in range(draw.choice((0, 1, 1, 2))))
    return tuple((at, draw.choice((5.0, 90.0, 3600.0, DAYS)) * draw.uniform(-1, 1)) for at in moments)


FORMS = (
    ("/x/f.mxf", "/x/f.mxf"),
    ("/x/", "/x/f.mxf"),
    ("/x/f.mxf", "/x/"),
    ("/x/", "/x/y/"),
    ("/x/f.mxf", "/x/f.mxf", "/x/"),
    ("/x/f.mxf", "/x/", "/x/y/g.mxf"),
)
"""What two or three runs, each of a set of its own, would bring to one place."""


def rivals(seed: int) -> Story:
    """Runs of different sets that would bring the same to one destination, on clocks that are wrong and are set."""
    world = World(seed)
    draw = world.scheduler.random
    world.jet.add_job("daily", "nyc", "lax", paused=False)
    manifests = [_rival(number, path, draw) for number, path in enumerate(draw.choice(FORMS), 1)]
    for manifest in manifests:
        fields = {"skew": draw.choice((0.0, 90.0, -90.0, 3600.0)), "clock_steps": _clock_steps(draw, 3.0)}
        world.run_of(manifest, draw.random() * draw.choice((0.5, 3.0)), host=draw.choice(("one", "two")), **fields)
    world.settle_down()
    for manifest in (*manifests, *manifests):
        world.in_peace(manifest)
    world.judge_rivals()
    return world.story()


def _rival(number: int, path: str, draw: Random) -> Manifest:
    """One set that holds the path somewhere among files of its own; some declare a job more, which takes its time."""
    jobs: dict[str, tuple[str, str, bool | None]] = {"daily": ("nyc", "lax", None)}
    if draw.random() < 0.5:
        jobs[f"job{number}"] = ("nyc", "lax", None)
    objects = [(f"/own{number}/{index}.mxf", 1) for index in range(draw.randint(0, 5))]
    objects.insert(draw.randint(0, len(objects)), (path, 1))
    return Manifest(jobs, (Objects(number, f"set{number}", "daily", tuple(objects)),))


def crowded(seed: int) -> Story:
    """Many runs at once whose requests are refused now and then: claims are released and taken all the time."""
    world = World(seed, Weather(refused=0.5))
    manifest = first(world.scheduler.random)
    for _ in range(3):
        world.run_of(manifest, world.scheduler.random.random() * 2, host="one")
    world.judge(manifest)
    return world.story()


def raised(seed: int) -> Story:
    """Revisions raised while what was sent before them has not been shown yet, and answers lost."""
    world = World(seed, Weather(lost=0.3, vanished=0.3))
    manifest = first(world.scheduler.random)
    world.run_of(manifest, host="one")
    for number in range(1, 4):
        manifest = edited(manifest, world.scheduler.random)
        world.run_of(manifest, number * 30.0, host="one")
    world.judge(manifest)
    return world.story()


def retried(seed: int, *, trace: bool = False) -> Story:
    """What fails is sent again by people and by manifests, at once, in bad weather, while Jet tries again by itself."""
    world = World(seed, trace=trace)
    draw, scheduler, jet = world.scheduler.random, world.scheduler, world.jet
    world.retries = jet.quick = True
    jet.weather = _weather(draw)
    deadly, trouble = draw.choice((0.0, 0.0, 0.01)), draw.choice((0.0, 0.0, 0.02))
    manifest = first(draw)
    retries = draw.choice((0, 1, 2))
    manifest = replace(manifest, sets=tuple(replace(each, retries=retries) for each in manifest.sets))
    world.run_of(manifest, host="one", fragility=deadly, trouble=trouble)
    later = edited(manifest, draw) if draw.random() < 0.5 else manifest
    for _ in range(draw.choice((1, 2))):
        world.run_of(later, 20.0 + draw.random() * 100, host="two", fragility=deadly, trouble=trouble)
    for _ in range(draw.choice((1, 2, 3))):
        scheduler.spawn(Process("watcher"), world.watch, 15.0 + draw.random() * 100)
    together = 20.0 + draw.random() * 60
    for number in range(draw.choice((2, 3, 5))):
        at = together + draw.random() * 3 if number < 2 else 15.0 + draw.random() * 150
        world.retry_of(at, host=draw.choice(("one", "two")), fragility=deadly, trouble=trouble)
    if draw.random() < 0.5:
        scheduler.spawn(jet.elsewhere, lambda: setattr(jet, "tries_again", True), draw.random() * 150)
    for _ in range(draw.choice((0, 1))):
        scheduler.spawn(jet.elsewhere, world.person, 60 + draw.random() * 100)
    world.judge(later)
    world.put_aside()
    return world.story()


@contextmanager
def simulated() -> Iterator[pytest.MonkeyPatch]:
    """Jetplan on the simulated machine, with an ear at what it sends and what it says."""
    with machine() as patch:
        perform = ProtocolDriver._perform

        def heard(self: ProtocolDriver, effect: Any, *rest: Any) -> Any:
            if isinstance(effect, Send):
                task = Scheduler.current.task
                assert task is not None
                task.attempt = effect.attempt.attempt_id
            return perform(self, effect, *rest)

        patch.setattr(ProtocolDriver, "_perform", heard)
        yield patch
