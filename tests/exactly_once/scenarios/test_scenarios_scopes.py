"""The same API and account under other names: what was sent there is never sent again because a name changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from counting import CountingJet, counting

if TYPE_CHECKING:
    from stage import Stage

APPLY = "jetplan apply --auto-approve"
ONCE = {"/a.mxf": 1, "/b.mxf": 1}


@pytest.mark.parametrize("spell", ["{0}/", "{0}//", "{1}"])
def test_another_spelling_of_the_url_sends_nothing(
    project: Stage, jet: CountingJet, monkeypatch: pytest.MonkeyPatch, spell: str
) -> None:
    """However the API's URL is spelled, what was recorded under one spelling is not sent under another."""
    project.write_set("/a.mxf", "/b.mxf")
    project.run(APPLY)
    other = spell.format(project.url, project.url.replace("http:", "HTTP:"))
    monkeypatch.setenv("JETPLAN_API_URL", other)
    assert "No changes" in project.run(APPLY).out
    assert jet.objects == ONCE


def test_another_name_of_the_host_sends_nothing(
    project: Stage, jet: CountingJet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same server by another host name shows the same storage profiles: what they got is not sent again."""
    project.write_set("/a.mxf", "/b.mxf")
    project.run(APPLY)
    monkeypatch.setenv("JETPLAN_API_URL", project.url.replace("127.0.0.1", "localhost"))
    ran = project.run(APPLY, code=8)
    assert f"recorded for {project.url}" in " ".join(ran.out.split()), ran
    project.run("jetplan plan", code=1)
    project.run(APPLY, code=1)
    monkeypatch.setenv("JETPLAN_API_URL", project.url)
    assert "No changes" in project.run(APPLY).out
    assert jet.objects == ONCE


def test_the_word_of_a_person_counts_across_names(
    project: Stage, jet: CountingJet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`overlap: send` sends what another name of the API has recorded, once."""
    project.write_set("/a.mxf", "/b.mxf")
    project.run(APPLY)
    monkeypatch.setenv("JETPLAN_API_URL", project.url.replace("127.0.0.1", "localhost"))
    project.write_set("/a.mxf", "/b.mxf", extra="overlap: send")
    project.run(APPLY)
    project.run(APPLY)
    assert jet.objects == {"/a.mxf": 2, "/b.mxf": 2}


@pytest.mark.parametrize(("first", "then"), [(None, "b"), ("a", None), ("a", "b")])
def test_an_account_that_changes_its_face_sends_nothing(
    project: Stage, jet: CountingJet, first: str | None, then: str | None
) -> None:
    """An account id that appears, vanishes or changes between two runs does not make sent objects new."""
    project.write_set("/a.mxf", "/b.mxf")
    jet.account = first
    project.run(APPLY)
    jet.account = then
    for job in jet.jobs.values():
        job["actions"][0]["data"] = {"source": jet.profile("src-1"), "destination": jet.profile("dst-1")}
    project.run(APPLY, code=None)
    project.run(APPLY, code=None)
    assert jet.objects == ONCE


def test_a_doubt_recorded_for_another_name_holds(
    project: Stage, jet: CountingJet, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is in doubt under one name of the API is not sent under another."""
    project.write_set("/a.mxf")
    jet.on_call = lambda method, path, _: (0, None) if method == "POST" and path.endswith("/deliveries") else None
    project.run(APPLY, code=3)
    jet.on_call = lambda *_: None
    monkeypatch.setenv("JETPLAN_API_URL", project.url.replace("127.0.0.1", "localhost"))
    assert project.run(APPLY, code=None).code in (1, 8)
    assert jet.objects == {"/a.mxf": 1}


def test_a_counting_jet_counts(jet: CountingJet) -> None:
    """The stand-in is not blind: two POSTs of an object are two."""
    from urllib.request import ProxyHandler, Request, build_opener

    with counting(jet) as url:
        jet.make(
            {"name": "n", "actions": [{"data": {e: {"storageProfileId": "src-1"} for e in ("source", "destination")}}]}
        )
        for _ in range(2):
            body = b'{"objects": [{"relativePath": "/a"}]}'
            build_opener(ProxyHandler({})).open(Request(f"{url}/v1/jobs/job-1/deliveries", body, method="POST")).close()
    assert jet.objects == {"/a": 2}
