"""Which visitors are shown nothing before contact, so that the effect of showing it can be told from what would have happened anyway."""

import hashlib
import hmac
from uuid import UUID


def is_held_out(session_id: UUID, share: float, key: bytes) -> bool:
    """Say whether a session is held out: the same every time, and nobody can choose it."""
    if share <= 0:
        return False
    drawn = int.from_bytes(hmac.new(key, session_id.bytes, hashlib.sha256).digest()[:8])
    return drawn < share * 2**64
