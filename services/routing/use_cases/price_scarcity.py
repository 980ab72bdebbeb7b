"""Price how much other work would miss each group of agents; at most once a minute, when somebody is about to be chosen."""

from datetime import timedelta

from services.kit.db import UnitOfWork
from services.routing.domain.eligibility import from_document
from services.routing.domain.index import expected_handle_s
from services.routing.domain.scarcity import LOOK_BACK_S, PRICE_FOR_S, Group, Load, opportunities
from services.routing.repository import matching


async def price_scarcity(uow: UnitOfWork) -> None:
    """Bring the prices on the agents up to date unless they are younger than a minute. The dispatch lock is held."""
    dispatch = await matching.lock_dispatch(uow)
    if dispatch.priced_at is not None and uow.now - dispatch.priced_at < timedelta(seconds=PRICE_FOR_S):
        return
    loads = [
        Load(
            policy=from_document(each.policy),
            erlangs=each.arrivals / LOOK_BACK_S * expected_handle_s(each.expected_handle_seconds, each.handled, each.handled_seconds),
        )
        for each in await matching.class_loads(uow)
    ]
    rows = await matching.groups_on_shift(uow)
    skills = await matching.skills_of(uow, [row["member"] for row in rows])
    groups = [Group(key=row["group_key"], skills=skills[row["member"]], on_shift=row["on_shift"]) for row in rows]
    for key, price in sorted(opportunities(loads, groups).items()):
        await matching.price_group(uow, key, price)
    await matching.note_priced(uow)
