"""The heads of the lines that one group may serve, weighed all at once."""

import math

import numpy as np

from services.routing.domain.engine.lines import Lines
from services.routing.domain.engine.parts import DeskAgent, WaitingContact
from services.routing.domain.engine.rows import GroupRow
from services.routing.domain.engine.tables import Floats

NOTHING = -math.inf
"""The worth of a line out of which nobody can be served."""


def index_of(lines: Lines, row: GroupRow, waited: Floats) -> Floats:
    """Return I of a whole row: rise · waited + (debt + rise · credit), times base."""
    index: Floats = lines.rises[row.queue]
    start = index * row.credit
    start += lines.debts[row.queue]
    index *= waited
    index += start
    index *= row.base
    return index


def undisputed(lines: Lines, row: GroupRow, waited: Floats, agent: DeskAgent) -> tuple[WaitingContact | None, bool]:
    """Return whom the agent serves next, and whether for having waited beyond the limit, if the heads of the lines alone say so.

    None where it takes a closer look: nobody may be served, two are worth the same, or the best one is not new to this agent.
    """
    if not waited.size:
        return None, False
    place = int(waited.argmax())
    if waited.item(place) > row.never_hungry_to:
        starving = waited
        if waited.item(place) <= row.hungry_at.item(place):
            starving = np.where(waited > row.hungry_at, waited, NOTHING)
            place = int(starving.argmax())
        if starving.item(place) > NOTHING:
            return _only(lines, row, starving, place, agent), True
    worth = index_of(lines, row, waited)
    np.putmask(worth, waited < row.after, NOTHING)
    return _only(lines, row, worth, int(worth.argmax()), agent), False


def _only(lines: Lines, row: GroupRow, worth: Floats, place: int, agent: DeskAgent) -> WaitingContact | None:
    """Return the head of the line that is worth the most (at `place`), if no other is worth as much and it is new to the agent; else None."""
    value = worth.item(place)
    worth[place] = NOTHING
    second = worth.item(int(worth.argmax()))
    worth[place] = value
    if second == value:
        return None
    contact = lines.in_line[row.cls.item(place)][0]
    return contact if contact.is_new_to(agent.id) else None
