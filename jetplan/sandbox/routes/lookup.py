"""Finding what a path names, or answering 404."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jetplan.sandbox.http import RefusedError

if TYPE_CHECKING:
    from jetplan.sandbox.catalogue import Job, Profile
    from jetplan.sandbox.jet import Jet


def find_job(jet: Jet, job_id: str) -> Job:
    job = jet.catalogue.job(job_id)
    if job is None:
        raise RefusedError(404, f"there is no job {job_id}")
    return job


def find_profile(jet: Jet, profile_id: str) -> Profile:
    profile = jet.catalogue.profile(profile_id)
    if profile is None or profile.deleted:
        raise RefusedError(404, f"there is no storage profile {profile_id}")
    return profile
