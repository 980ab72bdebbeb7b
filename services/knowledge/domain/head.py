"""What a result shows of an article, a guide or a peer answer."""

from dataclasses import dataclass
from datetime import datetime

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
