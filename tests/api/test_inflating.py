"""Bodies that come compressed: whole, in pieces, cut, with more behind them, and larger than is borne."""

from __future__ import annotations

import gzip
from base64 import b64decode

import pytest

from jetplan.api.inflate import BodyRefused, inflated
from jetplan.api.origin import parse_origin, proxy_for

TEXT = b"abc" * 50_000
PACKED = gzip.compress(TEXT, mtime=0)
DAMAGED = PACKED[:20] + bytes([PACKED[20] ^ 255]) + PACKED[21:]


def unpacked(data: bytes, encoding: str = "gzip", cap: int = 1 << 20, step: int = 1000) -> bytes:
    """All of a body that comes in pieces."""
    return b"".join(inflated((data[at : at + step] for at in range(0, len(data), step)), encoding, cap))


@pytest.mark.parametrize("encoding", ["gzip", "x-gzip", " GZIP "])
@pytest.mark.parametrize("step", [1, 7, 1 << 20])
def test_a_whole_body(encoding: str, step: int) -> None:
    """However it is cut into pieces."""
    assert unpacked(PACKED, encoding, step=step) == TEXT


@pytest.mark.parametrize("encoding", ["", "identity", " Identity "])
def test_a_plain_body(encoding: str) -> None:
    """It passes as it is, under the same cap."""
    assert unpacked(TEXT, encoding) == TEXT
    assert unpacked(TEXT, encoding, cap=len(TEXT)) == TEXT
    with pytest.raises(BodyRefused, match="larger than 0 MiB"):
        unpacked(TEXT, encoding, cap=len(TEXT) - 1)


def test_the_cap_counts_what_is_unpacked() -> None:
    """To the byte, and in words of MiB."""
    assert unpacked(PACKED, cap=len(TEXT)) == TEXT
    with pytest.raises(BodyRefused, match="the answer is larger than 0 MiB"):
        unpacked(PACKED, cap=len(TEXT) - 1)
    with pytest.raises(BodyRefused, match="the answer is larger than 3 MiB"):
        unpacked(gzip.compress(b" " * (4 << 20)), cap=3 << 20)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        PACKED[:-1],
        PACKED[:-9],
        PACKED[:5],
        PACKED + b"x",
        PACKED + PACKED,
        TEXT,
        DAMAGED,
    ],
)
@pytest.mark.parametrize("step", [3, 1 << 20])
def test_a_body_that_is_not_whole(data: bytes, step: int) -> None:
    """Cut, damaged, or with something behind it: none of it is believed."""
    with pytest.raises(BodyRefused) as refused:
        unpacked(data, step=step)
    assert str(refused.value), "it says why"
    assert "larger" not in str(refused.value)


@pytest.mark.parametrize("encoding", ["br", "deflate", "zstd", "gzip, gzip"])
def test_another_encoding(encoding: str) -> None:
    """Nobody asked for it."""
    with pytest.raises(BodyRefused, match="compressed in a way that was not asked for"):
        unpacked(PACKED, encoding)


@pytest.mark.parametrize(
    ("user", "pair"),
    [("mia", "mia:"), ("mia:", "mia:"), ("mia:pw", "mia:pw"), ("m%40a:p%3Aw", "m@a:p:w"), (":pw", ":pw")],
)
def test_credentials_for_a_proxy(monkeypatch: pytest.MonkeyPatch, user: str, pair: str) -> None:
    """As the URL has them, decoded; without a password there is none."""
    monkeypatch.setenv("HTTPS_PROXY", f"http://{user}@127.0.0.1:3128")
    proxy = proxy_for(parse_origin("https://jet.example"))
    assert proxy is not None
    assert b64decode(proxy.headers["Proxy-Authorization"].removeprefix("Basic ")) == pair.encode()
    monkeypatch.setenv("HTTPS_PROXY", "127.0.0.1")
    proxy = proxy_for(parse_origin("https://jet.example"))
    assert proxy is not None
    assert (proxy.host, proxy.port, proxy.headers) == ("127.0.0.1", 3128, {})
