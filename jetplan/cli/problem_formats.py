"""Problems in the formats that review tools read: JSON, SARIF, JUnit, GitHub annotations, GitLab code quality.

Each function takes problems and warnings and gives the whole text. Nothing is written here.
"""

from __future__ import annotations

import json
import os
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

from jetplan.render.escape import safe_text, visible
from jetplan.render.problems import render_problems_json
from jetplan.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from jetplan.errors import Place, Problem

_ANNOTATIONS = 50  # GitHub shows ten of a step; the rest would only lengthen the log


def as_json(problems: Sequence[Problem], warnings: Sequence[Problem]) -> str:
    """Our own, see `jetplan.render.problems`."""
    return render_problems_json(problems, warnings)


def as_sarif(problems: Sequence[Problem], warnings: Sequence[Problem]) -> str:
    """SARIF 2.1.0, as code scanning takes it."""
    levelled = [*((problem, "error") for problem in problems), *((warning, "warning") for warning in warnings)]
    rules = sorted({problem.code for problem, _ in levelled})
    run = {
        "tool": {
            "driver": {
                "name": "jetplan",
                "version": __version__,
                "rules": [{"id": code, "shortDescription": {"text": code.replace("-", " ")}} for code in rules],
            }
        },
        "columnKind": "unicodeCodePoints",
        "results": [_sarif_result(problem, level, rules) for problem, level in levelled],
    }
    schema = "https://json.schemastore.org/sarif-2.1.0.json"
    return _dump({"$schema": schema, "version": "2.1.0", "runs": [run]})


def _sarif_result(problem: Problem, level: str, rules: list[str]) -> dict[str, Any]:
    place = problem.place
    location: dict[str, Any] = {"artifactLocation": {"uri": _uri(place)}}
    if place.line:
        location["region"] = {"startLine": place.line} | ({"startColumn": place.column} if place.column else {})
    return {
        "ruleId": problem.code,
        "ruleIndex": rules.index(problem.code),
        "level": level,
        "message": {"text": _with_hint(problem)},
        "locations": [{"physicalLocation": location}],
        "partialFingerprints": {"jetplan/v1": _fingerprint(problem)},
    }


def _uri(place: Place) -> str:
    from urllib.parse import quote

    return quote(os.fsencode(os.path.normpath(place.file)))


def as_junit(problems: Sequence[Problem], warnings: Sequence[Problem]) -> str:
    """JUnit XML: a test suite a file, a failed test case a problem; warnings are told in its output."""
    from xml.sax.saxutils import escape, quoteattr

    def attribute(text: str) -> str:
        return quoteattr(visible(text))

    files = sorted({each.place.file for each in (*problems, *warnings)})
    suites = []
    for file in files:
        here = [problem for problem in problems if problem.place.file == file]
        cases = [
            f"    <testcase classname={attribute(problem.code)} name={attribute(str(problem.place))}>\n"
            f"      <failure type={attribute(problem.code)} message={attribute(problem.message)}>"
            f"{escape(visible(f'{problem.place}: {_with_hint(problem)}'))}</failure>\n    </testcase>\n"
            for problem in here
        ]
        odd = [visible(f"{each.place}: {_with_hint(each)}") for each in warnings if each.place.file == file]
        output = f"    <system-out>{escape(chr(10).join(odd))}</system-out>\n" if odd else ""
        count = f'tests="{max(len(here), 1)}" failures="{len(here)}" errors="0"'
        fine = "" if cases else f'    <testcase classname="jetplan" name={attribute(file)}/>\n'
        suites.append(f"  <testsuite name={attribute(file)} {count}>\n{''.join(cases)}{fine}{output}  </testsuite>\n")
    if not suites:
        suites = ['  <testsuite name="jetplan validate" tests="1" failures="0" errors="0">\n']
        suites += ['    <testcase classname="jetplan" name="valid"/>\n  </testsuite>\n']
    total = f'tests="{max(len(problems), 1)}" failures="{len(problems)}"'
    body = "".join(suites).replace("##", "#&#35;")  # CI logs obey `##[` anywhere in a line
    return f'<?xml version="1.0" encoding="UTF-8"?>\n<testsuites name="jetplan" {total}>\n{body}</testsuites>\n'


def as_gitlab(problems: Sequence[Problem], warnings: Sequence[Problem]) -> str:
    """GitLab's code quality report."""
    return _dump(
        [
            {
                "description": _with_hint(problem),
                "check_name": problem.code,
                "fingerprint": _fingerprint(problem),
                "severity": severity,
                "location": {
                    "path": os.path.normpath(problem.place.file),
                    "lines": {"begin": max(problem.place.line, 1)},
                },
            }
            for severity, many in (("blocker", problems), ("minor", warnings))
            for problem in many
        ]
    )


def as_github(problems: Sequence[Problem], warnings: Sequence[Problem]) -> str:
    """GitHub's workflow commands, which show as annotations."""
    return "".join(f"{line}\n" for line in github_lines(problems, warnings))


def github_lines(problems: Sequence[Problem], warnings: Sequence[Problem]) -> list[str]:
    """One `::error …::` or `::warning …::` a problem, as many as are shown."""
    lines = [_annotation("error", problem) for problem in problems]
    lines += [_annotation("warning", warning) for warning in warnings]
    return lines[:_ANNOTATIONS]


def _annotation(level: str, problem: Problem) -> str:
    place = problem.place
    properties = {"file": os.path.normpath(place.file), "line": place.line, "col": place.column, "title": problem.code}
    given = ",".join(f"{key}={_property(str(value))}" for key, value in properties.items() if value)
    return f"::{level} {given}::{_data(safe_text(_with_hint(problem)))}"


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(safe_text(text)).replace(":", "%3A").replace(",", "%2C")


def _with_hint(problem: Problem) -> str:
    return visible(f"{problem.message}: {problem.hint}" if problem.hint else problem.message)


def _fingerprint(problem: Problem) -> str:
    text = f"{problem.place.file}\0{problem.code}\0{problem.message}".encode(errors="surrogateescape")
    return blake2b(text, digest_size=16).hexdigest()


def _dump(document: object) -> str:
    # Inside JSON a `#` may be written as an escape: CI logs obey `##[` anywhere in a line.
    return json.dumps(document, indent=2).replace("##", "#\\u0023") + "\n"


WRITERS: dict[str, Callable[[Sequence[Problem], Sequence[Problem]], str]] = {
    "json": as_json,
    "sarif": as_sarif,
    "junit": as_junit,
    "github": as_github,
    "gitlab": as_gitlab,
}
"""Format name -> function. `text` is not among them: it is talk, for stderr."""
