"""Every SQL statement about pulses. No statement joins a participant with anything: there is nothing to join on."""

from typing import Any

from sqlalchemy import delete, func, update
from sqlmodel import col, select

from services.kit.db import Tx, UnitOfWork
from services.kit.errors import NotFound
from services.survey.models.asked import Pulse, PulseBallot, PulseGroup, PulseParticipant, PulseSpent


class PulseUnknown(NotFound):
    """There is no pulse with this key."""

    code = "pulse_unknown"


async def find_pulse(tx: Tx, key: str) -> Pulse | None:
    """Return a pulse, or None."""
    return await tx.first(select(Pulse).where(col(Pulse.key) == key), Pulse)


async def pulse(tx: Tx, key: str) -> Pulse:
    """Return a pulse; raises PulseUnknown."""
    found = await find_pulse(tx, key)
    if found is None:
        raise PulseUnknown(f"There is no pulse {key}.")
    return found


async def lock_pulse(uow: UnitOfWork, key: str) -> Pulse:
    """Return a pulse under a row lock: answers are settled one batch at a time. Raises PulseUnknown."""
    found = await uow.first(select(Pulse).where(col(Pulse.key) == key).with_for_update(), Pulse)
    if found is None:
        raise PulseUnknown(f"There is no pulse {key}.")
    return found


async def groups(tx: Tx, key: str) -> list[PulseGroup]:
    """Return the groups of a pulse."""
    return await tx.all(select(PulseGroup).where(col(PulseGroup.pulse) == key).limit(1000), PulseGroup)


async def group(tx: Tx, number: int) -> PulseGroup | None:
    """Return the group of a link, or None."""
    return await tx.first(select(PulseGroup).where(col(PulseGroup.number) == number), PulseGroup)


async def add_link(uow: UnitOfWork, key: str, number: int) -> None:
    """Count one more link of a group."""
    mine = (col(PulseGroup.pulse) == key, col(PulseGroup.number) == number)
    await uow.execute(update(PulseGroup).where(*mine).values(invited=col(PulseGroup.invited) + 1))


async def take_part(uow: UnitOfWork, key: str, person: str) -> bool:
    """Note that somebody gets a link; False when they had one."""
    return await uow.insert_ignore(PulseParticipant, {"pulse": key, "person": person})


async def is_spent(tx: Tx, token_hash: str) -> bool:
    """Say whether a link was used."""
    return await tx.scalar(select(PulseSpent.token_hash).where(col(PulseSpent.token_hash) == token_hash)) is not None


async def spend(uow: UnitOfWork, token_hash: str) -> bool:
    """Use a link; False when it was used before."""
    return await uow.insert_ignore(PulseSpent, {"token_hash": token_hash})


async def waiting(tx: Tx, key: str) -> int:
    """Return how many answers wait to be settled."""
    found: int = await tx.scalar(select(func.count()).where(col(PulseBallot.pulse) == key, col(PulseBallot.settled).is_(False)))
    return found


async def take_waiting(uow: UnitOfWork, key: str) -> list[PulseBallot]:
    """Return the answers that wait, and delete them."""
    mine = (col(PulseBallot.pulse) == key, col(PulseBallot.settled).is_(False))
    found = await uow.all(select(PulseBallot).where(*mine), PulseBallot)
    await uow.execute(delete(PulseBallot).where(*mine))
    return found


async def write_ballots(uow: UnitOfWork, rows: list[dict[str, Any]]) -> None:
    """Write answers."""
    await uow.insert(PulseBallot, *rows)


async def settled(tx: Tx, key: str) -> list[PulseBallot]:
    """Return the settled answers, ordered by their random ids."""
    mine = (col(PulseBallot.pulse) == key, col(PulseBallot.settled))
    return await tx.all(select(PulseBallot).where(*mine).order_by(col(PulseBallot.id)), PulseBallot)
