"""The JSON Schema validator of house rules, with bounded work: a rule may come from anybody's pull request.

Patterns run on a linear-time engine (RE2); references are counted, because they can multiply; equal items are found
by their text. Property names of our documents are fixed, so patterns of names are refused.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import ValidationError
from jsonschema.validators import extend
from referencing import Registry

if TYPE_CHECKING:
    from collections.abc import Iterator

MOST_REFERENCES = 1_000_000
"""How often one rule may follow a reference, over all manifests."""


class RuleRefused(Exception):
    """A rule that cannot be used; the message says why."""


def validator_of(schema: Any) -> Any:
    """A validator for one rule. It fetches nothing. Raises RuleRefused for what its patterns and keys may not be."""
    for key, value in _members(schema):
        if key == "pattern" and isinstance(value, str):
            _pattern(value)
        elif key == "patternProperties":
            raise RuleRefused("`patternProperties` is not known here: the names of properties are fixed")
    registry: Registry[Any] = Registry()  # an empty registry: it fetches nothing
    followed = _Followed()
    kind = extend(  # type: ignore[no-untyped-call]  # its stubs have no types
        Draft202012Validator,
        {
            "pattern": _matches,
            "uniqueItems": _unique,
            "$ref": followed.by(Draft202012Validator.VALIDATORS["$ref"]),
            "$dynamicRef": followed.by(Draft202012Validator.VALIDATORS["$dynamicRef"]),
        },
    )
    return kind(schema, registry=registry)


class _Followed:
    """Counts the references that one rule follows."""

    def __init__(self) -> None:
        self._count = 0

    def by(self, keyword: Any) -> Any:
        def follow(validator: Any, reference: Any, instance: Any, schema: Any) -> Iterator[ValidationError]:
            self._count += 1
            if self._count > MOST_REFERENCES:
                raise RuleRefused(f"it follows more than {MOST_REFERENCES:,} references")
            yield from keyword(validator, reference, instance, schema) or ()

        return follow


def _members(schema: Any) -> Iterator[tuple[str, Any]]:
    """Every key with its value, at any depth."""
    waiting = [schema]
    while waiting:
        match waiting.pop():
            case dict() as found:
                yield from found.items()
                waiting += found.values()
            case list() as found:
                waiting += found


@lru_cache(maxsize=1024)
def _pattern(text: str) -> Any:
    try:
        import re2
    except ImportError:
        raise RuleRefused(
            "it has a `pattern`, which needs more than is installed: pip install 'jetplan[rules]'"
        ) from None
    options = re2.Options()
    options.log_errors = False
    try:
        return re2.compile(text, options)
    except (re2.error, UnicodeError):
        raise RuleRefused(
            "it has a `pattern` that RE2 does not know: it has no look-around and no back-references"
        ) from None


def _matches(_validator: Any, pattern: str, instance: Any, _schema: Any) -> Iterator[ValidationError]:
    if isinstance(instance, str) and not _pattern(pattern).search(instance):
        yield ValidationError(f"does not match {pattern!r}")


def _unique(_validator: Any, wanted: Any, instance: Any, _schema: Any) -> Iterator[ValidationError]:
    if wanted and isinstance(instance, list):
        texts = {json.dumps(item, sort_keys=True) for item in instance}
        if len(texts) < len(instance):
            yield ValidationError("has equal items")
