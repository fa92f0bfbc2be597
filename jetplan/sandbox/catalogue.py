"""The endpoint, storage profiles and jobs. Kept in memory, written through to the store.

Owns which changes of a job are possible. Knows nothing of deliveries and of the shape of answers.
"""

from __future__ import annotations

import os
import uuid
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import msgspec

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path
    from sqlite3 import Row

    from jetplan.sandbox.store import Store

NAMESPACE = uuid.UUID("6f1c8c5e-7d0b-4b0f-9a53-1d1f3f6a2c11")


@dataclass(frozen=True)
class Profile:
    """A storage profile over `folder` of this machine."""

    id: str
    name: str
    folder: str
    url: str
    endpoint_id: str
    created: float
    modified: float
    deleted: bool = False


@dataclass(frozen=True)
class Job:
    """A job; `document` is what was posted, with the changes made since, profiles as references."""

    id: str
    document: Mapping[str, Any]
    paused: bool
    created: float
    modified: float

    @property
    def name(self) -> str:
        return str(self.document["name"])

    @property
    def action(self) -> Mapping[str, Any]:
        first: Mapping[str, Any] = self.document["actions"][0]
        return first

    @property
    def source_id(self) -> str:
        return str(self.action["data"]["source"]["storageProfileId"])

    @property
    def destination_id(self) -> str:
        return str(self.action["data"]["destination"]["storageProfileId"])

    @property
    def manual(self) -> bool:
        return not self.document.get("triggers")


class Catalogue:
    """Everything but deliveries. Safe to use from several threads."""

    def __init__(self, store: Store, clock: Callable[[], float]) -> None:
        self._store = store
        self._clock = clock
        self.account_id = store.remember("account", str(uuid.uuid4()))
        self.service_id = store.remember("service", str(uuid.uuid4()))
        self.endpoint_id = store.remember("endpoint", str(uuid.uuid4()))
        self.since = float(store.remember("since", repr(clock())))
        self._profiles = {profile.id: profile for profile in map(_profile, store.rows("SELECT * FROM profiles"))}
        self._jobs = {job.id: job for job in map(_job, store.rows("SELECT * FROM jobs ORDER BY n"))}

    def profiles(self) -> list[Profile]:
        return [profile for profile in list(self._profiles.values()) if not profile.deleted]

    def profile(self, profile_id: str) -> Profile | None:
        """The profile, also when it was deleted: jobs may still name it."""
        return self._profiles.get(profile_id)

    def offer_profile(self, name: str, folder: Path) -> Profile:
        """The profile of this name over this folder, the same one on every start."""
        profile_id = str(uuid.uuid5(NAMESPACE, f"{name}\0{folder}"))
        known = self._profiles.get(profile_id)
        if known is not None and not known.deleted:
            return known
        return self._keep(self._new_profile(profile_id, name, folder.as_uri(), str(folder)))

    def add_profile(self, name: str, url: str, folder: str) -> Profile:
        return self._keep(self._new_profile(str(uuid.uuid4()), name, url, folder))

    def remove_profile(self, profile: Profile) -> None:
        self._keep(replace(profile, deleted=True, modified=self._clock()))

    def users_of(self, profile: Profile) -> list[Job]:
        return [job for job in self.jobs() if profile.id in (job.source_id, job.destination_id)]

    def jobs(self) -> list[Job]:
        """All jobs, oldest first."""
        return list(self._jobs.values())

    def job(self, job_id: str) -> Job | None:
        return self._jobs.get(job_id)

    def add_job(self, document: Mapping[str, Any], *, paused: bool) -> Job:
        now = self._clock()
        actions = [{**action, "actionId": str(uuid.uuid4())} for action in document["actions"]]
        kept = {**document, "actions": actions, "metadata": {"routeId": str(uuid.uuid4())}}
        job = Job(str(uuid.uuid4()), kept, paused, now, now)
        with self._store.transaction() as connection:
            connection.execute(
                "INSERT INTO jobs (id, paused, document, created, modified) VALUES (?, ?, ?, ?, ?)",
                (job.id, paused, msgspec.json.encode(kept), now, now),
            )
            self._jobs[job.id] = job
        return job

    def change_job(self, job: Job, *, paused: bool, document: Mapping[str, Any]) -> Job:
        changed = replace(job, paused=paused, document=document, modified=self._clock())
        with self._store.transaction() as connection:
            connection.execute(
                "UPDATE jobs SET paused = ?, document = ?, modified = ? WHERE id = ?",
                (paused, msgspec.json.encode(document), changed.modified, job.id),
            )
            self._jobs[job.id] = changed
        return changed

    def remove_job(self, job: Job) -> None:
        with self._store.transaction() as connection:
            connection.execute("DELETE FROM jobs WHERE id = ?", (job.id,))
            self._jobs.pop(job.id, None)

    def _new_profile(self, profile_id: str, name: str, url: str, folder: str) -> Profile:
        now = self._clock()
        return Profile(profile_id, name, os.path.realpath(folder), url, self.endpoint_id, now, now)

    def _keep(self, profile: Profile) -> Profile:
        with self._store.transaction() as connection:
            connection.execute(
                "INSERT OR REPLACE INTO profiles VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                (
                    profile.id,
                    profile.name,
                    profile.folder,
                    profile.url,
                    profile.endpoint_id,
                    profile.created,
                    profile.modified,
                    profile.deleted,
                ),
            )
            self._profiles[profile.id] = profile
        return profile


def _profile(row: Row) -> Profile:
    return Profile(**{**dict(row), "deleted": bool(row["deleted"])})


def _job(row: Row) -> Job:
    document = msgspec.json.decode(row["document"])
    return Job(row["id"], document, bool(row["paused"]), row["created"], row["modified"])
