"""JSON into wire models, leniently: what is optional and odd is left out, what is required and missing is named."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar, get_args, get_origin, get_type_hints

import msgspec
from msgspec import NODEFAULT, Struct
from msgspec.structs import fields

from jetplan.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Mapping

T = TypeVar("T", bound=Struct)

UNREADABLE = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What decoding raises where a body is no JSON, is not in UTF-8, or is nested beyond reason."""


class NotJson(ValueError):
    """A body that is no JSON, or is cut."""


def read_one(body: bytes | msgspec.Raw, model: type[T], call: str, place: str = "") -> T:
    """One record. NotJson if it is none, ApiError naming call and key if a required one is missing."""
    try:
        return msgspec.json.decode(body, type=model)
    except msgspec.ValidationError:
        return _read_odd(body, model, call, place)
    except UNREADABLE:
        raise NotJson from None


def _read_odd(body: bytes | msgspec.Raw, model: type[T], call: str, place: str) -> T:
    """A record that is not quite of the model's shape: slower, and as far as it can be read."""
    try:
        said = msgspec.json.decode(body)
    except UNREADABLE:
        raise NotJson from None
    if not isinstance(said, dict):
        raise ApiError(f"{call}: {place or 'the answer'} is not a JSON object")
    softened: T = _soften(said, model, call, place)
    return softened


def _soften(said: Mapping[str, Any], model: type[Any], call: str, place: str) -> Any:
    values: dict[str, Any] = {}
    hints = get_type_hints(model)
    for each in fields(model):
        known = said.get(each.encode_name)
        required = each.default is NODEFAULT
        if known is None:
            if required:
                raise ApiError(f"{call}: {place or 'the answer'} has no `{each.encode_name}`")
            continue
        try:
            values[each.name] = _value(known, hints[each.name])
        except (msgspec.ValidationError, ApiError):
            if required:
                where = f"{place}.{each.encode_name}" if place else each.encode_name
                raise ApiError(f"{call}: `{where}` is not what it should be") from None
    return model(**values)


def _value(known: Any, hint: Any) -> Any:
    """A value as its declared type wants it; models in it are softened in their turn."""
    try:
        return msgspec.convert(known, hint)
    except msgspec.ValidationError:
        model, is_list = _model_in(hint)
        if model is None:
            raise
    if not is_list:
        return _soften(known if isinstance(known, dict) else {}, model, "", "")
    items = known if isinstance(known, list) else [known] if known else []
    return [_soften(item if isinstance(item, dict) else {}, model, "", "") for item in items]


def _model_in(hint: Any) -> tuple[type[Any] | None, bool]:
    """The model that a type (perhaps with None beside it) is made of, and whether it is a list of them."""
    for each in get_args(hint) or (hint,):
        is_list = get_origin(each) is list
        inner = get_args(each)[0] if is_list else each
        if isinstance(inner, type) and issubclass(inner, Struct):
            return inner, is_list
    return None, False
