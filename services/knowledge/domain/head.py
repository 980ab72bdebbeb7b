"""What a result shows of an article, a guide or a peer answer."""

import sys
from array import array
from collections.abc import Container
from dataclasses import dataclass
from datetime import datetime

from services.knowledge.domain.analysis import Everything, Hit, places
from services.knowledge.domain.vectors import text_parts


@dataclass(frozen=True, slots=True)
class Head:
    """Title, words and language of one piece of knowledge."""

    title: str
    plain: str
    language: str
    version: int
    review_at: datetime | None
    """When somebody should look whether it is still right; None when nobody named a day, and of everything that is no article."""

    def parts(self) -> list[str]:
        """Return its text as it is embedded."""
        return text_parts(self.title, self.plain) if self.title or self.plain else []

    def hits(self, wanted: Container[str]) -> list[Hit]:
        """Return where some terms stand in its text."""
        return places(self.plain, self.language, wanted)


@dataclass(frozen=True, slots=True)
class ReadHead(Head):
    """A head whose text was read before."""

    terms: tuple[str, ...]
    """Those of the text, in order."""
    places: "array[int]"
    """Of each, the first character that it stands for, and the first behind."""

    def hits(self, wanted: Container[str]) -> list[Hit]:
        """Return where some terms stand in its text, without reading it again."""
        return [(term, self.places[2 * at], self.places[2 * at + 1]) for at, term in enumerate(self.terms) if term in wanted]


def read(head: Head) -> ReadHead:
    """Read the text of a head; costs 16 bytes for each term."""
    found = places(head.plain, head.language, Everything())
    terms = tuple([sys.intern(term) for term, _, _ in found])
    stand = array("I", [at for _, start, end in found for at in (start, end)])
    return ReadHead(head.title, head.plain, head.language, head.version, head.review_at, terms, stand)
