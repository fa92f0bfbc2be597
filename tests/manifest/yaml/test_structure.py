"""YAML that is more than data is refused before anything is built."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from folders import Folder, MakeText

HEAD = "apiVersion: jetplan/v1\n"
BOMB = "a: &a [x, x]\n" + "".join(f"{b}: &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True))

REFUSED = {
    "python tag": (HEAD + "jobs: !!python/object:os.system {}\n", [(2, 7, "yaml-tag")]),
    "local tag": (HEAD + "jobs: !mine {}\n", [(2, 7, "yaml-tag")]),
    "non-specific tag": (HEAD + "jobs: ! {}\n", [(2, 7, "yaml-tag")]),
    "binary": (HEAD + "jobs:\n  a: !!binary aGk=\n", [(3, 6, "yaml-tag")]),
    "set": (HEAD + "jobs: !!set {a, b}\n", [(2, 7, "yaml-tag")]),
    "ordered map": (HEAD + "jobs: !!omap [a: b]\n", [(2, 7, "yaml-tag")]),
    "string tag": (HEAD + "jobs:\n  !!str a: {}\n", [(3, 3, "yaml-tag")]),
    "YAML directive": ("%YAML 1.1\n---\n" + HEAD, [(1, 1, "yaml-directive")]),
    "TAG directive": ("%TAG ! tag:example.com,2000:\n---\n" + HEAD, [(1, 1, "yaml-directive")]),
    "unknown directive": ("%FOO bar\n---\n" + HEAD, [(1, 5, "yaml")]),
    "anchor": (HEAD + "jobs: &a {}\n", [(2, 7, "yaml-anchor")]),
    "anchor on a key": (HEAD + "&a jobs: {}\n", [(2, 1, "yaml-anchor")]),
    "alias": (HEAD + "jobs: *a\n", [(2, 7, "yaml-alias")]),
    "alias as a key": (HEAD + "*a : {}\n", [(2, 1, "yaml-alias")]),
    "anchor in objects": (
        HEAD + "deliverySets: {s: {job: j, objects: [&a /x, *a, &b {relativePath: /y}, !t /z]}}\n",
        [(2, 38, "yaml-anchor"), (2, 45, "yaml-alias"), (2, 49, "yaml-anchor"), (2, 72, "yaml-tag")],
    ),
    "merge key": (HEAD + "jobs:\n  <<: {a: b}\n", [(3, 3, "yaml-merge")]),
    "duplicate key": (HEAD + "jobs: {}\njobs: {}\n", [(3, 1, "duplicate-key")]),
    "duplicate key in an object": (
        HEAD + "deliverySets: {s: {job: j, objects: [{relativePath: /a, relativePath: /b}]}}\n",
        [(2, 57, "duplicate-key")],
    ),
    "list as a key": (HEAD + "[a, b]: c\n", [(2, 1, "yaml-complex-key")]),
    "mapping as a key": (HEAD + "{a: b}: c\n", [(2, 1, "yaml-complex-key")]),
    "explicit key": (HEAD + "? jobs\n: {}\n", [(2, 1, "yaml-complex-key")]),
    "explicit key in flow": (HEAD + "jobs: {? a : {source: b, destination: c}}\n", [(2, 8, "yaml-complex-key")]),
    "two documents": (HEAD + "---\n" + HEAD, [(2, 1, "yaml-documents")]),
    "top-level list": ("- a\n", [(1, 1, "wrong-type")]),
    "top-level string": ("hello\n", [(1, 1, "wrong-type")]),
    "tab as indentation": (HEAD + "jobs:\n\ta: b\n", [(3, 1, "yaml")]),
    "unclosed quote": (HEAD + "jobs: 'a\n", [(3, 1, "yaml")]),
    "unclosed list": (HEAD + "jobs: [a\n", [(3, 1, "yaml")]),
    "depth": (HEAD + "jobs: " + "[" * 25 + "]" * 25 + "\n", [(2, 26, "yaml-depth")]),
    "depth of a million": (HEAD + "jobs: " + "[" * 1_000_000 + "\n", [(2, 26, "yaml-depth")]),
    "number as a key": (HEAD + "jobs:\n  12: {source: a, destination: b}\n", [(3, 3, "unquoted")]),
    "null as a key": (HEAD + "jobs:\n  ~: {source: a, destination: b}\n", [(3, 3, "wrong-type")]),
    "no apiVersion": ("jobs: {}\n", [(1, 1, "missing-key")]),
    "another apiVersion": ("apiVersion: jetplan/v2\n", [(1, 13, "api-version")]),
    "unknown key": (HEAD + "job: {}\n", [(2, 1, "unknown-key")]),
}


@pytest.mark.parametrize("case", REFUSED)
def test_refused_at_its_place(folder: Folder, case: Any) -> None:
    """Each construct that hides what is sent is refused at its line and column, with a code."""
    content, expected = REFUSED[case]
    assert folder.codes(content) == expected


def test_bomb_is_refused_at_once(folder: Folder) -> None:
    """A bomb of aliases is refused alias by alias: nothing is ever expanded."""
    codes = {code for _, _, code in folder.codes(BOMB)}
    assert codes >= {"yaml-anchor"}


@pytest.mark.parametrize("content", ["", "\n\n", "# only a comment\n", "\ufeff", "---\n", "---\n...\n"])
def test_empty_files_declare_nothing(folder: Folder, content: str) -> None:
    """An empty file is fine and declares nothing."""
    if content.startswith("---"):
        assert folder.codes(content)  # a document of null is not a mapping
        return
    spec = folder.read(content).spec
    assert (spec.jobs, spec.sets, spec.files) == ({}, {}, 1)


def test_every_problem_of_a_file_at_once(folder: Folder) -> None:
    """One reading tells all problems, in the order of the file."""
    content = HEAD + "jobs:\n  a: {source: b}\n  c: {sauce: d, destination: e}\nx: 1\n"
    assert folder.codes(content) == [(3, 3, "missing-key"), (4, 7, "unknown-key"), (5, 1, "unknown-key")]


def test_nearest_key_is_named(folder: Folder) -> None:
    """An unknown key comes with the nearest known one."""
    (problem,) = folder.problems(HEAD + "delivery_sets: {}\n")
    assert (problem.message, problem.hint) == (
        "unknown key `delivery_sets` in the manifest",
        "did you mean `deliverySets`?",
    )


def test_json_is_yaml(folder: Folder) -> None:
    """A manifest may be JSON."""
    spec = folder.read('{"apiVersion": "jetplan/v1", "jobs": {"a": {"source": "b", "destination": "c"}}}').spec
    assert list(spec.jobs) == ["a"]


def test_question_marks_in_text_are_no_keys(folder: Folder, with_objects: MakeText) -> None:
    """A `?` within a value or a comment is not an explicit key."""
    spec = folder.read(with_objects("- /why?.mxf   # ? not a key", "- '/a ? b'", "- /what ?")).spec
    assert list(spec.sets["s"].objects.paths) == ["/why?.mxf", "/a ? b", "/what ?"]


def test_problems_are_counted_beyond_the_limit(folder: Folder, with_objects: MakeText) -> None:
    """A file with endless problems yields a bounded list, and says that there are more."""
    problems = folder.problems(with_objects(*["- 12"] * 2500))
    assert len(problems) == 1001
    assert any(problem.message == "more problems in this file; the first 1,000 are shown" for problem in problems)
