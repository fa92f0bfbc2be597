"""Several processes read what one reads: the same declarations, places and problems, in the same order."""

from __future__ import annotations

import os
import threading
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from jetplan.errors import ManifestInvalid
from jetplan.manifest.document import read_document
from jetplan.manifest.fast import parallel
from jetplan.manifest.fast.packing import pack, unpack
from jetplan.manifest.files import find_manifests
from jetplan.manifest.limits import DEFAULT_LIMITS
from jetplan.manifest.read import read_manifests
from tests.manifest.fast.test_quick_reading import TRAPS

if TYPE_CHECKING:
    from folders import Folder

    from jetplan.manifest.document import Document
    from jetplan.manifest.files import SourceFile

READ = partial(read_document, limits=DEFAULT_LIMITS)
HEAD = "apiVersion: jetplan/v1\n"
LISTED = "deliverySets:\n  l:\n    job: j\n    objectsFrom: {file: l.csv}\n    overlap: skip\n    revision: 4\n"
RICH = "jobs:\n  r:\n    source: {storageProfileId: abc}\n    destination: b\n    paused: true\n    jobId: x\n"


@pytest.fixture
def files(folder: Folder) -> Folder:
    """A folder of 300 manifests, sound ones and some of every kind of problem."""
    for at in range(300):
        text = HEAD + f"jobs:\n  j{at}:\n    source: a\n    destination: b\ndeliverySets:\n  s{at}:\n    job: j{at}\n"
        folder.write({f"{at % 7}/m{at:03}.yaml": f"{text}    objects:\n      - /a{at}\n      - /b\n"})
    folder.write({"lists/l.yaml": HEAD + RICH + LISTED, "lists/l.csv": "relativePath,revision\n/x,2\n/ü y,\n"})
    return folder


def _result(folder: Folder, processes: int) -> str:
    try:
        reading = read_manifests(folder.root, processes=processes)
    except ManifestInvalid as invalid:
        return repr(invalid.problems)
    return repr((reading.spec, reading.warnings))


@pytest.mark.parametrize("processes", [2, 3])
def test_sound_files(files: Folder, processes: int) -> None:
    """With any number of processes the same is declared, at the same places."""
    assert "ManifestInvalid" not in (one := _result(files, 1))
    assert "s299" in one
    assert _result(files, processes) == one


def test_problems_keep_their_order(files: Folder) -> None:
    """All problems of all files are told, in the order of one process; so are names declared twice."""
    files.write({f"{at % 7}/trap{at}.yaml": text for at, text in enumerate(TRAPS.values())})
    files.write({"3/bytes.yaml": b"\xff\xfe", "5/empty.yaml": ""})
    one = _result(files, 1)
    assert one.count("declared-twice") > 10
    assert _result(files, 2) == one


@pytest.mark.parametrize("trap", ["", *TRAPS])
def test_packed_documents_come_back(files: Folder, trap: Any) -> None:
    """What a process gives back is what it read, place for place."""
    if trap:
        files.write({"trap.yaml": TRAPS[trap]})
    sources, _ = find_manifests(files.root)
    chosen = [source for source in sources if source.path.endswith(("trap.yaml", "l.yaml", "m007.yaml"))]
    documents = list(parallel.read_documents(chosen, READ, 1))
    assert documents
    assert repr([unpack(pack(each)) for each in documents]) == repr(documents)


def test_a_process_that_dies_loses_nothing(files: Folder) -> None:
    """What another process took and did not give back is read again here."""
    sources, _ = find_manifests(files.root)
    ours, died = os.getpid(), os.pipe()
    seen: list[bytes] = []

    def die_elsewhere(source: SourceFile) -> Document:
        if os.getpid() != ours:
            os.write(died[1], b"x")
            os._exit(3)
        # The other one must take its portion before this one has taken them all.
        if not seen:
            seen.append(os.read(died[0], 1))
        return READ(source)

    assert repr(list(parallel.read_documents(sources, die_elsewhere, 2))) == repr([READ(each) for each in sources])
    assert seen == [b"x"]


@pytest.mark.parametrize("call", ["fork", "memfd_create"])
def test_no_process_to_be_had(files: Folder, monkeypatch: pytest.MonkeyPatch, call: str) -> None:
    """Where the system gives no further process, this one reads everything."""
    expected = _result(files, 1)

    def refuse(*_: object) -> None:
        raise OSError("no more")

    monkeypatch.setattr(os, call, refuse)
    assert _result(files, 2) == expected


def test_an_interruption_leaves_no_process(files: Folder) -> None:
    """When reading is broken off, the other process is ended and waited for."""
    sources, _ = find_manifests(files.root)
    ours = os.getpid()

    def interrupt(source: SourceFile) -> Document:
        if os.getpid() == ours:
            raise KeyboardInterrupt
        return READ(source)

    open_before = len(os.listdir("/proc/self/fd"))
    with pytest.raises(KeyboardInterrupt):
        list(parallel.read_documents(sources, interrupt, 2))
    assert len(os.listdir("/proc/self/fd")) == open_before
    with pytest.raises(ChildProcessError):
        os.waitpid(-1, os.WNOHANG)


def test_only_where_it_pays(files: Folder, monkeypatch: pytest.MonkeyPatch) -> None:
    """A few small files, or a process with threads, are read by one."""
    sources, _ = find_manifests(files.root)
    assert parallel.useful_processes(sources) == 1
    monkeypatch.setattr(parallel, "FEW_FILES", 10)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: {0, 1})
    assert parallel.useful_processes(sources) == 2
    goon = threading.Event()
    thread = threading.Thread(target=goon.wait)
    thread.start()
    try:
        assert parallel.useful_processes(sources) == 1
    finally:
        goon.set()
        thread.join()
