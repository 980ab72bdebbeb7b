"""The last good sections of a service, kept for a moment: shown, marked STALE, while the service is silent."""

import time
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from gateway.clients.views import SectionAnswer
from services.kit.auth import Principal

Sections = Mapping[UUID, Mapping[str, SectionAnswer]]
Key = tuple[str, Principal, tuple[UUID, ...], tuple[str, ...]]
REMEMBERED = 1_000


@dataclass(slots=True)
class LastGood:
    """Bounded, and never shared between principals: one may see less than the other."""

    seconds: float
    _known: OrderedDict[Key, tuple[float, Sections]] = field(default_factory=OrderedDict)

    def keep(self, key: Key, sections: Sections) -> None:
        """Remember an answer."""
        self._known[key] = (time.monotonic(), sections)
        self._known.move_to_end(key)
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)

    def find(self, key: Key) -> Sections | None:
        """Return what was said not too long ago; None otherwise."""
        known = self._known.get(key)
        if known is None or time.monotonic() - known[0] > self.seconds:
            return None
        return known[1]
