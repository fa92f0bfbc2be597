"""No input breaks a reader of outside data: it is taken, or refused in a sentence. `make fuzz` looks for longer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fuzz import __main__ as fuzzing
from tests.fuzz.inputs import SEEDS, near, seeds_of
from tests.fuzz.readers import READERS, answers

if TYPE_CHECKING:
    from pathlib import Path

    from _pytest.monkeypatch import MonkeyPatch

EXAMPLES = 40


@pytest.mark.parametrize(("reader", "name"), [(each, name) for each in READERS for name in seeds_of(each)])
def test_seeds(reader: str, name: str, tmp_path: Path) -> None:
    """A sound seed is taken, so that inputs near it get far. One that is refused or broke a reader is named so."""
    sound = not re.match("refused-|broke-", name)
    taken = answers(READERS[reader], seeds_of(reader)[name], tmp_path)
    assert taken or not sound


@pytest.mark.parametrize("reader", READERS)
@settings(max_examples=EXAMPLES, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(data=st.data())
def test_inputs_near_the_seeds(reader: Any, tmp_path: Path, data: Any) -> None:
    """Whatever is done to a seed, the reader answers."""
    assert answers(READERS[reader], data.draw(near(reader)), tmp_path) in {True, False}


def test_a_broken_reader_is_told_and_its_input_kept(
    tmp_path: Path, monkeypatch: MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """`make fuzz` ends with 1, shrinks the input, and leaves it where the suite finds it."""

    def reader(data: bytes, folder: Path) -> None:
        if b"\xff" in data:
            raise KeyError("odd")

    (tmp_path / "odd").mkdir()
    (tmp_path / "odd/sound").write_bytes(b"a long seed" * 9)
    monkeypatch.setattr("tests.fuzz.inputs.SEEDS", tmp_path)
    monkeypatch.setattr(fuzzing, "SEEDS", tmp_path)
    monkeypatch.setattr(fuzzing, "READERS", {"odd": reader})
    monkeypatch.setattr("sys.argv", ["fuzz", "--seconds", "60", "--seed", "1"])
    assert fuzzing.main() == 1
    (kept,) = (each for each in (tmp_path / "odd").iterdir() if each.name.startswith("broke-"))
    assert b"\xff" in kept.read_bytes()
    assert "KeyError: 'odd'" in capsys.readouterr().err


def test_every_reader_has_seeds_and_every_seed_a_reader() -> None:
    """A folder without a reader would never be played."""
    assert {each.name for each in SEEDS.iterdir()} <= set(READERS)
    assert all(seeds_of(each) for each in READERS)
