"""`notify`: people are told once of what they asked for, by apprise, and no run fails by it."""

from __future__ import annotations

import json
import socket
import struct
import threading
import time
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest
from stage import JOBS, wait_until

from jetplan.app import notifying
from jetplan.app.notifying import message_of, utc_now
from jetplan.app.opening import pinned_ledger
from jetplan.app.settings import load_settings
from jetplan.core.notifying import Kind, News

if TYPE_CHECKING:
    from collections.abc import Iterator

    from stage import Stage

SECRET = "s3cret-token"
RULE = "notify:\n  - events: [delivered, failed, inDoubt, blocked, waiting]\n"
APPLY = "jetplan apply --auto-approve"


@contextmanager
def receiver(status: int | None = 200, hang: threading.Event | None = None) -> Iterator[tuple[str, list[Any]]]:
    """A service that takes notifications: its address for apprise, and what it got. No status: it hangs up."""
    got: list[Any] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = json.loads(self.rfile.read(int(self.headers["content-length"])))
            got.append((body["title"], body["message"].splitlines()))
            if hang is not None:
                hang.wait(60)
            if status is None:
                linger = struct.pack("ii", 1, 0)  # close with a reset
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
                self.connection.close()
                return
            self.send_response(status)
            self.end_headers()

        def log_message(self, *_: Any) -> None:
            """Nothing to stderr."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"json://user:{SECRET}@127.0.0.1:{server.server_port}/", got
    finally:
        if hang is not None:
            hang.set()
        server.shutdown()
        server.server_close()


@pytest.fixture
def told(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Any]]:
    """What one service was told, in a project that tells it everything."""
    stage.configure(RULE)
    with receiver() as (url, got):
        monkeypatch.setenv("JETPLAN_NOTIFY_URLS", url)
        yield got


def test_what_was_delivered_is_told_once(stage: Stage, told: list[Any]) -> None:
    """By the run that saw it arrive, and by none after it."""
    stage.write_set("/a.mxf", "/b.mxf")
    stage.run(f"{APPLY} --wait")
    [(title, [line])] = told
    assert title == "jetplan: 1 delivered"
    assert line.startswith("delivered: set masters: 2 objects (unknown size), delivery ")
    stage.run(f"{APPLY} --wait")
    stage.run("jetplan status --notify")
    assert len(told) == 1


def test_a_failure_a_doubt_and_a_block(stage: Stage, told: list[Any]) -> None:
    """The gravest first; each once, although every run ends with it."""
    stage.write_set("/a.mxf", "/b.mxf")
    stage.fail("/b.mxf=permission")
    stage.run(f"{APPLY} --wait", code=1)
    [(title, [line])] = told
    assert title == "jetplan: 1 failed"
    assert (
        line.endswith("1 of 2 files, 60 B of unknown size; not moved: /b.mxf (Permission denied)") or "/b.mxf" in line
    )
    stage.write_set("/a.mxf", "/b.mxf", "/c.mxf")
    stage.faults("POST:/deliveries=cut-before-commit*1")
    stage.run(APPLY, code=3)
    assert told[1][0] == "jetplan: 1 in doubt"
    stage.run(APPLY, code=3)
    assert told[2][0] == "jetplan: 1 blocked"
    stage.run(APPLY, code=3)
    assert len(told) == 3


def test_what_is_blocked_again_is_told_again(stage: Stage, told: list[Any]) -> None:
    """A state that ended and came back is news."""
    job = stage.make_job()
    stage.pause(job)
    stage.write_set("/a.mxf")
    for _ in range(2):
        stage.run(APPLY, code=None)
    assert [title for title, _ in told] == ["jetplan: 1 blocked"]
    stage.pause(job, paused=False)
    stage.run(f"{APPLY} --wait")
    stage.pause(job)
    stage.write_set("/a.mxf", "/b.mxf")
    stage.run(APPLY, code=None)
    assert [title for title, _ in told] == ["jetplan: 1 blocked", "jetplan: 1 delivered", "jetplan: 1 blocked"]


def test_what_was_left_out_is_not_forgotten(stage: Stage, told: list[Any]) -> None:
    """A run that was about something else tells nothing of the rest, and does not make it news."""
    stage.pause(stage.make_job())
    stage.write_set("/a.mxf")
    stage.run(APPLY, code=None)
    stage.put("/other.mxf")
    stage.write(
        "apiVersion: jetplan/v1\njobs:\n  second: {source: NYC Dailies, destination: LAX Ingest}\n"
        "deliverySets:\n  other: {job: second, objects: [/other.mxf]}\n",
        "other.yaml",
    )
    stage.run(f"{APPLY} --set other")
    stage.run(APPLY, code=None)
    assert [title for title, _ in told] == ["jetplan: 1 blocked"]


def test_longer_than(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was blocked for a short time only is nobody's concern."""
    stage.configure("notify:\n  - {events: [blocked], longerThan: PT2H}\n")
    stage.pause(stage.make_job())
    stage.write_set("/a.mxf")
    with receiver() as (url, got):
        monkeypatch.setenv("JETPLAN_NOTIFY_URLS", url)
        stage.run(APPLY, code=None)
        stage.run(APPLY, code=None)
        assert got == []
        stage.project.joinpath("jetplan.yaml").write_text(
            stage.project.joinpath("jetplan.yaml").read_text().replace("PT2H", "PT1S")
        )
        deadline = time.monotonic() + 20
        while not got and time.monotonic() < deadline:  # a second has to pass, by the ledger's clock
            stage.run(APPLY, code=None)
    assert got[0][0] == "jetplan: 1 blocked"


@pytest.mark.parametrize(
    ("rule", "heard"),
    [
        ("{events: [delivered], sets: ['mast*']}", True),
        ("{events: [delivered], sets: [other]}", False),
        ("{events: [delivered], jobs: ['nyc-*']}", True),
        ("{events: [delivered], jobs: ['ldn-*']}", False),
        ("{events: [delivered], destinations: [LAX Ingest]}", True),
        ("{events: [delivered], destinations: [NYC Dailies]}", False),
        ("{events: [delivered], sets: [masters], destinations: [NYC Dailies]}", False),
        ("{events: [failed]}", False),
        ("{events: [delivered], urlsFrom: TEAM_URLS}", False),
    ],
)
def test_who_is_told_what(rule: str, heard: bool, stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """By set, by job, by destination, and by the variable that holds the addresses."""
    stage.configure(f"notify:\n  - {rule}\n")
    stage.write_set("/a.mxf")
    with receiver() as (url, got), receiver() as (team, of_team):
        monkeypatch.setenv("JETPLAN_NOTIFY_URLS", url)
        monkeypatch.setenv("TEAM_URLS", team)
        stage.run(f"{APPLY} --wait")
    assert bool(got) == heard
    assert bool(of_team) == ("TEAM_URLS" in rule)


@pytest.mark.parametrize(
    ("url", "status", "why"),
    [
        ("json://u:{secret}@127.0.0.1:{port}/", 500, "JSON did not take it"),
        ("json://u:{secret}@127.0.0.1:{port}/", None, "JSON did not take it"),
        ("json://u:{secret}@127.0.0.1:1/", 200, "JSON did not take it"),
        ("nonsense://{secret}:{port}", 200, "1 address could not be understood"),
        ("{secret}", 200, "1 address could not be understood"),
        ("json://u:{secret}@127.0.0.1:{port}/ nonsense://{port}", 500, "JSON did not take it; 1 address could not be"),
        ("", 200, "JETPLAN_NOTIFY_URLS is not set, and holds the addresses"),
    ],
)
def test_a_service_that_does_not_take_it(
    url: str, status: int | None, why: str, stage: Stage, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The run ends as it would have, nobody's address is shown, and it is told when the service is back."""
    stage.configure(RULE)
    stage.write_set("/a.mxf")
    with receiver(status) as (broken, _):
        port = broken.rpartition(":")[2].rstrip("/")
        monkeypatch.setenv("JETPLAN_NOTIFY_URLS", url.format(port=port, secret=SECRET))
        ran = stage.run(f"{APPLY} --wait")
    assert f"Not everybody was told through JETPLAN_NOTIFY_URLS: {why}" in ran.err
    assert SECRET not in ran.err + ran.out
    with receiver() as (good, got):
        monkeypatch.setenv("JETPLAN_NOTIFY_URLS", good)
        stage.run("jetplan status --notify")
    assert [title for title, _ in got] == ["jetplan: 1 delivered"]


def test_a_service_that_hangs(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Telling has its time, and no more."""
    monkeypatch.setattr(notifying, "PATIENCE", 0.2)
    stage.configure(RULE)
    stage.write_set("/a.mxf")
    with receiver(hang=threading.Event()) as (url, _):
        monkeypatch.setenv("JETPLAN_NOTIFY_URLS", url)
        ran = stage.run(f"{APPLY} --wait")
    assert "no answer within 0 s" in ran.err


def test_without_the_extra(stage: Stage, told: list[Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """One sentence says what to install, and the run goes on."""
    monkeypatch.setitem(__import__("sys").modules, "apprise", None)
    stage.write_set("/a.mxf")
    ran = stage.run(f"{APPLY} --wait")
    assert "pip install 'jetplan[notify]'" in ran.err
    assert told == []


def test_what_was_delivered_before_is_not_news(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """A project that begins to notify is not flooded with its past."""
    stage.write_set("/a.mxf")
    stage.run(f"{APPLY} --wait")
    stage.configure(RULE)
    with receiver() as (url, got):
        monkeypatch.setenv("JETPLAN_NOTIFY_URLS", url)
        stage.run("jetplan status --notify")
        assert got == []
        stage.write_set("/a.mxf", "/b.mxf")
        stage.run(f"{APPLY} --wait")
    assert [title for title, _ in got] == ["jetplan: 1 delivered"]


def test_many_are_one_message(stage: Stage, told: list[Any]) -> None:
    """Twenty are named, and the rest counted."""
    names = [f"set-{number:02}" for number in range(25)]
    stage.put(*(f"/{name}.mxf" for name in names))
    sets = "".join(f"  {name}: {{job: nyc-to-lax, objects: [/{name}.mxf]}}\n" for name in names)
    stage.write(
        "apiVersion: jetplan/v1\njobs:\n  nyc-to-lax: {source: NYC Dailies, destination: LAX Ingest}\n"
        f"deliverySets:\n{sets}"
    )
    stage.run(f"{APPLY} --wait")
    [(title, lines)] = told
    assert title == "jetplan: 25 delivered"
    assert len(lines) == 21
    assert lines[-1] == "and 5 more: `jetplan status` shows all"


def test_the_ledger_forgets_nothing_of_it(stage: Stage, told: list[Any]) -> None:
    """What was told goes with an export into another ledger."""
    stage.write_set("/a.mxf")
    stage.run(f"{APPLY} --wait")
    assert len(told) == 1
    with pinned_ledger(load_settings()) as ledger:
        text = stage.project / "export.jsonl"
        with text.open("w", encoding="utf-8") as file:
            ledger.export(file)
    rows = [json.loads(line) for line in text.read_text(encoding="utf-8").splitlines()]
    things = {row["thing"]: row["told_on"] for row in rows if row.get("table") == "notifications"}
    assert sorted(thing.split()[0] for thing in things) == ["delivered", "since"]
    assert all(told_on for thing, told_on in things.items() if thing != "since")
    assert utc_now() > max(things.values())


def test_names_forge_no_lines() -> None:
    """A name, or the server's words, which others chose, stay within their line and are seen as they are."""
    forged = News(Kind.FAILED, "x", "a", "b", (), "set a: /b\ndelivered: set c\u202e.mxf")
    title, body = message_of([forged])
    assert title == "jetplan: 1 failed"
    assert body == "failed: set a: /b\\x0adelivered: set c\\u202e.mxf"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("/@everyone.mxf", "/\\x40everyone.mxf"),
        ("/@Here", "/\\x40Here"),
        ("<!channel>", "\\x3c!channel>"),
        ("<@&12>", "\\x3c@&12>"),
        ("/a@2x.mxf", "/a@2x.mxf"),
        ("/@hereafter", "/@hereafter"),
    ],
)
def test_names_call_nobody(name: str, shown: str) -> None:
    """What a chat service would take for a mention is written so that it is none."""
    assert message_of([News(Kind.FAILED, "x", "a", "b", (), name)])[1] == f"failed: {shown}"


def test_long_words_are_cut(stage: Stage, told: list[Any]) -> None:
    """Services refuse messages that are too long."""
    folder = "/".join("d" * 200 for _ in range(8))
    stage.write_set(f"/{folder}/a.mxf")
    stage.fail("/d*=permission")
    stage.run(f"{APPLY} --wait", code=1)
    [(_, [line])] = told
    assert len(line) == 1_000
    assert line.endswith("…")


def test_what_was_not_chosen_is_told_later(stage: Stage, told: list[Any]) -> None:
    """A run that is about one set tells nothing of another, which the next whole run tells."""
    stage.put("/a.mxf", "/b.mxf")
    sets = "".join(f"  {name}: {{job: nyc-to-lax, objects: [/{name}.mxf]}}\n" for name in "ab")
    stage.write(f"{JOBS}deliverySets:\n{sets}")
    stage.run(APPLY)
    stage.settle()
    for line in ("jetplan status --notify --set a", "jetplan status --notify"):
        stage.run(line)
    assert [[each.split(":")[1] for each in lines] for _, lines in told] == [[" set a"], [" set b"]]


def test_an_error_while_waiting(stage: Stage, told: list[Any]) -> None:
    """The run ends with the error; people learn of the doubt that it has seen before."""
    stage.write_set("/a.mxf")
    stage.faults("POST:/deliveries=cut-before-commit*1", "GET:/storageProfiles=status=400,skip=2")
    ran = stage.run(f"{APPLY} --wait", code=None)
    assert "400" in ran.err
    assert [title for title, _ in told] == ["jetplan: 1 in doubt"]


def test_a_crash_before_it_is_noted(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Who was told, and the ledger does not know it, is told again: better twice than never."""
    stage.configure(RULE)
    stage.write_set("/a.mxf")
    stage.run(f"{APPLY}")
    stage.settle()
    with receiver(hang=threading.Event()) as (url, got):
        monkeypatch.setenv("JETPLAN_NOTIFY_URLS", url)
        process = stage.start("jetplan status --notify")
        wait_until(lambda: bool(got))
        process.kill()
        process.communicate()
    with receiver() as (url, again):
        monkeypatch.setenv("JETPLAN_NOTIFY_URLS", url)
        for _ in range(2):
            stage.run("jetplan status --notify")
    assert again == got
