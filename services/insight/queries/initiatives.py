"""An initiative with its effect so far, and what the public board shows."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from uuid import UUID

from sqlalchemy import and_, desc, func, or_, select
from sqlmodel import col

from services.insight import repository
from services.insight.contract import BoardEntryView, InitiativeDetailView, InitiativeView
from services.insight.domain.messages import in_language
from services.insight.models import Initiative, ToldFact
from services.insight.queries.effects import effect_of, loop_of
from services.kit.db import Tx
from services.kit.errors import InvalidInput
from services.kit.paging import decode_cursor, encode_cursor


async def told_counts(tx: Tx, ids: Sequence[UUID]) -> Mapping[UUID, int]:
    """Return how many contributors of each initiative were told."""
    which = col(ToldFact.initiative_id).in_(ids)
    grouped = select(col(ToldFact.initiative_id), func.count().label("told")).where(which)
    return {row["initiative_id"]: row["told"] for row in await tx.rows(grouped.group_by(col(ToldFact.initiative_id)))}


async def detail(tx: Tx, initiative_id: UUID, minimum: int, effect_minimum: int) -> InitiativeDetailView:
    """Return one initiative with its effect; raises NotFound."""
    found = await repository.initiative(tx, initiative_id)
    judged = await effect_of(tx, found, minimum=minimum, effect_minimum=effect_minimum)
    told = (await told_counts(tx, [found.id])).get(found.id, 0)
    plain = InitiativeView.model_validate(found)
    return InitiativeDetailView.model_validate({**plain.model_dump(), "effect": judged, "loop": await loop_of(tx, found), "contributors_told": told})


async def listed(tx: Tx, driver: str | None, evidence: UUID | None, cursor: str | None, limit: int) -> tuple[list[InitiativeView], str | None]:
    """Return one page of initiatives, newest first, and where the next one begins.

    `evidence` is a follow-up or feedback item: the way from the inner loop to what is done about its cause.
    """
    found = await repository.initiatives(tx, driver, evidence, _id(cursor), limit + 1)
    views = [InitiativeView.model_validate(one) for one in found[:limit]]
    return views, encode_cursor(str(views[-1].id)) if len(found) > limit else None


def _id(cursor: str | None) -> UUID | None:
    if cursor is None:
        return None
    try:
        return UUID(decode_cursor(cursor, 1)[0])
    except ValueError as wrong:
        raise InvalidInput("The cursor is not one that this list gave out.", pointer="/cursor") from wrong


async def board(tx: Tx, language: str, cursor: str | None, limit: int) -> tuple[list[BoardEntryView], str | None]:
    """Return one page of what changed because customers spoke, newest first: no names, no figures, no internal titles."""
    statement = select(Initiative).where(col(Initiative.published_at).is_not(None))
    if cursor is not None:
        moment, known = decode_cursor(cursor, 2)
        try:
            at, last = datetime.fromisoformat(moment).astimezone(UTC), UUID(known)
        except (ValueError, OverflowError) as wrong:
            raise InvalidInput("The cursor is not one that this list gave out.", pointer="/cursor") from wrong
        same = and_(col(Initiative.published_at) == at, col(Initiative.id) < last)
        statement = statement.where(or_(col(Initiative.published_at) < at, same))
    order = (desc(col(Initiative.published_at)), desc(col(Initiative.id)))
    found = await tx.all(statement.order_by(*order).limit(limit + 1), Initiative)
    page = found[:limit]
    told = await told_counts(tx, [one.id for one in page])
    entries = [_entry(one, language, told.get(one.id, 0)) for one in page]
    more = len(found) > limit
    return entries, encode_cursor(entries[-1].published_at.isoformat(), str(entries[-1].initiative_id)) if more else None


def _entry(found: Initiative, language: str, told: int) -> BoardEntryView:
    spoken, message = in_language(found.messages, language)
    return BoardEntryView.model_validate(
        {
            "initiative_id": found.id,
            "language": spoken,
            "message": message,
            "published_at": found.published_at,
            "contributors_told": told,
        },
    )
