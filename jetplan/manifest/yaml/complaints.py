"""What libyaml refuses, told in plain words at its place."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from jetplan.errors import Place

if TYPE_CHECKING:
    from jetplan.manifest.findings import Findings

_WORDS = {
    "found character that cannot start any token": (
        "this character cannot start a value",
        "indent with spaces, never tabs; quote values that start with a special character",
    ),
    "mapping values are not allowed in this context": (
        "a `:` stands where no key can be",
        "check the indentation of this line and the one above, or quote the value",
    ),
    "found unexpected end of stream": ("a quoted value is never closed", "close the quote"),
    "could not find expected ':'": (
        "a key is not followed by `:`",
        "write `key: value`, or `- value` in a list",
    ),
    "did not find expected key": ("a key was expected here", "check the indentation"),
    "did not find expected '-' indicator": (
        "a `- ` was expected here",
        "check the indentation; quote the whole of a value that begins with a quote, `[` or `{`",
    ),
    "did not find expected ',' or ']'": ("a `[` is not closed", "separate by `,` and close with `]`"),
    "did not find expected ',' or '}'": ("a `{` is not closed", "separate by `,` and close with `}`"),
    "did not find expected node content": ("a value was expected here", "close every `[` and `{`"),
    "block sequence entries are not allowed in this context": (
        "a `- ` stands where no list can be",
        "begin the list on a line of its own, below its key",
    ),
    "found invalid Unicode character escape code": (
        "an escape in double quotes is no Unicode character",
        "write the character itself",
    ),
    "found unknown escape character": (
        "an unknown escape in double quotes",
        "use single quotes, in which `\\` is only a backslash",
    ),
    "found undefined tag handle": ("a tag is used", "remove the tag: manifests say literally what is sent"),
    "found unknown directive name": ("a `%` directive is used", "remove the line"),
    "did not find expected alphabetic or numeric character": (
        "a value begins with `&` or `*`",
        "quote it if it is text: manifests have no anchors and no aliases",
    ),
    "did not find expected comment or line break": (
        "text stands behind a `|` or `>`",
        "quote a value that begins with `|` or `>`",
    ),
    "found undefined anchor": ("an alias is used", "write the value out"),
    "did not find expected <document start>": ("more follows after the end of the document", ""),
}


def report(error: Any, findings: Findings) -> None:
    """Record what libyaml refused, at its place, in plain words."""
    problem = getattr(error, "problem", None) or "not well-formed"
    message, hint = _WORDS.get(problem, (f"this is not YAML: {problem}", "see yaml.org, or quote the value"))
    mark = getattr(error, "problem_mark", None)
    if mark is None:
        findings.refuse(Place(findings.file), "yaml", message, hint)
        return
    context = getattr(error, "context_mark", None)
    if context is not None and context.line != mark.line:
        message += f" (it begins at line {context.line + 1})"
    findings.refuse(Place(findings.file, mark.line + 1, mark.column + 1), "yaml", message, hint)
