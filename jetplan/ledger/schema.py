"""The tables, as a list of migrations: the same for both databases but for the names of three types.

A migration is recorded in the transaction that makes it. A ledger of a newer schema is refused, never guessed at.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from jetplan.errors import LedgerMismatch
from jetplan.ledger.folding import fill_folded
from jetplan.ledger.times import stamp
from jetplan.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from jetplan.ledger.driver import Transaction

TYPES: Mapping[str, Mapping[str, str]] = {
    "sqlite": {"text": "TEXT", "int": "INTEGER", "blob": "BLOB"},
    "postgresql": {"text": 'TEXT COLLATE "C"', "int": "BIGINT", "blob": "BYTEA"},
}


TABLES = (
    "migrations", "meta", "scopes", "profiles", "runs", "subjects", "renames", "attempts", "pages", "listings",
    "transitions", "arrivals", "notifications",
)  # fmt: skip
BLOBS = frozenset({"settled", "sizes", "listing", "first", "keys"})
INTEGERS = frozenset(
    {"version", "heartbeats", "seq", "batch", "batches", "revision", "objects", "known_bytes", "unknown_sizes"}
    | {"overlap_allowed", "began_after", "end_number", "lacking"}
)
"""Columns that are not text, by name: the same name has the same type in every table."""


@dataclass(frozen=True, slots=True)
class Migration:
    """One step of the schema. `postgresql` holds what only that database is told besides."""

    version: int
    name: str
    statements: Sequence[str]
    postgresql: Sequence[str] = ()
    fill: Callable[[Transaction], None] | None = None
    """Fills in what older versions did not write."""


BOOKKEEPING = (
    """CREATE TABLE jetplan_migrations (
        version {int} PRIMARY KEY, name {text} NOT NULL, applied_on {text} NOT NULL, program {text} NOT NULL)""",
    "CREATE TABLE jetplan_meta (name {text} PRIMARY KEY, value {text} NOT NULL)",
)

MIGRATIONS = (
    Migration(
        1,
        "attempts and their history",
        (
            *BOOKKEEPING,
            """CREATE TABLE jetplan_scopes (
                scope_id {text} PRIMARY KEY, api_url {text} NOT NULL, account {text} NOT NULL,
                UNIQUE (api_url, account))""",
            """CREATE TABLE jetplan_runs (
                run_id {text} PRIMARY KEY, git_commit {text} NOT NULL, ci_url {text} NOT NULL, who {text} NOT NULL,
                host {text} NOT NULL, process {text} NOT NULL, program {text} NOT NULL, started_on {text} NOT NULL,
                lease_seconds {text} NOT NULL, heartbeat_on {text} NOT NULL, heartbeats {int} NOT NULL,
                finished_on {text} NOT NULL, outcome {text} NOT NULL)""",
            """CREATE TABLE jetplan_subjects (
                subject_id {text} PRIMARY KEY, scope_id {text} NOT NULL REFERENCES jetplan_scopes,
                kind {text} NOT NULL, name {text} NOT NULL, source_id {text} NOT NULL, destination_id {text} NOT NULL,
                version {int} NOT NULL, job_id {text} NOT NULL, settled {blob}, sizes {blob},
                UNIQUE (scope_id, kind, name, source_id, destination_id))""",
            """CREATE TABLE jetplan_renames (
                subject_id {text} NOT NULL REFERENCES jetplan_subjects,
                former_id {text} NOT NULL REFERENCES jetplan_subjects, PRIMARY KEY (subject_id, former_id))""",
            "CREATE INDEX jetplan_renames_former ON jetplan_renames (former_id)",
            """CREATE TABLE jetplan_attempts (
                attempt_id {text} PRIMARY KEY, subject_id {text} NOT NULL REFERENCES jetplan_subjects,
                scope_id {text} NOT NULL REFERENCES jetplan_scopes, run_id {text} NOT NULL REFERENCES jetplan_runs,
                state {text} NOT NULL, seq {int} NOT NULL, created_on {text} NOT NULL, changed_on {text} NOT NULL,
                batch {int} NOT NULL, batches {int} NOT NULL, revision {int} NOT NULL, job_id {text} NOT NULL,
                job_name {text} NOT NULL, objects {int} NOT NULL, known_bytes {int} NOT NULL,
                unknown_sizes {int} NOT NULL, overlap_allowed {int} NOT NULL, delivery_id {text} NOT NULL,
                detail {text} NOT NULL, baseline {text}, first_paths {text} NOT NULL)""",
            "CREATE INDEX jetplan_attempts_subject ON jetplan_attempts (subject_id)",
            "CREATE INDEX jetplan_attempts_state ON jetplan_attempts (scope_id, state)",
            "CREATE INDEX jetplan_attempts_delivery ON jetplan_attempts (scope_id, delivery_id)",
            """CREATE TABLE jetplan_pages (
                attempt_id {text} NOT NULL REFERENCES jetplan_attempts, part {text} NOT NULL, first {blob} NOT NULL,
                keys {blob} NOT NULL, PRIMARY KEY (attempt_id, part, first))""",
            """CREATE TABLE jetplan_listings (
                attempt_id {text} PRIMARY KEY REFERENCES jetplan_attempts, listing {blob} NOT NULL)""",
            """CREATE TABLE jetplan_transitions (
                attempt_id {text} NOT NULL REFERENCES jetplan_attempts, seq {int} NOT NULL, from_state {text} NOT NULL,
                to_state {text} NOT NULL, made_on {text} NOT NULL, run_id {text} NOT NULL, detail {text} NOT NULL,
                token {text} NOT NULL, PRIMARY KEY (attempt_id, seq))""",
        ),
        (
            # Packed keys are random bytes: compressing them is wasted, and a page fits into a row.
            "ALTER TABLE jetplan_pages ALTER COLUMN keys SET STORAGE PLAIN",
            "ALTER TABLE jetplan_listings ALTER COLUMN listing SET STORAGE EXTERNAL",
        ),
    ),
    Migration(
        2,
        "runs are counted as they end",
        (
            "ALTER TABLE jetplan_runs ADD COLUMN began_after {int} NOT NULL DEFAULT 0",
            "ALTER TABLE jetplan_runs ADD COLUMN end_number {int} NOT NULL DEFAULT 0",
            "UPDATE jetplan_runs SET end_number = 1 WHERE finished_on <> ''",
            "CREATE INDEX jetplan_runs_ended ON jetplan_runs (end_number)",
        ),
    ),
    Migration(
        3,
        "what storage profiles were called",
        (
            """CREATE TABLE jetplan_profiles (
                scope_id {text} NOT NULL REFERENCES jetplan_scopes, profile_id {text} NOT NULL, name {text} NOT NULL,
                url {text} NOT NULL, storage_type {text} NOT NULL, PRIMARY KEY (scope_id, profile_id))""",
        ),
    ),
    Migration(4, "objects by the folded form of their paths", (), fill=fill_folded),
    Migration(
        5,
        "attempts by job",
        ("CREATE INDEX jetplan_attempts_job ON jetplan_attempts (scope_id, job_id)",),
    ),
    Migration(
        6,
        "what arrived, file by file, and retries",
        (
            """CREATE TABLE jetplan_arrivals (
                attempt_id {text} PRIMARY KEY REFERENCES jetplan_attempts, seen_on {text} NOT NULL,
                state {text} NOT NULL, lacking {int} NOT NULL, arrival {text} NOT NULL)""",
            "ALTER TABLE jetplan_attempts ADD COLUMN retry_of {text} NOT NULL DEFAULT ''",
            "CREATE INDEX jetplan_attempts_retry ON jetplan_attempts (retry_of)",
        ),
    ),
    Migration(
        7,
        "what people were told",
        (
            """CREATE TABLE jetplan_notifications (
                scope_id {text} NOT NULL REFERENCES jetplan_scopes, channel {text} NOT NULL, thing {text} NOT NULL,
                first_seen_on {text} NOT NULL, told_on {text} NOT NULL, PRIMARY KEY (scope_id, channel, thing))""",
        ),
    ),
)


def newest() -> int:
    """The schema version this program writes."""
    return MIGRATIONS[-1].version


def migrate(tx: Transaction, kind: str, present: int) -> None:
    """Bring a ledger from version `present` (0: empty) to the newest. Raises LedgerMismatch on a newer one."""
    if present > newest():
        raise LedgerMismatch(
            f"the ledger has schema version {present}, this jetplan knows up to {newest()}",
            hint="use the version of jetplan that wrote it, or a later one",
        )
    for migration in MIGRATIONS:
        if migration.version <= present:
            continue
        extra = migration.postgresql if kind == "postgresql" else ()
        for statement in (*migration.statements, *extra):
            tx.run(statement.format(**TYPES[kind]))
        if migration.fill is not None:
            migration.fill(tx)
        tx.run(
            "INSERT INTO jetplan_migrations (version, name, applied_on, program) VALUES (?, ?, ?, ?)",
            (migration.version, migration.name, stamp(tx.now), f"jetplan {__version__}"),
        )
