"""A receipt as text and as a page, for the person that it is sent to."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from jetplan.core.objects import UNKNOWN_SIZE
from jetplan.render import words
from jetplan.render.escape import markup, safe_text
from jetplan.render.page import document

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from jetplan.render.receipt import Place, Receipt, ReceiptAttempt, ReceiptObject

_FATES = {
    "arrived": "arrived",
    "failed": "failed",
    "missing": "missing",
    "moving": "under way",
    "unknown": "not known",
    "notSent": "not sent",
}


def render_receipt_text(receipt: Receipt) -> str:
    """The whole text, ended by a newline."""
    content = receipt.content
    lines = [safe_text(title(receipt)), ""]
    for attempt in content.attempts:
        lines += [*(f"{name:<12} {safe_text(value)}" for name, value in facts(attempt) if value), ""]
        lines += [safe_text(f"  {_FATES[each.fate]:<10} {_size(each):>10}  {_name(each)}") for each in attempt.objects]
        lines += ["", *(safe_text(f"  {step}") for step in history(attempt)), ""]
    lines += ["Not known:", *(safe_text(f"  {each}") for each in content.not_known), ""] if content.not_known else []
    return "\n".join([*lines, f"sha256 {receipt.sha256}, ledger {content.ledger_id}"]) + "\n"


def render_receipt_html(receipt: Receipt) -> str:
    """One HTML file without script or network."""
    name = markup(title(receipt))
    return document(name, "\n".join(_body(receipt, name)), script=False)


def _body(receipt: Receipt, name: str) -> Iterator[str]:
    content = receipt.content
    yield f'<header>\n<p class="brand">jetplan · receipt</p>\n<h1>{name}</h1>\n</header>\n<main>'
    for attempt in content.attempts:
        yield f"<section><h2>{markup(_headline(attempt))}</h2>\n<dl>"
        yield from (f"<dt>{each}</dt><dd>{markup(value)}</dd>" for each, value in facts(attempt) if value)
        yield '</dl>\n<div class="objects"><table><thead><tr><th scope="col">Object</th>'
        yield '<th scope="col" class="n">State</th><th scope="col" class="n">Declared size</th></tr></thead><tbody>'
        yield from map(_row, attempt.objects)
        yield "</tbody></table></div>"
        yield from _items(history(attempt))
        yield "</section>"
    if content.not_known:
        yield "<section><h2>Not known</h2>"
        yield from _items(content.not_known)
        yield "</section>"
    ledger = markup(content.ledger_id)
    yield f"</main>\n<footer>sha256 <code>{receipt.sha256}</code>, ledger <code>{ledger}</code></footer>"


def _row(each: ReceiptObject) -> str:
    path, fate = markup(_name(each)), _FATES[each.fate]
    return f'<tr><td class="path">{path}</td><td class="n">{fate}</td><td class="n">{_size(each)}</td></tr>'


def _items(lines: Iterable[str]) -> Iterator[str]:
    yield "<ul>"
    yield from (f"<li>{markup(each)}</li>" for each in lines)
    yield "</ul>"


def title(receipt: Receipt) -> str:
    """How much arrived, in one sentence. Unescaped."""
    content = receipt.content
    fates: Counter[str] = Counter()
    last: dict[str, str] = {}
    for attempt in content.attempts:
        last.update({each.relative_path: each.fate for each in attempt.objects if each.fate != "notSent"})
    fates.update(last.values())
    said = ", ".join(f"{number:,} {_FATES[fate]}" for fate, number in fates.items()) or "nothing was sent"
    whole = "every object arrived" if content.complete else f"not every object is known to have arrived ({said})"
    return f"Receipt of {content.target}: {words.count(len(last), 'object')}, {whole}"


def facts(attempt: ReceiptAttempt) -> list[tuple[str, str]]:
    """What is recorded of an attempt as (label, value); values are unescaped and may be empty."""
    batch = f", delivery {attempt.batch} of {attempt.batches}" if attempt.batches > 1 else ""
    return [
        ("attempt", f"{attempt.attempt_id}: {attempt.state.replace('_', ' ')}"),
        ("retry of", attempt.retry_of),
        ("set", f"{attempt.set}, revision {attempt.revision}{batch}"),
        ("from", _place(attempt.source)),
        ("to", _place(attempt.destination)),
        ("job", f"{attempt.job} ({attempt.job_id})"),
        ("delivery", attempt.delivery_id),
        ("claimed", attempt.claimed_on),
        ("accepted", attempt.accepted_on),
        ("ended", attempt.ended_on),
        ("run", f"{attempt.run_id}, by {attempt.who or 'somebody unknown'}"),
        ("commit", attempt.commit),
        ("log", attempt.ci_url),
    ]


def history(attempt: ReceiptAttempt) -> Iterator[str]:
    """A line for each transition. Unescaped."""
    for step in attempt.history:
        who = f", by {step.who}" if step.who else ""
        reason = f": {step.reason}" if step.reason else ""
        yield f"{step.on}  {step.state.replace('_', ' ')}{who}{reason}"


def _headline(attempt: ReceiptAttempt) -> str:
    return f"Attempt {attempt.attempt_id}: {attempt.state.replace('_', ' ')}"


def _place(place: Place) -> str:
    return " ".join(each for each in (place.name, f"({place.storage_profile_id})", place.url) if each)


def _name(each: ReceiptObject) -> str:
    slash = "/" if each.is_directory and each.relative_path != "/" else ""
    reason = f": {each.reason}" if each.reason else ""
    return f"{each.relative_path}{slash}{reason}"


def _size(each: ReceiptObject) -> str:
    if each.is_directory:
        return "folder"
    return "unknown" if each.size_in_bytes in {None, UNKNOWN_SIZE} else words.size(each.size_in_bytes or 0)
