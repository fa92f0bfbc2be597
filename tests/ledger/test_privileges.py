"""The roles of docs/settings.md are enough for what each is for, and for no more."""

from __future__ import annotations

import re
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg
import pytest
from desks import delivery, desk_at

from jetplan.errors import JetplanError
from jetplan.ledger import open_ledger

if TYPE_CHECKING:
    from collections.abc import Iterator

DOCUMENT = Path(__file__).parents[2] / "docs/settings.md"


@pytest.fixture
def urls(postgres_url: str) -> Iterator[dict[str, str]]:
    """A URL for the owner, the runner and the reader of one ledger, made by the SQL of the documentation."""
    suffix = uuid.uuid4().hex[:8]
    schema = re.search(r"search_path%3D(\w+)", postgres_url)
    assert schema is not None
    open_ledger(postgres_url, create=True).close()
    sql = "".join(re.findall(r"```sql\n(.*?)```", DOCUMENT.read_text(encoding="utf-8"), re.DOTALL))
    roles = {name: f"{name}_{suffix}" for name in ("jetplan_runner", "jetplan_reader")}
    for name, role in roles.items():
        sql = sql.replace(name, role)
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute(sql.replace("SCHEMA public", f"SCHEMA {schema[1]}"))
        yield {name: re.sub(r"//[^@]*@", f"//{role}:@", postgres_url) for name, role in roles.items()}
        for role in roles.values():
            connection.execute(f"DROP OWNED BY {role}; DROP ROLE {role}")


def test_the_runner_applies(urls: dict[str, str]) -> None:
    """It claims, sends and settles; it changes no table."""
    with open_ledger(urls["jetplan_runner"]) as ledger:
        desk = desk_at(ledger)
        desk.claim(delivery(), 0, "/a", ident="x")
        assert ledger.unfinished(desk.scope)
    with psycopg.connect(urls["jetplan_runner"]) as connection, pytest.raises(psycopg.errors.InsufficientPrivilege):
        connection.execute("DROP TABLE jetplan_attempts")


def test_the_reader_plans(urls: dict[str, str]) -> None:
    """It reads everything that a plan needs, and can claim nothing."""
    with open_ledger(urls["jetplan_runner"]) as ledger:
        scope = desk_at(ledger).scope
    with open_ledger(urls["jetplan_reader"]) as ledger:
        assert ledger.fingerprint() is not None
        assert not ledger.unfinished(scope)
        with pytest.raises(JetplanError):
            desk_at(ledger, "run-2").claim(delivery(), 0, "/a", ident="y")
