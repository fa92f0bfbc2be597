"""Overlaps over time: what a person says later counts, whatever was remembered before."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from stage import Stage

APPLY = "jetplan apply --auto-approve"
SECOND = """\
  again:
    job: nyc-to-lax
{extra}    objects:
      - /a.mxf
      - /b.mxf
"""


def write_both(stage: Stage, extra: str = "") -> None:
    stage.write_set("/a.mxf")
    stage.put("/b.mxf")
    text = (stage.project / "manifests/main.yaml").read_text()
    stage.write(text + SECOND.format(extra=extra))


def test_skip_then_send(stage: Stage) -> None:
    """What was passed over with `overlap: skip` is sent once a person says `overlap: send`."""
    write_both(stage, "    overlap: skip\n")
    stage.run(APPLY, code=None)
    stage.run(APPLY)
    assert stage.delivered() == {"/a.mxf": 1, "/b.mxf": 1}
    stage.run(APPLY)
    write_both(stage, "    overlap: send\n")
    stage.run(APPLY)
    assert stage.delivered() == {"/a.mxf": 2, "/b.mxf": 1}
    stage.run(APPLY)
    assert stage.delivered() == {"/a.mxf": 2, "/b.mxf": 1}


def test_folder_then_file_then_profile(stage: Stage) -> None:
    """A folder covers its files, a file its folder, and `/` everything: nothing moves twice without a word."""
    stage.put("/x/a.mxf", "/b.mxf")
    stage.write_set("/x/")
    stage.run(APPLY)
    stage.write_set("/x/a.mxf")
    stage.run(APPLY, code=1)
    stage.write_set("/x/", "/b.mxf")
    stage.run(APPLY)
    text = (stage.project / "manifests/main.yaml").read_text()
    head = text[: text.index("    objects:")]
    stage.write(head + "    objects: all\n")
    stage.run(APPLY, code=1)
    assert stage.delivered() == {"/x": 1, "/b.mxf": 1} or stage.delivered() == {"/x/": 1, "/b.mxf": 1}
