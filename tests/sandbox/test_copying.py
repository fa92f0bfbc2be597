"""One file's copy: never half, never wrong, carried on after an interruption."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from jetplan.sandbox.copying import CHUNK, CopyError, copy_file

if TYPE_CHECKING:
    from pathlib import Path

CONTENT = os.urandom(3 * CHUNK + 17)


class Interrupted(Exception):
    pass


@pytest.fixture
def places(tmp_path: Path) -> tuple[str, str, str]:
    source = tmp_path / "source"
    source.write_bytes(CONTENT)
    return str(source), str(tmp_path / "deep/er/target"), str(tmp_path / "deep/er/partial")


def whole(_: object) -> Any:
    return CHUNK


def read(path: str) -> Any:
    with open(path, "rb") as file:
        return file.read()


def test_an_interruption_leaves_no_target(places: tuple[str, str, str]) -> None:
    """Until a copy is whole and checked there is no target; the rest is read from where it stopped."""
    _, target, partial = places

    def stop(done: int) -> Any:
        if done >= 2 * CHUNK:
            raise Interrupted
        return CHUNK

    with pytest.raises(Interrupted):
        copy_file(*places, stop)
    assert not os.path.exists(target)
    assert read(partial) == CONTENT[: 2 * CHUNK]
    steps: list[int] = []

    def step(done: int) -> int:
        steps.append(done)
        return CHUNK

    assert copy_file(*places, step) == len(CONTENT)
    assert steps[0] == 2 * CHUNK
    assert (read(target), os.path.exists(partial)) == (CONTENT, False)


@pytest.mark.parametrize("rubbish", [b"x" * CHUNK, b"x" * (5 * CHUNK), b""])
def test_a_wrong_partial_is_begun_again(places: tuple[str, str, str], rubbish: bytes) -> None:
    """What lies in a partial file is never believed: the hash of the whole decides."""
    os.makedirs(os.path.dirname(places[2]))
    with open(places[2], "wb") as file:
        file.write(rubbish)
    copy_file(*places, whole)
    assert read(places[1]) == CONTENT


def test_a_source_that_changes_is_not_copied(places: tuple[str, str, str]) -> None:
    """A file that is written to while it is read fails, and leaves no target."""

    def grow(done: int) -> Any:
        with open(places[0], "ab") as file:
            file.write(b"more" if done < CHUNK else b"")
        return CHUNK

    with pytest.raises(CopyError, match="changed"):
        copy_file(*places, grow)
    assert not os.path.exists(places[1])


def test_a_damaged_copy_is_noticed(places: tuple[str, str, str]) -> None:
    """Bytes that are lost on their way to the disk are found when the copy is read back."""

    def damage(done: int) -> Any:
        if done == CHUNK:
            with open(places[2], "r+b") as file:
                file.write(b"!!!!")
        return CHUNK

    with pytest.raises(CopyError, match="not what was read"):
        copy_file(*places, damage)
    assert not os.path.exists(places[1])


def test_a_file_in_the_way_of_a_folder(places: tuple[str, str, str], tmp_path: Path) -> None:
    """A target that cannot be made is a reason in words."""
    (tmp_path / "deep").write_text("a file")
    with pytest.raises(CopyError, match=r"\S"):
        copy_file(*places, whole)
