"""Signatures of messages from and to carriers, after Standard Webhooks: HMAC-SHA256 over id, time and body; old ones are refused.

Source: https://www.standardwebhooks.com (symmetric `v1`), and the check vector in `tests/unit/survey/test_carriers.py`.
"""

import base64
import binascii
import hashlib
import hmac
from datetime import datetime, timedelta

TOLERANCE = timedelta(minutes=5)
_MOST_SIGNATURES = 5
_LONGEST_ID = 200
_PREFIX = "whsec_"


def secret_bytes(secret: str) -> bytes:
    """Return the key behind `whsec_<base64>`, or the text itself when it is written otherwise."""
    if secret.startswith(_PREFIX):
        try:
            return base64.b64decode(secret.removeprefix(_PREFIX), validate=True)
        except (binascii.Error, ValueError):
            return secret.encode()
    return secret.encode()


def signature(secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """Return the `webhook-signature` of a message."""
    digest = hmac.new(secret_bytes(secret), f"{message_id}.{timestamp}.".encode() + body, hashlib.sha256).digest()
    return f"v1,{base64.b64encode(digest).decode()}"


def is_signed(secret: str, headers: tuple[str, str, str], body: bytes, now: datetime) -> bool:
    """Say whether `headers` (webhook-id, webhook-timestamp, webhook-signature) are ours and not older or newer than five minutes."""
    message_id, stamp, signatures = headers
    if not (
        0 < len(message_id) <= _LONGEST_ID and message_id.isascii() and stamp.isascii() and stamp.isdecimal() and len(stamp) <= len("9999999999")
    ):
        return False
    if abs(now.timestamp() - int(stamp)) > TOLERANCE.total_seconds():
        return False
    wanted = signature(secret, message_id, int(stamp), body).encode()
    given = [one.encode("utf-8", "replace") for one in signatures.split(" ")[:_MOST_SIGNATURES]]
    return any(hmac.compare_digest(one, wanted) for one in given)
