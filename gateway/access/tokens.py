"""Our own client tokens: a key exchanged for 15 minutes, so that a browser never holds the key itself."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import orjson
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from services.kit.auth import Principal
from services.kit.errors import Unauthenticated

ISSUER = "antiphon:gateway"
AUDIENCE = "antiphon:client"
"""Not the name of a service: an internal token opens nothing here, and this one opens no service."""
LIFETIME = timedelta(minutes=15)
ALGORITHM = "Ed25519"


@dataclass(frozen=True, slots=True)
class ProvedToken:
    """What one of our client tokens says, once its signature is proved."""

    principal: Principal
    public_id: str
    """The key it was made from: when that is revoked, the token is too."""
    expires_at: datetime


class ClientTokens:
    """Makes and proves our own client tokens."""

    def __init__(self, private_key: str, public_key: str) -> None:
        self._private = OKPKey.import_key(orjson.loads(private_key))
        self._public = OKPKey.import_key(orjson.loads(public_key))

    def make(self, principal: Principal, public_id: str, now: datetime) -> str:
        """Return a token for `LIFETIME` with the rights of the key."""
        claims: dict[str, Any] = {
            "iss": ISSUER,
            "aud": AUDIENCE,
            "sub": principal.subject,
            "key": public_id,
            "iat": int(now.timestamp()),
            "exp": int((now + LIFETIME).timestamp()),
            "roles": sorted(principal.roles),
            "scopes": sorted(principal.scopes),
            "sites": None if principal.sites is None else sorted(principal.sites),
            "vendors": None if principal.vendors is None else sorted(principal.vendors),
        }
        return jwt.encode({"alg": ALGORITHM}, claims, self._private, algorithms=[ALGORITHM])

    def prove(self, token: str, now: datetime) -> ProvedToken:
        """Return what the token says; raises Unauthenticated when it is forged, expired or meant for somebody else."""
        try:
            claims = jwt.decode(token, self._public, algorithms=[ALGORITHM]).claims
            if claims["iss"] != ISSUER or claims["aud"] != AUDIENCE or claims["exp"] <= now.timestamp():
                raise Unauthenticated("The token has expired or was made for somebody else.")
            principal = Principal(
                subject=claims["sub"],
                roles=frozenset(claims["roles"]),
                scopes=frozenset(claims["scopes"]),
                sites=None if claims["sites"] is None else frozenset(claims["sites"]),
                vendors=None if claims["vendors"] is None else frozenset(claims["vendors"]),
            )
            return ProvedToken(principal, claims["key"], datetime.fromtimestamp(claims["exp"], tz=now.tzinfo))
        except (JoseError, ValueError, KeyError, TypeError) as reason:
            raise Unauthenticated("The token is not valid.") from reason
