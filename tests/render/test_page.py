"""The HTML face is self-contained, and in a real browser silent, inert and usable."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest
from browser import Browser, chromium_or_skip, started
from golden_files import GOLDEN, check
from render_plans import HOSTILE, SAMPLES, batch, create, frames, plan

from jetplan.render.escape import visible
from jetplan.render.page import render_html
from jetplan.render.report import build_report

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

VOID = frozenset({"meta", "link", "input"})
TAGS = """html head meta title style link body script header main footer section article nav form label input output
div p span b small a h1 h2 h3 ul li dl dt dd table thead tbody tr th td pre code details summary svg path rect text"""
ALLOWED = frozenset(TAGS.split())


class Reader(HTMLParser):
    """Walks a page: every tag is known and closed, no attribute loads or runs anything."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in ALLOWED, tag
        for name, value in attrs:
            assert not name.startswith("on")
            assert name not in {"src", "style", "srcset", "action"}
            if name == "href":
                assert value == "data:," or (value or "").startswith("#")
                self.links.append(value or "")
            if name == "id":
                self.ids.append(value or "")
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def page_of(name: str) -> str:
    return render_html(build_report(SAMPLES[name]()))


@pytest.mark.parametrize("name", SAMPLES)
def test_is_well_formed_and_loads_nothing(name: str) -> None:
    """Every tag is closed, every id stands once, every link leads to one, and nothing is fetched or run."""
    reader = Reader()
    reader.feed(page_of(name))
    assert reader.open == []
    assert len(reader.ids) == len(set(reader.ids))
    assert {link[1:] for link in reader.links if link.startswith("#")} <= set(reader.ids)


@pytest.mark.parametrize("name", [name for name in SAMPLES if name != "rich"])
def test_golden(name: str) -> None:
    """What people read has been read by a person; style and script are files of their own."""
    body = re.search(r"<body>\n(.*?)<script>", page_of(name), re.DOTALL)
    assert body is not None
    check(GOLDEN / f"{name}.html", body[1])


def test_unseen_characters_are_shown() -> None:
    """No control, bidi or zero-width character, no workflow command, is in the page."""
    body = page_of("hostile").split("</style>")[1].split("<script>")[0]
    assert all(char.isprintable() or char == "\n" for char in body)
    assert "##" not in body
    assert "\\u202e" in body


def test_same_plan_same_bytes() -> None:
    """Two pages of equal plans are equal."""
    assert page_of("rich") == page_of("rich")


@pytest.fixture(scope="module")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Browser]:
    path = chromium_or_skip()
    with started(path, tmp_path_factory.mktemp("browser")) as session:
        yield session


def show(browser: Browser, folder: Path, page: str) -> Path:
    """Open a page, and assert that it asked for nothing and logged nothing."""
    file = folder / "page.html"
    file.write_text(page, encoding="utf-8")
    browser.log("performance")
    browser.open(file)
    browsers_own = ("data:", "chrome:")
    asked = [url for url in browser.requests() if not url.startswith(browsers_own)]
    assert asked == [file.as_uri()]
    assert browser.log("browser") == []
    return file


@pytest.mark.browser
@pytest.mark.parametrize("name", SAMPLES)
def test_browser_is_silent(name: str, browser: Browser, tmp_path: Path) -> None:
    """No console message and no request: style and script pass the page's own policy."""
    show(browser, tmp_path, page_of(name))
    assert browser.run("return getComputedStyle(document.querySelector('main')).maxWidth") != "none"
    assert browser.run("return document.getElementById('filter').hidden") is (name in {"up-to-date", "empty"})


@pytest.mark.browser
def test_hostile_names_are_inert(browser: Browser, tmp_path: Path) -> None:
    """Hostile names are text: they make no element, no dialog, no link, and stand on the page as they are."""
    show(browser, tmp_path, page_of("hostile"))
    assert (
        browser.run("return document.querySelectorAll('img, iframe, object, embed, a[href^=javascript]').length") == 0
    )
    assert browser.run("return document.querySelectorAll('script').length") == 1
    text = browser.run(
        "document.querySelectorAll('details').forEach(d => d.open = true); return document.body.innerText"
    )
    for name in HOSTILE:
        assert re.sub(r"\s+", " ", visible(name)).strip() in re.sub(r"\s+", " ", text)
    assert browser.log("browser") == []


@pytest.mark.browser
def test_says_it_all_without_script(browser: Browser, tmp_path: Path) -> None:
    """With scripts off, the plan is all there and only the filter is not."""
    browser.command("Emulation.setScriptExecutionDisabled", value=True)
    try:
        show(browser, tmp_path, page_of("small"))
    finally:
        browser.command("Emulation.setScriptExecutionDisabled", value=False)
    text = browser.run("return document.body.innerText")
    assert "/ep102/master_uhd.mxf" in text
    assert "Filter objects" not in text


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [360, 1200])
def test_is_readable(scheme: str, width: int, browser: Browser, tmp_path: Path) -> None:
    """In light and dark, on a phone and a desk, text stands out from its paper and nothing overflows the page."""
    browser.command("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])
    browser.command("Emulation.setDeviceMetricsOverride", width=width, height=900, deviceScaleFactor=1, mobile=False)
    try:
        show(browser, tmp_path, page_of("rich"))
        assert browser.run("return document.documentElement.scrollWidth <= innerWidth")
        poor = browser.run(CONTRAST)
    finally:
        browser.command("Emulation.clearDeviceMetricsOverride")
        browser.command("Emulation.setEmulatedMedia", features=[])
    assert poor == []


CONTRAST = """
const light = (colour) => {
  const [r, g, b] = colour.match(/[0-9.]+/g).slice(0, 3).map((each) => {
    const c = each / 255;
    return c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const paper = (element) => {
  for (let at = element; at; at = at.parentElement) {
    const colour = getComputedStyle(at).backgroundColor;
    if (!/, 0\\)$/.test(colour)) return colour;
  }
  return "rgb(255, 255, 255)";
};
const poor = new Set();
const words = "h1, h2, h3, p, li, td, th, dt, dd, summary, .badge, .mark, a, code, small";
for (const element of document.querySelectorAll(words)) {
  const [a, b] = [light(getComputedStyle(element).color), light(paper(element))];
  const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  if (ratio < 4.5) poor.add(`${element.tagName}.${element.className} ${ratio.toFixed(2)}`);
}
return [...poor];
"""


@pytest.mark.browser
def test_a_hundred_thousand_objects(browser: Browser, tmp_path: Path) -> None:
    """A plan of 100,000 objects opens, lists them all, and is filtered down to the one that is looked for."""
    rows = frames(100_000)
    steps = [
        batch("frames", "a", rows, range(at, at + 10_000), batch=at // 10_000 + 1, batches=10)
        for at in range(0, 100_000, 10_000)
    ]
    show(browser, tmp_path, render_html(build_report(plan(create("a"), *steps))))
    lines = "[...document.querySelectorAll('.objects pre')].flatMap(p => p.textContent.split('\\n'))"
    assert browser.run(f"return {lines}.length") == 100_000
    browser.run(
        "const input = document.querySelector('#filter input'); input.value = '/099999.dpx';"
        "input.dispatchEvent(new Event('input'))"
    )
    found = "return document.getElementById('found').textContent"
    for _ in range(600):
        if browser.run(f"await new Promise(r => setTimeout(r, 50)); {found}"):
            break
    assert browser.run(found) == "1 listed objects found"
    assert browser.run("return document.querySelector('details.set-of').open")
    assert browser.log("browser") == []
