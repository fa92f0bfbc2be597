"""Names that a storage may take for one: which twins they are, and which of them a set says are different files."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders import wanted

from jetplan.core.clashes import are_folded, folded, is_unicode_twin

COMPOSED, APART = "/\u00e9", "/e\u0301"


@pytest.mark.parametrize(
    ("one", "other", "twins"),
    [
        (COMPOSED, APART, True),
        (f"{COMPOSED}/a", f"{APART}/", True),
        (f"{COMPOSED}/", f"{APART}/a", True),
        ("/a", "/A", False),
        (COMPOSED, "/E\u0301", False),
        (COMPOSED, "/e", False),
    ],
)
def test_twins_by_accents(one: str, other: str, twins: bool) -> None:
    """The same letters, encoded otherwise; one of them may be a folder around the other. Case is another kind."""
    assert is_unicode_twin(one, other) is twins


def test_what_a_set_says_are_different_files() -> None:
    """Each kind of twins is allowed by a key of its own."""
    plain = wanted("s", "/a")
    case, accents = replace(plain, case_twins=True), replace(plain, unicode_twins=True)
    assert [each.allows_twins("/a", "/A") for each in (plain, case, accents)] == [False, True, False]
    assert [each.allows_twins(COMPOSED, APART) for each in (plain, case, accents)] == [False, False, True]


def test_the_folded_form() -> None:
    """Without case and with accents composed, also where folding takes them apart."""
    assert folded("/Ep/A.MXF") == "/ep/a.mxf"
    assert folded("/E\u0301") == folded("/\u00c9") == COMPOSED
    assert folded("/STRASSE") == folded("/stra\u00dfe")
    assert folded("/\u01f0") == folded("/\u01f0".upper())


@pytest.mark.parametrize(
    ("paths", "sure"),
    [([], True), (["/a", "/b1._-"], True), (["/a", "/B"], False), (["/a", COMPOSED], False), (["/A", "/b"], False)],
)
def test_paths_that_are_folded_already(paths: list[str], sure: bool) -> None:
    """Plain lower case is; of anything else it is not said, and the answer is right for long lists too."""
    assert are_folded(paths) is sure
    assert are_folded(["/x"] * 70_000 + paths) is sure
    assert are_folded(paths + ["/x"] * 70_000) is sure
