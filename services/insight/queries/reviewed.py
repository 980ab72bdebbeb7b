"""Quality forms as they are now, and the reviews that were made with one."""

from sqlalchemy import func, select
from sqlmodel import col

from services.insight.contract import ReviewView
from services.insight.domain.period import Asked
from services.insight.models import QualityForm, QualityReview
from services.insight.queries.narrow import named_in
from services.insight.queries.newest import newest
from services.insight.queries.placed import reviews
from services.kit.db import Tx


async def forms(tx: Tx) -> list[QualityForm]:
    """Return every form in its newest version; there are few."""
    newest = select(col(QualityForm.key), func.max(col(QualityForm.version)).label("version")).group_by(col(QualityForm.key)).subquery()
    same = (newest.c.key == col(QualityForm.key)) & (newest.c.version == col(QualityForm.version))
    return await tx.all(select(QualityForm).join(newest, same).order_by(col(QualityForm.key)).limit(1000), QualityForm)


async def reviews_of(tx: Tx, form: str, reviewer: str | None, asked: Asked, page: tuple[str | None, int]) -> tuple[list[ReviewView], str | None]:
    """Return one page (cursor, size) of a form's reviews in the time and part of the house that is named, newest first."""
    kept = (col(QualityReview.form) == form, *named_in(col(QualityReview.reviewed_at), asked), *reviews(tx, asked))
    statement = select(QualityReview).where(*kept)
    if reviewer is not None:
        statement = statement.where(col(QualityReview.reviewer) == reviewer)
    return await newest(tx, statement, QualityReview, ReviewView, page)
