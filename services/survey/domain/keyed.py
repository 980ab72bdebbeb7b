"""HMAC-SHA256 (RFC 2104) for thousands of short messages under one key: what depends on the key alone is worked out once."""

import hashlib
from functools import lru_cache
from typing import Any

_BLOCK = 64


def keyed_hash(key: bytes, message: str) -> bytes:
    """Return the 32 bytes of HMAC-SHA256."""
    begun_inner, begun_outer = _begun(key)
    inner, outer = begun_inner.copy(), begun_outer.copy()
    inner.update(message.encode())
    outer.update(inner.digest())
    found: bytes = outer.digest()
    return found


@lru_cache(maxsize=100)
def _begun(key: bytes) -> tuple[Any, Any]:
    padded = (hashlib.sha256(key).digest() if len(key) > _BLOCK else key).ljust(_BLOCK, b"\0")
    return hashlib.sha256(bytes(byte ^ 0x36 for byte in padded)), hashlib.sha256(bytes(byte ^ 0x5C for byte in padded))
