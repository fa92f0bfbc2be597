"""A job that has moved many files: the look asks about the batch, and lists the job's past only as a last resort."""

from __future__ import annotations

import json
import sqlite3
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

import pytest
from stage import JOBS

from jetplan.core.pathsearch import LONG

if TYPE_CHECKING:
    from collections.abc import Callable

    from counting import CountingJet
    from stage import Stage

APPLY = "jetplan apply --auto-approve"
JOB = {"source": {"storageProfileId": "src-1"}, "destination": {"storageProfileId": "dst-1"}}
MANY = 2 * LONG + 500
SRC = "file:///src-1"


class Archive:
    """A stand-in whose job has moved files, and which finds them by a part of their path."""

    def __init__(self, jet: CountingJet) -> None:
        self.jet = jet
        self.encodes = False
        self.finds: Callable[[str, str], bool] = lambda text, url: text in url
        self.limit = 10_000
        self.search_answers: tuple[int, Any] | None = None
        self.total: int | None = None
        self.tells_total = True
        self.refuse_deliveries = False
        self.under_way: list[dict[str, Any]] = []
        jet.on_call = self

    def move(self, *paths: str, transfer: str = "old", state: str = "COMPLETED") -> None:
        for path in paths:
            url = SRC + (quote(path) if self.encodes else path)
            self.jet.files.append({"url": url, "transferId": transfer, "state": state, "fileType": "file"})

    def __call__(self, method: str, path: str, body: Any) -> tuple[int, Any] | None:
        if method == "POST" and path.endswith("/deliveries"):
            if self.refuse_deliveries:
                return 0, None
            number = f"t-{len(self.jet.calls)}"
            self.move(
                *(each["relativePath"] for each in body["objects"] if not each.get("isDirectory")), transfer=number
            )
        if method == "GET" and path.endswith("/files"):
            state = self.jet.targets[-1].rpartition("=")[2]
            shown = [each for each in self.jet.files if each["state"] == state]
            return 200, {"items": self.under_way if state == "IN_PROGRESS" else shown}
        if path == "/v1/jobs/fileSearch":
            return self.search_answers or self.search(body)
        return None

    def search(self, body: Any) -> tuple[int, Any]:
        wanted = {"TRANSFERRED": "COMPLETED", "ERROR": "FAILED"}[body["filters"]["state"]]
        text = body["query"]["path"]
        found = [
            {"url": each["url"], "jobId": body["filters"]["jobId"]}
            for each in self.jet.files
            if each["state"] == wanted and self.finds(text, each["url"])
        ]
        shown = found[: min(body["limit"], self.limit)]
        total = len(found) if self.total is None else self.total
        told = {"totalResultCount": total} if self.tells_total else {}
        return 200, {"items": shown, "returnedItemCount": len(shown), "after": "x", **told}

    def searches(self) -> int:
        return sum(target == "/v1/jobs/fileSearch" for target in self.jet.targets)

    def lists_of_the_past(self) -> list[str]:
        return [target for target in self.jet.targets if target.endswith(("state=COMPLETED", "state=FAILED"))]


@pytest.fixture
def archive(project: Stage, jet: CountingJet) -> Archive:
    """A job that is there, with files that were moved before jetplan came."""
    jet.make({"name": "nyc-to-lax", "actions": [{"data": JOB}]})
    archive = Archive(jet)
    archive.move(*(f"/old/ep{number // 100}/{number}.mxf" for number in range(MANY)))
    return archive


def begun_and_left(archive: Archive) -> bool:
    """The past was listed once, and not to its end: the search decided."""
    return archive.lists_of_the_past() == ["/v1/jobs/job-1/files?state=COMPLETED"] and archive.searches() > 0


def test_new_objects_go_without_the_past(archive: Archive, project: Stage, jet: CountingJet) -> None:
    """The list is begun, found long, and left; the search finds a file of it, and nothing of the new ones."""
    project.write_set("/new/a.mxf", "/new/b.mxf")
    project.run(APPLY)
    assert jet.objects == {"/new/a.mxf": 1, "/new/b.mxf": 1}
    assert begun_and_left(archive)


def test_where_the_ledger_knows_a_long_past_nothing_is_listed(
    archive: Archive, project: Stage, jet: CountingJet
) -> None:
    """It has accepted thousands of objects: what it sent is what the search is tried on."""
    jet.files.clear()
    project.write_set(*(f"/mine/{number}.mxf" for number in range(LONG + 1)))
    project.run(APPLY)
    jet.targets.clear()
    project.write_set(*(f"/mine/{number}.mxf" for number in range(LONG + 1)), "/new/a.mxf")
    project.run(APPLY)
    assert jet.objects["/new/a.mxf"] == 1
    assert archive.lists_of_the_past() == []
    assert archive.searches() > 0


@pytest.mark.parametrize("path", ["/old/by-hand.mxf", "/by hand/a.mxf", "/by%20hand/a.mxf", "/Ü/a.mxf"])
@pytest.mark.parametrize("encodes", [False, True])
@pytest.mark.parametrize("state", ["COMPLETED", "FAILED"])
def test_what_was_sent_by_hand_is_found(
    archive: Archive, project: Stage, jet: CountingJet, path: str, encodes: bool, state: str
) -> None:
    """It is somewhere in the long past: found by search, or listed where the search is not to be believed."""
    archive.encodes = encodes
    archive.move(path, transfer="by-hand", state=state)
    project.write_set(path)
    failed = state == "FAILED"
    project.run(APPLY, code=0 if failed else 6)
    assert jet.objects == ({path: 1} if failed else {})


@pytest.mark.parametrize("objects", [["/old/"], ["/mine/"], ["/old/ep1"], "all"], ids=str)
def test_folders_are_asked_for_by_what_is_below(
    archive: Archive, project: Stage, jet: CountingJet, objects: list[str] | str
) -> None:
    """A folder of which files are shown is withheld; a new one goes. The whole profile cannot be searched for."""
    if objects == "all":
        project.write(f"{JOBS}deliverySets:\n  masters:\n    job: nyc-to-lax\n    objects: all\n")
    else:
        project.write_set(*objects)
    shown = objects in (["/old/"], "all")
    project.run(APPLY, code=6 if shown else 0)
    assert sum(jet.objects.values()) == (0 if shown else 1)


def knows_nothing(archive: Archive) -> None:
    archive.finds = lambda *_: False


def finds_no_folders(archive: Archive) -> None:
    archive.finds = lambda text, url: not text.endswith("/") and text in url


def is_not_there(archive: Archive) -> None:
    archive.search_answers = (404, {"message": "not found"})


def is_canned(archive: Archive) -> None:
    archive.search_answers = (200, {"items": [{"url": f"{SRC}/x/y.mxf"}], "totalResultCount": 1})


def answers_oddly(archive: Archive) -> None:
    archive.search_answers = (200, {"found": []})


def tells_no_total(archive: Archive) -> None:
    """As many as were asked for, and nothing of whether there are more."""
    archive.finds = lambda text, url: (text in url and "by-hand" not in text) or "/old/" in url
    archive.total = None
    archive.tells_total = False


def finds_too_much(archive: Archive) -> None:
    """A hundred of everything: what is wanted may be among the rest."""
    archive.finds = lambda *_: True
    archive.limit = 100


def tells_a_greater_total(archive: Archive) -> None:
    """It finds the example, and of the wanted file only that there are more."""
    archive.finds = lambda text, url: text in url and "by-hand" not in text
    archive.total = 500


FAULTS = [
    knows_nothing,
    finds_no_folders,
    is_not_there,
    is_canned,
    answers_oddly,
    tells_no_total,
    finds_too_much,
    tells_a_greater_total,
]


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("path", ["/mine/by-hand.mxf", "/mine/"])
def test_a_search_that_proves_nothing_is_not_believed(
    archive: Archive, project: Stage, jet: CountingJet, fault: Callable[[Archive], None], path: str
) -> None:
    """What cannot find a file that is there, or tells only a part, lets nothing go: the past is listed."""
    archive.move("/mine/by-hand.mxf", transfer="by-hand")
    fault(archive)
    project.write_set(path)
    project.run(APPLY, code=6)
    assert not jet.objects


def test_many_objects_are_asked_for_by_their_folders(archive: Archive, project: Stage, jet: CountingJet) -> None:
    """Hundreds of objects in two folders are a handful of searches."""
    project.write_set(*(f"/{folder}/{number}.mxf" for folder in ("c", "d") for number in range(300)))
    project.run(APPLY)
    assert begun_and_left(archive)
    assert archive.searches() < 10
    assert set(jet.objects.values()) == {1}


def test_objects_in_too_many_folders_are_listed(archive: Archive, project: Stage, jet: CountingJet) -> None:
    """Above that the list costs less."""
    archive.move("/f77/a.mxf", transfer="by-hand")
    project.write_set(*(f"/f{number}/a.mxf" for number in range(100)))
    project.run(APPLY, code=6)
    assert not jet.objects


@pytest.fixture
def lost(archive: Archive, project: Stage, jet: CountingJet, monkeypatch: pytest.MonkeyPatch) -> Archive:
    """One file is to be sent, and its request is lost: Jet never had it."""
    monkeypatch.setattr("jetplan.apply.settling._LOOKS", (0.01,))
    archive.refuse_deliveries = True
    project.write_set("/new/a.mxf")
    project.run(APPLY, code=3)
    jet.targets.clear()
    return archive


def test_what_is_not_shown_is_a_question_without_a_list(lost: Archive, project: Stage, jet: CountingJet) -> None:
    """The search shows nothing of it: the list is begun, left, and nobody says done."""
    project.run("jetplan status", code=3)
    assert begun_and_left(lost)


def test_what_is_shown_settles(lost: Archive, project: Stage, jet: CountingJet) -> None:
    """The request did arrive: the file is shown by name in a new transfer, somewhere in the long past."""
    lost.move("/new/a.mxf", transfer="new")
    project.run(APPLY)
    assert project.doubtful() == []
    assert jet.objects == {"/new/a.mxf": 1}


def test_what_is_under_way_settles_too(lost: Archive, project: Stage, jet: CountingJet) -> None:
    """A search shows only what has ended; what is under way is listed."""
    moving = {"url": f"{SRC}/new/a.mxf", "transferId": "new", "state": "IN_PROGRESS", "fileType": "file"}
    lost.under_way.append(moving)
    project.run(APPLY)
    assert project.doubtful() == []


def test_a_failed_file_too_many_in_a_long_list(lost: Archive, project: Stage, jet: CountingJet) -> None:
    """The file is listed, and its transfer's other file is far down the list of failures, which a search skips."""
    jet.files[:] = [each for each in jet.files if not each["url"].startswith(f"{SRC}/old/")]
    lost.move(*(f"/failed/{number}.mxf" for number in range(MANY)), state="FAILED")
    lost.move("/new/a.mxf", transfer="new")
    lost.move("/other.mxf", transfer="new", state="FAILED")
    lost.finds = lambda text, url: text in url and text != "/new/a.mxf"
    project.run("jetplan status", code=3)
    assert lost.lists_of_the_past() == [f"/v1/jobs/job-1/files?state={state}" for state in ("COMPLETED", "FAILED")]
    project.run(APPLY, code=3)


@pytest.mark.parametrize("raw", [False, True])
def test_the_servers_way_of_encoding_is_known_from_the_whole_list(
    archive: Archive, project: Stage, jet: CountingJet, monkeypatch: pytest.MonkeyPatch, raw: bool
) -> None:
    """A name with a space is settled by one that the same server listed encoded, thousands of files away.

    Where it lists another name as it is, nobody knows, and a person is asked.
    """
    monkeypatch.setattr("jetplan.apply.settling._LOOKS", (0.01,))
    archive.encodes = True
    project.write_set("/sent before.mxf")
    project.run(APPLY)
    archive.move(*(f"/more/{number}.mxf" for number in range(MANY)))
    archive.refuse_deliveries = True
    project.write_set("/sent before.mxf", "/new one.mxf")
    project.run(APPLY, code=3)
    archive.move("/new one.mxf", transfer="new")
    archive.encodes = False
    archive.move(*(["/as it is.mxf"] if raw else []))
    project.run(APPLY, code=3 if raw else 0)


@pytest.mark.parametrize("first", [False, True])
def test_a_file_too_many_far_away_in_the_list(lost: Archive, project: Stage, jet: CountingJet, first: bool) -> None:
    """Somebody sent it by hand with another file, which is listed far from it: that transfer is not the batch's."""
    other = {"url": f"{SRC}/other.mxf", "transferId": "new", "state": "COMPLETED", "fileType": "file"}
    lost.move("/new/a.mxf", transfer="new")
    jet.files.insert(0 if first else LONG + 100, other)
    project.run(APPLY, code=3)


@pytest.mark.parametrize("state", ["COMPLETED", "FAILED"])
def test_what_was_there_before_is_no_evidence(
    archive: Archive, project: Stage, jet: CountingJet, monkeypatch: pytest.MonkeyPatch, state: str
) -> None:
    """The baseline keeps the transfers that show the batch's own files, and no others."""
    monkeypatch.setattr("jetplan.apply.settling._LOOKS", (0.01,))
    archive.move("/new/a.mxf", transfer="by-hand", state=state)
    project.write_set("/new/a.mxf")
    archive.refuse_deliveries = True
    project.run(f"{APPLY} --allow-resend 'the copy is corrupt'", code=3)
    for _ in range(2):
        project.run(APPLY, code=3)
    with sqlite3.connect(".jetplan/ledger.db") as ledger:
        kept = ledger.execute("SELECT baseline FROM jetplan_attempts WHERE state = 'in_doubt'").fetchone()
    ledger.close()
    assert json.loads(kept[0]) == {"transfers": ["by-hand"]}
