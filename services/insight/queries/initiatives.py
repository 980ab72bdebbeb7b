"""An initiative with its effect so far, and what the public board shows."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from sqlalchemy import and_, desc, func, or_, select
from sqlmodel import col

from services.insight import repository
from services.insight.contract import BoardEntryView, EffectView, InitiativeDetailView, InitiativeView, PeriodView, SideView
from services.insight.domain.definitions import DEFINITIONS, Definition
from services.insight.domain.effect import Verdict, effect
from services.insight.domain.figures import Figure, figure
from services.insight.domain.messages import in_language
from services.insight.domain.period import Asked, Period
from services.insight.models import Initiative, ToldFact
from services.insight.queries.metrics import counted, interval_view
from services.kit.db import Tx
from services.kit.errors import InvalidInput
from services.kit.paging import decode_cursor, encode_cursor


def _side(found: Figure, period: Period) -> SideView:
    return SideView(
        period=PeriodView(start=period.start, end=period.end),
        n=found.denominator,
        value=found.raw.value if found.raw else None,
        interval=interval_view(found.raw.interval) if found.raw else None,
        withheld=found.withheld,
    )


async def _figure(tx: Tx, definition: Definition, driver: str, period: Period, minimum: int) -> Figure:
    answers, _ = await counted(tx, definition, period, Asked(period.start, period.end, {"driver": driver}))
    return figure(definition, answers, minimum=minimum)


async def effect_of(tx: Tx, found: Initiative, *, minimum: int, effect_minimum: int) -> EffectView:
    """Compare the baseline window with the time from the start to the due date, as far as it has gone."""
    definition = DEFINITIONS[found.target["metric"]]
    target = float(found.target["value"])
    baseline = Period(found.baseline_from, found.baseline_to)
    before = await _figure(tx, definition, found.driver, baseline, minimum)
    final = found.started_at is not None and tx.now >= found.due
    until = min(tx.now, found.due) + timedelta(microseconds=0 if final else 1)
    if found.started_at is None or found.started_at >= until:
        return EffectView(
            definition_id=definition.definition_id,
            before=_side(before, baseline),
            after=None,
            difference=None,
            interval=None,
            verdict=Verdict.TOO_EARLY,
            reason="The initiative has not been started.",
            target=target,
            target_reached=None,
            final=False,
        )
    since = Period(found.started_at, until)
    after = await _figure(tx, definition, found.driver, since, minimum)
    judged = effect(definition, before, after, target=target, minimum=effect_minimum)
    return EffectView(
        definition_id=definition.definition_id,
        before=_side(before, baseline),
        after=_side(after, since),
        difference=judged.difference,
        interval=interval_view(judged.interval) if judged.interval else None,
        verdict=judged.verdict,
        reason=judged.reason,
        target=target,
        target_reached=judged.target_reached,
        final=final,
    )


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
    return InitiativeDetailView.model_validate({**plain.model_dump(), "effect": judged, "contributors_told": told})


async def listed(tx: Tx, driver: str | None, cursor: str | None, limit: int) -> tuple[list[InitiativeView], str | None]:
    """Return one page of initiatives, newest first, and where the next one begins."""
    found = await repository.initiatives(tx, driver, _id(cursor), limit + 1)
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
