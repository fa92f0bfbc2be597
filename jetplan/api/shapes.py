"""Jobs and storage profiles in the API's own nested shape, of which only this much is read.

A listed job weighs about 20 KiB; what is not declared here is skipped without being built.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from msgspec import Struct, field

from jetplan.api.wire import Job, StorageProfile


class ListedProfile(Struct, rename="camel"):
    """A storage profile, listed or embedded in a job."""

    storage_profile_id: str
    name: str | None = None
    storage_type: str | None = field(name="storageProfileType", default=None)
    url: str | None = None
    account_id: str | None = None
    deleted: bool | None = None

    def record(self) -> StorageProfile:
        """The profile; one instance for all jobs that share it."""
        return _profile(
            self.storage_profile_id,
            self.name or "",
            self.storage_type or "",
            self.url or "",
            self.account_id or "",
            bool(self.deleted),
        )


_profile = lru_cache(maxsize=4096)(StorageProfile)


class Rate(Struct):
    """A limit, for instance 400 Mbps."""

    value: float
    unit: str


class BandwidthManagement(Struct, rename="camel"):
    """A job's limit; it counts only while enabled."""

    enabled: bool | None = None
    max_rate: Rate | None = None

    def bits_per_second(self) -> int | None:
        """The limit, or None where there is none that can be understood."""
        if not self.enabled or self.max_rate is None:
            return None
        bits = _BITS.get(self.max_rate.unit.lower())
        return None if bits is None else round(self.max_rate.value * bits)


_BITS = {"bps": 1, "kbps": 10**3, "mbps": 10**6, "gbps": 10**9}


class ObjectPatterns(Struct):
    """Which files of a job's source are moved, and which are not."""

    inclusions: list[Any] | None = None
    exclusions: list[Any] | None = None


class TransferOptions(Struct, rename="camel"):
    """How a job moves files."""

    object_patterns: ObjectPatterns | None = None


class ActionData(Struct, rename="camel"):
    """From where to where an action moves files. `post_transfer` stands here in what third parties send."""

    source: ListedProfile | None = None
    destination: ListedProfile | None = None
    bandwidth_management: BandwidthManagement | None = None
    transfer_options: TransferOptions | None = None
    post_transfer: Any = None


class Action(Struct, rename="camel"):
    """One action of a job; jetplan knows jobs of one. `post_transfer` stands here in answers."""

    data: ActionData | None = None
    post_transfer: Any = None


_AFTER_SENDING = {"deleteTransferredSourceFiles": "deleted", "moveTransferredSourceFiles": "moved"}
_GRAVEST_FIRST = ("deleted", "moved", "unknown")


def source_files(*post_transfers: object) -> str:
    """What is done with files at the source after they were sent, by all of a job's `postTransfer`.

    "deleted", "moved", "kept", or "unknown" where something is done that has no documented shape.
    """
    found = {done for each in post_transfers if each is not None for done in _done_by(each)}
    return next((done for done in _GRAVEST_FIRST if done in found), "kept")


def _done_by(post_transfer: object) -> set[str]:
    if not isinstance(post_transfer, dict):
        return {"unknown"}
    return {
        _AFTER_SENDING.get(key, "unknown") if isinstance(said, dict) and said.get("enabled") is True else "unknown"
        for key, said in post_transfer.items()
        if said is not None and not (isinstance(said, dict) and said.get("enabled") is False)
    }


class Trigger(Struct):
    """What starts a job by itself; MANUAL and MANUAL_START start nothing."""

    type: str | None = None


_STARTING_NOTHING = frozenset({"MANUAL", "MANUAL_START"})


class ListedJob(Struct, rename="camel"):
    """A job, listed, viewed or answered."""

    job_id: str
    name: str
    paused: bool | None = None
    triggers: list[Trigger] | None = None
    actions: list[Action] | None = None
    account_id: str | None = None
    cross_account: bool | None = None
    created_on: str | None = None

    def record(self) -> Job:
        """The job, without the nesting. Its profiles are None where the actions are absent or odd."""
        data = (self.actions[0].data if self.actions else None) or ActionData()
        management = data.bandwidth_management
        patterns = (data.transfer_options or TransferOptions()).object_patterns or ObjectPatterns()
        return Job(
            self.job_id,
            self.name,
            bool(self.paused),
            all(trigger.type in _STARTING_NOTHING for trigger in self.triggers or ()),
            data.source.record() if data.source else None,
            data.destination.record() if data.destination else None,
            management.bits_per_second() if management else None,
            self.account_id or "",
            bool(self.cross_account),
            self.created_on or "",
            len(self.actions or ()) or 1,
            source_files(data.post_transfer, self.actions[0].post_transfer if self.actions else None),
            bool(patterns.inclusions or patterns.exclusions),
        )
