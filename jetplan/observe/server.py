"""What the API shows before planning: two list calls, whatever the manifests hold."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from hashlib import blake2b
from typing import TYPE_CHECKING

from msgspec.msgpack import encode

from jetplan.core.observed import ObservedJob, ObservedProfile, SourceFiles

if TYPE_CHECKING:
    from collections.abc import Sequence

    from jetplan.api import wire
    from jetplan.api.client import JetClient


@dataclass(frozen=True, slots=True)
class Server:
    """What the API shows: jobs, storage profiles (None: the role may not list them), and the account ids seen.

    `accounts` repeats each id as often as it was seen, the most frequent first.
    """

    jobs: Sequence[ObservedJob]
    profiles: Sequence[ObservedProfile] | None
    accounts: Sequence[str]
    clock: float | None = None
    """Epoch seconds on the server's clock after listing; None where its answers do not tell."""

    def source_urls(self) -> dict[str, str]:
        """The url of each job's source, by job id."""
        return {job.job_id: job.source.url for job in self.jobs}


@dataclass(frozen=True, slots=True)
class Listed:
    """The API's two lists, as they came; profiles are None where the role may not list them."""

    jobs: Sequence[wire.Job]
    profiles: Sequence[wire.StorageProfile] | None
    clock: float | None = None

    def digest(self) -> bytes:
        """32 bytes over everything in the lists that jetplan reads."""
        return blake2b(encode((self.jobs, self.profiles)), digest_size=32).digest()


def observe_server(client: JetClient) -> Server:
    """List jobs and storage profiles: a constant number of calls, whatever the manifests hold."""
    return server_of(list_server(client))


def list_server(client: JetClient) -> Listed:
    """Make both list calls, side by side."""
    with ThreadPoolExecutor(2) as pool:
        profiles_call = pool.submit(client.list_storage_profiles)
        jobs, profiles = client.list_jobs(), profiles_call.result()
    return Listed(jobs, profiles, client.server_time)


def server_of(listed: Listed) -> Server:
    """The lists as the planner wants them."""
    jobs, profiles = listed.jobs, listed.profiles
    owners = Counter(job.account_id for job in jobs if job.account_id and not job.cross_account)
    owners.update(profile.account_id for profile in profiles or () if profile.account_id)
    return Server(
        tuple(observed_job(job) for job in jobs),
        None if profiles is None else tuple(_profile(profile) for profile in profiles if not profile.deleted),
        tuple(account for account, times in owners.most_common() for _ in range(times)),
        listed.clock,
    )


def shown_profiles(server: Server) -> list[ObservedProfile]:
    """Every storage profile that the API shows: those listed, and those of jobs."""
    ends = [profile for job in server.jobs for profile in (job.source, job.destination)]
    return [each for each in (*(server.profiles or ()), *ends) if each.profile_id]


def observed_job(job: wire.Job) -> ObservedJob:
    """A job as the planner wants it."""
    return ObservedJob(
        job.job_id,
        job.name,
        _profile(job.source),
        _profile(job.destination),
        paused=job.paused,
        manual=job.manual,
        max_rate=job.max_rate,
        actions=job.actions,
        source_files=SourceFiles(job.source_files),
        filtered=job.filtered,
    )


def _profile(profile: wire.StorageProfile | None) -> ObservedProfile:
    if profile is None:
        return ObservedProfile("")
    return ObservedProfile(profile.storage_profile_id, profile.name, profile.storage_type, profile.url)
