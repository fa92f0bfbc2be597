"""Makes strings from outside harmless in each format. Names, paths and server messages reach no output without it."""

from __future__ import annotations

import html
import re

from jetplan.core.characters import LOOKALIKES

_DECEIVING = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u2800\u3164\ufe00-\ufe0f\uffa0\U000e0100-\U000e01ef"
    f"{''.join(LOOKALIKES)}]"
)
"""Printable according to Unicode, but not seen as what they are: joiners, fillers, variation selectors, blanks, and
characters that are taken for a separator."""
_KEPT = "\u3000"
"""Not printable according to Python, but ordinary in names: the ideographic space."""
_WORKFLOW_COMMAND = re.compile(r"(^|\s)::|##(?=\w*\[)")
"""What CI runners obey when a line of a log begins with it (`::`), or anywhere in a line (`##[`, `##vso[`)."""
_BEYOND_ASCII = re.compile(r"[^\x00-\x7e]+")
_BACKTICKS = re.compile(r"`+")
_PLAIN_WORD = re.compile(
    r"(?!.*::)(?:[^\W\d_]+(?:['-][^\W\d_]+)*[.,;:!?)]*|\([^\W\d_]+[.,;:)]*|\(?[0-9][0-9,.]*[;:)]*|→)"
)
"""Words in which no Markdown dialect finds a mention, a reference, a link, an emphasis or a tag."""


def visible(text: str) -> str:
    """The text with every control, format, bidi, zero-width or otherwise unseen character as `\\x1b` or `\\u202e`."""
    if text.isprintable() and (text.isascii() or not _DECEIVING.search(text)):
        return text
    return "".join(char if _seen(char) else _escaped(char) for char in text)


def _seen(char: str) -> bool:
    return char == _KEPT or (char.isprintable() and not _DECEIVING.match(char))


def _escaped(char: str) -> str:
    code = ord(char)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def safe_text(text: str) -> str:
    """For a terminal or a CI log: visible, on one line, and no workflow command wherever the line breaks."""
    shown = visible(text)
    if "::" not in shown and "##" not in shown:
        return shown
    return _WORKFLOW_COMMAND.sub(lambda found: found[0].replace("::", "\\x3a:").replace("##", "#\\x23"), shown)


def json_text(text: str) -> str:
    """A JSON document with the same values, in which unseen characters are written as their `\\u202e`."""
    return _BEYOND_ASCII.sub(_json_run, text).replace("##", "#\\u0023")


def _json_run(found: re.Match[str]) -> str:
    return "".join(char if _seen(char) else _json_escaped(char) for char in found[0])


def _json_escaped(char: str) -> str:
    code = ord(char)
    if code < 0x10000:
        return f"\\u{code:04x}"
    high, low = divmod(code - 0x10000, 0x400)
    return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"


def markup(text: str) -> str:
    """For HTML text and quoted attributes."""
    return html.escape(visible(text), quote=True).replace("##", "#&#35;")


def markup_prose(sentence: str) -> str:
    """A sentence for HTML, with what stands between backticks as `<code>`."""
    parts = sentence.split("`")
    if len(parts) % 2 == 0:
        return markup(sentence)
    return "".join(f"<code>{markup(part)}</code>" if at % 2 else markup(part) for at, part in enumerate(parts))


def code_tag(text: str) -> str:
    """For HTML inside Markdown, where code spans are not read: a `<code>` in which nothing is a mention or a fence."""
    shown = html.escape(safe_text(text), quote=True)
    return f"<code>{''.join(_entity(char) for char in shown)}</code>"


def _entity(char: str) -> str:
    return f"&#{ord(char)};" if char in "@`*_~[]\\|!:$%" else char


def code_span(text: str) -> str:
    """A Markdown code span: inside it nothing is a mention, an issue link, HTML or emphasis."""
    shown = safe_text(text) or " "
    fence = "`" * (_longest_run(shown) + 1)
    pad = " " if shown[0] in "` " or shown[-1] in "` " else ""
    return f"{fence}{pad}{shown}{pad}{fence}"


def cell(text: str) -> str:
    """A code span in a Markdown table, where a bare `|` would end the cell."""
    return code_span(visible(text).replace("\\|", "\\x5c|")).replace("|", "\\|")


def fence_for(lines: list[str]) -> str:
    """A fence longer than any run of backticks in these lines, which are plain already."""
    return "`" * max(3, 1 + max(map(_longest_run, lines), default=0))


def _longest_run(text: str) -> int:
    return max((len(run) for run in _BACKTICKS.findall(text)), default=0) if "`" in text else 0


def prose(sentence: str) -> str:
    """A sentence of ours with names from outside in it, for Markdown: every word that could mean more becomes code.

    Backslashes and entities do not help: mentions and issue links are found in the finished page.
    """
    parts = sentence.split("`")
    if len(parts) % 2 == 0:
        return _words(sentence)
    shown = [_words(part) if at % 2 == 0 else code_span(part) for at, part in enumerate(parts)]
    return "".join(part or " " for part in shown).strip()


def _words(text: str) -> str:
    found: list[str] = []
    risky: list[str] = []
    for word in text.split(" "):
        if word and not _PLAIN_WORD.fullmatch(word):
            risky.append(word)
            continue
        found += _spans(risky)
        risky = []
        found.append(word)
    return " ".join(found + _spans(risky))


def _spans(words: list[str]) -> list[str]:
    if not words:
        return []
    text = " ".join(words)
    bare = text.rstrip(".,;:")
    if "::" in text[len(bare) :]:
        bare = text
    if not bare:
        return [text]  # the end of a sentence, after a name in code
    return [code_span(bare) + text[len(bare) :]]
