"""Problems of manifests, as a JSON document of our own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta, Struct

from jetplan.render.document import encoded, schema_of
from jetplan.render.escape import visible

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jetplan import errors


class Problem(Struct, frozen=True, rename="camel", omit_defaults=True):
    """One problem or warning, at its place. Lines and columns count from 1; 0 is never written."""

    code: Annotated[str, Meta(description="A stable word.")]
    message: Annotated[str, Meta(description="What is wrong, in a sentence.")]
    file: Annotated[str, Meta(description="The file as it was named.")]
    line: Annotated[int, Meta(description="Left out where it is about the whole file.", ge=1)] = 0
    column: Annotated[int, Meta(description="In characters.", ge=1)] = 0
    hint: Annotated[str, Meta(description="What to do about it.")] = ""


class Problems(Struct, frozen=True, rename="camel"):
    """Everything found in a reading of manifests."""

    format_version: Annotated[int, Meta(description="1. Grows only when a reader would break.", ge=1, le=1)]
    valid: Annotated[bool, Meta(description="Whether there is no problem.")]
    problems: Annotated[tuple[Problem, ...], Meta(description="What makes the manifests invalid.")]
    warnings: Annotated[tuple[Problem, ...], Meta(description="What may not be meant.")]


def render_problems_json(problems: Sequence[errors.Problem], warnings: Sequence[errors.Problem]) -> str:
    """The document, ended by a newline."""
    found, warned = (tuple(map(_problem, some)) for some in (problems, warnings))
    return encoded(Problems(1, not found, found, warned), indent=2)


def problems_schema() -> dict[str, Any]:
    """The JSON Schema of `validate --format json`."""
    schema = schema_of(Problems, "What is wrong with the manifests")
    schema["$defs"]["Problem"]["required"] = ["code", "message", "file"]
    return schema


def _problem(problem: errors.Problem) -> Problem:
    place = problem.place
    return Problem(problem.code, visible(problem.message), place.file, place.line, place.column, visible(problem.hint))
