"""Tokens of other issuers (OpenID Connect): which issuer signed them, with which key, for whom."""

import asyncio
from base64 import urlsafe_b64decode
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime
from typing import Any

import orjson
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

from gateway.access.roles import scopes_of
from gateway.settings import LEEWAY_S, TrustedIssuer
from services.kit.auth import Principal
from services.kit.clock import Clock
from services.kit.errors import Unauthenticated, Unavailable

Fetch = Callable[[str], Awaitable[bytes]]
"""Reads an address; raises OSError or TimeoutError."""
RETRY_S = 30
"""Least time between two attempts to read a key set that failed, or that lacks a key somebody claims."""
LONGEST_TOKEN = 8192
PUBLIC_KEY_ALGORITHMS = frozenset(
    {"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA", "Ed25519", "Ed448"},
)


def unproved_claims(token: str) -> Mapping[str, Any]:
    """Return what the token says of itself, to choose the key that must prove it; raises Unauthenticated when it is no JWT."""
    parts = token.split(".")
    try:
        claims = orjson.loads(urlsafe_b64decode(parts[1] + "=" * (-len(parts[1]) % 4))) if len(parts) == 3 else None  # noqa: PLR2004  header, claims, signature
    except ValueError:
        claims = None
    if not isinstance(claims, dict) or len(token) > LONGEST_TOKEN:
        raise Unauthenticated("This is neither a key nor a token.")
    return claims


class KeySource:
    """An issuer's public keys: kept, refreshed when they are old, and kept still when the issuer does not answer."""

    def __init__(self, issuer: TrustedIssuer, fetch: Fetch, clock: Clock) -> None:
        self._issuer = issuer
        self._fetch = fetch
        self._clock = clock
        self._keys: KeySet | None = None
        self._fresh_until = 0.0
        self._retry_at = 0.0
        self._busy = asyncio.Lock()

    async def keys(self, key_id: str | None) -> KeySet:
        """Return the key set; raises Unavailable when it could never be read."""
        async with self._busy:
            now = self._clock.now().timestamp()
            if (now >= self._fresh_until or not self._has(key_id)) and now >= self._retry_at:
                await self._refresh(now)
        if self._keys is None:
            raise Unavailable("The keys of the token's issuer cannot be read at the moment.", retry_after_s=RETRY_S)
        return self._keys

    def _has(self, key_id: str | None) -> bool:
        return self._keys is not None and (key_id is None or any(key.kid == key_id for key in self._keys.keys))

    async def _refresh(self, now: float) -> None:
        self._retry_at = now + RETRY_S
        try:
            raw = await self._read()
            self._keys = KeySet.import_key_set(orjson.loads(raw))
            self._fresh_until = now + self._issuer.jwks_seconds
        except (OSError, ValueError, KeyError, TypeError, JoseError):
            return  # the last good set stays in use until the issuer answers again

    async def _read(self) -> bytes:
        if self._issuer.jwks_file is not None:
            return await asyncio.to_thread(self._issuer.jwks_file.read_bytes)
        return await self._fetch(self._issuer.jwks_url or "")


class OutsideTokens:
    """Proves tokens of the trusted issuers."""

    def __init__(self, issuers: list[TrustedIssuer], fetch: Fetch, clock: Clock) -> None:
        self._clock = clock
        self._known = {issuer.issuer: (issuer, KeySource(issuer, fetch, clock)) for issuer in issuers}

    async def prove(self, token: str, issuer_name: object) -> tuple[Principal, datetime]:
        """Return who it is and until when; raises Unauthenticated."""
        found = self._known.get(issuer_name) if isinstance(issuer_name, str) else None
        if found is None:
            raise Unauthenticated("The token's issuer is not trusted here.")
        issuer, source = found
        try:
            keys = await source.keys(_key_id(token))
            claims = jwt.decode(token, keys, algorithms=sorted(PUBLIC_KEY_ALGORITHMS.intersection(issuer.algorithms))).claims
            self._judge(claims, issuer)
            return _principal(claims, issuer), datetime.fromtimestamp(claims["exp"], tz=self._clock.now().tzinfo)
        except (JoseError, ValueError, KeyError, TypeError, OverflowError) as reason:
            raise Unauthenticated("The token is not valid.") from reason

    def _judge(self, claims: dict[str, Any], issuer: TrustedIssuer) -> None:
        registry = jwt.JWTClaimsRegistry(
            now=int(self._clock.now().timestamp()),
            leeway=LEEWAY_S,
            iss={"essential": True, "value": issuer.issuer},
            aud={"essential": True, "value": issuer.audience},
            exp={"essential": True},
            sub={"essential": True},
        )
        registry.validate(claims)


def _key_id(token: str) -> str | None:
    head = token.split(".", 1)[0]
    header = orjson.loads(urlsafe_b64decode(head + "=" * (-len(head) % 4)))
    found = header.get("kid")
    return found if isinstance(found, str) else None


def _principal(claims: dict[str, Any], issuer: TrustedIssuer) -> Principal:
    named = _names(claims, issuer.roles_claim) or frozenset()
    roles = frozenset(issuer.role_names.get(name, name) for name in named)
    return Principal(
        subject=f"{issuer.issuer}#{claims['sub']}",
        roles=roles,
        scopes=scopes_of(roles),
        sites=_names(claims, issuer.sites_claim),
        vendors=_names(claims, issuer.vendors_claim),
    )


def _names(claims: dict[str, Any], claim: str) -> frozenset[str] | None:
    """Return the claim's names, None when it is absent; raises ValueError when it is there but is not a list of names."""
    value = claims
    for step in claim.split("."):  # Keycloak nests: realm_access.roles
        if not isinstance(value, dict):
            raise TypeError(claim)
        if step not in value:
            return None
        value = value[step]
    if not isinstance(value, list) or not all(isinstance(name, str) for name in value):
        raise ValueError(claim)
    return frozenset(value)
