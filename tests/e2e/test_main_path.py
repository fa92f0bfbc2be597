"""From manifests to files that have moved, and every object asked for once."""

from __future__ import annotations

import shutil
from pathlib import Path

from stage import JOBS, Stage

EXAMPLES = Path(__file__).parents[2] / "manifests"


def test_from_manifests_to_moved_files(stage: Stage) -> None:
    """validate, plan, apply: the job is made, the files arrive with the same bytes, and nothing is left to do."""
    stage.put("/ep101/audio/left.wav", "/ep101/audio/right.wav")
    stage.write_set("/ep101/master.mxf", "/ep101/audio/")
    stage.run("jetplan validate")
    assert "+ job nyc-to-lax" in stage.run("jetplan plan --detailed-exitcode", code=2).out
    assert stage.job_posts() == stage.delivery_posts() == 0
    stage.run("jetplan apply --auto-approve")
    stage.settle()
    assert stage.same_trees()
    assert "No changes" in stage.run("jetplan plan --detailed-exitcode").out
    assert "No changes" in stage.run("jetplan apply --auto-approve").out
    assert (stage.job_posts(), stage.delivery_posts()) == (1, 1)
    assert stage.delivered() == {"/ep101/master.mxf": 1, "/ep101/audio": 1}


def test_the_shipped_examples(stage: Stage) -> None:
    """The manifests in the repository are valid, planned and applied."""
    stage.put("/ep101/master.mxf", "/ep101/master_uhd.mxf", "/ep101/audio/left.wav")
    shutil.copytree(EXAMPLES, stage.project / "manifests", dirs_exist_ok=True)
    stage.run("jetplan validate")
    stage.run("jetplan plan --detailed-exitcode", code=2)
    stage.run("jetplan apply --auto-approve")
    stage.settle()
    assert stage.same_trees()
    stage.run("jetplan plan --detailed-exitcode")


def test_everything_in_a_profile(stage: Stage) -> None:
    """`objects: all` sends the whole profile in one delivery, once."""
    stage.put("/a.mxf", "/deep/er/b.mxf")
    stage.write(f"{JOBS}deliverySets:\n  mirror:\n    job: nyc-to-lax\n    objects: all\n")
    stage.run("jetplan apply --auto-approve")
    stage.settle()
    assert stage.same_trees()
    stage.run("jetplan apply --auto-approve")
    assert stage.delivered() == {"/": 1}


def test_only_what_is_new_is_sent(stage: Stage) -> None:
    """An object added to a set is sent alone."""
    stage.write_set("/a.mxf", "/b.mxf")
    stage.run("jetplan apply --auto-approve")
    stage.write_set("/a.mxf", "/c.mxf", "/b.mxf")
    stage.run("jetplan apply --auto-approve")
    assert stage.delivery_posts() == 2
    assert stage.delivered() == {"/a.mxf": 1, "/b.mxf": 1, "/c.mxf": 1}


def test_many_applies(stage: Stage) -> None:
    """However often apply runs, each job and each object is POSTed once."""
    stage.write_set(*(f"/f{number}.mxf" for number in range(20)))
    for _ in range(5):
        stage.run("jetplan apply --auto-approve")
    assert (stage.job_posts(), stage.delivery_posts()) == (1, 1)
    assert set(stage.delivered().values()) == {1}


def test_writing_the_same_in_another_way(stage: Stage) -> None:
    """Order, comments, quotes and a split into files change nothing."""
    stage.write_set("/a.mxf", "/b.mxf")
    stage.run("jetplan apply --auto-approve")
    stage.write(f"# the job\n{JOBS}")
    stage.write(
        'apiVersion: "jetplan/v1"\ndeliverySets:\n  masters:\n    objects: ["/b.mxf", {relativePath: \'/a.mxf\'}]\n'
        "    job: nyc-to-lax # said last\n",
        "deep/sets.yml",
    )
    assert "No changes" in stage.run("jetplan plan --detailed-exitcode").out


def test_batches(stage: Stage) -> None:
    """A set over the limit of one delivery is split, and every object is in one batch."""
    stage.configure("delivery: {maxObjects: 2}\n")
    stage.write_set(*(f"/f{number}.mxf" for number in range(5)))
    assert "3 deliveries" in stage.run("jetplan plan").out
    stage.run("jetplan apply --auto-approve")
    stage.run("jetplan apply --auto-approve")
    assert stage.delivery_posts() == 3
    assert stage.delivered() == {f"/f{number}.mxf": 1 for number in range(5)}


def test_a_raised_revision_sends_again_once(stage: Stage) -> None:
    """`revision` is how a person says: send this again."""
    stage.write_set("/a.mxf", "/b.mxf")
    stage.run("jetplan apply --auto-approve")
    stage.write_set("/a.mxf", "/b.mxf", extra="revision: 2")
    assert "Sent again" in stage.run("jetplan plan --detailed-exitcode", code=2).out
    stage.run("jetplan apply --auto-approve")
    stage.run("jetplan apply --auto-approve")
    assert stage.delivered() == {"/a.mxf": 2, "/b.mxf": 2}


def test_the_revision_of_one_object(stage: Stage) -> None:
    """A revision on one object sends that one again and no other."""
    stage.write_set("/a.mxf", "/b.mxf")
    stage.run("jetplan apply --auto-approve")
    stage.write_set("{relativePath: /a.mxf, revision: 2}", "/b.mxf")
    stage.run("jetplan apply --auto-approve")
    stage.run("jetplan apply --auto-approve")
    assert stage.delivered() == {"/a.mxf": 2, "/b.mxf": 1}


def test_withdrawn_objects(stage: Stage) -> None:
    """What was taken out of a manifest cannot be unsent: the plan says so, and nothing is done."""
    stage.write_set("/a.mxf", "/b.mxf")
    stage.run("jetplan apply --auto-approve")
    stage.write_set("/a.mxf")
    assert "cannot be unsent" in stage.run("jetplan plan --detailed-exitcode").out
    stage.run("jetplan apply --auto-approve")
    stage.write_set("/a.mxf", "/b.mxf")
    stage.run("jetplan apply --auto-approve")
    assert stage.delivered() == {"/a.mxf": 1, "/b.mxf": 1}


def test_a_changed_size_is_shown_and_not_sent(stage: Stage) -> None:
    """Size is a note for estimates, never identity."""
    stage.write_set("{relativePath: /a.mxf, sizeInBytes: 10}")
    stage.run("jetplan apply --auto-approve")
    stage.write_set("{relativePath: /a.mxf, sizeInBytes: 20}")
    assert "Size changed" in stage.run("jetplan plan --detailed-exitcode").out
    stage.run("jetplan apply --auto-approve")
    assert stage.delivered() == {"/a.mxf": 1}


def test_an_empty_folder_deletes_nothing(stage: Stage) -> None:
    """No manifests means nothing declared, never: delete all."""
    stage.write_set("/a.mxf")
    stage.run("jetplan apply --auto-approve")
    stage.write("apiVersion: jetplan/v1\n")
    stage.run("jetplan apply --auto-approve")
    assert len(stage.jobs()) == 1
    assert not stage.requests("DELETE", "")
