"""The short-lived token that a service hears: who really asks, made for that service alone."""

from collections import OrderedDict
from datetime import timedelta

from services.kit.auth import LIFETIME, Principal, sign_token
from services.kit.clock import Clock

REMEMBERED = 10_000
MARGIN = timedelta(seconds=60)
"""A token is replaced this long before it ends, so that none expires under way."""


class InternalTokens:
    """Mints tokens; one is reused for the same principal and service while it is fresh, since a signature costs far more than a look-up."""

    def __init__(self, private_key: str, clock: Clock) -> None:
        self._private_key = private_key
        self._clock = clock
        self._known: OrderedDict[tuple[Principal, str], tuple[float, str]] = OrderedDict()

    def token(self, principal: Principal, audience: str) -> str:
        """Return a token that lets the principal speak to the service `audience`."""
        now = self._clock.now()
        known = self._known.get((principal, audience))
        if known is not None and now.timestamp() < known[0]:
            return known[1]
        fresh = sign_token(self._private_key, principal, audience=audience, now=now)
        self._known[principal, audience] = ((now + LIFETIME - MARGIN).timestamp(), fresh)
        self._known.move_to_end((principal, audience))
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return fresh
