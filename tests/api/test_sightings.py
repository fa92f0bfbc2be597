"""What is asked of a job's files and transfers before sending and after a doubt, and what is made of the answers."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

import pytest

from jetplan.api import sightings
from jetplan.api.arrivals import look_at_files, transfer_sums
from jetplan.api.filesearch import FileSearch
from jetplan.api.sightings import look_back, look_for, with_sums
from jetplan.core.arrival import TransferSum
from jetplan.core.evidence import SeenTransfer, Sighting
from jetplan.core.listed import SeenFile
from jetplan.core.pathsearch import LONG, Past
from jetplan.core.unaccounted import Wanted
from jetplan.errors import AuthenticationError, Unreachable

if TYPE_CHECKING:
    import socket
    from collections.abc import Callable

    from rawserver import Asked

    from jetplan.api.client import JetClient

ROOT = "file:///nyc"


def file(path: str, transfer: str = "t-1", **more: Any) -> dict[str, Any]:
    """A listed file."""
    return {"url": f"{ROOT}{path}", "transferId": transfer, **more}


@dataclass
class Script:
    """A server of one job: its files by state, its transfers, and what a search finds by path."""

    files: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    moving: list[dict[str, Any]] = field(default_factory=list)
    ended: dict[str, dict[str, Any]] = field(default_factory=dict)
    found: dict[tuple[str, str], list[str]] = field(default_factory=dict)
    total: int | None = None
    status: int = 200
    refused: str = ""
    asked: list[str] = field(default_factory=list)
    searched: list[tuple[str, str]] = field(default_factory=list)

    def __call__(self, sock: socket.socket, asked: Asked) -> bool:
        parts = urlsplit(asked.target)
        state = parse_qs(parts.query).get("state", [""])[0]
        what = parts.path.removeprefix("/v1/jobs/").removeprefix("j/")
        self.asked.append(f"{what} {state}".strip())
        said: Any = {"items": []}
        status = 200
        if what == "files":
            said = {"items": self.files.get(state, [])}
        elif what == "transfers":
            said = {"items": self.moving}
        elif what == "fileSearch":
            body = json.loads(asked.body)
            assert body["filters"]["jobId"] == "j"
            key = body["query"]["path"], body["filters"]["state"]
            self.searched.append(key)
            said = {"items": [{"url": f"{ROOT}{path}"} for path in self.found.get(key, [])]}
            said |= {} if self.total is None else {"totalResultCount": self.total}
        elif what.partition("/")[2] in self.ended:
            said = self.ended[what.partition("/")[2]]
        else:
            status = 404
        if self.refused and what.startswith(self.refused):
            status, said = self.status, {"message": "no"}
        data = json.dumps(said).encode()
        head = f"HTTP/1.1 {status} X\r\nContent-Length: {len(data)}\r\n\r\n"
        sock.sendall(head.encode() + data)
        return True


@pytest.fixture
def play(serve: Callable[..., Any], connect: Callable[..., JetClient]) -> Callable[..., tuple[Script, JetClient]]:
    """A script and a client of the server that plays it."""

    def playing(**script: Any) -> tuple[Script, JetClient]:
        made = Script(**script)
        return made, connect(serve(made).url)

    return playing


UNDER_WAY = {
    "IN_PROGRESS": [file("/a", "t-1", sizeInBytes=5, fileType="FILE"), file("/other", "t-1")],
    "COMPLETED": [file("/b", "t-0", state="TRANSFERRED"), file("/x/y", "t-0"), file("/else", "t-9")],
    "FAILED": [file("/a", "t-8")],
}
MOVING = [{"transferId": "t-1", "objectsManifest": {"summary": {"count": 2, "bytes": 9}}}, {"transferId": "t-2"}]


def test_the_look_before_sending(play: Any) -> None:
    """Files of every state that may be the objects, or lie in them, with the state that they were asked for."""
    script, client = play(files=UNDER_WAY, moving=MOVING)
    seen = look_for(client, "j", Wanted(["/a", "/b", "/x/"], ROOT), Past())
    assert seen == Sighting(
        (
            SeenFile(f"{ROOT}/a", "t-1", "IN_PROGRESS", 5, "FILE"),
            SeenFile(f"{ROOT}/b", "t-0", "TRANSFERRED"),
            SeenFile(f"{ROOT}/x/y", "t-0", "COMPLETED"),
            SeenFile(f"{ROOT}/a", "t-8", "FAILED"),
        ),
        (SeenTransfer("t-1", 2, 9), SeenTransfer("t-2")),
    )
    assert script.asked == ["transfers IN_PROGRESS", "files IN_PROGRESS", "files COMPLETED", "files FAILED"]


@pytest.mark.parametrize("what", ["transfers", "files"])
def test_a_look_that_is_refused(play: Any, what: str) -> None:
    """Nothing can be told apart where a call is refused; where it may be answered later, it is told as that."""
    for status in (400, 403, 404, 501):
        _, client = play(files=UNDER_WAY, status=status, refused=what)
        assert look_for(client, "j", Wanted(["/a"], ROOT), Past()) is None
        assert look_back(client, "j", Wanted(["/a"], ROOT), Past(), ["/a"]) is None
    _, client = play(files=UNDER_WAY, status=503, refused=what)
    with pytest.raises(Unreachable):
        look_for(client, "j", Wanted(["/a"], ROOT), Past())
    _, client = play(files=UNDER_WAY, status=401, refused=what)
    with pytest.raises(AuthenticationError):
        look_for(client, "j", Wanted(["/a"], ROOT), Past())


LONG_PAST = Past(objects=LONG + 1, moved=("/known", "/d/e"))


def test_a_long_past_is_searched_before_it_is_listed(play: Any) -> None:
    """A search that finds what is known to be there, and none of the objects, spares the lists."""
    script, client = play(found={("/known", "ERROR"): ["/known"]}, files=UNDER_WAY)
    seen = look_for(client, "j", Wanted(["/z"], ROOT), LONG_PAST)
    assert seen == Sighting(())
    assert script.asked[:2] == ["transfers IN_PROGRESS", "files IN_PROGRESS"]
    assert "files COMPLETED" not in script.asked
    assert script.searched == [
        ("/known", "TRANSFERRED"),
        ("/known", "ERROR"),
        ("/z", "TRANSFERRED"),
        ("/z", "ERROR"),
    ]


@pytest.mark.parametrize(
    ("found", "total"),
    [
        ({}, None),
        ({("/known", "TRANSFERRED"): ["/known"], ("/b", "ERROR"): ["/b"]}, None),
        ({("/known", "TRANSFERRED"): ["/known"]}, 7),
    ],
)
def test_a_search_that_is_not_sure_is_not_believed(play: Any, found: dict[Any, Any], total: int | None) -> None:
    """It finds nothing that is known, or an object, or less than it says there is: the past is listed."""
    script, client = play(found=found, total=total, files=UNDER_WAY)
    seen = look_for(client, "j", Wanted(["/b"], ROOT), LONG_PAST)
    assert seen == Sighting((SeenFile(f"{ROOT}/b", "t-0", "TRANSFERRED"),))
    assert script.asked[-2:] == ["files COMPLETED", "files FAILED"]


def test_a_search_that_fails_is_not_believed(play: Any) -> None:
    """Refused, broken or absent; bad credentials are told."""
    for status in (404, 500, 503):
        _, client = play(status=status, refused="fileSearch")
        assert not FileSearch(client, "j", ROOT, ["/known"]).shows_none_of(["/z"])
    _, client = play(status=401, refused="fileSearch")
    with pytest.raises(AuthenticationError):
        FileSearch(client, "j", ROOT, ["/known"]).shows_none_of(["/z"])


def test_each_kind_of_path_is_tried_on_its_own(play: Any) -> None:
    """That a file is found says nothing of folders. Three examples are enough, and each kind is tried once."""
    found = {("/known", "TRANSFERRED"): ["/known"]}
    script, client = play(found=found)
    search = FileSearch(client, "j", ROOT, ["/k1", "/k2", "/known", "/k4"])
    assert search.shows_none_of(["/y", "/z"])
    assert [path for path, state in script.searched if state == "TRANSFERRED"] == ["/k1", "/k2", "/known", "/y", "/z"]
    assert not search.shows_none_of(["/z/"])
    assert not search.shows_none_of([])
    script, client = play(found={("/k4", "TRANSFERRED"): ["/k4"]})
    assert not FileSearch(client, "j", ROOT, ["/k1", "/k2", "/k3", "/k4"]).shows_none_of(["/z"])


def test_a_full_answer_leaves_it_open(play: Any) -> None:
    """Where as many were found as were asked for, the object may be among the rest."""
    known = {("/known", "TRANSFERRED"): ["/known"]}
    for count, none in ((999, True), (1000, False)):
        _, client = play(found=known | {("/z", "TRANSFERRED"): ["/zz"] * count})
        assert FileSearch(client, "j", ROOT, ["/known"]).shows_none_of(["/z"]) is none
    for total, none in ((1, True), (2, False)):
        near = {("/z", state): ["/zz"] for state in ("TRANSFERRED", "ERROR")}
        _, client = play(found=known | near, total=total)
        assert FileSearch(client, "j", ROOT, ["/known"]).shows_none_of(["/z"]) is none


def test_a_past_that_is_longer_than_was_thought(play: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its list is given up, and a search is tried on what it began with; if that does not help, it is read whole."""
    monkeypatch.setattr(sightings, "LONG", 2)
    many = [file(f"/m{at}", "t-0") for at in range(5)]
    script, client = play(files={"COMPLETED": many}, found={("/m0", "TRANSFERRED"): ["/m0"]})
    assert look_for(client, "j", Wanted(["/z"], ROOT), Past()) == Sighting(())
    assert script.asked.count("files COMPLETED") == 1
    assert "files FAILED" not in script.asked
    script, client = play(files={"COMPLETED": [*many, file("/z", "t-5")]})
    seen = look_for(client, "j", Wanted(["/z"], ROOT), Past())
    assert seen == Sighting((SeenFile(f"{ROOT}/z", "t-5", "COMPLETED"),))
    assert script.asked.count("files COMPLETED") == 2


def test_what_was_read_before_a_list_turned_out_long_is_kept(play: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """An object among the completed files is seen, too, where the list of failed ones is long."""
    monkeypatch.setattr(sightings, "LONG", 2)
    failed = [file(f"/m{at}", "t-0") for at in range(5)]
    script, client = play(files={"COMPLETED": [file("/z", "t-5")], "FAILED": [*failed, file("/z", "t-6")]})
    seen = look_for(client, "j", Wanted(["/z"], ROOT), Past())
    assert seen == Sighting((SeenFile(f"{ROOT}/z", "t-5", "COMPLETED"), SeenFile(f"{ROOT}/z", "t-6", "FAILED")))
    assert (script.asked.count("files COMPLETED"), script.asked.count("files FAILED")) == (1, 2)


def test_the_look_back_keeps_whole_transfers(play: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Evidence needs every file of a transfer that shows an object. Of long lists the others are forgotten."""
    script, client = play(files=UNDER_WAY, moving=MOVING)
    seen = look_back(client, "j", Wanted(["/a"], ROOT), Past(), ["/a"])
    assert seen is not None
    assert [(each.url.removeprefix(ROOT), each.transfer_id, each.state) for each in seen.files] == [
        ("/a", "t-1", "IN_PROGRESS"),
        ("/other", "t-1", "IN_PROGRESS"),
        ("/b", "t-0", "TRANSFERRED"),
        ("/x/y", "t-0", "COMPLETED"),
        ("/else", "t-9", "COMPLETED"),
        ("/a", "t-8", "FAILED"),
    ]
    assert (seen.transfers, seen.looked_at) == ((SeenTransfer("t-1", 2, 9), SeenTransfer("t-2")), 6)
    monkeypatch.setattr(sightings, "LONG", 2)
    script, client = play(files=UNDER_WAY)
    seen = look_back(client, "j", Wanted(["/a"], ROOT), Past(), ["/a"])
    assert seen is not None
    assert {each.url.removeprefix(ROOT) for each in seen.files} == {"/a", "/other"}
    assert seen.looked_at == 6
    assert script.asked.count("files COMPLETED") == 2
    script, client = play(files={"COMPLETED": UNDER_WAY["COMPLETED"]})
    seen = look_back(client, "j", Wanted(["/q"], ROOT), Past(), ["/q"])
    assert seen is not None
    assert (seen.files, seen.looked_at) == ((), 3)
    assert script.asked.count("files COMPLETED") == 1


def test_the_look_back_into_a_long_past(play: Any) -> None:
    """Where nothing under way shows an object, one object of each delivery is searched for; else all is listed."""
    known = {("/known", "TRANSFERRED"): ["/known"]}
    script, client = play(found=known, moving=MOVING)
    seen = look_back(client, "j", Wanted(["/a", "/b"], ROOT), LONG_PAST, ["/b"])
    assert seen == Sighting((), (SeenTransfer("t-1", 2, 9), SeenTransfer("t-2")), LONG_PAST.objects)
    assert {path for path, _ in script.searched} == {"/known", "/b"}
    script, client = play(found=known, files={"IN_PROGRESS": UNDER_WAY["IN_PROGRESS"]})
    seen = look_back(client, "j", Wanted(["/a", "/b"], ROOT), LONG_PAST, ["/b"])
    assert seen is not None
    assert len(seen.files) == 2
    assert script.searched == []


def test_sums_of_transfers(play: Any) -> None:
    """One call each. What cannot be viewed, or says nothing, is left out, or has no count."""
    summed = {"transferId": "t-5", "objectsManifest": {"summary": {"count": 3, "bytes": 7}}}
    skipped = {**summed, "transferId": "t-6", "transferProgress": {"skipped": {"count": 2, "bytes": 1}}}
    script, client = play(ended={"t-5": summed, "t-6": skipped, "t-7": {"transferId": "t-7"}})
    seen = with_sums(client, "j", Sighting((), (SeenTransfer("t-1"),)), ["t-5", "gone", "t-7"])
    assert seen.transfers == (SeenTransfer("t-1"), SeenTransfer("t-5", 3, 7), SeenTransfer("t-7"))
    sums = transfer_sums(client, "j", ["t-5", "gone", "t-6", "t-7"])
    assert sums == {"t-5": TransferSum(3, 7), "t-6": TransferSum(3, 7, 2)}
    assert script.asked.count("transfers/gone") == 2


def test_what_arrived(play: Any) -> None:
    """The wanted files with the server's reasons, the transfers that hold others too, and those that move."""
    files = {"COMPLETED": [file("/a", "t-1"), file("/z", "t-2")], "FAILED": [file("/b", "t-1", errorMessage="full")]}
    script, client = play(files=files, moving=[{"transferId": "t-9"}])
    wanted = {f"{ROOT}/a", f"{ROOT}/b"}
    look = look_at_files(client, "j", wanted.__contains__)
    assert look is not None
    assert [(each.file.url, each.file.state, each.reason) for each in look.files] == [
        (f"{ROOT}/a", "COMPLETED", ""),
        (f"{ROOT}/b", "FAILED", "full"),
    ]
    assert (look.foreign, look.under_way) == (frozenset({"t-2"}), {"t-9"})
    assert script.asked == ["transfers IN_PROGRESS", "files IN_PROGRESS", "files COMPLETED", "files FAILED"]
    _, client = play(status=404, refused="files")
    assert look_at_files(client, "j", wanted.__contains__) is None
