"""What the store asks of a database: transactions that write, transactions that read, and their errors turned.

SQL is written once, with `?` for parameters and tables named `jetplan_…`; a driver carries it out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from jetplan.errors import JetplanError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime

T = TypeVar("T")
Row = tuple[Any, ...]
CHUNK = 500
"""How many values one IN list holds."""

WHAT_FOLLOWS = (
    'if it is the right one, say so with `jetplan ledger accept --reason "…"`; then record what was sent since with '
    "`jetplan ledger baseline`, before the next apply"
)
"""The hint where a ledger lost what was recorded last."""


class OperationFailed(JetplanError):
    """The database refused a statement because of a constraint. Other statements of the batch may succeed."""

    def __init__(self, why: str) -> None:
        super().__init__(f"the ledger refused what was to be written: {why}")


class Transaction(Protocol):
    """One transaction under way. `now` is its moment, by the clock that leases count on.

    `token` is its own random name, written into each transition it makes; `proof` is an attempt that got one, by
    which a driver can learn later whether a commit without an answer took place.
    """

    token: str
    proof: str

    @property
    def now(self) -> datetime:
        """The same moment throughout the transaction, in UTC."""

    def rows(self, sql: str, params: Sequence[Any] = ()) -> list[Row]:
        """All rows of a query."""

    def run(self, sql: str, params: Sequence[Any] = ()) -> int:
        """Carry out a statement; how many rows it changed."""

    def run_many(self, sql: str, rows: Sequence[Row]) -> int:
        """The same statement for many rows; how many rows it changed in all."""

    def insert(self, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
        """Add rows, in bulk where the database has a way. Raises OperationFailed on a duplicate."""

    def lock(self, names: Iterable[str]) -> None:
        """Hold these names until the transaction ends, in an order that cannot deadlock.

        Finding the names may take queries: a database that lets in one writer at a time need not look at them.
        """


class Driver(Protocol):
    """One ledger's database. Safe to use from many threads; a write waits for the one before it."""

    kind: str

    def write(self, work: Callable[[Transaction], T], *, once: bool = False) -> T:
        """Carry out `work` and commit it durably. `work` may be called again where the first try left nothing.

        `once`: it must not be, it consumes what it is given. Raises CommitUnknown where the commit got no answer
        and none could be had, JetplanError where it failed.
        """

    def read(self, work: Callable[[Transaction], T], *, once: bool = False) -> T:
        """Carry out `work` over one consistent view; again if the connection was lost, unless `once`."""

    def home(self) -> Mapping[str, str]:
        """What tells the database's server from every other, and from its own copies; empty where nothing does."""

    def verify(self) -> None:
        """Raise LedgerMismatch where the database is behind what is known of it beside it."""

    def accept(self) -> None:
        """A person has said that the database is right as it stands: what is known beside it follows."""

    def integrity(self) -> list[str]:
        """What the database's own check finds wrong with its files, in sentences."""

    def close(self) -> None:
        """Let go of all connections."""


def rows_in(
    tx: Transaction, sql: str, values: Iterable[Any], *, before: Sequence[Any] = (), after: Sequence[Any] = ()
) -> list[Row]:
    """The rows of a query with one `IN (@)`, for any number of values, and the parameters around it."""
    found: list[Row] = []
    every = list(values)
    for at in range(0, len(every), CHUNK):
        some = every[at : at + CHUNK]
        found += tx.rows(sql.replace("@", ",".join("?" * len(some))), [*before, *some, *after])
    return found
