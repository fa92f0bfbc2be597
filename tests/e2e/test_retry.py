"""`jetplan retry`: only what failed is sent again, once, by a person's word, and not while Jet may still bring it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from stage import JOBS, wait_until

from jetplan.app.project import Project
from jetplan.errors import JetplanError

if TYPE_CHECKING:
    from collections.abc import Callable

    from stage import Ran, Stage

APPLY = "jetplan apply --auto-approve"


def fail_one(stage: Stage, *, many: int = 3) -> str:
    """A set of which one file is not at the source; the attempt that failed. The file is there afterwards."""
    stage.write_set(*(f"/f{number:04}.mxf" for number in range(many)))
    (stage.source / "f0001.mxf").unlink()
    stage.run(f"{APPLY} --wait", code=1)
    stage.put("/f0001.mxf")
    return str(failed(stage)[0]["attemptId"])


def failed(stage: Stage) -> list[dict[str, Any]]:
    return list(json.loads(stage.run("jetplan status --format json", code=None).out)["failed"])


def in_words(ran: Ran) -> str:
    return " ".join((ran.out + ran.err).split())


def test_only_what_failed_is_sent_again(stage: Stage) -> None:
    """One missing file among many: found, put there, sent again alone, in three commands and without an edit."""
    attempt = fail_one(stage, many=300)
    told = in_words(stage.run("jetplan status", code=1))
    assert "/f0001.mxf (No such file or directory)" in told
    assert f"jetplan retry {attempt}" in told
    stage.run(f"jetplan retry {attempt} --reason 'the file is there now'")
    stage.settle()
    stage.run(f"{APPLY} --wait")
    assert stage.delivered() == {f"/f{number:04}.mxf": 1 + (number == 1) for number in range(300)}
    assert stage.same_trees()
    for line in ("jetplan status", "jetplan plan", APPLY, "jetplan ledger check"):
        stage.run(line)
    assert "300 files" in stage.run("jetplan status").out
    assert stage.delivery_posts() == 2


def test_the_word_is_kept(stage: Stage) -> None:
    """The history of the file and the retry's own story say what it retried, who said so, and why."""
    attempt = fail_one(stage)
    stage.run(f"jetplan retry {attempt[:6]} --reason 'copied it by hand'")
    history = stage.run("jetplan ledger history --object /f0001.mxf").out.splitlines()
    assert len(history) == 2
    assert f"a retry of {attempt}, by " in history[1]
    assert history[1].endswith(": copied it by hand")
    retried = history[1].split("attempt ")[1].split()[0]
    story = stage.run(f"jetplan ledger show {retried}").out
    assert "copied it by hand" in story
    assert f"retries   {attempt}" in story
    assert "f0000" not in story


def test_it_is_used_once(stage: Stage) -> None:
    """A second retry of the same attempt is refused, and names the first."""
    attempt = fail_one(stage)
    stage.run(f"jetplan retry {attempt} --reason first")
    assert "was retried already, by attempt" in in_words(stage.run(f"jetplan retry {attempt} --reason again", code=1))
    stage.run("jetplan retry --set masters --reason again", code=1)
    assert stage.delivery_posts() == 2


def test_a_retry_that_fails_is_retried_by_its_own_name(stage: Stage) -> None:
    """The failure passes to the retry: the first attempt is superseded, the second can be retried once."""
    attempt = fail_one(stage)
    (stage.source / "f0001.mxf").unlink()
    stage.run("jetplan retry --set masters --reason hope")
    stage.settle()
    (card,) = failed(stage)
    assert card["retryOf"] == attempt
    stage.put("/f0001.mxf")
    stage.run(f"jetplan retry {card['attemptId']} --reason 'now really'")
    stage.settle()
    stage.run("jetplan status")
    stage.run(APPLY)
    assert stage.delivered()["/f0001.mxf"] == 3
    stage.run("jetplan ledger check")


def test_of_a_folder_only_the_files_that_failed(stage: Stage) -> None:
    """The files of a folder that Jet names as failed are sent by their own paths, and the plan is content after it."""
    stage.put("/dir/a.mxf", "/dir/sub/b.mxf")
    stage.fail("/dir/sub/b.mxf=permission*1")
    stage.write_set("/dir/")
    stage.run(f"{APPLY} --wait", code=1)
    stage.run("jetplan retry --set masters --reason 'permissions were set'")
    stage.settle()
    stage.run("jetplan status")
    assert stage.delivered() == {"/dir": 1, "/dir/sub/b.mxf": 1}
    assert stage.same_trees()
    assert "No changes" in stage.run("jetplan plan").out
    stage.write_set("/dir/", extra="revision: 2")
    assert "No longer declared" not in stage.run("jetplan plan").out
    stage.run(APPLY)
    stage.run("jetplan ledger check")


def test_of_a_whole_profile_only_the_files_that_failed(stage: Stage) -> None:
    """The same of everything in a profile, told in files and bytes."""
    stage.put("/a.mxf", "/dir/b.mxf", "/dir/c.mxf")
    stage.fail("/dir/b.mxf=disk-full*1")
    stage.write(f"{JOBS}deliverySets:\n  masters:\n    job: nyc-to-lax\n    objects: all\n")
    stage.run(f"{APPLY} --wait", code=1)
    assert "2 of 3 files, 120 of 186 B; not moved: /dir/b.mxf (No space left" in in_words(
        stage.run("jetplan status", code=1)
    )
    stage.run("jetplan retry --set masters --reason 'there is room now'")
    stage.settle()
    stage.run("jetplan status")
    assert stage.delivered() == {"/": 1, "/dir/b.mxf": 1}
    assert stage.same_trees()


def test_refused_while_it_may_still_come(stage: Stage) -> None:
    """Jet's own retries, an end that is none, what cannot be looked at: nothing is sent, and the claim is released."""
    attempt = fail_one(stage)
    line = f"jetplan retry {attempt} --reason now"
    stage.fail("/f0001.mxf=retrying")
    assert "RETRYING_TRANSFER" in in_words(stage.run(line, code=1))
    stage.fail()
    stage.faults("POST:/v1/jobs/search=status=403")
    stage.run(line, code=1)
    stage.faults("GET:/files=status=403")
    assert "cannot be looked at now" in in_words(stage.run(line, code=1))
    stage.faults("GET:/deliveries/=set=state:IN_PROGRESS")
    assert "has not ended" in in_words(stage.run(line, code=1))
    stage.faults()
    assert stage.delivery_posts() == 1
    stage.run(line)
    assert stage.delivery_posts() == 2


def test_refused_while_a_transfer_may_bring_it(open_stage: Callable[..., Stage]) -> None:
    """A transfer under way that holds files of the delivery may hold this one, too, although it is not listed yet."""
    stage = open_stage(rate=400)
    attempt = fail_one(stage, many=2)
    (stage.source / "f0000.mxf").write_bytes(b"long" * 5_000)
    job_id = stage.jobs()[0]["jobId"]
    objects = [{"relativePath": "/f0000.mxf"}, {"relativePath": "/f0001.mxf"}]
    stage.call("POST", f"/v1/jobs/{job_id}/deliveries", {"objects": objects})
    wait_until(lambda: bool(stage.call("GET", f"/v1/jobs/{job_id}/transfers?state=IN_PROGRESS")["items"]))
    told = in_words(stage.run(f"jetplan retry {attempt} --reason now", code=1))
    assert "is under way, and may be bringing these files" in told
    assert stage.delivery_posts() == 2


def test_what_arrived_meanwhile_is_not_sent(stage: Stage) -> None:
    """A file that Jet has brought by itself after it failed is not sent again."""
    attempt = fail_one(stage)
    job_id = stage.jobs()[0]["jobId"]
    stage.call("POST", f"/v1/jobs/{job_id}/deliveries", {"objects": [{"relativePath": "/f0001.mxf"}]})
    stage.settle()
    assert "is delivered: there is nothing to send again" in in_words(
        stage.run(f"jetplan retry {attempt} --reason now", code=1)
    )
    assert stage.delivery_posts() == 2


def test_an_answer_that_is_lost(stage: Stage) -> None:
    """A retry in doubt blocks every other, until it is settled; then what did not go may go."""
    attempt = fail_one(stage)
    stage.faults("POST:/deliveries=cut-before-commit*1")
    stage.run(f"jetplan retry {attempt} --reason now", code=3)
    stage.faults()
    (doubtful,) = stage.doubtful()
    assert "was retried already" in in_words(stage.run(f"jetplan retry {attempt} --reason again", code=1))
    told = in_words(stage.run(f"jetplan retry {doubtful['attemptId']} --reason again", code=1))
    assert "is in doubt" in told
    stage.run(f"jetplan resolve {doubtful['attemptId']} --not-accepted --reason 'not in Jet'")
    assert "Jet never had it" in in_words(stage.run(f"jetplan retry {doubtful['attemptId']} --reason x", code=1))
    stage.run(f"jetplan retry {attempt} --reason 'not in Jet'")
    stage.settle()
    stage.run("jetplan status")
    assert stage.delivered()["/f0001.mxf"] == 2


def test_what_was_sent_at_a_later_revision_is_not_retried(stage: Stage) -> None:
    """Superseded, put aside, delivered, unknown, or of no set: each refused with its sentence."""
    attempt = fail_one(stage)
    names = [f"/f{number:04}.mxf" for number in range(3)]
    stage.write_set(*names, extra="revision: 2")
    stage.run(f"{APPLY} --wait")
    assert "sent again at a later revision" in in_words(stage.run(f"jetplan retry {attempt} --reason x", code=1))
    (listed,) = json.loads(stage.run("jetplan ledger list --state delivered --format json").out)
    assert "nothing to send again" in in_words(stage.run(f"jetplan retry {listed['attemptId']} --reason x", code=1))
    stage.run("jetplan retry ffff --reason x", code=64)
    stage.run("jetplan retry --set nothing --reason x", code=1)
    stage.run("jetplan retry --reason x", code=64)
    stage.run(f"jetplan retry {attempt} --set masters --reason x", code=64)
    stage.run(f"jetplan retry {attempt} --reason ' '", code=64)
    assert stage.delivery_posts() == 2


def test_put_aside_is_not_retried(stage: Stage) -> None:
    """A person's other word holds."""
    attempt = fail_one(stage)
    stage.run(f"jetplan resolve {attempt} --abandoned --reason 'not needed'")
    assert "is abandoned" in in_words(stage.run(f"jetplan retry {attempt} --reason x", code=1))


def test_a_paused_job(stage: Stage) -> None:
    """A job that takes no deliveries is told before anything is claimed."""
    attempt = fail_one(stage)
    stage.pause(stage.jobs()[0]["jobId"])
    assert "is paused" in in_words(stage.run(f"jetplan retry {attempt} --reason x", code=1))
    assert stage.delivery_posts() == 1


def test_the_manifest_may_say_it_beforehand(stage: Stage) -> None:
    """`onFailure: {retry: 2}`: the plan shows what goes again, apply sends it, twice and no more."""
    stage.write_set("/a.mxf", "/b.mxf", extra="onFailure: {retry: 2}")
    stage.fail("/a.mxf=checksum")
    stage.run(f"{APPLY} --wait", code=1)
    for number in (2, 3):
        told = in_words(stage.run("jetplan plan", code=1))
        assert "Sent again: 1 object" in told
        assert "`onFailure`" in told
        stage.run(f"{APPLY} --wait", code=1)
        assert stage.delivered() == {"/a.mxf": number, "/b.mxf": 1}
    stage.run(f"{APPLY} --wait", code=1)
    assert stage.delivered()["/a.mxf"] == 3
    history = stage.run("jetplan ledger history --object /a.mxf").out
    assert "by onFailure (retry 1 of 2)" in history
    assert "by onFailure (retry 2 of 2)" in history
    stage.fail()
    stage.run("jetplan retry --set masters --reason 'the disk was changed'")
    stage.settle()
    stage.run("jetplan status")


def test_a_saved_plan_holds_its_retries(stage: Stage) -> None:
    """What `onFailure` sends again is approved with the plan, and done once by it."""
    stage.write_set("/a.mxf", "/b.mxf", extra="onFailure: {retry: 2}")
    stage.fail("/a.mxf=disk-full*1")
    stage.run(f"{APPLY} --wait", code=1)
    stage.run("jetplan plan --out again.plan", code=1)
    assert "/a.mxf" in stage.run("jetplan show again.plan").out
    stage.run("jetplan apply again.plan --auto-approve")
    assert stage.delivered() == {"/a.mxf": 2, "/b.mxf": 1}
    stage.run("jetplan apply again.plan --auto-approve", code=5)
    stage.settle()
    stage.run("jetplan status")
    assert stage.delivered() == {"/a.mxf": 2, "/b.mxf": 1}


def test_two_failed_batches_of_a_set(stage: Stage) -> None:
    """`--set` retries every failed delivery of the set, each by a retry of its own."""
    stage.configure("delivery: {maxObjects: 2}\n")
    stage.write_set("/a.mxf", "/b.mxf", "/c.mxf", "/d.mxf")
    stage.fail("/a.mxf=missing*1", "/d.mxf=permission*1")
    stage.run(f"{APPLY} --wait", code=1)
    assert len(failed(stage)) == 2
    stage.run("jetplan retry --set masters --reason 'both are there now'")
    stage.settle()
    stage.run("jetplan status")
    assert stage.delivered() == {"/a.mxf": 2, "/b.mxf": 1, "/c.mxf": 1, "/d.mxf": 2}


def test_a_python_program_retries(stage: Stage) -> None:
    """The same by the way in for programs."""
    attempt = fail_one(stage)
    assert Project.load().retry(attempt, reason="copied it").exit_code() == 0
    with pytest.raises(JetplanError, match="retried already"):
        Project.load().retry(attempt, reason="again")
    assert stage.delivered()["/f0001.mxf"] == 2


@pytest.mark.parametrize("value", ["{retry: 0}", "{retry: yes}", "{again: 2}", "2", "{retry: 11}", "{}"])
def test_what_on_failure_may_not_say(value: str, stage: Stage) -> None:
    """Anything but a small number of retries is refused, with its place."""
    stage.put("/a.mxf")
    stage.write(f"{JOBS}deliverySets:\n  m:\n    job: nyc-to-lax\n    onFailure: {value}\n    objects: [/a.mxf]\n")
    told = stage.run("jetplan validate", code=1)
    assert "main.yaml:9" in told.out + told.err
    assert "`onFailure`" in told.out + told.err or "`retry` must be" in told.out + told.err


@pytest.mark.parametrize(
    ("choice", "left"),
    [("--set 'ep*'", 1), ("--set ep1 --set ep2", 1), ("--job nyc-to-lax", 0), ("--set other", 2), ("--job 'n*'", 0)],
)
def test_several_are_chosen(choice: str, left: int, stage: Stage) -> None:
    """By patterns of sets and jobs; what was not chosen is counted and left alone."""
    names = ("ep1", "ep2", "other")
    sets = "".join(f"  {name}: {{job: nyc-to-lax, objects: [/{name}.mxf]}}\n" for name in names)
    stage.write(f"{JOBS}deliverySets:\n{sets}")
    stage.run(f"{APPLY} --wait", code=1)
    stage.put(*(f"/{name}.mxf" for name in names))
    ran = stage.run(f"jetplan retry {choice} --reason 'they are there now'", code=None)
    noun = "delivery" if left == 1 else "deliveries"
    assert (f"Not chosen: {left} other failed {noun}." in ran.err) == bool(left)
    assert stage.delivery_posts() == 3 + 3 - left


@pytest.mark.parametrize("choice", ["--set 'no*'", "--job other", "--set ep1 --job other"])
def test_a_choice_that_nothing_fits(choice: str, stage: Stage) -> None:
    """A pattern that nothing matches is most likely misspelt: nothing is sent."""
    stage.write(f"{JOBS}deliverySets:\n  ep1: {{job: nyc-to-lax, objects: [/ep1.mxf]}}\n")
    stage.run(f"{APPLY} --wait", code=1)
    ran = stage.run(f"jetplan retry {choice} --reason x", code=1)
    assert "has failed and waits to be sent again" in in_words(ran)
    assert stage.delivery_posts() == 1
