"""What `jetplan doctor` found, as text and as JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta

from jetplan.errors import ExitCode
from jetplan.render.document import encoded, schema_of
from jetplan.render.escape import safe_text
from jetplan.render.model import Part

if TYPE_CHECKING:
    from collections.abc import Sequence


class Check(Part, frozen=True):
    """One thing that was looked at."""

    name: Annotated[str, Meta(description="`program`, `settings`, `ledger` or `api`.")]
    found: Annotated[str, Meta(description="What was found, in a sentence.")]
    hint: Annotated[str, Meta(description="What to do where it failed; else empty.")] = ""
    exit_code: Annotated[int, Meta(description="0 where it is in order; else what the command ends with.")] = 0


class Diagnosis(Part, frozen=True, tag_field="type", tag="jetplan.diagnosis"):
    """Whether everything is in place."""

    format_version: Annotated[int, Meta(description="1. Grows only when a reader would break.", ge=1, le=1)]
    exit_code: Annotated[int, Meta(description="What the command ends with: that of the first check that failed.")]
    checks: Annotated[tuple[Check, ...], Meta(description="In the order that they were made.")]


def diagnosis_of(checks: Sequence[Check]) -> Diagnosis:
    """The checks, and the exit code that follows."""
    return Diagnosis(1, next((each.exit_code for each in checks if each.exit_code), ExitCode.DONE), tuple(checks))


def render_diagnosis(diagnosis: Diagnosis) -> str:
    """A line for each check, and its hint below it."""
    lines = []
    for check in diagnosis.checks:
        lines.append(f"{'FAIL' if check.exit_code else 'ok  '}  {check.name:<9} {safe_text(check.found)}")
        lines += [f"      {'':<9} {safe_text(check.hint)}"] if check.hint else []
    return "\n".join(lines) + "\n"


def render_diagnosis_json(diagnosis: Diagnosis) -> str:
    """The diagnosis as JSON, ended by a newline."""
    return encoded(diagnosis, indent=2)


def diagnosis_schema() -> dict[str, Any]:
    """The JSON Schema of `doctor --format json`."""
    return schema_of(Diagnosis, "Whether everything is in place")
