"""Evidence that belongs to somebody else: a part of a batch, sent by hand, says nothing of the rest."""

from __future__ import annotations

APPLY = "jetplan apply --auto-approve"


def test_a_part_sent_by_hand_does_not_settle_the_whole(stage):
    """In doubt, a person sends the urgent file by hand through the same job: the others still wait for a word."""
    stage.write_set("/urgent.mxf", "/b.mxf", "/c.mxf")
    stage.faults("POST:/deliveries=cut-before-commit*1")
    stage.run(APPLY, code=3)
    job_id = stage.jobs()[0]["jobId"]
    stage.call("POST", f"/v1/jobs/{job_id}/deliveries", {"objects": [{"relativePath": "/urgent.mxf"}]})
    stage.settle()
    stage.run(APPLY, code=3)
    attempt = stage.doubtful()[0]["attemptId"]
    stage.run(f"jetplan resolve {attempt} --not-accepted --reason 'only the urgent one went, by hand'")
    stage.run(APPLY)
    assert stage.delivered()["/b.mxf"] == stage.delivered()["/c.mxf"] == 1


def test_what_somebody_else_sent_before_is_no_evidence(stage):
    """The same files, moved through the same job by hand before the attempt, settle nothing."""
    job_id = stage.make_job()
    stage.write_set("/a.mxf", "/b.mxf")
    objects = [{"relativePath": "/a.mxf"}, {"relativePath": "/b.mxf"}]
    stage.call("POST", f"/v1/jobs/{job_id}/deliveries", {"objects": objects})
    stage.settle()
    stage.faults("POST:/deliveries=cut-before-commit*1")
    stage.run(APPLY, code=3)
    stage.run(APPLY, code=3)
