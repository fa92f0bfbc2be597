"""Runs that are killed, or that meet: nothing is sent twice, and nothing is lost in silence."""

from __future__ import annotations

import random
import signal
import threading
from collections import Counter
from typing import Any

import pytest
from stage import Stage, wait_until

OBJECTS = [f"/f{number:02}.mxf" for number in range(24)]
JOB_NAMES = ("nyc-to-lax", "second", "third")


def write_much(stage: Stage) -> None:
    """Three jobs with a set each, many batches."""
    stage.configure("delivery: {maxObjects: 2}\n")
    stage.put(*OBJECTS)
    jobs = "".join(f"  {name}: {{source: NYC Dailies, destination: LAX Ingest}}\n" for name in JOB_NAMES)
    sets = "".join(
        f"  set-{name}:\n    job: {name}\n    objects: [{', '.join(OBJECTS[start::3])}]\n"
        for start, name in enumerate(JOB_NAMES)
    )
    stage.write(f"apiVersion: jetplan/v1\njobs:\n{jobs}deliverySets:\n{sets}")


def resolve_by_the_truth(stage: Stage) -> None:
    """Answer each question as a person with Jet's console would: by what really was taken."""
    taken = stage.delivered()
    for card in stage.doubtful():
        shown = stage.run(f"jetplan ledger show {card['attemptId']}").out
        paths = [path for path in OBJECTS if path in shown]
        word = "accepted" if paths and all(taken[path] for path in paths) else "not-accepted"
        stage.run(f"jetplan resolve {card['attemptId']} --{word} --reason 'the console says so'")


@pytest.mark.parametrize("seed", range(6))
def test_killed_at_any_moment(stage: Stage, seed: int) -> None:
    """SIGKILL at a random moment, twice, then runs to the end: each job made once, each object taken once."""
    dice = random.Random(seed)
    write_much(stage)
    stage.faults("POST:/v1=latency=15", "POST:/v1=latency-after-commit=15")
    for _ in range(2):
        seen = len(stage.requests("POST", ""))
        process = stage.start("jetplan apply --auto-approve --parallelism 3")
        wanted = seen + dice.randrange(1, 12)
        wait_until(lambda: len(stage.requests("POST", "")) >= wanted or process.poll() is not None)  # noqa: B023 - asked before the next turn
        threading.Event().wait(dice.random() * 0.03)
        process.kill()
        process.communicate()
    stage.faults()
    stage.settle()
    stage.run("jetplan apply --auto-approve", code=None)
    if stage.doubtful():
        stage.run("jetplan plan", code=3)
        resolve_by_the_truth(stage)
        stage.run("jetplan apply --auto-approve")
    assert "No changes" in stage.run("jetplan plan --detailed-exitcode").out
    assert stage.delivered() == dict.fromkeys(OBJECTS, 1)
    assert Counter(job["name"] for job in stage.jobs()) == dict.fromkeys(JOB_NAMES, 1)


@pytest.mark.parametrize(("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_asked_to_stop(stage: Stage, number: Any, code: int) -> None:
    """A signal stops new work, what is under way is recorded, and the next run sends the rest."""
    write_much(stage)
    stage.faults("POST:/deliveries=latency=100")
    process = stage.start("jetplan apply --auto-approve --parallelism 2")
    wait_until(lambda: stage.delivery_posts() >= 2 or process.poll() is not None)
    process.send_signal(number)
    out, err = process.communicate(timeout=60)
    assert process.returncode == code, out + err
    assert "Traceback" not in err
    assert stage.delivery_posts() < 12
    stage.faults()
    stage.run("jetplan apply --auto-approve")
    assert stage.delivered() == dict.fromkeys(OBJECTS, 1)
    assert stage.delivery_posts() == 12


def test_nohup_goes_on(stage: Stage) -> None:
    """A run that was started to ignore SIGHUP goes on to its end."""
    write_much(stage)
    stage.faults("POST:/deliveries=latency=100")
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        process = stage.start("jetplan apply --auto-approve --parallelism 2")
    finally:
        signal.signal(signal.SIGHUP, before)
    wait_until(lambda: stage.delivery_posts() >= 2 or process.poll() is not None)
    process.send_signal(signal.SIGHUP)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0, out + err
    assert stage.delivered() == dict.fromkeys(OBJECTS, 1)


def test_three_runners_at_once(stage: Stage) -> None:
    """Several applies of the same manifests at the same time: claims decide, and each object is POSTed once."""
    write_much(stage)
    stage.faults("POST:/v1=latency=10")
    runners = [stage.start("jetplan apply --auto-approve --parallelism 3") for _ in range(3)]
    told = [runner.communicate(timeout=120) for runner in runners]
    assert not any("Traceback" in err for _, err in told)
    stage.run("jetplan apply --auto-approve")
    assert stage.delivered() == dict.fromkeys(OBJECTS, 1)
    assert stage.delivery_posts() == 12
    assert Counter(job["name"] for job in stage.jobs()) == dict.fromkeys(JOB_NAMES, 1)
    assert stage.job_posts() == 3
