"""Two command lines at once on one ledger, in processes of their own."""

from __future__ import annotations

import functools
import signal
import threading
from typing import TYPE_CHECKING, Any

import pytest
from stage import Stage, wait_until

if TYPE_CHECKING:
    import subprocess

    from counting import CountingJet

APPLY = "jetplan apply --auto-approve"


def write(project: Stage, first: Any, last: Any, name: str = "main.yaml") -> None:
    project.write_set(*(f"/{number}.mxf" for number in range(first, last)))
    if name != "main.yaml":
        folder = project.project / name
        folder.mkdir()
        (project.project / "manifests/main.yaml").rename(folder / "main.yaml")


def test_the_same_manifests_at_once(project: Stage, jet: CountingJet) -> None:
    """Each object is POSTed once, the job once, and both runs end with 0."""
    project.configure("delivery:\n  maxObjects: 1\n")
    write(project, 0, 60)
    runs = [project.start(APPLY) for _ in range(3)]
    ends = [(run.communicate(timeout=120), run.returncode) for run in runs]
    assert [code for _, code in ends] == [0, 0, 0], ends
    assert jet.job_posts == {"nyc-to-lax": 1}
    assert jet.objects == {f"/{number}.mxf": 1 for number in range(60)}


def test_overlapping_manifests_at_once(project: Stage, jet: CountingJet) -> None:
    """Two states of one set at once: what both have is sent once, and what only one has is sent too."""
    project.configure("delivery:\n  maxObjects: 3\n")
    write(project, 0, 40, "older")
    write(project, 20, 60, "newer")
    runs = [project.start(f"jetplan apply {each} --auto-approve") for each in ("older", "newer")]
    ends = [(run.communicate(timeout=120), run.returncode) for run in runs]
    assert all(code in (0, 8) for _, code in ends), ends
    project.run("jetplan apply older --auto-approve")
    project.run("jetplan apply newer --auto-approve")
    assert jet.job_posts == {"nyc-to-lax": 1}
    assert jet.objects == {f"/{number}.mxf": 1 for number in range(60)}


def test_stopped_in_the_middle_by_each_signal(project: Stage, jet: CountingJet) -> None:
    """SIGINT, SIGTERM and SIGKILL one after the other: what was in flight waits for a word, the rest is sent once."""
    project.configure("delivery:\n  maxObjects: 1\n")
    write(project, 0, 30)
    gate = threading.Event()

    def slow(method: str, path: str, _: object) -> None:
        if method == "POST" and path.endswith("/deliveries"):
            gate.wait(0.05)

    def has_sent_more(run: subprocess.Popen[str], before: int) -> bool:
        return sum(jet.objects.values()) > before + 2 or run.poll() is not None

    jet.on_call = slow
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGKILL):
        before = sum(jet.objects.values())
        run = project.start(f"{APPLY} --parallelism 2")
        wait_until(functools.partial(has_sent_more, run, before))
        run.send_signal(number)
        run.communicate(timeout=60)
        assert run.returncode in (128 + number, -number), run.returncode
    gate.set()
    for _ in range(2):
        project.run(APPLY, code=None)
    for each in project.doubtful():
        ident = each["attemptId"]
        shown = project.run(f"jetplan ledger show {ident} --objects").out.split()
        word = "accepted" if any(path in shown for path in jet.objects) else "not-accepted"
        project.run(f"jetplan resolve {ident} --{word} --reason 'as the stand-in counted'")
    project.run(APPLY)
    assert jet.objects == {f"/{number}.mxf": 1 for number in range(30)}


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ({"masters": "/x/a.mxf"}, {"others": "/x/a.mxf"}),
        ({"masters": "/x/"}, {"others": "/x/a.mxf"}),
        ({"masters": "/x/a.mxf"}, {"masters": "/x/"}),
    ],
    ids=["two sets", "a folder of another set", "a folder of the same set"],
)
def test_two_that_planned_before_either_claimed(project: Stage, jet: CountingJet, first: Any, second: Any) -> None:
    """Runs of two states of the manifests plan at one moment: what both would move to one place is moved once."""
    for name, sets in (("first", first), ("second", second)):
        project.write_set("/x/a.mxf", job="paused: false")
        text = (project.project / "manifests/main.yaml").read_text()
        ((key, path),) = sets.items()
        (project.project / name).mkdir()
        text = text[: text.index("deliverySets")] + f"deliverySets:\n  {key}:\n    job: nyc-to-lax\n    objects:\n"
        (project.project / name / "main.yaml").write_text(f"{text}      - {path}\n")
    jet.make({"name": "nyc-to-lax", "actions": [{"data": _ENDS}]})
    jet.jobs["job-1"]["paused"] = True
    planned, claimed = threading.Barrier(2), threading.Event()
    turns = iter((True, False))

    def on_call(method: str, path: str, _: object) -> None:
        if method == "PATCH":  # both have planned when both ask for the job to be resumed
            planned.wait(30)
            if not next(turns):
                claimed.wait(30)
        if path.endswith("/transfers"):  # what comes right before sending
            if not claimed.is_set():
                claimed.set()
                looked.wait(3)
            else:
                looked.set()

    looked = threading.Event()
    jet.on_call = on_call
    runs = [project.start(f"jetplan apply {each} --auto-approve") for each in ("first", "second")]
    ends = [(run.communicate(timeout=120), run.returncode) for run in runs]
    jet.on_call = lambda *_: None
    assert sorted(code for _, code in ends) in ([0, 8], [0, 1]), ends
    assert sum(jet.objects.values()) == 1, jet.objects
    codes = sorted(project.run(f"jetplan apply {each} --auto-approve", code=None).code for each in ("first", "second"))
    assert codes == [0, 1]
    assert sum(jet.objects.values()) == 1, jet.objects


_ENDS = {"source": {"storageProfileId": "src-1"}, "destination": {"storageProfileId": "dst-1"}}
