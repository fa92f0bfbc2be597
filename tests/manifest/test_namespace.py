"""All files share one namespace."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from folders import Folder, MakeFolder

HEAD = "apiVersion: jetplan/v1\n"
JOB = HEAD + "jobs:\n  j: {source: a, destination: b}\n"
SET = HEAD + "deliverySets:\n  s: {job: j, objects: [/a]}\n"


def test_files_are_merged(folder: Folder) -> None:
    """Jobs of one file serve the sets of another."""
    folder.write({"a.yaml": SET, "b.yaml": JOB})
    reading = folder.read()
    assert (list(reading.spec.jobs), list(reading.spec.sets), reading.warnings) == (["j"], ["s"], ())


@pytest.mark.parametrize(("content", "kind"), [(JOB, "job"), (SET, "delivery set")])
def test_name_declared_in_two_files(folder: Folder, content: Any, kind: str) -> None:
    """A name declared twice is refused with both places."""
    folder.write({"a.yaml": content, "b.yaml": content})
    (problem,) = folder.problems()
    assert problem.code == "declared-twice"
    assert problem.place.file.endswith("b.yaml")
    assert "a.yaml:3:3" in problem.message
    assert kind in problem.message


def test_name_of_a_refused_declaration_counts(folder: Folder) -> None:
    """A second declaration is told even if the first is refused for another reason."""
    folder.write({"a.yaml": HEAD + "jobs:\n  j: {source: a}\n", "b.yaml": JOB})
    assert [problem.code for problem in folder.problems()] == ["missing-key", "declared-twice"]


def test_a_job_and_a_set_may_share_a_name(folder: Folder) -> None:
    """Jobs and sets have names of their own."""
    spec = folder.read(JOB + "deliverySets:\n  j: {job: j, objects: all}\n").spec
    assert (list(spec.jobs), list(spec.sets)) == (["j"], ["j"])


def test_rename_of_a_set_that_still_stands(folder: Folder) -> None:
    """`renamedFrom` may not name a declared set, its own included."""
    content = HEAD + "deliverySets:\n  a: {job: j, objects: [/a]}\n  b: {job: j, objects: [/a], renamedFrom: a}\n"
    assert folder.codes(content) == [(4, 3, "renamed-from-declared")]
    content = HEAD + "deliverySets:\n  a: {job: j, objects: [/a], renamedFrom: a}\n"
    assert folder.codes(content) == [(3, 43, "renamed-from-declared")]


def test_two_sets_renamed_from_one(folder: Folder) -> None:
    """Only one set can take over what an old one sent."""
    rename = "  {0}: {{job: j, objects: [/a], renamedFrom: old}}\n"
    codes = folder.codes(HEAD + "deliverySets:\n" + rename.format("a") + rename.format("b"))
    assert codes == [(4, 3, "renamed-from-declared")]


def test_undeclared_job_is_fine_and_likely_misspelling_warned(folder: Folder) -> None:
    """A job may exist only on the server; one that is nearly a declared one is warned about."""
    assert folder.read(SET).warnings == ()
    (warning,) = folder.read(
        JOB.replace(" j:", " nyc-to-lax:") + SET.removeprefix(HEAD).replace("j,", "nyc-to-lx,")
    ).warnings
    assert warning.code == "undeclared-job"
    assert "did you mean `nyc-to-lax`?" in warning.hint


def test_splitting_files_changes_nothing(make_folder: MakeFolder) -> None:
    """The same declarations in one file or in two, in any order, give equal digests."""
    one, two = make_folder("one"), make_folder("two")
    one.write({"a.yaml": JOB + SET.removeprefix(HEAD)})
    two.write({"a.yaml": SET, "b.yaml": "# a comment\n" + JOB})
    assert one.read().spec.digests == two.read().spec.digests
    assert one.read().spec.jobs == two.read().spec.jobs
