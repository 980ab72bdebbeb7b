"""The last good answer of a service, kept for a moment: shown, marked STALE, while the service is silent.

Kept as it came, with the fields that were asked for: whoever selects no more than these may have it.
"""

import time
from collections import OrderedDict
from dataclasses import dataclass, field
from uuid import UUID

from gateway.clients.views import FieldPaths
from services.kit.auth import Principal

Key = tuple[str, tuple[UUID, ...], tuple[str, ...], int | None]
"""Service, records asked about (none: the one of the id), sections, entries of the timeline."""
REMEMBERED = 200
ANSWERS = 20
PEOPLE = 10_000


@dataclass(slots=True)
class KnownPeople:
    """The records of persons who have several, as customers told them last: a guess whom to ask about, so that nobody waits for the answer first.

    It is checked by every answer of customers and shows nobody anything, so it needs no end in time and may be shared between principals.
    """

    _records: OrderedDict[UUID, tuple[UUID, ...]] = field(default_factory=OrderedDict)

    def of(self, asked: UUID) -> tuple[UUID, ...]:
        """Return the records of the person with this id, the survivor's first; the id alone where nothing else is known."""
        return self._records.get(asked, (asked,))

    def learn(self, asked: UUID, members: tuple[UUID, ...]) -> None:
        """Remember what customers told."""
        if members == (asked,):
            self._records.pop(asked, None)
            return
        self._records[asked] = members
        self._records.move_to_end(asked)
        if len(self._records) > PEOPLE:
            self._records.popitem(last=False)


class Kept:
    """The last answers about one person to one principal, at most 20: six services, asked for different sections."""

    __slots__ = ("_known", "_seconds")

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._known: dict[tuple[Key, FieldPaths | None], tuple[float, bytes]] = {}

    def keep(self, key: Key, fields: FieldPaths | None, answer: bytes) -> None:
        """Remember an answer that has these fields of its sections; None: all."""
        place = (key, fields)
        self._known.pop(place, None)  # the newest stands last
        self._known[place] = (time.monotonic(), answer)
        if len(self._known) > ANSWERS:
            del self._known[next(iter(self._known))]

    def find(self, key: Key, wanted: FieldPaths | None) -> bytes | None:
        """Return the newest answer that has all that is wanted and is not too old; None otherwise."""
        oldest = time.monotonic() - self._seconds
        for (about, fields), (when, answer) in reversed(self._known.items()):
            if about == key and when >= oldest and _has(fields, wanted):
                return answer
        return None


def _has(fields: FieldPaths | None, wanted: FieldPaths | None) -> bool:
    """Tell whether an answer with these fields has those that are wanted."""
    if fields is None or fields is wanted:
        return True
    return wanted is not None and all(
        section in wanted.by_section and all(fields.cover(section, path) for path in wanted.by_section[section]) for section in fields.by_section
    )


@dataclass(slots=True)
class LastGood:
    """Bounded, and never shared between principals: one may see less than the other."""

    seconds: float
    _known: OrderedDict[tuple[Principal, UUID], Kept] = field(default_factory=OrderedDict)
    people: KnownPeople = field(default_factory=KnownPeople)

    def of(self, principal: Principal, asked: UUID) -> Kept:
        """Return what is kept of one person: looked up once an operation, since a principal is no cheap key."""
        key = (principal, asked)
        known = self._known.get(key)
        if known is None:
            known = self._known[key] = Kept(self.seconds)
            if len(self._known) > REMEMBERED:
                self._known.popitem(last=False)
        else:
            self._known.move_to_end(key)
        return known
