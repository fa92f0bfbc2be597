"""Which job a name means: declared or not, found once, several times, nearly, or not at all."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders import LAX, NYC, declared, job, observed, spec, wanted

from jetplan.core.attempts import Kind, SubjectKey
from jetplan.core.observed import ObservedJob, ObservedProfile
from jetplan.core.plan import BlockReason, Route
from jetplan.core.routes import (
    Absent,
    Ambiguous,
    Drifted,
    Found,
    Match,
    Unresolved,
    job_subject,
    match_jobs,
    nearest,
    route_of,
    set_subject,
)
from jetplan.core.spec import ProfileRef, Spec

OTHER = ObservedProfile("p-other", "Other")
UNDECLARED = spec(wanted("s", "/a"))
DECLARED = spec(declared())


def match(wants: Spec, *jobs: object, **more: object) -> Match:
    """What `nyc-to-lax` means."""
    return match_jobs(wants, replace(observed(), jobs=jobs, **more))["nyc-to-lax"]  # type: ignore[arg-type]


@pytest.mark.parametrize("wants", [UNDECLARED, DECLARED])
def test_one_job_of_the_name(wants: Spec) -> None:
    """It is used, whether a manifest declares it or not; others are passed over."""
    assert match(wants, job("j-2", "other"), job()) == Found(job())
    assert route_of(Found(job())) == Route(NYC, LAX)


@pytest.mark.parametrize("wants", [UNDECLARED, DECLARED])
def test_several_jobs_of_the_name(wants: Spec) -> None:
    """All of them are shown, in the order of their ids, which is the same on every run."""
    several = [job("j-2"), job("j-1"), job("j-3")]
    assert match(wants, *several) == Ambiguous((job("j-1"), job("j-2"), job("j-3")))
    assert route_of(Ambiguous(several)) is None


def test_no_job_of_the_name() -> None:
    """A declared one can be created. Any other is refused, with the name that was probably meant."""
    assert match(DECLARED, job("j-2", "other")) == Absent(Route(NYC, LAX))
    assert route_of(Absent(Route(NYC, LAX))) == Route(NYC, LAX)
    message = "no job is named 'nyc-to-lax', neither in the manifests nor on the server"
    hint = "declare the job, or correct the set's `job`"
    assert match(UNDECLARED, job("j-2", "other")) == Unresolved(BlockReason.JOB_MISSING, message, hint)
    hint = "did you mean 'nyc-to-sfo'?"
    assert match(UNDECLARED, job("j-2", "nyc-to-sfo")) == Unresolved(BlockReason.JOB_MISSING, message, hint)
    near = spec(declared("nyc-to-lax2"), wanted("s", "/a"))
    assert match(near) == Unresolved(BlockReason.JOB_MISSING, message, "did you mean 'nyc-to-lax2'?")


@pytest.mark.parametrize("there", [job(source=ObservedProfile("")), job(destination=ObservedProfile(""))])
def test_an_undeclared_job_whose_profiles_cannot_be_read(there: ObservedJob) -> None:
    """Where it sends from or to is not known, so nothing is planned for it."""
    message = "job 'nyc-to-lax' is on the server, but its storage profiles cannot be read"
    expected = Unresolved(BlockReason.PROFILE_MISSING, message, "declare the job in a manifest")
    assert match(UNDECLARED, there) == expected
    assert route_of(expected) is None


def test_a_job_of_several_actions() -> None:
    """jetplan would plan and show one of the places that it sends to."""
    several = job(actions=2)
    message = "job 'nyc-to-lax' (j-1) has 2 actions, and jetplan knows jobs of one"
    expected = Unresolved(BlockReason.JOB_DRIFTED, message, "give each action a job of its own, and name that")
    assert match(DECLARED, several) == match(UNDECLARED, several) == expected


def test_a_job_by_its_id() -> None:
    """An id picks one of several; its name and profiles are compared; an id that nobody has is refused."""
    chosen = spec(declared(job_id="j-2"))
    assert match(chosen, job("j-1"), job("j-2")) == Found(job("j-2"))
    renamed = job("j-2", "lax")
    assert match(chosen, job("j-1"), renamed) == Drifted(renamed, (("name", "lax", "nyc-to-lax"),))
    hint = "correct `jobId`, or take it out to find the job by its name"
    assert match(chosen, job("j-1")) == Unresolved(BlockReason.JOB_MISSING, "no job has the id j-2", hint)


def test_what_drifted() -> None:
    """Each difference is named, what is on the server before what the manifest says."""
    there = job(source=OTHER, destination=NYC)
    differences = (("source", "Other", "NYC Dailies"), ("destination", "NYC Dailies", "LAX Ingest"))
    assert match(DECLARED, there) == Drifted(there, differences)
    assert route_of(Drifted(there, differences)) is None


def test_profiles_that_are_not_found() -> None:
    """The nearest name is offered; credentials that may not list profiles are named as a reason."""
    message = "no storage profile is named 'LAX Ingst'"
    misspelled = spec(declared(destination=ProfileRef("LAX Ingst")))
    assert match(misspelled) == Unresolved(BlockReason.PROFILE_MISSING, message, "did you mean 'LAX Ingest'?")
    far = spec(declared(source=ProfileRef("Sydney")))
    hint = "correct the name, or create the profile in Jet"
    assert match(far) == Unresolved(BlockReason.PROFILE_MISSING, "no storage profile is named 'Sydney'", hint)
    hint += " (these credentials may not list storage profiles: only those used by a job are known)"
    found = match(far, profiles_listed=False)
    assert found == Unresolved(BlockReason.PROFILE_MISSING, "no storage profile is named 'Sydney'", hint)


def test_profiles_by_id() -> None:
    """One that is not listed is refused, or taken on trust where the credentials may not list profiles."""
    unknown = spec(declared(source=ProfileRef(profile_id="p-x")))
    hint = "correct `storageProfileId`, or create the profile in Jet"
    message = "no storage profile has the id p-x"
    assert match(unknown) == Unresolved(BlockReason.PROFILE_MISSING, message, hint)
    assert match(unknown, profiles_listed=False) == Absent(Route(ObservedProfile("p-x"), LAX))
    assert match(spec(declared(source=ProfileRef(profile_id="p-nyc")))) == Absent(Route(NYC, LAX))


def test_profiles_of_one_name() -> None:
    """A name that two profiles have says neither, and both ids are told."""
    twin = ObservedProfile("p-a", "NYC Dailies")
    hint = "name the one that is meant by its id: {storageProfileId: …}"
    message = "2 storage profiles are named 'NYC Dailies': p-a, p-nyc"
    found = match(DECLARED, profiles=(NYC, twin, LAX))
    assert found == Unresolved(BlockReason.PROFILE_AMBIGUOUS, message, hint)


def test_profiles_are_learnt_from_jobs() -> None:
    """Where none is listed; what a list says of a profile counts before what a job says of it."""
    found = match(DECLARED, job("j-9", "theirs"), profiles=(), profiles_listed=False)
    assert found == Absent(Route(NYC, LAX))
    renamed = replace(LAX, name="LAX Archive")
    found = match(spec(declared(destination=ProfileRef("LAX Archive"))), job("j-9", "x"), profiles=(NYC, renamed))
    assert found == Absent(Route(NYC, renamed))
    assert isinstance(match(DECLARED, job("j-9", "x"), profiles=(NYC, renamed)), Unresolved)


def test_the_nearest_name() -> None:
    """One, if any is close."""
    assert nearest("master", ["masters", "mister", "x"]) == "masters"
    assert nearest("master", ["x"]) is None
    assert nearest("master", []) is None


def test_what_is_claimed() -> None:
    """Jobs and sets of one name are two subjects; each stands with the ids of its profiles."""
    route = Route(NYC, LAX)
    assert job_subject("n", route) == SubjectKey(Kind.JOB, "n", "p-nyc", "p-lax")
    assert set_subject("n", route) == SubjectKey(Kind.DELIVERY, "n", "p-nyc", "p-lax")


def test_profiles_that_look_alike_are_marked_on_both_ends() -> None:
    """In a job on the server and in a list; one that is alone stays as it is."""
    twin = ObservedProfile("p-9", "LAX lngest")
    here = job(source=twin, destination=LAX)
    found = match(spec(wanted("s", "/a")), here, profiles=(NYC, LAX, twin))
    assert isinstance(found, Found)
    marks = [
        (side.profile_id, side.looks_alike, side.name_shared) for side in (found.job.source, found.job.destination)
    ]
    assert marks == [("p-9", True, False), ("p-lax", True, False)]
    same = replace(LAX, profile_id="p-8")
    found = match(spec(wanted("s", "/a")), job(source=NYC, destination=LAX), profiles=(NYC, LAX, same))
    assert isinstance(found, Found)
    marks = [
        (side.profile_id, side.looks_alike, side.name_shared) for side in (found.job.source, found.job.destination)
    ]
    assert marks == [("p-nyc", False, False), ("p-lax", False, True)]
