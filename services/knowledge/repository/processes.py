"""Statements about process maps."""

from sqlalchemy import select
from sqlmodel import col

from services.kit.db import Tx
from services.kit.errors import NotFound
from services.knowledge.models import ProcessMap


class ProcessNotFound(NotFound):
    """There is no process with this code."""

    code = "process_not_found"


async def map_or_none(tx: Tx, code: str) -> ProcessMap | None:
    """Return a process, if there is one."""
    return await tx.first(select(ProcessMap).where(col(ProcessMap.code) == code), ProcessMap)


async def map_by_code(tx: Tx, code: str) -> ProcessMap:
    """Return a process; raises ProcessNotFound."""
    found = await map_or_none(tx, code)
    if found is None:
        raise ProcessNotFound(f"There is no process {code}.")
    return found


async def maps(tx: Tx, *, after: str | None, limit: int) -> list[ProcessMap]:
    """Return processes by code."""
    wanted = select(ProcessMap).order_by(col(ProcessMap.code)).limit(limit)
    return await tx.all(wanted if after is None else wanted.where(col(ProcessMap.code) > after), ProcessMap)
