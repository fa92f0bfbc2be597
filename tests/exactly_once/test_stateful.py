"""People and machines as Hypothesis imagines them, against the truth of the model server."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule
from simulation.jet import CALM, Weather
from simulation.manifests import edited, first
from simulation.schedules import simulated
from simulation.world import DAYS, World

if TYPE_CHECKING:
    from simulation.manifests import Manifest

WEATHERS = [
    CALM,
    Weather(lost=0.4, blind=0.3),
    Weather(late=0.4),
    Weather(vanished=0.3, refused=0.2),
    Weather(unsent=0.3, slow=0.3),
    Weather(lost=0.1, late=0.1, vanished=0.1, refused=0.1, unsent=0.1, slow=0.1, unreadable=0.1, blind=0.2),
]
RUNS = st.fixed_dictionaries(
    {
        "fragility": st.sampled_from([0.0, 0.0, 0.02, 0.1]),
        "sleepiness": st.sampled_from([0.0, 0.0, 0.03]),
        "trouble": st.sampled_from([0.0, 0.0, 0.1]),
        "skew": st.sampled_from([0.0, 0.0, -DAYS, DAYS]),
        "host": st.sampled_from(["", "one", "two"]),
    }
)


class Months(RuleBasedStateMachine):
    """What may happen around one ledger in months, in any order."""

    @initialize(seed=st.integers(0, 2**32))
    def begin(self, seed: int) -> None:
        self.machine = simulated()
        self.machine.__enter__()
        self.world = World(seed)
        self.manifest = first(self.world.scheduler.random)
        self.older: Manifest = self.manifest

    @rule()
    def edit(self) -> None:
        """Somebody merges a change."""
        self.older, self.manifest = self.manifest, edited(self.manifest, self.world.scheduler.random)

    @rule(weather=st.sampled_from(WEATHERS))
    def weather_turns(self, weather: Weather) -> None:
        """The network becomes better or worse."""
        self.world.jet.weather = weather

    @rule(fields=RUNS)
    def apply(self, fields: dict[str, Any]) -> None:
        """CI applies what was merged."""
        self.world.run_of(self.manifest, **fields)
        self.world.scheduler.run()

    @rule(fields=RUNS, more=RUNS, apart=st.sampled_from([0.0, 0.1, 1.0, 15.0]), stale=st.booleans())
    def apply_twice_at_once(self, fields: dict[str, Any], more: dict[str, Any], apart: float, stale: bool) -> None:
        """Two CI jobs apply at once, the first perhaps what was there before the last merge."""
        self.world.run_of(self.older if stale else self.manifest, **fields)
        self.world.run_of(self.manifest, apart, **more)
        self.world.scheduler.run()

    @rule()
    def person_looks(self) -> None:
        """Somebody resolves what is in doubt."""
        self.world.person()

    @rule()
    def status(self) -> None:
        """Somebody looks at the status."""
        self.world.watch_in_peace()

    @rule(days=st.sampled_from([0.01, 1.0, 30.0]))
    def time_passes(self, days: float) -> None:
        """Nothing happens for a while."""
        self.world.scheduler.run(self.world.scheduler.now + days * DAYS)

    @invariant()
    def nothing_is_wrong(self) -> None:
        """No run has said that it was done while the server lacked something."""
        if hasattr(self, "world"):
            assert self.world.violations == []

    def teardown(self) -> None:
        if hasattr(self, "world"):
            try:
                self.world.judge(self.manifest)
                assert self.world.story().violations == []
            finally:
                self.machine.__exit__(None, None, None)


TestMonths = Months.TestCase
TestMonths.settings = settings(
    max_examples=150,
    stateful_step_count=12,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
)
