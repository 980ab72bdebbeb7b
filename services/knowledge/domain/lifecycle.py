"""The life of an article after KCS: its state says how far it may be trusted, its audience who may see it."""

from datetime import timedelta
from enum import StrEnum


class ArticleState(StrEnum):
    """Confidence in an article (KCS practices guide, technique 5.2); moves are not linear."""

    WORK_IN_PROGRESS = "work_in_progress"
    NOT_VALIDATED = "not_validated"
    VALIDATED = "validated"
    ARCHIVED = "archived"


class Audience(StrEnum):
    """Who may read an article."""

    INTERNAL = "internal"
    CUSTOMER = "customer"


LIVING = (ArticleState.WORK_IN_PROGRESS, ArticleState.NOT_VALIDATED, ArticleState.VALIDATED)
"""States that an agent's search shows."""
REUSES_TO_VALIDATE = 3
"""People other than the author who must have solved something with an article before it counts as reviewed."""
_PROMOTED = frozenset({ArticleState.WORK_IN_PROGRESS, ArticleState.NOT_VALIDATED})


def promoted_by_reuse(state: str, *, colleagues: int, open_flags: int, has_resolution: bool) -> bool:
    """Say whether reuse validates an article: reuse is review, so enough people other than its author solved something with it."""
    return state in _PROMOTED and has_resolution and not open_flags and colleagues >= REUSES_TO_VALIDATE


IDLE = timedelta(minutes=30)
"""A walk through a guide that nobody moved for so long was left."""
