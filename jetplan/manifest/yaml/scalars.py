"""Scalars judged by what is expected of them: `NO` is a fine string and no boolean, `1_000` is neither.

Each function records why it refuses and then gives None.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, TypeGuard

from jetplan.core.characters import escaped, first_unprintable, kind_of, quoted, remedy_for
from jetplan.manifest.keys import LARGEST, LONGEST_NAME
from jetplan.manifest.yaml.events import ScalarEvent
from jetplan.manifest.yaml.tree import Bulk, Mapping, Refused, Sequence

if TYPE_CHECKING:
    from jetplan.manifest.findings import Findings
    from jetplan.manifest.yaml.events import Scalar
    from jetplan.manifest.yaml.tree import Node

INTEGER = re.compile(r"0|[1-9][0-9]*")
NULL = re.compile(r"~|null|Null|NULL|")
_BOOLEAN = re.compile(r"true|True|TRUE|false|False|FALSE")
_NUMBER = re.compile(
    r"[-+]?(?:0b[01_]+|0o[0-7_]+|0x[0-9a-fA-F_]+|[0-9][0-9_]*(?::[0-5]?[0-9])*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?"
    r"|\.[0-9][0-9_]*(?:[eE][-+]?[0-9]+)?|\.(?:inf|Inf|INF))|\.(?:nan|NaN|NAN)"
)
_DATE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt \t].*)?")
ID = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9_-]|\.(?!\.))*")
_BOOLEAN_WORDS = frozenset({"yes", "no", "on", "off", "y", "n", "true", "false"})


def is_scalar(node: Node) -> TypeGuard[Scalar]:
    """Whether a node is a scalar."""
    return type(node) is ScalarEvent


def kind_of_node(node: Node) -> str:
    """What a node is, in words."""
    if isinstance(node, Mapping):
        return "a mapping"
    if isinstance(node, Sequence | Bulk):
        return "a list"
    return "nothing" if is_null(node) else "a value"


def is_of_several_lines(scalar: Scalar) -> bool:
    """Whether the text of a scalar stands on more than one line, which YAML folds into one."""
    return scalar.start_mark.line != scalar.end_mark.line


def is_null(node: Node) -> bool:
    """Whether a node is a plain null or nothing at all."""
    return is_scalar(node) and not node.style and NULL.fullmatch(node.value) is not None


def node_event(node: Node) -> Any:
    """The event at which a node begins."""
    return node.at if isinstance(node, Mapping | Sequence | Bulk | Refused) else node


def _scalar(node: Node, what: str, wanted: str, findings: Findings) -> Scalar | None:
    if isinstance(node, Refused):
        return None
    if not is_scalar(node) or is_null(node):
        findings.refuse(node_event(node), "wrong-type", f"{what} must be {wanted}, not {kind_of_node(node)}")
        return None
    return node


def read_string(node: Node, what: str, findings: Findings) -> str | None:
    """A string: quoted, or plain and not readable as a number, a date, a boolean or null."""
    scalar = _scalar(node, what, "a string", findings)
    if scalar is None:
        return None
    text: str = scalar.value
    if is_of_several_lines(scalar):
        hint = "write it on one line; if a `- ` is missing before the second line, put it there"
        findings.refuse(scalar, "several-lines", f"{what} goes over several lines", hint)
        return None
    if not scalar.style and (looks_like := reads_as_other(text)):
        message = f"{what} must be a string, and {quoted(text)} without quotes is {looks_like}"
        findings.refuse(scalar, "unquoted", message, f'quote it: `"{text}"`' if len(text) < 60 else "quote it")
        return None
    if found := first_unprintable(text):
        message = f"{what} holds {kind_of(found)}, {escaped(found)}"
        findings.refuse(scalar, "forbidden-character", message, remedy_for(found))
        return None
    return text


def reads_as_other(text: str) -> str:
    """What a plain scalar is to a YAML reader if not a string: `a number`, `a date`, or nothing."""
    if _NUMBER.fullmatch(text):
        return "a number"
    if _DATE.fullmatch(text):
        return "a date"
    if _BOOLEAN.fullmatch(text):
        return "a boolean"
    return "null" if NULL.fullmatch(text) else ""


def read_name(node: Node, what: str, findings: Findings) -> str | None:
    """A string of 1 to 255 printable characters without white space at its ends."""
    text = read_string(node, what, findings)
    if text is None:
        return None
    reason = ""
    if not text:
        reason = "is empty"
    elif text != text.strip():
        reason = f"begins or ends with white space: {quoted(text)}"
    elif len(text) > LONGEST_NAME:
        reason = f"is longer than {LONGEST_NAME} characters"
    if reason:
        findings.refuse(node_event(node), "bad-name", f"{what} {reason}")
        return None
    return text


def read_id(node: Node, what: str, findings: Findings) -> str | None:
    """An id as the API gives them: it becomes a part of URLs, so no slashes, dots in a row or white space."""
    text = read_name(node, what, findings)
    if text is not None and not ID.fullmatch(text):
        message = f"{what} is no id: {quoted(text)}"
        findings.refuse(node_event(node), "bad-id", message, "copy the id from the console")
        return None
    return text


def read_integer(node: Node, what: str, findings: Findings, least: int = 0) -> int | None:
    """A plain decimal integer from `least` to 2^53-1."""
    scalar = _scalar(node, what, "a whole number", findings)
    if scalar is None:
        return None
    text: str = scalar.value
    if scalar.style:
        findings.refuse(scalar, "wrong-type", f"{what} must be a whole number, not a string", "remove the quotes")
        return None
    if INTEGER.fullmatch(text):
        # A number of thousands of digits is never converted.
        value = int(text) if len(text) <= len(str(LARGEST)) else LARGEST + 1
        if least <= value <= LARGEST:
            return value
        bound = f"at least {least}" if value < least else f"at most {LARGEST} (2^53-1)"
        findings.refuse(scalar, "out-of-range", f"{what} must be {bound}, not {quoted(text, 24)}")
    elif text.startswith("-") and INTEGER.fullmatch(text[1:]):
        findings.refuse(scalar, "out-of-range", f"{what} must be at least {least}, not {quoted(text, 24)}")
    else:
        message = f"{what} must be a whole number in decimal digits, not {quoted(text, 40)}"
        findings.refuse(scalar, "wrong-type", message, "digits only: no sign, point, exponent, prefix or separator")
    return None


def read_boolean(node: Node, what: str, findings: Findings) -> bool | None:
    """Plain `true` or `false`."""
    scalar = _scalar(node, what, "`true` or `false`", findings)
    if scalar is None:
        return None
    if not scalar.style and scalar.value in {"true", "false"}:
        return bool(scalar.value == "true")
    word = scalar.value.casefold()
    hint = ""
    if word in _BOOLEAN_WORDS:
        hint = f"write `{'true' if word in {'yes', 'on', 'y', 'true'} else 'false'}`, without quotes"
    findings.refuse(scalar, "wrong-type", f"{what} must be `true` or `false`, not {quoted(scalar.value, 40)}", hint)
    return None
