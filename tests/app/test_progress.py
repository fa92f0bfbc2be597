"""Progress while deliveries move: one scope for done and total, by file, never going back."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

import pytest

from jetplan.app.opening import connection, pinned_ledger
from jetplan.app.settings import load_settings
from jetplan.app.status import standing_of
from jetplan.core.progress import percent

if TYPE_CHECKING:
    from collections.abc import Callable

    from stage import Stage

    from jetplan.core.progress import DeliveryProgress, Progress

SIZE = 40_000
SETS = """\
deliverySets:
  first:
    job: nyc-to-lax
    objects: [{objects}]
  second:
    job: nyc-to-lax
    objects:
      - {{relativePath: /d.mxf, sizeInBytes: 40000}}
      - {{relativePath: /missing.mxf, sizeInBytes: 40000}}
  folder:
    job: nyc-to-lax
    objects: [/reel/]
"""
JOB = "apiVersion: jetplan/v1\njobs:\n  nyc-to-lax: {source: NYC Dailies, destination: LAX Ingest}\n"


def _watch(stage: Stage) -> list[Progress]:
    """What a person sees while waiting."""
    assert stage.project.exists()
    shown: list[Progress] = []
    settings = load_settings()
    with pinned_ledger(settings) as ledger, connection(settings, 4) as client:
        standing_of(settings, client, ledger, shown.append, interval=0.05)
    return shown


def _of(progress: Progress, name: str) -> DeliveryProgress:
    [found] = [each for each in progress.deliveries if each.set_name == name]
    return found


@pytest.fixture
def moving(open_stage: Callable[..., Stage]) -> Stage:
    """Three sets on one job, under way slowly in small transfers; and a delivery that a person started on that job."""
    stage = open_stage(rate=80_000, batch_files=1, workers=3)
    for name in ("a", "b", "c", "d", "byhand", "reel/1", "reel/2"):
        file = stage.source / f"{name}.mxf"
        file.parent.mkdir(exist_ok=True)
        file.write_bytes(b"x" * SIZE)
    sized = ", ".join(f"{{relativePath: /{name}.mxf, sizeInBytes: {SIZE}}}" for name in "abc")
    stage.write(JOB + SETS.format(objects=sized))
    stage.run("jetplan apply --auto-approve")
    [job] = stage.jobs()
    objects = {"objects": [{"relativePath": "/byhand.mxf", "sizeInBytes": SIZE}]}
    stage.call("POST", f"/v1/jobs/{job['jobId']}/deliveries", objects)
    return stage


def test_done_and_total_are_of_the_same_deliveries(moving: Stage) -> None:
    """Each delivery's own bytes and files, up to all of them; what a person sent on the job counts for none."""
    shown = _watch(moving)
    last = shown[-1]
    assert {name: _of(last, name).state for name in ("first", "second", "folder")} == {
        "first": "COMPLETED",
        "second": "FAILED",
        "folder": "COMPLETED",
    }
    first, second, folder = (_of(last, name) for name in ("first", "second", "folder"))
    assert (first.moved, first.size, first.moved_files, first.files, first.failed) == (3 * SIZE, 3 * SIZE, 3, 3, 0)
    assert (second.moved, second.size, second.moved_files, second.files, second.failed) == (SIZE, 2 * SIZE, 1, 2, 1)
    assert (folder.moved, folder.moved_files, folder.files) == (2 * SIZE, 2, 2)
    assert percent(last) == 100 * 6 * SIZE // (7 * SIZE)


def test_it_never_goes_back(moving: Stage) -> None:
    """Of each delivery, from look to look; and never more than all."""
    shown = _watch(moving)
    assert len(shown) > 3
    for before, after in itertools.pairwise(shown):
        for name in ("first", "second", "folder"):
            earlier, later = _of(before, name), _of(after, name)
            assert earlier.moved <= later.moved
            assert earlier.moved_files <= later.moved_files
            assert later.size is None or later.moved <= later.size
    assert any(0 < (percent(_of(each, "first")) or 0) < 100 for each in shown)
    assert max(_of(each, "first").rate for each in shown) > 0


def test_the_size_of_a_folder_is_not_known_before_it_has_arrived(moving: Stage) -> None:
    """So there is no percentage of it, nor of all."""
    shown = _watch(moving)
    going = [each for each in shown if not _of(each, "folder").ended]
    assert going
    assert {percent(_of(each, "folder")) for each in going} == {None}
    assert {percent(each) for each in going} == {None}
    assert {_of(each, "folder").files for each in going} == {None}
