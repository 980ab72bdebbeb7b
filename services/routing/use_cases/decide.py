"""One round of the leader: take in what changed, let lapse what nobody answered, decide, and store each offer before anybody sees it.

All in one transaction, whose first statement fails when another leader has begun a later epoch. When it does not commit, the mirror is in doubt
and the next round loads it anew: what is stored is the truth, the engine only reads it.
"""

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from services.kit.db import UnitOfWork
from services.routing.domain.contact import Trigger
from services.routing.domain.desk import Desk, moment_of, seconds_of
from services.routing.domain.engine.parts import NEVER
from services.routing.repository import desk as rows
from services.routing.use_cases.expire_offer import expire_offer
from services.routing.use_cases.match import AGENT, CONTACT, DECIDE, DESK
from services.routing.use_cases.mirror import mirror_all, mirror_changes, mirror_queues
from services.routing.use_cases.store_decisions import store_decisions, store_waiting

ROUNDS = 20
"""Rounds in one transaction: a lapsed offer changes its agent, whose next offer may be looked at at once."""


class LeadershipLostError(Exception):
    """A later leader has begun its epoch: nothing of this round was stored."""


@dataclass(slots=True)
class Mind:
    """What the leader of one epoch keeps in memory. `desk` is None while the mirror is in doubt."""

    epoch: int
    desk: Desk | None = None
    in_hand: Desk | None = field(default=None)
    recoveries: int = 0
    next_look: datetime | None = None


async def decide(uow: UnitOfWork, mind: Mind) -> int:
    """Do one round; return how many offers were made. Raises LeadershipLostError. The caller calls `settled` after the commit."""
    desk, mind.desk = mind.desk, None
    if not await rows.still_leads(uow, mind.epoch):
        raise LeadershipLostError
    agents, contacts = await _changes(uow)
    if desk is None:
        desk = Desk()
        mind.recoveries += 1
        await mirror_all(uow, desk)
    offers = 0
    for _ in range(ROUNDS):
        await mirror_queues(uow, desk)
        ending = dict.fromkeys(desk.near_their_end(seconds_of(uow.now)), Trigger.AGENT_CHANGED)
        await mirror_changes(uow, desk, ending | agents, contacts)
        arrived = [key for key, trigger in contacts.items() if key in desk.contacts_to_serve]
        if desk.prices_are_old(seconds_of(uow.now)):
            desk.price(seconds_of(uow.now), await rows.arrivals(uow))
        decided = desk.decide(seconds_of(uow.now))
        await store_decisions(uow, desk, mind.epoch, decided)
        await store_waiting(uow, desk, mind.epoch, {key: contacts[key] for key in arrived})
        offers += len(decided)
        lapsed = desk.lapsed(seconds_of(uow.now))
        if not lapsed:
            break
        for reservation_id in lapsed:
            await expire_offer(uow, reservation_id)
        agents, contacts = await _changes(uow)
    await _look_later(uow, desk)
    mind.in_hand = desk
    return offers


def settled(mind: Mind) -> None:
    """The round is stored: its mirror can be trusted."""
    mind.desk, mind.in_hand = mind.in_hand, None


async def _changes(uow: UnitOfWork) -> tuple[dict[UUID, Trigger], dict[UUID, Trigger]]:
    agents: dict[UUID, Trigger] = {}
    contacts: dict[UUID, Trigger] = {}
    for row in await rows.take_changes(uow):
        kind = {AGENT: agents, CONTACT: contacts}[row.kind]
        kind[row.key] = Trigger(row.trigger)
    return agents, contacts


async def _look_later(uow: UnitOfWork, desk: Desk) -> None:
    at = desk.next_at()
    if at < NEVER:
        await uow.schedule(DECIDE, key=DESK, at=max(moment_of(at), uow.now))
    else:
        await uow.cancel(DECIDE, key=DESK)
