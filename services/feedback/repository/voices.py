"""Statements about voices, follow-ups and people."""

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import Select, func, or_, select
from sqlmodel import col

from services.feedback.domain.categorising import Place
from services.feedback.domain.follow_up_rules import Rule, in_force
from services.feedback.domain.items import CATEGORISED, RECEIVED, REMOVED
from services.feedback.domain.sentiment import NEGATIVE
from services.feedback.models import (
    Correction,
    CustomerAlias,
    Department,
    FollowUp,
    FollowUpRule,
    Initiative,
    Item,
    TaxonomyCode,
    Telling,
    WebhookEvent,
    WebhookSource,
)
from services.kit.db import Tx
from services.kit.errors import NotFound

HOPS = 5
"""Merges of merges that are followed."""


async def item(tx: Tx, item_id: UUID) -> Item:
    """Return the item; raises NotFound."""
    found = await tx.first(select(Item).where(col(Item.id) == item_id), Item)
    if found is None:
        raise NotFound(f"There is no feedback item {item_id}.")
    return found


async def item_by_external(tx: Tx, source: str, external_id: str) -> Item | None:
    """Return the item that this source calls so; None when it never came."""
    return await tx.first(select(Item).where(col(Item.source) == source, col(Item.external_id) == external_id), Item)


async def review_queue(tx: Tx, after: tuple[float, UUID] | None, limit: int, *, by_lot: bool) -> list[Item]:
    """Return what a person should look at, most informative first; or what the lot chose (their ranks are negative)."""
    side = col(Item.review_rank) < 0 if by_lot else col(Item.review_rank) >= 0
    statement = select(Item).where(side, col(Item.state) == CATEGORISED)
    if after is not None:
        rank, item_id = after
        statement = statement.where(or_(col(Item.review_rank) < rank, (col(Item.review_rank) == rank) & (col(Item.id) < item_id)))
    return await tx.all(statement.order_by(col(Item.review_rank).desc(), col(Item.id).desc()).limit(limit), Item)


async def items_to_categorise(tx: Tx, limit: int) -> list[Item]:
    """Return what waits to be read, longest waiting first."""
    waiting = select(Item).where(col(Item.state) == RECEIVED, col(Item.categorise_from) <= tx.now)
    return await tx.all(waiting.order_by(col(Item.categorise_from)).limit(limit), Item)


async def earlier_negatives(tx: Tx, customer_ids: Collection[UUID], since: datetime) -> dict[UUID, int]:
    """Return how many negative items each customer left since then."""
    if not customer_ids:
        return {}
    statement = (
        select(col(Item.customer_id), func.count().label("n"))
        .where(col(Item.customer_id).in_(customer_ids), col(Item.sentiment) == NEGATIVE, col(Item.said_at) >= since)
        .group_by(col(Item.customer_id))
    )
    return {row["customer_id"]: row["n"] for row in await tx.rows(statement)}


async def corrections(tx: Tx, item_id: UUID) -> list[Correction]:
    """Return the corrections of an item, oldest first."""
    return await tx.all(select(Correction).where(col(Correction.item_id) == item_id).order_by(col(Correction.id)), Correction)


async def departments(tx: Tx) -> list[Department]:
    """Return all departments by key."""
    return await tx.all(select(Department).order_by(col(Department.key)), Department)


async def taxonomy(tx: Tx) -> list[TaxonomyCode]:
    """Return all codes of all axes."""
    return await tx.all(select(TaxonomyCode).order_by(col(TaxonomyCode.axis), col(TaxonomyCode.code)), TaxonomyCode)


async def taxonomy_code(tx: Tx, axis: str, code: str) -> TaxonomyCode | None:
    """Return one code; None when the taxonomy does not have it."""
    return await tx.first(select(TaxonomyCode).where(col(TaxonomyCode.axis) == axis, col(TaxonomyCode.code) == code), TaxonomyCode)


def current_codes(known: Iterable[TaxonomyCode]) -> dict[str, str]:
    """Return for each merged code of one axis the code that stands in its place now."""
    merged = {code.code: code.merged_into for code in known if code.merged_into is not None}
    found = {}
    for code, into in merged.items():
        at, steps = into, 0
        while at in merged and steps < len(merged):
            at, steps = merged[at], steps + 1
        found[code] = at
    return found


async def places(tx: Tx) -> dict[str, Place]:
    """Return where each active driver belongs."""
    return {code.code: Place(code.department, code.product) for code in await taxonomy(tx) if code.axis == "driver" and code.active}


async def webhook_sources(tx: Tx, kind: str | None = None) -> list[WebhookSource]:
    """Return the sources (of one kind) by key."""
    statement = select(WebhookSource).order_by(col(WebhookSource.key))
    return await tx.all(statement if kind is None else statement.where(col(WebhookSource.kind) == kind), WebhookSource)


async def rules(tx: Tx) -> tuple[Rule, ...]:
    """Return the follow-up rules in force: the shipped ones under the organisation's own."""
    own = await tx.all(select(FollowUpRule).order_by(col(FollowUpRule.key)), FollowUpRule)
    return in_force(Rule(**{**row.rule, "kinds": tuple(row.rule["kinds"]), "drivers": tuple(row.rule["drivers"])}) for row in own)


async def follow_up(tx: Tx, follow_up_id: UUID) -> FollowUp:
    """Return the follow-up; raises NotFound."""
    found = await known_follow_up(tx, follow_up_id)
    if found is None:
        raise NotFound(f"There is no follow-up {follow_up_id}.")
    return found


async def known_follow_up(tx: Tx, follow_up_id: UUID) -> FollowUp | None:
    """Return the follow-up, None when there is none."""
    return await tx.first(select(FollowUp).where(col(FollowUp.id) == follow_up_id), FollowUp)


async def follow_ups(tx: Tx, state: str | None, customer_id: UUID | None, before: UUID | None, limit: int) -> list[FollowUp]:
    """Return follow-ups newest first."""
    statement: Select[Any] = select(FollowUp)
    if state is not None:
        statement = statement.where(col(FollowUp.state) == state)
    if customer_id is not None:
        statement = statement.where(col(FollowUp.customer_id) == customer_id)
    if before is not None:
        statement = statement.where(col(FollowUp.id) < before)
    return await tx.all(statement.order_by(col(FollowUp.id).desc()).limit(limit), FollowUp)


async def open_follow_ups(tx: Tx, customer_ids: Collection[UUID]) -> list[FollowUp]:
    """Return the open follow-ups of a person (all ids), newest first; locked until the end of the transaction."""
    statement = select(FollowUp).where(col(FollowUp.customer_id).in_(customer_ids), col(FollowUp.state) != "closed")
    return await tx.all(statement.order_by(col(FollowUp.id).desc()).with_for_update(), FollowUp)


async def survivors(tx: Tx, customer_ids: Iterable[UUID]) -> dict[UUID, UUID]:
    """Return for each id the customer that it was merged into (itself when it was not)."""
    now = {one: one for one in customer_ids}
    for _ in range(HOPS):
        if not now:
            break
        rows = await tx.all(select(CustomerAlias).where(col(CustomerAlias.merged_id).in_(set(now.values()))), CustomerAlias)
        steps = {row.merged_id: row.survivor_id for row in rows}
        if not steps:
            break
        now = {one: steps.get(place, place) for one, place in now.items()}
    return now


async def person_ids(tx: Tx, customer_id: UUID) -> set[UUID]:
    """Return every id of the person: the survivor and all that were merged into it."""
    found = {(await survivors(tx, [customer_id]))[customer_id]}
    for _ in range(HOPS):
        rows = await tx.all(select(CustomerAlias).where(col(CustomerAlias.survivor_id).in_(found)), CustomerAlias)
        more = {row.merged_id for row in rows} - found
        if not more:
            break
        found |= more
    return found


async def initiative(tx: Tx, initiative_id: UUID) -> Initiative:
    """Return a published initiative; raises NotFound."""
    found = await tx.first(select(Initiative).where(col(Initiative.initiative_id) == initiative_id), Initiative)
    if found is None:
        raise NotFound(f"There is no initiative {initiative_id} here.")
    return found


async def contributors(tx: Tx, driver: str, since: datetime, after: UUID | None, limit: int) -> list[UUID]:
    """Return customers who spoke about the driver since then, by id."""
    statement = select(col(Item.customer_id)).where(
        col(Item.driver) == driver, col(Item.said_at) >= since, col(Item.customer_id).is_not(None), col(Item.counted), col(Item.state) != REMOVED
    )
    if after is not None:
        statement = statement.where(col(Item.customer_id) > after)
    rows = await tx.rows(statement.distinct().order_by(col(Item.customer_id)).limit(limit))
    return [row["customer_id"] for row in rows]


async def telling(tx: Tx, initiative_id: UUID, customer_id: UUID) -> Telling | None:
    """Return the plan to tell this customer."""
    statement = select(Telling).where(col(Telling.initiative_id) == initiative_id, col(Telling.customer_id) == customer_id)
    return await tx.first(statement, Telling)


async def newest_per_customer(tx: Tx, model: type[Item] | type[FollowUp], customer_ids: Collection[UUID], each: int) -> list[Any]:
    """Return the newest `each` rows of every customer in one statement."""
    place = func.row_number().over(partition_by=col(model.customer_id), order_by=col(model.id).desc()).label("place")
    ranked = select(col(model.id).label("ranked_id"), place).where(col(model.customer_id).in_(customer_ids)).subquery()
    chosen = select(ranked.c.ranked_id).where(ranked.c.place <= each)
    return list(await tx.all(select(model).where(col(model.id).in_(chosen)).order_by(col(model.id).desc()), model))


async def webhook_events(tx: Tx, item_id: UUID) -> list[WebhookEvent]:
    """Return what a platform sent about one review, oldest first."""
    return await tx.all(select(WebhookEvent).where(col(WebhookEvent.item_id) == item_id).order_by(col(WebhookEvent.id)), WebhookEvent)


async def unknown_webhook_events(tx: Tx, limit: int) -> list[WebhookEvent]:
    """Return the newest events that nobody understood."""
    unknown = select(WebhookEvent).where(col(WebhookEvent.outcome).in_(("unknown", "unreadable")))
    return await tx.all(unknown.order_by(col(WebhookEvent.id).desc()).limit(limit), WebhookEvent)
