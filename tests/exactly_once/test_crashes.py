"""Real applies killed by the kernel at system calls that write, sync or talk; then applied again until settled."""

from __future__ import annotations

import random
import shutil
from typing import TYPE_CHECKING

import pytest
from crashing.kills import Drama, broken_disk, campaign
from crashing.stable import DISK, Stable

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SEED = 20_310_501
DRAMAS = {
    "fresh": (Drama(), 50),
    "fresh, many requests at once": (Drama(parallelism=3), 40),
    "resumed": (Drama(resumed=True), 60),
    "two runners": (Drama(beside=True, parallelism=2), 60),
    "answers lost": (Drama(loses=3), 50),
    "a retry": (Drama(retry=True), 30),
    "a retry, resumed, answers lost": (Drama(retry=True, resumed=True, loses=2), 40),
    "two retries at once": (Drama(retry=True, beside=True), 40),
    "answers lost, nothing shown": (Drama(loses=3, blind=True, resumed=True), 50),
}
"""Each with how often it is killed: 420 times in all."""

pytestmark = pytest.mark.skipif(shutil.which("strace") is None, reason="strace is not installed")


@pytest.fixture(scope="module")
def stable() -> Iterator[Stable]:
    """Children of an honest build."""
    made = Stable()
    yield made
    made.close()


@pytest.mark.parametrize("drama", DRAMAS)
def test_an_apply_killed_anywhere_sends_nothing_twice_and_loses_nothing(
    drama: str, stable: Stable, tmp_path: Path
) -> None:
    """Wherever an apply dies, the applies after it bring every object to the server exactly once."""
    played, kills = DRAMAS[drama]
    toll = campaign(stable, tmp_path, played, kills, SEED)
    print(toll.sentence())
    assert toll.wrong == []
    assert toll.kills >= kills
    assert len(toll.calls) >= 4, "the kills are not spread over kinds of calls"


@pytest.mark.parametrize("error", ["EIO", "ENOSPC"])
@pytest.mark.parametrize("stays", [False, True], ids=["once", "from then on"])
def test_an_apply_whose_disk_fails_sends_nothing_twice_and_loses_nothing(
    error: str, stays: bool, stable: Stable, tmp_path: Path
) -> None:
    """A disk that fails or fills up ends an apply in words, and what it left is settled by the next."""
    draw = random.Random(f"{error} {stays}")
    places = [("pwrite64", draw.randrange(1, 300)) for _ in range(6)]
    places += [(call, draw.randrange(1, 40)) for call in DISK[1:] for _ in range(2)]
    wrong = [each for call, at in places for each in broken_disk(stable, tmp_path, error, at, stays=stays, call=call)]
    assert wrong == []


@pytest.mark.parametrize(
    ("mutant", "drama"),
    [
        # A server that shows no files: what it shows would be withheld by the look before sending.
        ("send_before_commit", Drama(blind=True)),
        ("retry_on_timeout", Drama(loses=3)),
        ("absence_as_proof", Drama(loses=3, blind=True)),
        ("dead_is_unsent", Drama(blind=True)),
        ("retry_used_twice", Drama(retry=True, beside=True)),
    ],
)
def test_a_broken_build_is_caught(mutant: str, drama: Drama, tmp_path: Path) -> None:
    """Kills find each of the deliberate mistakes, so they would find an accidental one."""
    broken = Stable([mutant])
    try:
        toll = campaign(broken, tmp_path, drama, 60, SEED)
    finally:
        broken.close()
    assert any("accepted 2 times" in each or "accepted 3 times" in each for each in toll.wrong), toll.sentence()
