"""Signatures of inbound webhooks. Every function answers yes or no; odd input is no, never an error."""

import base64
import binascii
import hmac
from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256

TOLERANCE_S = 300
MOST_SIGNATURES = 5
SIGNED_KINDS = frozenset({"formbricks", "webwinkelkeur"})
"""Platforms that document how they sign; a source of theirs with a signing secret takes nothing unsigned."""


def is_signed(kind: str, secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
    """Say whether the call carries the signature that its platform documents. Headers have lower-case names."""
    if kind == "formbricks":
        return standard_webhooks(secret, headers, body, now)
    if kind == "webwinkelkeur":
        return body_hash(secret, headers.get("x-hash", ""), body)
    return True


def standard_webhooks(secret: str, headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
    """Check `v1,` signatures of Standard Webhooks: HMAC-SHA256 over `id.timestamp.body`, five minutes either way, at most five candidates."""
    message, moment = headers.get("webhook-id", ""), headers.get("webhook-timestamp", "")
    if not message or not moment.isdecimal() or not moment.isascii() or len(moment) > 12:  # noqa: PLR2004 - seconds until the year 33658
        return False
    if abs(int(moment) - now.timestamp()) > TOLERANCE_S:
        return False
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        return False
    signed = f"{message}.{moment}.".encode("utf-8", "replace") + body
    wanted = base64.b64encode(hmac.new(key, signed, sha256).digest())
    candidates = headers.get("webhook-signature", "").split(" ")[:MOST_SIGNATURES]
    given = [one.removeprefix("v1,").encode("utf-8", "replace") for one in candidates if one.startswith("v1,")]
    return any([hmac.compare_digest(one, wanted) for one in given])  # noqa: C419 - every candidate is compared, so that timing tells nothing


def body_hash(secret: str, given: str, body: bytes) -> bool:
    """Check a hexadecimal HMAC-SHA256 of the body."""
    wanted = hmac.new(secret.encode("utf-8", "replace"), body, sha256).hexdigest()
    return hmac.compare_digest(given.strip().lower().encode("utf-8", "replace"), wanted.encode())
