"""Makes docs/plan.png, the picture in the README: a plan as its reviewer sees it, from a real run on a local Jet.

Needs Chromium. What `jetplan plan` wrote in that run is kept in the picture. With `--check`, which needs no browser,
the run is played again and compared with that.
"""

from __future__ import annotations

import os
import re
import shutil
import struct
import subprocess
import sys
import tempfile
import zlib
from pathlib import Path

from jetplan.sandbox.jet import Settings
from jetplan.sandbox.server import serve

ROOT = Path(__file__).parents[2]
TARGET = ROOT / "docs/plan.png"
SHARED = ("NYC Post", "LAX Mastering", "Distribution Store", "Broadcaster North", "Broadcaster South")
MIX = "{relativePath: /s1/ep101/sound/ep101_5.1_en.wav, sizeInBytes: 3758096384"
SIZE = (1100, 1010)
KEYWORD = b"Plan\0"
_SIGNATURE = b"\x89PNG\r\n\x1a\n"


def play(folder: Path) -> tuple[str, str]:
    """A series of which one episode was sent, and a film for two partners. The plan of what comes next: text, HTML."""
    for name in SHARED:
        (folder / name).mkdir()
    project = folder / "project"
    manifests = project / "manifests"
    shutil.copytree(ROOT / "examples/episodic-masters/manifests", manifests)
    profiles = tuple((name, folder / name) for name in SHARED)
    with serve(Settings(profiles=profiles, roots=(folder,), workers=0)) as url:
        settings = {"API_URL": url, "CLIENT_ID": "sandbox", "CLIENT_SECRET": "sandbox"}
        kept = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "SYSTEMROOT")}
        environment = kept | {f"JETPLAN_{name}": value for name, value in settings.items()}
        environment |= {"XDG_CACHE_HOME": str(folder / "cache"), "XDG_DATA_HOME": str(folder / "data")}

        def jetplan(*words: str) -> str:
            command = [sys.executable, "-m", "jetplan", *words]
            return subprocess.run(command, cwd=project, env=environment, check=True, stdout=-1, text=True).stdout

        later = (manifests / "ep102.yaml").rename(project / "ep102.yaml")
        jetplan("init")
        jetplan("apply", "--auto-approve")
        later.rename(manifests / "ep102.yaml")
        shutil.copy(ROOT / "examples/partner-distribution/manifests/partners.yaml", manifests)
        first = (manifests / "ep101.yaml").read_text(encoding="utf-8")
        (manifests / "ep101.yaml").write_text(first.replace(MIX, f"{MIX}, revision: 2"), encoding="utf-8")
        page = jetplan("plan", "--format", "html")
        return jetplan("plan"), page.replace(url, "https://jet.example")


def photograph(page: str, folder: Path) -> bytes:
    """A PNG of the page's upper part."""
    browser = next(filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None)
    if browser is None:
        sys.exit("a picture is made by Chromium, and there is none")
    page = re.sub(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", "4c9f2e7a-5b1d-4e86-9a37-2d8e6f0b1c53", page)
    (folder / "plan.html").write_text(page, encoding="utf-8")
    flags = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--hide-scrollbars"]
    size = f"--window-size={SIZE[0]},{SIZE[1]}"
    shot = f"--screenshot={folder / 'plan.png'}"
    subprocess.run(
        [browser, *flags, size, shot, f"--user-data-dir={folder / 'browser'}", (folder / "plan.html").as_uri()],
        check=True, capture_output=True, timeout=120,
    )  # fmt: skip
    return (folder / "plan.png").read_bytes()


def with_text(picture: bytes, text: str) -> bytes:
    """The picture with a text in it, which nobody sees: a compressed `zTXt` chunk behind the header."""
    data = b"zTXt" + KEYWORD + b"\0" + zlib.compress(text.encode("utf-8"), 9)
    chunk = struct.pack(">I", len(data) - 4) + data + struct.pack(">I", zlib.crc32(data))
    return picture[:33] + chunk + picture[33:]


def text_of(picture: bytes) -> str:
    """The text that `with_text` put in."""
    at = len(_SIGNATURE)
    while at < len(picture):
        (length,) = struct.unpack(">I", picture[at : at + 4])
        kind, data = picture[at + 4 : at + 8], picture[at + 8 : at + 8 + length]
        if kind == b"zTXt" and data.startswith(KEYWORD):
            return zlib.decompress(data[len(KEYWORD) + 1 :]).decode("utf-8")
        at += 12 + length
    return ""


def main() -> None:
    """Make the picture, or say whether it is fresh."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        text, page = play(folder)
        if "--check" not in sys.argv:
            TARGET.write_bytes(with_text(photograph(page, folder), text))
        elif text_of(TARGET.read_bytes()) != text:
            sys.exit(f"{TARGET.relative_to(ROOT)} shows another plan than this:\n\n{text}\nrun `make picture`")


if __name__ == "__main__":
    main()
