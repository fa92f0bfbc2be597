"""Jobs that hide, come twice, or refuse: each is POSTed once, and a delivery never goes to the wrong one."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from counting import CountingJet
    from stage import Stage

APPLY = "jetplan apply --auto-approve"


def test_a_job_that_the_list_does_not_show_yet(project: Stage, jet: CountingJet) -> None:
    """A list that lags behind does not make a job twice: the one that was made is asked for by its id."""
    project.write_set("/a.mxf")
    project.run(APPLY)
    jet.hidden = set(jet.jobs)
    project.write_set("/a.mxf", "/b.mxf")
    project.run(APPLY)
    project.run(APPLY)
    assert jet.job_posts == {"nyc-to-lax": 1}
    assert jet.objects == {"/a.mxf": 1, "/b.mxf": 1}


def test_a_job_deleted_on_the_server_is_made_anew(project: Stage, jet: CountingJet) -> None:
    """Gone from the list and by its id: it is made again, and what was sent stays sent."""
    project.write_set("/a.mxf")
    project.run(APPLY)
    jet.jobs.clear()
    project.run(APPLY)
    assert jet.job_posts == {"nyc-to-lax": 2}
    assert jet.objects == {"/a.mxf": 1}


def test_a_created_job_whose_answer_was_lost(project: Stage, jet: CountingJet) -> None:
    """The list shows it: it is used, and not made again."""

    def lose(method: str, path: str, body: Any) -> Any:
        if (method, path) == ("POST", "/v1/jobs"):
            jet.ordinary(method, path, body)
            return 0, None
        return None

    jet.on_call = lose
    project.write_set("/a.mxf")
    project.run(APPLY)
    project.run(APPLY)
    assert jet.job_posts == {"nyc-to-lax": 1}
    assert jet.objects == {"/a.mxf": 1}


def test_409_on_creation_is_doubt(project: Stage, jet: CountingJet) -> None:
    """409 says neither yes nor no: 3, and once the job is there by somebody's hand it is used."""
    jet.on_call = lambda method, path, _: (
        (409, {"message": "exists"}) if (method, path) == ("POST", "/v1/jobs") else None
    )
    project.write_set("/a.mxf")
    project.run(APPLY, code=3)
    assert jet.job_posts == {"nyc-to-lax": 1}
    jet.make({"name": "nyc-to-lax", "actions": [{"data": _ENDS}]})
    project.run(APPLY)
    assert jet.job_posts == {"nyc-to-lax": 1}
    assert jet.objects == {"/a.mxf": 1}


_ENDS = {"source": {"storageProfileId": "src-1"}, "destination": {"storageProfileId": "dst-1"}}


def test_creation_in_doubt_while_the_list_is_refused(project: Stage, jet: CountingJet) -> None:
    """Whoever may not look, may not conclude: nothing is made again until the list can be read."""
    jet.on_call = lambda method, path, _: (0, None) if (method, path) == ("POST", "/v1/jobs") else None
    project.write_set("/a.mxf")
    project.run(APPLY, code=3)
    jet.on_call = lambda method, path, _: (403, {"message": "no"}) if (method, path) == ("GET", "/v1/jobs") else None
    assert project.run(APPLY, code=None).code != 0
    assert jet.job_posts == {"nyc-to-lax": 1}
    jet.on_call = lambda *_: None
    project.run(APPLY)
    assert jet.job_posts == {"nyc-to-lax": 2}
    assert jet.objects == {"/a.mxf": 1}


def test_a_refused_creation_is_tried_again_by_the_next_run(project: Stage, jet: CountingJet) -> None:
    """400 is a no: the run says so, sends nothing, and the next one may try again."""
    jet.on_call = lambda method, path, _: (400, {"message": "bad"}) if (method, path) == ("POST", "/v1/jobs") else None
    project.write_set("/a.mxf")
    project.run(APPLY, code=1)
    assert not jet.objects
    jet.on_call = lambda *_: None
    project.run(APPLY)
    assert jet.objects == {"/a.mxf": 1}


def test_a_resumed_hot_folder_takes_no_delivery(project: Stage, jet: CountingJet) -> None:
    """`paused: false` does not turn a job that starts by itself into a manual one."""
    jet.make({"name": "nyc-to-lax", "actions": [{"data": _ENDS}]})
    jet.jobs["job-1"] |= {"paused": True, "triggers": [{"type": "HOT_FOLDER"}]}
    project.write_set("/a.mxf", job="paused: false")
    project.run(APPLY, code=8)
    project.run(APPLY, code=1)
    jet.jobs["job-1"]["paused"] = True
    project.run(APPLY, code=8)
    assert not jet.objects


def test_two_jobs_of_one_name_and_a_pinned_id(project: Stage, jet: CountingJet) -> None:
    """Two jobs of a name stop everything; `jobId` chooses, and what one has sent the other does not."""
    project.write_set("/a.mxf")
    project.run(APPLY)
    jet.make({"name": "nyc-to-lax", "actions": [{"data": _ENDS}]})
    project.write_set("/a.mxf", "/b.mxf")
    project.run(APPLY, code=1)
    project.write_set("/a.mxf", "/b.mxf", job="jobId: job-2")
    project.run(APPLY)
    project.run(APPLY)
    assert jet.objects == {"/a.mxf": 1, "/b.mxf": 1}
    assert [path for method, path in jet.calls if method == "POST" and "deliveries" in path] == [
        "/v1/jobs/job-1/deliveries",
        "/v1/jobs/job-2/deliveries",
    ]
