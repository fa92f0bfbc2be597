"""Jobs and delivery sets, from their text to the spec."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from jetplan.core.objects import UNKNOWN_SIZE, table_of
from jetplan.core.spec import Overlap

if TYPE_CHECKING:
    from folders import Folder, MakeText

HEAD = "apiVersion: jetplan/v1\n"


def test_everything_that_a_job_can_say(folder: Folder) -> None:
    """Each key of a job arrives in its spec, with places."""
    content = HEAD + (
        "jobs:\n  j:\n    source: {storageProfileId: 1111-2222}\n    destination: LAX Ingest\n"
        "    paused: false\n    jobId: abc-1\n"
    )
    job = folder.read(content).spec.jobs["j"]
    assert (job.source.profile_id, job.source.name) == ("1111-2222", None)
    assert (job.destination.profile_id, job.destination.name) == (None, "LAX Ingest")
    assert (job.paused, job.job_id, job.place.line, job.source.place.line) == (False, "abc-1", 3, 4)


def test_everything_that_a_set_can_say(folder: Folder) -> None:
    """Each key of a set arrives in its spec."""
    content = HEAD + (
        "deliverySets:\n  s:\n    job: j\n    overlap: skip\n    renamedFrom: t\n    revision: 3\n"
        "    allowCaseTwins: true\n    objects:\n      - /a\n      - /A\n      - b/c\n      - /d/\n"
        "      - {relativePath: /e, isDirectory: true, revision: 5}\n"
        "      - {isDirectory: false, sizeInBytes: 7, relativePath: f}\n"
    )
    declared = folder.read(content).spec.sets["s"]
    assert (declared.job, declared.overlap, declared.renamed_from) == ("j", Overlap.SKIP, "t")
    assert list(declared.objects.paths) == ["/a", "/A", "/b/c", "/d/", "/e/", "/f"]
    assert list(declared.objects.sizes) == [UNKNOWN_SIZE] * 5 + [7]
    assert [declared.objects.revision_of(at) for at in range(6)] == [3, 3, 3, 3, 5, 3]


def test_whole_profile(folder: Folder) -> None:
    """`objects: all` and `/` said in full are the same one object."""
    whole = folder.read(HEAD + "deliverySets:\n  s: {job: j, objects: all}\n").spec
    full = folder.read(HEAD + "deliverySets:\n  s: {job: j, objects: [{relativePath: /, isDirectory: true}]}\n").spec
    assert list(whole.sets["s"].objects.paths) == ["/"]
    assert whole.digests == full.digests == {"s": table_of(["/"]).digest()}


def test_digest_is_of_what_is_sent(folder: Folder, with_objects: MakeText) -> None:
    """Order, sizes, quoting and comments do not count."""
    one = folder.read(with_objects("- /a", "- /b/", "- c")).spec.digests
    other = folder.read(
        with_objects("- {relativePath: b, isDirectory: true}", "- '/c' # x", "- {relativePath: /a, sizeInBytes: 1}")
    )
    assert one == other.spec.digests


REFUSED = {
    "no job": ("s: {objects: all}", "missing-key"),
    "no objects": ("s: {job: j}", "missing-key"),
    "misspelt objects is told once": ("s: {job: j, object: all}", "unknown-key"),
    "empty list": ("s: {job: j, objects: []}", "no-objects"),
    "null objects": ("s: {job: j, objects: }", "wrong-type"),
    "objects is another word": ("s: {job: j, objects: everything}", "wrong-type"),
    "objects is a mapping": ("s: {job: j, objects: {a: b}}", "wrong-type"),
    "both lists": ("s: {job: j, objects: all, objectsFrom: {file: a.csv}}", "objects-twice"),
    "a set is a list": ("s: [a]", "wrong-type"),
    "a set is null": ("s:", "wrong-type"),
    "overlap": ("s: {job: j, objects: all, overlap: skipp}", "unknown-value"),
    "revision zero": ("s: {job: j, objects: all, revision: 0}", "out-of-range"),
    "list in the list": ("s: {job: j, objects: [[/a]]}", "wrong-type"),
    "null in the list": ("s: {job: j, objects: [~]}", "wrong-type"),
    "number in the list": ("s: {job: j, objects: [12]}", "unquoted"),
    "date in the list": ("s: {job: j, objects: [2024-01-01]}", "unquoted"),
    "empty path": ("s: {job: j, objects: ['']}", "path-empty"),
    "whole profile by a slash": ("s: {job: j, objects: [/]}", "path-whole-profile"),
    "whole profile without isDirectory": ("s: {job: j, objects: [{relativePath: /}]}", "path-whole-profile"),
    "whole profile as a file": ("s: {job: j, objects: [{relativePath: /, isDirectory: false}]}", "path-whole-profile"),
    "object without path": ("s: {job: j, objects: [{sizeInBytes: 1}]}", "missing-key"),
    "empty object": ("s: {job: j, objects: [{}]}", "missing-key"),
    "null path": ("s: {job: j, objects: [{relativePath: ~}]}", "wrong-type"),
    "path is a list": ("s: {job: j, objects: [{relativePath: [/a]}]}", "wrong-type"),
    "key is a list": ("s: {job: j, objects: [{relativePath: /a, [b]: c}]}", "yaml-complex-key"),
    "unknown key of an object": ("s: {job: j, objects: [{relativePath: /a, size: 1}]}", "unknown-key"),
    "size of a folder": ("s: {job: j, objects: [{relativePath: /a/, sizeInBytes: 1}]}", "size-of-folder"),
    "size of a said folder": (
        "s: {job: j, objects: [{relativePath: /a, isDirectory: true, sizeInBytes: 1}]}",
        "size-of-folder",
    ),
    "a folder that is none": (
        "s: {job: j, objects: [{relativePath: /a/, isDirectory: false}]}",
        "path-file-and-folder",
    ),
    "isDirectory yes": ("s: {job: j, objects: [{relativePath: /a, isDirectory: yes}]}", "wrong-type"),
    "objectsFrom a string": ("s: {job: j, objectsFrom: a.csv}", "wrong-type"),
    "objectsFrom without file": ("s: {job: j, objectsFrom: {}}", "missing-key"),
    "objectsFrom unknown key": ("s: {job: j, objectsFrom: {file: a.csv, format: csv}}", "unknown-key"),
    "same path twice": ("s: {job: j, objects: [/a, a]}", "path-twice"),
    "folder twice": ("s: {job: j, objects: [/a/, {relativePath: a, isDirectory: true}]}", "path-twice"),
    "below a folder": ("s: {job: j, objects: [/a/b/c, /a/]}", "path-inside-folder"),
    "below the whole": ("s: {job: j, objects: [{relativePath: /, isDirectory: true}, /a]}", "path-inside-folder"),
    "file and folder": ("s: {job: j, objects: [/a, /a/]}", "path-file-and-folder"),
    "case twins": ("s: {job: j, objects: [/a/B, /A/b]}", "path-case-twin"),
    "case twins of ß": ("s: {job: j, objects: [/straße, /STRASSE]}", "path-case-twin"),
    "NFC and NFD": ("s: {job: j, objects: [/caf\u00e9, /cafe\u0301], allowCaseTwins: true}", "path-unicode-twin"),
    "NFC and NFD without a word": ("s: {job: j, objects: [/caf\u00e9, /cafe\u0301]}", "path-unicode-twin"),
    "dots": ("s: {job: j, objects: [/a/../b]}", "path-dots"),
    "drive": ("s: {job: j, objects: ['C:/a']}", "path-drive"),
    "URL": ("s: {job: j, objects: ['s3://bucket/a']}", "path-url"),
    "name with spaces": ("' s': {job: j, objects: all}", "bad-name"),
}


@pytest.mark.parametrize("case", [case for case in REFUSED if case != "objectsFrom unknown key"])
def test_refused(folder: Folder, case: Any) -> None:
    """Each set that does not say clearly what is sent is refused, once."""
    content, code = REFUSED[case]
    assert [found for _, _, found in folder.codes(HEAD + f"deliverySets:\n  {content}\n")] == [code]


JOBS_REFUSED = {
    "no source": ("{destination: b}", "missing-key"),
    "source is a list": ("{source: [a], destination: b}", "wrong-type"),
    "profile without id": ("{source: {}, destination: b}", "missing-key"),
    "profile with both": ("{source: {storageProfileId: a, name: b}, destination: b}", "unknown-key"),
    "id with a slash": ("{source: {storageProfileId: a/b}, destination: b}", "bad-id"),
    "id with dots": ("{source: {storageProfileId: a..b}, destination: b}", "bad-id"),
    "id of dots": ("{source: {storageProfileId: '..'}, destination: b}", "bad-id"),
    "id as a number": ("{source: {storageProfileId: 1111}, destination: b}", "unquoted"),
    "job id with a query": ("{source: a, destination: b, jobId: 'x?y'}", "bad-id"),
    "a job is a string": ("x", "wrong-type"),
}


@pytest.mark.parametrize("case", JOBS_REFUSED)
def test_refused_jobs(folder: Folder, case: Any) -> None:
    """Each job that does not say clearly what it is is refused, once."""
    content, code = JOBS_REFUSED[case]
    assert [found for _, _, found in folder.codes(HEAD + f"jobs:\n  j: {content}\n")] == [code]


def test_second_place_is_told(folder: Folder, with_objects: MakeText) -> None:
    """A clash of two objects names both places."""
    (problem,) = folder.problems(with_objects("- /a/x", "- /b", "- /a/"))
    assert (problem.place.line, problem.place.column) == (8, 9)
    assert "a.yaml:6:9" in problem.message


def test_job_from_itself_to_itself_is_warned(folder: Folder) -> None:
    """A job whose ends are the same profile is odd, and told."""
    (warning,) = folder.read(HEAD + "jobs:\n  j: {source: a, destination: a}\n").warnings
    assert warning.code == "same-profile"


def test_odd_paths_are_warned(folder: Folder, with_objects: MakeText) -> None:
    """What Windows would change or refuse is accepted, and told once of each kind, at the first place."""
    warnings = folder.read(with_objects("- /a./x", "- '/a '", "- /CON", "- /lpt1.txt", "- /control")).warnings
    assert [(each.place.line, each.code) for each in warnings] == [
        (6, "path-trailing-dot-or-space"),
        (8, "path-device-name"),
    ]
    assert warnings[0].message.endswith("Windows drops it (and 1 more)")


def test_a_file_above_another_object_is_refused_at_both_places(folder: Folder, with_objects: MakeText) -> None:
    """A file cannot hold other objects: told where it stands and at the first object inside it."""
    problems = folder.problems(with_objects("- /ep/audio", "- /x", "- /ep/audio/l.wav", "- /ep/audio/r.wav"))
    assert [(each.place.line, each.code) for each in problems] == [(6, "path-file-above"), (8, "path-file-above")]
    assert "put a slash behind it" in problems[0].hint


@pytest.mark.parametrize(
    ("key", "paths"),
    [
        ("allowCaseTwins", "[/a, /A]"),
        ("allowUnicodeTwins", "[/caf\u00e9, /cafe\u0301]"),
        ("allowFilesAsFolders", "[/a, /a/b]"),
    ],
)
def test_what_a_set_may_allow(folder: Folder, key: str, paths: str) -> None:
    """Each key of a set accepts one kind of objects beside each other, if it says `true`."""
    text = HEAD + "deliverySets:\n  s: {job: j, objects: " + paths
    assert folder.read(text + f", {key}: true}}\n").spec.sets
    assert len(folder.problems(text + f", {key}: false}}\n")) >= 1
