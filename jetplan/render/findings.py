"""What `jetplan ledger check` found, as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta

from jetplan.render.document import encoded, schema_of
from jetplan.render.model import Part

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jetplan.ledger.records import Finding


class FindingPart(Part, frozen=True):
    """Something that is wrong."""

    what: Annotated[str, Meta(description="What is wrong, in a sentence.")]
    attempt_id: Annotated[str, Meta(description="The attempt that it is about; empty: the database as a whole.")] = ""


class Findings(Part, frozen=True, tag_field="type", tag="jetplan.findings"):
    """Whether a ledger is sound."""

    format_version: Annotated[int, Meta(description="1. Grows only when a reader would break.", ge=1, le=1)]
    sound: Annotated[bool, Meta(description="Whether nothing is wrong.")]
    findings: Annotated[tuple[FindingPart, ...], Meta(description="What is wrong.")]


def render_findings_json(findings: Sequence[Finding]) -> str:
    """The findings as JSON, ended by a newline."""
    parts = tuple(FindingPart(each.what, each.attempt_id) for each in findings)
    return encoded(Findings(1, not parts, parts), indent=2)


def findings_schema() -> dict[str, Any]:
    """The JSON Schema of `ledger check --format json`."""
    return schema_of(Findings, "Whether a ledger is sound")
