"""Opening a ledger: made where asked, found where it is, and refused in plain words where it is not one."""

from __future__ import annotations

import os
import sqlite3
import stat
import sys
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from desks import delivery, desk_at

from jetplan.core.attempts import Claimed
from jetplan.errors import JetplanError, LedgerMismatch, UsageError
from jetplan.ledger import open_ledger, schema
from jetplan.ledger.schema import Migration

if TYPE_CHECKING:
    from pathlib import Path

    from jetplan.ledger.driver import Transaction


def test_a_ledger_is_made_once_and_found_again(url: str) -> None:
    """Without `create` nothing is made; with it the id stays from then on."""
    with pytest.raises(LedgerMismatch) as caught:
        open_ledger(url)
    assert "jetplan init" in caught.value.hint
    with open_ledger(url, create=True) as ledger:
        ident = ledger.ledger_id
    assert len(ident) == 32
    for create in (True, False):
        with open_ledger(url, create=create) as ledger:
            assert ledger.ledger_id == ident


def test_two_runners_make_one_ledger(url: str) -> None:
    """Who comes second to making it finds what the first made."""
    with open_ledger(url, create=True) as one, open_ledger(url, create=True) as two:
        assert one.ledger_id == two.ledger_id


def test_a_newer_schema_is_refused(url: str) -> None:
    """A ledger of a later jetplan is left alone."""
    with open_ledger(url, create=True) as ledger:
        ledger._driver.write(
            lambda tx: tx.run("INSERT INTO jetplan_migrations VALUES (99, 'later', '2030', 'jetplan 9')")
        )
    with pytest.raises(LedgerMismatch, match="schema version 99"):
        open_ledger(url)


def test_an_older_schema_is_brought_up_to_date(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each missing migration is carried out and recorded, with what wrote it; what was there stays."""
    with open_ledger(url, create=True) as ledger:
        desk_at(ledger).claim(delivery(), 0, "/a", ident="x")
    number = schema.newest() + 1
    later = Migration(
        number, "a later thought", ("CREATE TABLE jetplan_later (n {int})",), ("COMMENT ON TABLE jetplan_later IS 'x'",)
    )
    monkeypatch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, later))
    with open_ledger(url) as ledger:
        assert ledger.attempt("x").objects == 1
        rows = ledger._driver.read(lambda tx: tx.rows("SELECT version, name, program FROM jetplan_migrations"))
        assert [row[0] for row in rows] == list(range(1, number + 1))
        assert rows[-1][1] == "a later thought"
        assert rows[-1][2].startswith("jetplan ")


def test_a_migration_that_fails_leaves_nothing(url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables, record and all are one transaction."""
    with open_ledger(url, create=True):
        pass
    statements = ("CREATE TABLE jetplan_half (n {int})", "CREATE TABLE jetplan_half (n {int})")
    with monkeypatch.context() as patch:
        patch.setattr(schema, "MIGRATIONS", (*schema.MIGRATIONS, Migration(schema.newest() + 1, "half", statements)))
        with pytest.raises(JetplanError):
            open_ledger(url)
    with open_ledger(url) as ledger, pytest.raises(JetplanError):
        ledger._driver.read(lambda tx: tx.rows("SELECT * FROM jetplan_half"))


@pytest.mark.parametrize("address", ["", "ledger.db", "mysql://u:secret@h/d", "sqlite://l.db", "sqlite:///"])
def test_another_url_is_a_usage_error(address: str) -> None:
    """What is no ledger's URL is told with the forms that are, and without its password."""
    with pytest.raises(UsageError) as caught:
        open_ledger(address, create=True)
    assert "sqlite:///relative.db" in caught.value.hint
    assert "secret" not in caught.value.message


class TestFiles:
    """SQLite's files."""

    def test_it_is_private_and_in_a_folder_made_for_it(self, tmp_path: Path) -> None:
        """Mode 0600, whatever the umask, and missing folders are made."""
        before = os.umask(0)
        try:
            open_ledger(f"sqlite:///{tmp_path / 'deep' / 'er' / 'l.db'}", create=True).close()
        finally:
            os.umask(before)
        assert stat.S_IMODE((tmp_path / "deep/er/l.db").stat().st_mode) == 0o600

    def test_a_relative_path_is_from_here(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """`sqlite:///name` is in the current folder, with any characters in it, and stays there."""
        monkeypatch.chdir(tmp_path)
        with open_ledger("sqlite:///a %3f?#ü.db", create=True) as ledger:
            monkeypatch.chdir("/")
            ledger.ensure_scope("https://a.example", [])
        assert [path.name for path in tmp_path.iterdir()] == ["a %3f?#ü.db"]

    def test_the_durable_settings_hold(self, tmp_path: Path) -> None:
        """Every connection: rollback journal, every sync there is, foreign keys."""
        with open_ledger(f"sqlite:///{tmp_path / 'l.db'}", create=True) as ledger:
            ledger.ensure_scope("https://a.example", [])

            def settings(tx: Transaction) -> list[Any]:
                return [tx.rows(f"PRAGMA {pragma}")[0][0] for pragma in ("journal_mode", "synchronous", "foreign_keys")]

            assert ledger._driver.read(settings) == ["delete", 3, 1]
            assert ledger._driver.write(settings) == ["delete", 3, 1]

    def test_a_file_left_in_wal_mode_is_turned_back(self, tmp_path: Path) -> None:
        """Whoever set WAL on the file meanwhile: it is a rollback journal again."""
        url = f"sqlite:///{tmp_path / 'l.db'}"
        open_ledger(url, create=True).close()
        with closing(sqlite3.connect(tmp_path / "l.db")) as connection:
            assert connection.execute("PRAGMA journal_mode = WAL").fetchone() == ("wal",)
        with open_ledger(url) as ledger:
            assert ledger._driver.read(lambda tx: tx.rows("PRAGMA journal_mode")) == [("delete",)]

    def test_a_file_held_in_wal_mode_is_refused(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """While somebody else keeps it in WAL mode, it is not used."""
        monkeypatch.setattr("jetplan.ledger.sqlite.BUSY_SECONDS", 0.05)
        url = f"sqlite:///{tmp_path / 'l.db'}"
        open_ledger(url, create=True).close()
        with closing(sqlite3.connect(tmp_path / "l.db")) as connection:
            connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("SELECT * FROM jetplan_meta").fetchall()
            with pytest.raises(JetplanError):
                open_ledger(url)

    @pytest.mark.parametrize(
        "content", [b"hello, I am a letter\n" * 100, b"SQLite format 3\0" + b"\xff" * 4096, b"\0" * 100]
    )
    def test_a_file_that_is_none_is_refused(self, tmp_path: Path, content: bytes) -> None:
        """Text, a broken header: not a ledger, in a sentence, and left as it is."""
        path = tmp_path / "l.db"
        path.write_bytes(content)
        with pytest.raises(LedgerMismatch) as caught:
            open_ledger(f"sqlite:///{path}", create=True)
        assert str(path) in caught.value.message
        assert path.read_bytes() == content

    def test_somebody_elses_database_is_refused(self, tmp_path: Path) -> None:
        """A database of another program is not written to, not even when asked to create."""
        with closing(sqlite3.connect(tmp_path / "l.db")) as connection:
            connection.execute("CREATE TABLE photos (n)")
        with pytest.raises(LedgerMismatch, match="no ledger of jetplan's"):
            open_ledger(f"sqlite:///{tmp_path / 'l.db'}", create=True)

    def test_what_is_no_file_is_refused(self, tmp_path: Path) -> None:
        """A folder, a pipe, a link that leads nowhere, a path through a file: no hang, no traceback."""
        os.mkfifo(tmp_path / "pipe")
        (tmp_path / "file").write_text("")
        (tmp_path / "loop").symlink_to("loop")
        for name in (".", "pipe", "file/l.db", "loop"):
            with pytest.raises(JetplanError):
                open_ledger(f"sqlite:///{tmp_path}/{name}", create=True)

    def test_a_file_left_empty_by_a_crash_is_taken(self, tmp_path: Path) -> None:
        """Killed between making the file and its tables: not a ledger yet, but one can be made of it."""
        (tmp_path / "l.db").write_bytes(b"")
        with pytest.raises(LedgerMismatch):
            open_ledger(f"sqlite:///{tmp_path / 'l.db'}")
        open_ledger(f"sqlite:///{tmp_path / 'l.db'}", create=True).close()

    def test_a_file_held_by_another_process_is_told(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        """After the wait: a sentence; and once it is free, the same ledger goes on."""
        monkeypatch.setattr("jetplan.ledger.sqlite.BUSY_SECONDS", 0.05)
        with open_ledger(f"sqlite:///{tmp_path / 'l.db'}", create=True) as ledger:
            desk = desk_at(ledger)
            with closing(sqlite3.connect(tmp_path / "l.db")) as connection:
                connection.execute("BEGIN IMMEDIATE")
                with pytest.raises(JetplanError, match="another process"):
                    desk.claim(delivery(), 0, "/a", ident="x")
            assert desk.claim(delivery(), 0, "/a", ident="x") == Claimed(1)


class TestPostgres:
    """PostgreSQL's URLs."""

    def test_without_the_extra_it_says_what_to_install(self, monkeypatch: pytest.MonkeyPatch) -> None:
        """No traceback of an import."""
        monkeypatch.delitem(sys.modules, "jetplan.ledger.postgres", raising=False)
        monkeypatch.setitem(sys.modules, "psycopg", None)
        with pytest.raises(UsageError) as caught:
            open_ledger("postgresql://h/d")
        assert "jetplan[postgres]" in caught.value.hint

    @pytest.mark.parametrize(
        "address",
        [
            "postgresql://u:s3cret@127.0.0.1:1/d",
            "postgresql://u:s3cret@127.0.0.1:s3cret/d",
            "postgresql://u:s3cret@[::1/d",
            "postgresql://u:s3cret@127.0.0.1:1/d?s3cret=1",
            "postgresql://127.0.0.1:1/d?user=u&password=s3cret",
        ],
    )
    def test_a_password_is_never_told(self, address: str) -> None:
        """Whatever is wrong with the URL or the server, the message and its causes in it hold no secret."""
        with pytest.raises(JetplanError) as caught:
            open_ledger(address, create=True)
        assert "s3cret" not in f"{caught.value.message} {caught.value.hint} {caught.value!r}"

    def test_start_up_does_without_psycopg(self) -> None:
        """Only a PostgreSQL URL imports the driver."""
        import subprocess

        code = "import sys, jetplan.ledger; sys.exit('psycopg' in sys.modules)"
        assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
