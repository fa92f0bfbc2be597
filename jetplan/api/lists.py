"""Lists decoded while they arrive: `{"items": [...]}` of any length, without holding its text.

The text is cut between two items and each slice decoded at once. Where to cut is a guess (a comma before
something that begins as the first item did) which the decoder checks: brackets balance only between items.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Generic, TypeVar

import msgspec
from msgspec import Struct
from msgspec.structs import asdict

from jetplan.api.reading import UNREADABLE, read_one
from jetplan.errors import ApiError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

SLICE = 1 << 20
"""Bytes that are collected before a cut is looked for."""

T = TypeVar("T", bound=Struct)

_GUESSES = 4
_STRING = rb'"(?:[^"\\]|\\.)*+"'
_HEAD = re.compile(
    rb'\s*\{\s*(?:%b\s*:\s*(?:%b|[-+.\w]++|\{(?:[^{}"]|%b)*+\}|\[\s*\])\s*,\s*)*+"items"\s*:\s*\[\s*(?P<item>\{\s*"[^"\\]*")'
    % (_STRING, _STRING, _STRING)
)
"""The text up to the first key of the first item. Where it does not match, the list is collected whole."""


class Around(Struct, rename="camel"):
    """What stands around the items: whether there are more, and how many there are in all."""

    next: object = None
    next_token: object = None
    next_page_token: object = None
    links: object = None
    total_result_count: object = None
    total: object = None


class _Whole(Around):
    items: list[msgspec.Raw] | None = None


@dataclass(slots=True)
class Page(Generic[T]):
    """One answer of a list call, read whole. `count`: how many items came, kept or not."""

    items: list[T] = field(default_factory=list)
    around: Around = field(default_factory=Around)
    count: int = 0


class ListReader(Generic[T]):
    """Reads one page. `before`: how many items came in earlier ones, for messages. `keep`: which items are kept."""

    def __init__(self, model: type[T], call: str, before: int = 0, keep: Callable[[T], bool] | None = None) -> None:
        self._keep = keep
        self._count = 0
        self._model = model
        self._call = call
        self._before = before
        self._slices: msgspec.json.Decoder[list[T]] = msgspec.json.Decoder(list[model])  # type: ignore[valid-type]
        self._items: list[T] = []
        self._held = bytearray()
        self._opening = b""
        self._start = b""

    def read(self, pieces: Iterable[bytes]) -> Page[T]:
        """The page in the pieces of a body. NotJson if it is cut, ApiError if an item lacks what it must have."""
        look_at = SLICE
        for piece in pieces:
            self._held += piece
            if len(self._held) >= look_at:
                cut = self._opened() and self._take()
                look_at = len(self._held) + SLICE if cut else len(self._held) * 2
        return self._finish()

    def _opened(self) -> bool:
        """Whether the items have begun; from then on what is held begins with their bracket."""
        if self._start:
            return True
        head = _HEAD.match(self._held)
        if head is None:
            return False
        self._opening, self._start = bytes(self._held[: head.start("item")]), bytes(head["item"])
        del head  # the match keeps the buffer alive, which is cut next
        self._held[: len(self._opening)] = b"["
        return True

    def _take(self) -> bool:
        """Decode the items that are there and forget their text. False if no place to cut was found."""
        held, end = self._held, len(self._held)
        for _ in range(_GUESSES):
            at = held.rfind(self._start, 2, end)
            if at < 0:
                return False
            comma = at - 1
            while held[comma] in b" \t\r\n":
                comma -= 1
            if held[comma] == ord(","):
                held[comma] = ord("]")
                if self._decoded(comma + 1):
                    held[comma] = ord("[")
                    del held[:comma]
                    return True
                held[comma] = ord(",")
            end = at
        return False

    def _decoded(self, length: int) -> bool:
        try:
            with memoryview(self._held) as whole, whole[:length] as text:
                self._take_in(self._slices.decode(text))
        except msgspec.ValidationError:
            return self._decoded_one_by_one(bytes(self._held[:length]))
        except UNREADABLE:
            return False
        return True

    def _decoded_one_by_one(self, text: bytes) -> bool:
        try:
            raws = msgspec.json.decode(text, type=list[msgspec.Raw])
        except UNREADABLE:
            return False
        self._add(raws)
        return True

    def _take_in(self, items: list[T]) -> None:
        self._count += len(items)
        self._items += items if self._keep is None else filter(self._keep, items)

    def _add(self, raws: Iterable[msgspec.Raw]) -> None:
        for raw in raws:
            place = f"items[{self._before + self._count}]"
            self._take_in([read_one(raw, self._model, self._call, place)])

    def _finish(self) -> Page[T]:
        """Decode what is left, and what stands around the items."""
        text = b'{"items":' + self._held if self._start else self._held
        whole = read_one(bytes(text), _Whole, self._call)
        if self._start:
            first = msgspec.json.decode(self._opening + b"]}", type=Around)
            after = asdict(whole)
            whole = _Whole(**{key: after[key] or before for key, before in asdict(first).items()}, items=whole.items)
        elif whole.items is None:
            raise ApiError(f"{self._call}: the answer has no `items`")
        self._held = bytearray()
        self._add(whole.items or ())
        return Page(self._items, whole, self._count)
