"""The verdict on a write, from its answer: in doubt unless the answer leaves no doubt."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import msgspec

from jetplan.api.contradictions import Said, in_change, in_creation, in_delivery, value
from jetplan.api.ids import is_sound
from jetplan.api.reading import UNREADABLE
from jetplan.api.retries import wait_asked_for
from jetplan.core.answers import AcceptedAnswer, Answer, InDoubtAnswer, RejectedAnswer

if TYPE_CHECKING:
    from collections.abc import Mapping

REFUSING = frozenset({400, 401, 403, 404, 405, 413, 415, 422, 429})
"""Statuses that mean no, where the whole answer came and is the API's own (a JSON object), not a gateway's."""

_LONGEST_MESSAGE = 500
_EMPTY_BY_RIGHT = 204


@dataclass(frozen=True, slots=True)
class Answered:
    """A whole answer. `whole_head`: its head did not end with the connection."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    whole_head: bool = True
    whole_request: bool = True


def on_creation(answered: Answered, sent: bytes) -> Answer:
    """The verdict on a job's creation (`sent`: its body). Without a usable `jobId` the job is found in the list."""
    said = _accepting(answered)
    if not isinstance(said, dict | list):
        return said
    if found := in_creation(said, sent):
        return InDoubtAnswer(f"POST /v1/jobs: {found}", answered.status)
    job_id = _id(said, "jobId")
    if job_id is None:
        return InDoubtAnswer("POST /v1/jobs: the answer has no `jobId`", answered.status)
    if not is_sound(job_id):
        return InDoubtAnswer("POST /v1/jobs: `jobId` holds characters that a URL cannot hold", answered.status)
    return AcceptedAnswer(str(job_id), answered.status)


def on_delivery(answered: Answered, job_id: str, sent: bytes) -> Answer:
    """The verdict on a delivery to a job (`sent`: its body).

    It is accepted also where its id is missing or cannot be used. A 2xx that contradicts itself or the request is
    no answer: nobody can tell which half of it is true.
    """
    said = _accepting(answered)
    if not isinstance(said, dict | list):
        return said
    if found := in_delivery(said, job_id, sent):
        return InDoubtAnswer(f"the server answered {answered.status}, but {found}", answered.status)
    record_id = _id(said, "deliveryId", "id")
    if record_id is None:
        return AcceptedAnswer("", answered.status, "the answer gave the delivery no id")
    if not is_sound(record_id):
        return AcceptedAnswer("", answered.status, "the delivery's id cannot stand in a URL and was dropped")
    return AcceptedAnswer(str(record_id), answered.status)


def on_change(answered: Answered, job_id: str, sent: bytes) -> Answer:
    """The verdict on a change to a job, for which an answer without a body (204) is a proper one too."""
    if answered.status == _EMPTY_BY_RIGHT and answered.whole_head and answered.whole_request:
        return AcceptedAnswer("", answered.status)
    said = _accepting(answered)
    if not isinstance(said, dict | list):
        return said
    if found := in_change(said, job_id, sent):
        return InDoubtAnswer(f"the server answered {answered.status}, but {found}", answered.status)
    return AcceptedAnswer("", answered.status)


def _id(said: Said | list[msgspec.Raw], *keys: str) -> object:
    """The first id that is there, whatever it is."""
    if isinstance(said, list):
        return None
    return next((found for key in keys if (found := value(said, key)) is not None), None)


def _accepting(answered: Answered) -> Said | list[msgspec.Raw] | Answer:
    """What an answer of 2xx says; else what became of the request."""
    status = answered.status
    if status in REFUSING:
        return _refusal(answered)
    if not 200 <= status < 300:
        return InDoubtAnswer(f"the server answered {status}, which does not say whether it acted", status)
    if not answered.whole_request:
        return InDoubtAnswer("the server answered before it had the whole request", status)
    if not answered.body:
        return InDoubtAnswer(f"the server answered {status} and nothing more", status)
    try:
        answered.body.decode()  # values are not decoded, so that text which is not UTF-8 does no harm
        said: Said | list[msgspec.Raw] = msgspec.json.decode(answered.body, type=Said | list[msgspec.Raw])
    except UNREADABLE:
        return InDoubtAnswer(f"the server answered {status}, and not in JSON", status)
    return said


def _refusal(answered: Answered) -> Answer:
    try:
        said = msgspec.json.decode(answered.body, type=dict[str, Any])
    except UNREADABLE:
        return InDoubtAnswer(f"something answered {answered.status}, and not in the API's words", answered.status)
    asked = wait_asked_for(answered.headers.get("retry-after"), answered.headers.get("date"))
    return RejectedAnswer(answered.status, message_in(said), asked)


def message_in(said: Mapping[str, Any]) -> str:
    """The server's own words in a JSON answer, at most 500 characters; empty where it has none."""
    for key in ("message", "error_description", "errorMessage", "detail", "title", "error", "errors"):
        words = said.get(key)
        if isinstance(words, list) and words:
            words = words[0]
        if isinstance(words, dict):
            words = words.get("message")
        if isinstance(words, str) and words:
            return words[:_LONGEST_MESSAGE]
    return ""


def message_of(body: bytes) -> str:
    """The same from a body that may be anything."""
    try:
        return message_in(msgspec.json.decode(body, type=dict[str, Any]))
    except UNREADABLE:
        return ""
