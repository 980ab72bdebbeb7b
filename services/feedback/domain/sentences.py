"""A text in parts that may judge different things: sentences, and what stands before and after a "but"."""

# ruff: noqa: RUF001 - the words are of many languages

import re

from services.feedback.domain.categorising import Sentence
from services.feedback.domain.normalise import for_models

MOST_SENTENCES = 8
LEAST_SIGNS = {True: 4, False: 8}
"""Signs of a part that says something; scripts without spaces need fewer."""
_END = re.compile(r"[.!?…]+(?=\s|$)|[。！？；]+|\n+|[.!?](?=[A-ZА-Я])")
_BUT = re.compile(
    r"[,，、;；–-]?\s*\b(?:but|however|although|aber|jedoch|allerdings|mais|cependant|pourtant|pero|sin embargo|aunque|ma|però|tuttavia|mas|porém"
    r"|contudo|но|однако|зато|ama|fakat|ancak)\b|[,，、]?\s*(?:但是|但|不过|然而|可是)|[,،]?\s*(?:ولكن|لكن)\b",
    re.IGNORECASE,
)
_UNSPACED = re.compile(r"[\u3041-\u30ff\u3400-\u4dbf\u4e00-\u9fff\u0e00-\u0e7f]")


def parts(text: str) -> list[Sentence]:
    """Return up to eight parts with their places in `text`; what says too little is left out."""
    found: list[Sentence] = []
    for start, end in _pieces(text, 0, len(text), _END, keep=True):
        for first, last in _pieces(text, start, end, _BUT, keep=False):
            said = text[first:last].strip(" ,;，、")
            plain = for_models(said)
            if len(plain) >= LEAST_SIGNS[bool(_UNSPACED.search(plain))]:
                at = text.index(said, first)
                found.append(Sentence(plain, at, at + len(said)))
            if len(found) == MOST_SENTENCES:
                return found
    return found


def _pieces(text: str, start: int, end: int, mark: re.Pattern[str], *, keep: bool) -> list[tuple[int, int]]:
    """Cut at every mark; `keep` leaves the mark with the piece before it."""
    pieces, at = [], start
    for match in mark.finditer(text, start, end):
        pieces.append((at, match.end() if keep else match.start()))
        at = match.end()
    return [(first, last) for first, last in [*pieces, (at, end)] if first < last]
