"""Inputs near the seeds of a reader: a seed, or two joined, with a few bytes put in, taken out, doubled or changed."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import strategies as st
from render_plans import SAMPLES

from jetplan.render.planfile import Bound, Content, written
from jetplan.render.report import build_report

if TYPE_CHECKING:
    from hypothesis.strategies import DrawFn, SearchStrategy

SEEDS = Path(__file__).parent / "seeds"
MOST_BYTES = 20_000
WORDS = (
    b"\0", b"\t", b"\n", b"\r\n", b"\r", b" ", b"  ", b"\xff", b"\xc0\xaf", b"\xed\xa0\x80", b"\xef\xbb\xbf",
    b"\xff\xfe", b"\xe2\x80\xae", b"\xe2\x80\x8b", b"\xe2\x80\xa8", b"\xc2\x85", b"\x1b[2J", b"\\u0000", b"\\ud800",
    b'\\"', b"\\", b'"', b"'", b"`", b"#", b"##[", b"::", b": ", b"- ", b"? ", b"&a ", b"*a", b"!!t ", b"|", b">",
    b"%", b"---\n", b"<<", b"~", b"[", b"]", b"{", b"}", b"[" * 60, b'{"a":' * 60, b",", b";", b"/", b"//", b"/../",
    b"/./", b"C:\\", b"http://a", b"null", b"true", b"NaN", b"Infinity", b"1e999", b"-1", b"-0", b"01", b"1_0",
    b"9007199254740992", b"9" * 5000, b"18446744073709551616", b"0.5", b"<a>", b"</a>", b"<!--", b"-->", b"<![CDATA[",
    b"]]>", b"&amp;", b"&#0;", b"<?x ?>", b"<!DOCTYPE a [<!ENTITY b 'c'>]>", b"%2e%2e", b"a" * 300, b"\xc3\xa9",
    b"e\xcc\x81", b"\xf0\x9f\x98\x80",
)  # fmt: skip
"""What readers of these formats have stumbled over."""


def seeds_of(reader: str) -> dict[str, bytes]:
    """The seeds of a reader by name, in order. What broke it once stays among them."""
    folder = SEEDS / reader
    files = sorted(folder.iterdir()) if folder.is_dir() else []
    return {each.name: each.read_bytes() for each in files} | (_saved_plans() if reader == "plan-file" else {})


def _saved_plans() -> dict[str, bytes]:
    """What saved plans hold. Made here, because their format is that of the day."""
    reports = {name: build_report(SAMPLES[name]()) for name in ("small", "resend", "renamed", "up-to-date", "empty")}
    bound = Bound("https://jet.example", "acc", "ledger", "c0ffee", "manifests", {"set a": "00"}, {}, {})
    made = {
        name: written(Content(1, "0123456789abcdef", "2026-01-02T03:04:05Z", "jetplan", bound, report))
        for name, report in reports.items()
    }
    return {name: data.partition(b'"content":')[2].removesuffix(b"}\n") for name, data in made.items()}


def near(reader: str) -> SearchStrategy[bytes]:
    """Inputs that a reader nearly takes."""
    seeds = tuple(seeds_of(reader).values())
    return _changed(st.sampled_from(seeds))


@st.composite
def _changed(draw: DrawFn, seeds: SearchStrategy[bytes]) -> bytes:
    data = draw(seeds)
    for _ in range(draw(st.integers(0, 4))):
        at = draw(st.integers(0, len(data)))
        until = min(len(data), at + draw(st.integers(0, 40)))
        match draw(st.integers(0, 8)):
            case 0 | 1:
                data = data[:at] + draw(st.sampled_from(WORDS)) + data[at:]
            case 2:
                data = data[:at] + draw(st.sampled_from(WORDS)) + data[until:]
            case 3:
                data = data[:at] + data[until:]
            case 4:
                data = data[:until] + data[at:]
            case 5:
                other = draw(seeds)
                data = data[:at] + other[draw(st.integers(0, len(other))) :]
            case 6:
                data = data[:at] + draw(st.binary(max_size=4)) + data[until:]
            case 7:
                start, end = _line(data, at)
                data = data[:start] + data[end:]
            case _:
                start, end = _line(data, at)
                data = data[:start] + data[start:end] + data[start:]
    return data[:MOST_BYTES]


def _line(data: bytes, at: int) -> tuple[int, int]:
    """Where the line that holds this place begins and ends."""
    return data.rfind(b"\n", 0, at) + 1, (data.find(b"\n", at) + 1) or len(data)
