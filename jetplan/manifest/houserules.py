"""House rules: JSON Schemas of the team's own that every job and every delivery set must satisfy.

Each job and each set is shown to each schema as one document (`job_document`, `set_document`). What a schema
refuses is a problem at the job, the set, or the object in it. Schemas refer to nothing outside their own file.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from jetplan.core.characters import quoted
from jetplan.core.objects import UNKNOWN_SIZE
from jetplan.errors import Place, Problem
from jetplan.manifest.files import read_file
from jetplan.manifest.findings import Findings

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from jetplan.core.spec import DeliverySetSpec, JobSpec, ProfileRef, Spec
    from jetplan.core.windows import Timing
    from jetplan.manifest.columns import Columns

_RULE_BYTES = 1 << 20
_SEE = "see `houseRules` in docs/settings.md"


def check_house_rules(rules: Sequence[Path], spec: Spec, columns: Mapping[str, Columns]) -> list[Problem]:
    """Every problem that the rules find, in the order of rules; `columns` are the sets' objects with places."""
    problems: list[Problem] = []
    for rule in rules:
        findings = Findings(str(rule))
        validator, name = _load(rule, findings)
        problems += findings.problems
        if validator is not None:
            problems += _check(validator, name, spec, columns)
    return problems


def _load(rule: Path, findings: Findings) -> tuple[Any, str]:
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import SchemaError

    from jetplan.manifest.validator import RuleRefused, validator_of

    data = read_file(str(rule), findings, _RULE_BYTES)
    if data is None:
        return None, ""
    try:
        schema = json.loads(data)
        Draft202012Validator.check_schema(schema)
        validator = validator_of(schema)
    except (ValueError, RecursionError):
        findings.refuse(Place(str(rule)), "house-rule", "this house rule is not JSON", "write a JSON Schema")
        return None, ""
    except SchemaError as error:
        message = f"this house rule is no JSON Schema: wrong at {quoted(error.json_path)}"
        findings.refuse(Place(str(rule)), "house-rule", message, "see json-schema.org, draft 2020-12")
        return None, ""
    except RuleRefused as refused:
        findings.refuse(Place(str(rule)), "house-rule", f"this house rule is refused: {refused}", _SEE)
        return None, ""
    title = schema.get("title") if isinstance(schema, dict) else None
    return validator, title if isinstance(title, str) else rule.name


def _check(validator: Any, name: str, spec: Spec, columns: Mapping[str, Columns]) -> Iterator[Problem]:
    from referencing.exceptions import Unresolvable

    from jetplan.manifest.validator import RuleRefused

    try:
        for job in spec.jobs.values():
            for error in validator.iter_errors(job_document(job)):
                yield _problem(f"job {quoted(job.name)}", name, error, job.place)
        for each in spec.sets.values():
            for error in validator.iter_errors(set_document(each, spec.jobs.get(each.job))):
                place = _place_of(error, each, columns)
                yield _problem(f"delivery set {quoted(each.name)}", name, error, place)
    except RuleRefused as refused:
        yield Problem(Place(name), f"the house rule {quoted(name)} was given up: {refused}", _SEE, "house-rule")
    except RecursionError:
        message = f"the house rule {quoted(name)} refers to itself without end"
        yield Problem(Place(name), message, "let each `$ref` lead into a part of what is checked", "house-rule")
    except Unresolvable as missing:
        message = f"the house rule {quoted(name)} refers to {quoted(str(missing.ref))}, which is not in its own file"
        yield Problem(Place(name), message, "a `$ref` may only begin with `#`", "house-rule")


def job_document(job: JobSpec) -> dict[str, Any]:
    """A job as rules see it; keys left out of the manifest are left out here."""
    document: dict[str, Any] = {
        "kind": "job",
        "name": job.name,
        "source": _profile(job.source),
        "destination": _profile(job.destination),
    }
    if job.paused is not None:
        document["paused"] = job.paused
    return document | ({"jobId": job.job_id} if job.job_id else {}) | _timing(job.timing)


def set_document(declared: DeliverySetSpec, job: JobSpec | None) -> dict[str, Any]:
    """A delivery set as rules see it, with its job's source and destination where the job is declared."""
    table = declared.objects
    document: dict[str, Any] = {
        "kind": "deliverySet",
        "name": declared.name,
        "job": declared.job,
        "overlap": declared.overlap.value,
        "revision": table.revision,
        "objects": [
            {"relativePath": path, "isDirectory": path.endswith("/"), "revision": table.revision_of(at)}
            | ({"sizeInBytes": table.sizes[at]} if table.sizes[at] != UNKNOWN_SIZE else {})
            for at, path in enumerate(table.paths)
        ],
    }
    if job is not None:
        document |= {"source": _profile(job.source), "destination": _profile(job.destination)}
    if declared.retries:
        document["onFailure"] = {"retry": declared.retries}
    document |= _timing(declared.timing)
    return document | ({"renamedFrom": declared.renamed_from} if declared.renamed_from else {})


def _timing(timing: Timing | None) -> dict[str, Any]:
    if timing is None:
        return {}
    windows = [
        {"rrule": each.rrule, "timeZone": each.time_zone, "duration": f"PT{each.seconds}S"}
        | ({"start": each.start} if each.start else {})
        for each in timing.windows
    ]
    said = {"notBefore": timing.not_before, "notAfter": timing.not_after, "windows": windows}
    return {key: value for key, value in said.items() if value}


def _profile(profile: ProfileRef) -> str | dict[str, str | None]:
    return profile.name if profile.name is not None else {"storageProfileId": profile.profile_id}


def _place_of(error: Any, declared: DeliverySetSpec, columns: Mapping[str, Columns]) -> Place:
    path = list(error.absolute_path)
    if len(path) >= 2 and path[0] == "objects" and isinstance(path[1], int):
        return columns[declared.name].place(path[1])
    return declared.place


def _problem(what: str, rule: str, error: Any, place: Place) -> Problem:
    # The validator's own message would show the whole set; the rule's own words say more.
    said = error.schema.get("description") if isinstance(error.schema, dict) else None
    where = error.json_path.removeprefix("$").removeprefix(".")
    message = f"{what} breaks the house rule {quoted(rule)}"
    if where:
        message += f" at {quoted(where)}"
    message += f": {_reason(error)}"
    return Problem(place, message, said if isinstance(said, str) else "", "house-rule")


def _reason(error: Any) -> str:
    shown = quoted(json.dumps(error.validator_value, ensure_ascii=False), 120)
    value = quoted(str(error.instance)) if isinstance(error.instance, str | int | float) else "what is there"
    match error.validator:
        case "required":
            missing = next(key for key in error.validator_value if key not in error.instance)
            return f"it lacks `{missing}`"
        case "pattern":
            return f"{value} does not match the pattern {shown}"
        case "enum" | "const":
            return f"{value} is not {'one of ' if error.validator == 'enum' else ''}{shown}"
        case None:
            return "nothing is allowed there"
        case other:
            return f"{value} does not satisfy `{other}` {shown}"
