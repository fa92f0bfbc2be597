"""The bodies that clients send, checked. Owns what is a valid request; decides nothing about state."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeVar

import msgspec
from msgspec import UNSET, Meta, Struct, UnsetType

from jetplan.sandbox.http import RefusedError

Size = Annotated[int, Meta(ge=0, le=2**53 - 1)]
Name = Annotated[str, Meta(min_length=1, max_length=1024)]
T = TypeVar("T")


class DeliveredObject(Struct, frozen=True, rename="camel"):
    """One file or folder of a delivery, given back in the answer as it came."""

    relative_path: Annotated[str, Meta(min_length=1, max_length=4096)]
    size_in_bytes: Size | UnsetType | None = UNSET
    is_directory: bool = False


class DeliveryBody(Struct, frozen=True):
    objects: Annotated[list[DeliveredObject], Meta(min_length=1)]


class ProfileReference(Struct, frozen=True, rename="camel"):
    storage_profile_id: str


class TransferOptions(Struct, frozen=True, rename="camel"):
    object_patterns: dict[str, Any] | None = None


class ActionData(Struct, frozen=True, rename="camel"):
    source: ProfileReference
    destination: ProfileReference
    transfer_options: TransferOptions | None = None


class Action(Struct, frozen=True):
    type: Literal["TRANSFER"]
    data: ActionData


class Trigger(Struct, frozen=True):
    type: str


class JobBody(Struct, frozen=True):
    """What of a job to be created the sandbox understands; every other key is kept and given back."""

    name: Name
    actions: Annotated[list[Action], Meta(min_length=1, max_length=1)]
    triggers: list[Trigger] | None = None
    options: dict[str, Any] | None = None
    paused: bool = False


class JobPatch(Struct, frozen=True, forbid_unknown_fields=True):
    """The documented changes, and no others: name, profiles, filters and bandwidth are fixed at creation."""

    paused: bool | UnsetType = UNSET
    stop: bool | UnsetType = UNSET
    triggers: list[dict[str, Any]] | UnsetType = UNSET
    options: dict[str, Any] | UnsetType = UNSET
    actions: list[dict[str, Any]] | UnsetType = UNSET


class ProfileBody(Struct, frozen=True, rename="camel"):
    endpoint_id: str
    url: Annotated[str, Meta(min_length=1, max_length=4096)]
    name: Name


class PathQuery(Struct, frozen=True):
    path: Annotated[str, Meta(min_length=2, max_length=4096)]


class FileFilters(Struct, frozen=True, rename="camel"):
    """Either `jobId` or `serviceId` must be there; the sandbox has one service."""

    job_id: str | list[str] | None = None
    service_id: str | None = None
    state: Literal["TRANSFERRED", "ERROR"] = "TRANSFERRED"


class FileSearch(Struct, frozen=True):
    """The body of a file search. `after`: where an earlier answer ended."""

    query: PathQuery
    filters: FileFilters
    limit: Annotated[int, Meta(ge=0, le=10_000)] = 100
    after: Annotated[int, Meta(ge=0, le=2**53)] = 0


class SearchFilters(Struct, frozen=True, rename="camel"):
    job_ids: list[str] | None = None


class SearchQuery(Struct, frozen=True):
    text: Annotated[str, Meta(min_length=1, max_length=100)] | None = None


class Search(Struct, frozen=True, rename="camel"):
    """The body of a search for jobs or storage profiles; each uses the keys that concern it."""

    name: str | None = None
    job_name: str | None = None
    status: str | list[str] | None = None
    query: SearchQuery = SearchQuery()
    filters: SearchFilters = SearchFilters()
    search_term: str | None = None
    offset: Annotated[int, Meta(ge=0, le=2**31)] = 0
    limit: Annotated[int, Meta(ge=1, le=100)] = 100
    sort_by: Literal["lastActivity", "jobName", "status"] | None = None
    sort_order: Literal["asc", "desc", "ASC", "DESC"] | None = None


class FaultsBody(Struct, frozen=True):
    faults: list[str]


class ClockBody(Struct, frozen=True):
    advance: float | None = None
    to: str | None = None


class FailuresBody(Struct, frozen=True):
    failures: list[str]


def decode(body: bytes, kind: type[T], *, empty: bytes = b"") -> T:
    """The body as `kind`; raises a 400 that names the key at fault. `empty` stands in for no body at all."""
    try:
        return msgspec.json.decode(body or empty, type=kind)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise RefusedError(400, f"the body is not valid: {error}") from None
    except RecursionError:
        raise RefusedError(400, "the body is not valid: it is nested too deeply") from None
