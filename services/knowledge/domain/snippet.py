"""The piece of an article that answers, with the found words marked."""

import html
import re
from collections.abc import Sequence

from services.knowledge.domain.analysis import Hit, places

LENGTH = 240
"""Characters of a snippet."""
_SPECIAL = re.compile("[&<>\"']")


def snippet(text: str, language: str, wanted: frozenset[str]) -> str:
    """Return the stretch with the most different wanted terms as HTML: everything escaped, hits in <mark>."""
    return stretch(text, places(text, language, wanted))


def stretch(text: str, hits: Sequence[Hit]) -> str:
    """Return the same, where the wanted terms are known to stand there."""
    start = _best_start(hits)
    start = _word_start(text, max(0, start - LENGTH // 6))
    end = _word_end(text, min(len(text), start + LENGTH))
    return ("… " if start else "") + marked(text, start, end, hits) + (" …" if end < len(text) else "")


def marked(text: str, start: int, end: int, hits: Sequence[Hit]) -> str:
    """Return text[start:end] escaped, every stretch of hits in one <mark>; bigrams that overlap become one."""
    escape = html.escape if _SPECIAL.search(text, start, end) else str  # most texts have nothing to escape, and are looked through once
    parts: list[str] = []
    at = start
    for left, right in _joined(hits):
        if left < at or right > end:
            continue
        parts += [escape(text[at:left]), "<mark>", escape(text[left:right]), "</mark>"]
        at = right
    return "".join(parts) + escape(text[at:end])


def _joined(hits: Sequence[Hit]) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    last = -1
    for _, start, end in hits:
        if start <= last:
            last = max(last, end)
            spans[-1] = (spans[-1][0], last)
        else:
            last = end
            spans.append((start, end))
    return spans


def _best_start(hits: Sequence[Hit]) -> int:
    best, chosen, left = 0, 0, 0
    inside: dict[str, int] = {}
    for at, (term, _, end) in enumerate(hits):
        inside[term] = inside.get(term, 0) + 1
        while left < at and end - hits[left][1] > LENGTH * 2 // 3:  # one word may be longer than that by itself
            gone = hits[left][0]
            inside[gone] -= 1
            if not inside[gone]:
                del inside[gone]
            left += 1
        if len(inside) > best:
            best, chosen = len(inside), hits[left][1]
    return chosen


def _word_start(text: str, at: int) -> int:
    if at == 0:
        return 0
    space = text.find(" ", at, at + 20)
    return at if space < 0 else space + 1


def _word_end(text: str, at: int) -> int:
    if at >= len(text):
        return len(text)
    space = text.rfind(" ", max(0, at - 20), at)
    return at if space < 0 else space
