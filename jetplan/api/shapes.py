"""Jobs and storage profiles in the API's own nested shape, of which only this much is read.

A listed job weighs about 20 KiB; what is not declared here is skipped without being built.
"""

from __future__ import annotations

from functools import lru_cache

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


class ActionData(Struct, rename="camel"):
    """From where to where an action moves files."""

    source: ListedProfile | None = None
    destination: ListedProfile | None = None
    bandwidth_management: BandwidthManagement | None = None


class Action(Struct):
    """One action of a job; jetplan knows jobs of one."""

    data: ActionData | None = None


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
        )
