"""The heads of the lines that one group may serve, weighed all at once."""

import math

import numpy as np

from services.routing.domain.engine.lines import Lines
from services.routing.domain.engine.parts import NEVER, DeskAgent, WaitingContact
from services.routing.domain.engine.rows import GroupRow
from services.routing.domain.engine.tables import Floats

NOTHING = -math.inf
"""The worth of a line out of which nobody can be served."""
STEPPED_OVER = 3
"""So many of the oldest, who may not be served yet, are stepped over one by one before all are looked at."""


def index_of(lines: Lines, row: GroupRow, waited: Floats) -> Floats:
    """Return I of a whole row: rise · waited + (debt + rise · credit), times base."""
    index: Floats = lines.rises[row.queue]
    start = index * row.credit
    start += lines.debts[row.queue]
    index *= waited
    index += start
    index *= row.base
    return index


def undisputed(lines: Lines, row: GroupRow, now: float, agent: DeskAgent) -> tuple[WaitingContact | None, bool]:
    """Return whom the agent serves next, and whether for having waited beyond the limit, if the heads of the lines alone say so.

    None where it takes a closer look: nobody may be served, two are worth the same, or the best one is not new to this agent.
    """
    since = lines.heads[row.cls]
    if not since.size:
        return None, False
    place = since.argmin()
    oldest = since.item(place)
    hungry = now - oldest > row.never_hungry_to
    if hungry:
        for _ in range(STEPPED_OVER):
            if now - oldest > row.hungry_at.item(place):
                break
            since[place] = NEVER
            place = since.argmin()
            oldest = since.item(place)
        else:
            np.putmask(since, now - since <= row.hungry_at, NEVER)
            place = since.argmin()
            oldest = since.item(place)
        hungry = oldest < NEVER
    if hungry:
        since[place] = NEVER
        tied = since.item(since.argmin()) == oldest
    else:
        waited = now - lines.heads[row.cls]
        worth = index_of(lines, row, waited)
        worth[waited < row.after] = NOTHING
        place = worth.argmax()
        value = worth.item(place)
        worth[place] = NOTHING
        tied = worth.item(worth.argmax()) == value
    if tied:
        return None, False
    contact = lines.in_line[row.cls.item(place)][0]
    return (contact if contact.is_new_to(agent.id) else None), hungry
