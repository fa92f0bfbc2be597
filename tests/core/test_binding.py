"""What a plan depends on: each input that counts changes its fingerprint, and what does not count changes none."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from builders import LAX, NYC, Overlap, attempt, declared, job, observed, spec, subject, wanted

from jetplan.core.attempts import State
from jetplan.core.binding import Binding, bind, moved
from jetplan.core.observed import Observed, ObservedJob, ObservedProfile, SetRecord, SourceFiles
from jetplan.core.spec import DeliverySetSpec, ProfileRef, Spec
from jetplan.errors import Place

OTHER = ObservedProfile("p-other", "Other")
RECORD = SetRecord(subject("s"), version=3, attempts=(attempt("s", "/a", state=State.IN_DOUBT),))
SEEN = observed(job(), job_versions={"nyc-to-lax": 2}, sets={"s": RECORD})
DECLARED = spec(declared(), wanted("s", "/a", "/b"))


def difference(wants: Spec = DECLARED, seen: Observed = SEEN) -> list[str]:
    """What has moved since the plan of `DECLARED` and `SEEN`."""
    return moved(bind(DECLARED, SEEN), bind(wants, seen))


def test_nothing_has_moved() -> None:
    """The same inputs in another place of another file, in another order, are the same."""
    place = Place("other.yaml", 7, 1)
    wants = spec(wanted("s", "/b", "/a", place=place), declared(place=place))
    assert difference(wants) == []
    assert difference(replace(DECLARED, digests={})) == [], "a digest that nobody computed is computed"


@pytest.mark.parametrize(
    "change",
    [
        {"source": ProfileRef("Elsewhere")},
        {"source": ProfileRef(profile_id="p-nyc")},
        {"destination": ProfileRef("Elsewhere")},
        {"destination": ProfileRef(profile_id="p-lax")},
        {"paused": False},
        {"job_id": "j-1"},
    ],
)
def test_a_job_in_a_manifest(change: dict[str, Any]) -> None:
    """Each of its keys counts."""
    assert "manifests: job nyc-to-lax was changed" in difference(spec(declared(**change), wanted("s", "/a", "/b")))


@pytest.mark.parametrize(
    "change",
    [
        wanted("s", "/a", "/b", overlap=Overlap.SEND),
        wanted("s", "/a", "/b", renamed_from="r"),
        wanted("s", "/a", "/b", revision=2),
        wanted("s", "/a"),
        wanted("s", "/a", "/b", job_name="other"),
        wanted("s", "/a", "/b", retries=1),
    ],
)
def test_a_set_in_a_manifest(change: DeliverySetSpec) -> None:
    """What it says and what it lists count."""
    wants = spec(declared(), declared("other"), change)
    assert "manifests: set s was changed" in difference(wants)


def test_a_size_that_is_learnt_counts() -> None:
    """Sizes are no identity, but the reviewer saw them."""
    one = wanted("s", "/a", "/b")
    sized = replace(one, objects=replace(one.objects, sizes=type(one.objects.sizes)("q", [5, -1])))
    assert difference(spec(declared(), sized)) == ["manifests: set s was changed"]


def test_manifests_gain_and_lose() -> None:
    """A set that is added, and one that is taken out."""
    assert difference(spec(declared(), wanted("t", "/a"))) == [
        "manifests: set s was taken out",
        "manifests: set t was added",
    ]


@pytest.mark.parametrize(
    "there",
    [
        job("j-2"),
        job(source=OTHER),
        job(destination=OTHER),
        job(paused=True),
        job(manual=False),
        job(actions=2),
        job(source_files=SourceFiles.DELETED),
    ],
)
def test_a_job_on_the_server(there: ObservedJob) -> None:
    """Another job, other profiles, another state."""
    assert difference(seen=replace(SEEN, jobs=(there,))) == ["server: job nyc-to-lax is not as it was"]


def test_a_job_that_is_gone_or_there_twice() -> None:
    """A job that has to be created, and a name that is no longer one job's."""
    assert difference(seen=replace(SEEN, jobs=())) == ["server: job nyc-to-lax is not as it was"]
    twice = bind(DECLARED, replace(SEEN, jobs=(job("j-1"), job("j-2"))))
    thrice = bind(DECLARED, replace(SEEN, jobs=(job("j-1"), job("j-3"))))
    assert moved(bind(DECLARED, SEEN), twice) == ["server: job nyc-to-lax is not as it was"]
    assert moved(twice, thrice) == ["server: job nyc-to-lax is not as it was"]


def test_jobs_that_no_manifest_names_do_not_count() -> None:
    """Somebody else's job comes, and nothing is stale."""
    assert difference(seen=replace(SEEN, jobs=(job(), job("j-9", "theirs", source=LAX, destination=NYC)))) == []


@pytest.mark.parametrize("job_versions", [{"nyc-to-lax": 3}, {"nyc-to-lax": 0}])
def test_a_job_that_was_acted_on(job_versions: dict[str, int]) -> None:
    """The version of its subject is another."""
    seen = replace(SEEN, job_versions=job_versions)
    assert difference(seen=seen) == ["ledger: job nyc-to-lax was acted on by another run"]


def test_creations_of_a_job_count() -> None:
    """An attempt to create it, and the state of that attempt; with a version or without."""
    intended = (attempt("nyc-to-lax", ident="c-1", state=State.INTENDED),)
    sending = (attempt("nyc-to-lax", ident="c-1", state=State.SENDING),)
    other = (attempt("nyc-to-lax", ident="c-2", state=State.INTENDED),)
    for before in (SEEN, replace(SEEN, job_versions={})):
        bound = [bind(DECLARED, replace(before, job_attempts={"nyc-to-lax": x})) for x in (intended, sending, other)]
        for first, second in ((0, 1), (0, 2), (1, 2)):
            assert moved(bound[first], bound[second]) == ["ledger: job nyc-to-lax was acted on by another run"]
        assert moved(bind(DECLARED, before), bound[0])


def test_the_ledger_gains_and_loses() -> None:
    """A first record of a job, and one of a set that is gone."""
    before = replace(SEEN, job_versions={})
    assert moved(bind(DECLARED, before), bind(DECLARED, SEEN)) == ["ledger: job nyc-to-lax was recorded"]
    assert difference(seen=replace(SEEN, sets={})) == ["ledger: set s is gone"]
    unversioned = replace(SEEN, sets={"s": replace(RECORD, version=0)})
    assert difference(seen=unversioned) == ["ledger: set s is gone"], "a record without a version is none"


@pytest.mark.parametrize(
    "record",
    [
        replace(RECORD, version=4),
        replace(RECORD, attempts=()),
        replace(RECORD, attempts=(attempt("s", "/a", state=State.SENDING),)),
        replace(RECORD, attempts=(attempt("s", "/a", state=State.IN_DOUBT, ident="a-2"),)),
    ],
)
def test_a_set_that_was_acted_on(record: SetRecord) -> None:
    """Another version, or other attempts without a known end."""
    assert difference(seen=replace(SEEN, sets={"s": record})) == ["ledger: set s was acted on by another run"]


def test_attempts_with_a_known_end_do_not_count_by_themselves() -> None:
    """They change the version; and whether they were read at all depends on what is asked."""
    more = replace(RECORD, attempts=(*RECORD.attempts, attempt("s", "/b", state=State.DELIVERED, ident="a-0")))
    assert difference(seen=replace(SEEN, sets={"s": more})) == []


def test_differences_come_in_order() -> None:
    """Manifests, then server, then ledger; by name within each."""
    before = Binding({"job b": "1", "job a": "1"}, {"job a": "1"}, {"set s": "1"})
    now = Binding({"job b": "2", "job a": "2"}, {"job c": "1"}, {})
    assert moved(before, now) == [
        "manifests: job a was changed",
        "manifests: job b was changed",
        "server: job a is gone",
        "server: job c came up",
        "ledger: set s is gone",
    ]
