"""A long connection lives no longer than the credential that opened it."""

import asyncio
from collections.abc import Mapping

from gateway.access.authenticate import Proved
from gateway.edge.door import Door
from services.kit.errors import AntiphonError, Unauthenticated

LEAST_S = 0.05
MOST_S = 60.0


async def credential_ended(door: Door, headers: Mapping[str, str], proved: Proved) -> None:
    """Return when the credential has expired or was revoked; asks again as often as a checked credential is remembered."""
    while True:
        left = (proved.valid_until - door.clock.now()).total_seconds()
        if left <= 0:
            return
        await asyncio.sleep(max(LEAST_S, min(left, door.settings.credential_seconds, MOST_S)))
        try:
            proved = await door.prove(headers)
        except Unauthenticated:
            return
        except AntiphonError:
            continue  # the issuer's keys cannot be read now: that alone ends nothing
