"""Relationship programmes: every so often for each person, counted from when they became known.

So nobody is asked again after two days because a calendar quarter began.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from services.kit.db import UnitOfWork
from services.survey.domain.programme import Rules, Trigger
from services.survey.domain.sampling import lot_of
from services.survey.models import Anchor
from services.survey.repository import asking, planning
from services.survey.use_cases.plan_ask import Occasion, plan_ask
from services.survey.use_cases.rules_of import rules_of
from services.survey.use_cases.take_response import NOWHERE

ANCHOR = "anchor_people"
COME_ROUND = "come_round"
AT_ONCE = 500


def round_at(anchored_at: datetime, number: int, rules: Rules, customer_id: UUID, programme: str, key: bytes) -> datetime:
    """Return when round `number` (1 the first) of a person is: so many periods after the anchor, and a lasting jitter drawn by the keyed lot."""
    rhythm = rules.rhythm
    if rhythm is None:
        raise ValueError(programme)
    jitter = lot_of(f"jitter:{customer_id}", programme, key) * rhythm.jitter_days
    return anchored_at + timedelta(days=rhythm.every_days * number + jitter)


async def anchor_people(uow: UnitOfWork, programme_key: str, after: str | None) -> None:
    """Anchor everybody who is known, five hundred at a time; who was anchored before keeps the old anchor."""
    programme = await asking.current_programme(uow, programme_key)
    if programme is None or programme.state != "active" or rules_of(programme).rhythm is None:
        return
    people = await planning.people_after(uow, UUID(after) if after else None, AT_ONCE)
    for customer_id in people:
        await _anchor(uow, programme_key, rules_of(programme), customer_id)
    if len(people) == AT_ONCE:
        await uow.schedule(ANCHOR, key=programme_key, at=uow.now, payload={"after": str(people[-1])})


async def anchor_new(uow: UnitOfWork, customer_ids: Sequence[UUID]) -> None:
    """Anchor people who became known, in every relationship programme."""
    for programme in await asking.programmes_for(uow, Trigger.RELATIONSHIP) if customer_ids else ():
        for customer_id in customer_ids:
            await _anchor(uow, programme.key, rules_of(programme), customer_id)


async def _anchor(uow: UnitOfWork, programme: str, rules: Rules, customer_id: UUID) -> None:
    found = await planning.anchor(uow, programme, customer_id, uow.now)
    if found is not None:
        await _schedule(uow, found, found.round + 1, rules)


async def _schedule(uow: UnitOfWork, found: Anchor, number: int, rules: Rules) -> None:
    at = round_at(found.anchored_at, number, rules, found.customer_id, found.programme, uow.secret("survey lot"))
    await uow.schedule(COME_ROUND, key=f"{found.programme}:{found.customer_id}", at=at)


async def come_round(uow: UnitOfWork, key: str) -> None:
    """Plan one round for one person, and the next."""
    programme_key, _, customer = key.rpartition(":")
    customer_id = UUID(customer)
    programme = await asking.current_programme(uow, programme_key)
    found = await planning.anchor(uow, programme_key, customer_id, uow.now)
    if programme is None or programme.state != "active" or found is None or rules_of(programme).rhythm is None:
        return
    number, rules = found.round + 1, rules_of(programme)
    await planning.next_round(uow, found, number)
    occasion = Occasion(Trigger.RELATIONSHIP, f"round:{programme_key}:{customer_id}:{number}", customer_id, "relationship", uow.now, NOWHERE, {})
    await plan_ask(uow, occasion, only=programme_key)
    await _schedule(uow, found, number + 1, rules)
