"""The piece of an article that answers, with the found words marked."""

import html
import re

from services.knowledge.domain.analysis import Token, places

LENGTH = 240
"""Characters of a snippet."""
_SPECIAL = re.compile("[&<>\"']")


def snippet(text: str, language: str, wanted: frozenset[str]) -> str:
    """Return the stretch with the most different wanted terms as HTML: everything escaped, hits in <mark>."""
    hits = places(text, language, wanted)
    start = _best_start(hits)
    start = _word_start(text, max(0, start - LENGTH // 6))
    end = _word_end(text, min(len(text), start + LENGTH))
    return ("… " if start else "") + marked(text, start, end, hits) + (" …" if end < len(text) else "")


def marked(text: str, start: int, end: int, hits: list[Token]) -> str:
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


def _joined(hits: list[Token]) -> list[tuple[int, int]]:
    spans: list[tuple[int, int]] = []
    for hit in hits:
        if spans and hit.start <= spans[-1][1]:
            spans[-1] = (spans[-1][0], max(spans[-1][1], hit.end))
        else:
            spans.append((hit.start, hit.end))
    return spans


def _best_start(hits: list[Token]) -> int:
    best, chosen, left = 0, 0, 0
    inside: dict[str, int] = {}
    for hit in hits:
        inside[hit.term] = inside.get(hit.term, 0) + 1
        while hits[left] is not hit and hit.end - hits[left].start > LENGTH * 2 // 3:  # one word may be longer than that by itself
            gone = hits[left].term
            inside[gone] -= 1
            if not inside[gone]:
                del inside[gone]
            left += 1
        if len(inside) > best:
            best, chosen = len(inside), hits[left].start
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
