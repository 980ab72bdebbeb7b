"""Quality forms as they are now, and the reviews that were made with one."""

from uuid import UUID

from sqlalchemy import desc, func, select
from sqlmodel import col

from services.insight.contract import ReviewView
from services.insight.domain.period import Asked
from services.insight.models import QualityForm, QualityReview
from services.insight.queries.narrow import named_in
from services.insight.queries.placed import reviews
from services.kit.db import Tx
from services.kit.errors import InvalidInput
from services.kit.paging import decode_cursor, encode_cursor


async def forms(tx: Tx) -> list[QualityForm]:
    """Return every form in its newest version; there are few."""
    newest = select(col(QualityForm.key), func.max(col(QualityForm.version)).label("version")).group_by(col(QualityForm.key)).subquery()
    same = (newest.c.key == col(QualityForm.key)) & (newest.c.version == col(QualityForm.version))
    return await tx.all(select(QualityForm).join(newest, same).order_by(col(QualityForm.key)).limit(1000), QualityForm)


async def reviews_of(tx: Tx, form: str, reviewer: str | None, asked: Asked, page: tuple[str | None, int]) -> tuple[list[ReviewView], str | None]:
    """Return one page (cursor, size) of a form's reviews in the time and part of the house that is named, newest first."""
    cursor, limit = page
    kept = (col(QualityReview.form) == form, *named_in(col(QualityReview.reviewed_at), asked), *reviews(tx, asked))
    statement = select(QualityReview).where(*kept).order_by(desc(col(QualityReview.id))).limit(limit + 1)
    if reviewer is not None:
        statement = statement.where(col(QualityReview.reviewer) == reviewer)
    if cursor is not None:
        try:
            statement = statement.where(col(QualityReview.id) < UUID(decode_cursor(cursor, 1)[0]))
        except ValueError as wrong:
            raise InvalidInput("The cursor is not one that this list gave out.", pointer="/cursor") from wrong
    found = await tx.all(statement, QualityReview)
    views = [ReviewView.model_validate(one) for one in found[:limit]]
    return views, encode_cursor(str(views[-1].id)) if len(found) > limit else None
