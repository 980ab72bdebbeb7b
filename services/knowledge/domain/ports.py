"""What the search needs from outside: something that turns texts into vectors."""

from collections.abc import Sequence
from typing import Protocol

from services.knowledge.domain.vectors import Vectors


class Embedder(Protocol):
    """Turns texts into vectors of length 1; blocking, safe to call from several threads."""

    name: str
    """Vectors of different names are never compared."""

    @property
    def directions(self) -> Vectors | None:
        """What in its vectors tells only the language (`language_directions`); None when nobody measured it."""

    def questions(self, texts: Sequence[str]) -> Vectors:
        """Return one row per question."""

    def passages(self, texts: Sequence[str]) -> Vectors:
        """Return one row per passage."""
