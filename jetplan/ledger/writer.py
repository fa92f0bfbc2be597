"""Many threads' writes in few commits: what arrives while one commit is under way shares the next.

Each caller returns after the commit that holds its write, with its own answer. A request that the database refuses
is carried out again by itself, so that its neighbours do not fail with it.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, Protocol, TypeVar, cast

from jetplan.errors import JetplanError
from jetplan.ledger.driver import OperationFailed

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from jetplan.ledger.driver import Driver, Transaction

Q_contra = TypeVar("Q_contra", contravariant=True)
A_co = TypeVar("A_co", covariant=True)
T = TypeVar("T")
BATCH = 256
"""The most requests in one commit."""
LONGEST_WAIT = 0.005
"""Seconds that a commit waits, at most, for more requests to share it; never where only one caller writes."""


def in_portions(rows: Sequence[T]) -> Iterator[Sequence[T]]:
    """Many rows, as many at a time as may share a commit."""
    for at in range(0, len(rows), BATCH):
        yield rows[at : at + BATCH]


class Locks(Protocol[Q_contra]):
    """Which names a batch of requests must hold; asked before they are held."""

    def __call__(self, tx: Transaction, requests: Sequence[Q_contra], /) -> Iterable[str]: ...


class Apply(Protocol[Q_contra, A_co]):
    """Carry out a batch of requests; one answer each, or the error that this one alone ends in."""

    def __call__(self, tx: Transaction, requests: Sequence[Q_contra], /) -> Sequence[A_co | JetplanError]: ...


@dataclass(frozen=True, slots=True, eq=False)
class Handler(Generic[Q_contra, A_co]):
    """One kind of request that can be carried out many at a time."""

    locks: Locks[Q_contra]
    apply: Apply[Q_contra, A_co]


@dataclass(slots=True, eq=False)
class _Item:
    handler: Handler[Any, Any]
    request: Any
    caller: object
    """Equal for requests that one caller waits for at once."""
    answer: Any = None
    _pending: threading.Lock = field(default_factory=threading.Lock)
    """Held until there is an answer. A bare lock: a Future costs several of them, at each of 60,000 steps."""

    def __post_init__(self) -> None:
        self._pending.acquire()

    def end(self, answer: Any) -> None:
        self.answer = answer
        self._pending.release()

    def result(self) -> Any:
        """Wait for the answer; raises what it ended in."""
        with self._pending:
            if isinstance(self.answer, BaseException):
                raise self.answer
            return self.answer


class Writer:
    """The one place that writes requests of many threads. `group` False: in the caller's thread, one at a time."""

    def __init__(self, driver: Driver, *, group: bool = True) -> None:
        self._driver = driver
        self._group = group
        self._waiting: list[_Item] = []
        self._wanted = 1
        """How many must wait before the thread is woken: once a commit, not once a request."""
        self._enough = threading.Condition(threading.Lock())
        self._thread: threading.Thread | None = None
        self._closed = False

    def submit(self, handler: Handler[Q_contra, A_co], request: Q_contra) -> A_co:
        """Carry out one request; returns after its commit. Raises what the request, or the commit, ended in."""
        (item,) = self._put([_Item(handler, request, object())])
        return cast("A_co", item.result())

    def submit_all(self, handler: Handler[Q_contra, A_co], requests: Iterable[Q_contra]) -> list[A_co | JetplanError]:
        """Carry out several requests, in as few commits as can be; each its answer, or the error it ended in.

        Returns after the last commit. Each stands or falls by itself.
        """
        caller = object()
        items = self._put([_Item(handler, request, caller) for request in requests])
        return [_answer(item) for item in items]

    def _put(self, items: list[_Item]) -> list[_Item]:
        if not self._group:
            for item in items:
                _deliver([item], self._commit_together([item]))
            return items
        with self._enough:
            if self._closed:
                raise JetplanError("the ledger is closed")
            if self._thread is None:
                self._thread = threading.Thread(target=self._serve, name="jetplan-ledger", daemon=True)
                self._thread.start()
            self._waiting += items
            if len(self._waiting) >= self._wanted:
                self._enough.notify()
        return items

    def close(self) -> None:
        """Finish what is queued and stop."""
        with self._enough:
            self._closed = True
            self._enough.notify()
        if self._thread is not None:
            self._thread.join()

    def _serve(self) -> None:
        callers, patience = 1, 0.0
        while items := self._gather(callers, patience):
            began = time.monotonic()
            try:
                answers = self._commit_together(items)
            except BaseException as error:  # noqa: BLE001 - the callers wait for it: it is theirs
                answers = [error] * len(items)
            patience = min(LONGEST_WAIT, (time.monotonic() - began) / 4)
            callers = len({item.caller for item in items}) + len(self._waiting)
            _deliver(items, answers)

    def _gather(self, callers: int, patience: float) -> list[_Item]:
        """The requests that wait, and those that follow at once from callers that were just answered.

        Nothing once the writer is closed and everything was carried out.
        """
        with self._enough:
            self._await(1, None)
            if not self._closed:
                self._await(min(callers, BATCH), patience)
            items, self._waiting = self._waiting[:BATCH], self._waiting[BATCH:]
        return items

    def _await(self, count: int, seconds: float | None) -> None:
        self._wanted = count
        self._enough.wait_for(lambda: len(self._waiting) >= count or self._closed, seconds)

    def _commit_together(self, items: Sequence[_Item]) -> Sequence[Any]:
        try:
            return self._driver.write(lambda tx: _apply_all(tx, items))
        except OperationFailed as error:
            if len(items) == 1:
                return [error]
        except JetplanError as error:
            return [error] * len(items)
        return [answer for item in items for answer in self._commit_together([item])]


def _apply_all(tx: Transaction, items: Sequence[_Item]) -> list[Any]:
    """Group requests by kind. All callers wait, so their order does not matter."""
    groups: dict[Handler[Any, Any], list[int]] = {}
    for at, item in enumerate(items):
        groups.setdefault(item.handler, []).append(at)
    asked = {handler: [items[at].request for at in places] for handler, places in groups.items()}
    tx.lock(name for handler, requests in asked.items() for name in handler.locks(tx, requests))
    answers: list[Any] = [None] * len(items)
    for handler, places in groups.items():
        for at, answer in zip(places, handler.apply(tx, asked[handler]), strict=True):
            answers[at] = answer
    return answers


def _answer(item: _Item) -> Any:
    try:
        return item.result()
    except JetplanError as error:
        return error


def _deliver(items: Sequence[_Item], answers: Sequence[Any]) -> None:
    for item, answer in zip(items, answers, strict=True):
        item.end(answer)
