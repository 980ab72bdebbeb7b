"""Who is asking: a principal, carried between processes in a short-lived signed token."""

from collections import OrderedDict
from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson
from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import OKPKey

from services.kit.errors import Unauthenticated

ISSUER = "antiphon"
LIFETIME = timedelta(minutes=5)
CACHED = 4096


@dataclass(frozen=True, slots=True)
class Principal:
    """Who asks and what they may: scopes are `room:verb`; sites and vendors limit rows, None means no limit."""

    subject: str
    roles: frozenset[str]
    scopes: frozenset[str]
    sites: frozenset[str] | None = None
    vendors: frozenset[str] | None = None


def sign_token(private_key: str, principal: Principal, *, audience: str, now: datetime, lifetime: timedelta = LIFETIME) -> str:
    """Return an EdDSA JWT that lets `principal` speak to the service `audience` until `now + lifetime`."""
    key = OKPKey.import_key(orjson.loads(private_key))
    claims = {
        "iss": ISSUER,
        "aud": audience,
        "sub": principal.subject,
        "exp": int((now + lifetime).timestamp()),
        "roles": sorted(principal.roles),
        "scopes": sorted(principal.scopes),
        "sites": None if principal.sites is None else sorted(principal.sites),
        "vendors": None if principal.vendors is None else sorted(principal.vendors),
    }
    return jwt.encode({"alg": "Ed25519"}, claims, key, algorithms=["Ed25519"])


class TokenVerifier:
    """Checks internal tokens; a token that was good is remembered until it expires, since a signature costs 50 times a look-up."""

    def __init__(self, public_key: str, audience: str) -> None:
        self._key = OKPKey.import_key(orjson.loads(public_key))
        self._audience = audience
        self._known: OrderedDict[str, tuple[float, Principal]] = OrderedDict()

    def verify(self, token: str, now: datetime) -> Principal:
        """Return the principal; raises Unauthenticated when the token is forged, expired, or meant for another service."""
        found = self._known.get(token)
        if found is None:
            found = self._decode(token)
            self._known[token] = found
            if len(self._known) > CACHED:
                self._known.popitem(last=False)
        expires, principal = found
        if now.timestamp() >= expires:
            raise Unauthenticated("The token has expired. Ask for a new one.")
        return principal

    def _decode(self, token: str) -> tuple[float, Principal]:
        try:
            claims = jwt.decode(token, self._key, algorithms=["Ed25519"]).claims
            if claims["iss"] != ISSUER or claims["aud"] != self._audience:
                raise Unauthenticated("The token was made for somebody else.")
            principal = Principal(
                subject=claims["sub"],
                roles=frozenset(claims["roles"]),
                scopes=frozenset(claims["scopes"]),
                sites=None if claims["sites"] is None else frozenset(claims["sites"]),
                vendors=None if claims["vendors"] is None else frozenset(claims["vendors"]),
            )
            return float(claims["exp"]), principal
        except (JoseError, ValueError, KeyError, TypeError) as reason:
            raise Unauthenticated("The token is not valid.") from reason
