"""What the ledger's tests begin with: a desk (ledger, scope and run), and subjects to claim."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from jetplan.core.attempts import Kind, NewAttempt, RunInfo, SubjectKey

if TYPE_CHECKING:
    from jetplan.ledger import Ledger

API = "https://jet.example"


@dataclass
class Desk:
    """One ledger, one scope, one run: what most tests begin with."""

    ledger: Ledger
    scope: str
    run: str = "run-1"
    made: int = field(default=0)

    def claim(self, subject: SubjectKey, version: int, *paths: str, ident: str = "", **fields: Any) -> Any:
        """Claim one attempt for some paths."""
        self.made += 1
        new = NewAttempt(ident or f"attempt-{self.made}", paths=paths, **fields)
        return self.ledger.claim(self.scope, subject, version, [new], self.run)

    def another_run(self, run_id: str, **fields: Any) -> Desk:
        """The same ledger and scope in the hands of another run."""
        self.ledger.begin_run(RunInfo(run_id, **fields))
        return Desk(self.ledger, self.scope, run_id, made=1000 * len(run_id))


def desk_at(ledger: Ledger, run_id: str = "run-1", **fields: Any) -> Desk:
    """A desk at a ledger that is already open."""
    scope = ledger.ensure_scope(API, ["account-1"])
    ledger.begin_run(RunInfo(run_id, **fields))
    return Desk(ledger, scope, run_id)


def delivery(name: str = "masters", source: str = "nyc", destination: str = "lax") -> SubjectKey:
    """A delivery set's subject."""
    return SubjectKey(Kind.DELIVERY, name, source, destination)


def job(name: str = "nyc-to-lax", source: str = "nyc", destination: str = "lax") -> SubjectKey:
    """A job's subject."""
    return SubjectKey(Kind.JOB, name, source, destination)
