"""Who is it? A key or token becomes a principal; what was proved is remembered by its hash for a short time."""

import asyncio
import hashlib
import hmac
from collections import OrderedDict
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from gateway.access.issuers import OutsideTokens, unproved_claims
from gateway.access.key_format import START, ApiKey, fingerprint, read_api_key
from gateway.access.keys import day_of, is_live
from gateway.access.roles import scopes_of
from gateway.access.tokens import ISSUER, ClientTokens
from gateway.models import AccessKey
from services.kit.auth import Principal
from services.kit.clock import Clock
from services.kit.errors import AntiphonError, Unauthenticated

REMEMBERED = 10_000
FOREVER = timedelta(days=365)


@dataclass(frozen=True, slots=True)
class Proved:
    """A credential that was found good."""

    principal: Principal
    valid_until: datetime
    """When it ends by itself; a live connection closes then."""
    public_id: str | None
    """The API key that it is or was made from; None for another issuer's token."""


@dataclass(frozen=True, slots=True)
class KeyStore:
    """How keys are looked up and their use noted."""

    find: Callable[[str], Awaitable[AccessKey | None]]
    note_use: Callable[[UUID], Awaitable[None]]


class Authenticator:
    """Proves credentials. A revocation works at once in this process and within `seconds` in others."""

    def __init__(self, *, keys: KeyStore, pepper: bytes, tokens: ClientTokens, outside: OutsideTokens, clock: Clock, seconds: float) -> None:
        self._keys = keys
        self._pepper = pepper
        self._tokens = tokens
        self._outside = outside
        self._clock = clock
        self._seconds = timedelta(seconds=seconds)
        self._known: OrderedDict[bytes, tuple[datetime, Proved]] = OrderedDict()
        self._notes: set[asyncio.Task[None]] = set()

    async def prove(self, credential: str) -> Proved:
        """Return whose credential this is; raises Unauthenticated when it opens nothing."""
        digest = hashlib.sha256(credential.encode("utf-8", "surrogatepass")).digest()
        now = self._clock.now()
        known = self._known.get(digest)
        if known is not None and now < min(known[0], known[1].valid_until):
            return known[1]
        self._known.pop(digest, None)
        proved = await self._look(credential, now)
        self._known[digest] = (now + self._seconds, proved)
        if len(self._known) > REMEMBERED:
            self._known.popitem(last=False)
        return proved

    def forget(self, public_id: str) -> None:
        """Let nothing that was proved by this key pass on trust any more."""
        for digest in [digest for digest, (_, proved) in self._known.items() if proved.public_id == public_id]:
            del self._known[digest]

    async def _look(self, credential: str, now: datetime) -> Proved:
        if credential.startswith(START):
            return await self._key(credential, now)
        issuer = unproved_claims(credential).get("iss")
        if issuer != ISSUER:
            principal, until = await self._outside.prove(credential, issuer)
            if until <= now:
                raise Unauthenticated("The token has expired. Ask for a new one.")
            return Proved(principal, until, None)
        token = self._tokens.prove(credential, now)
        self._live(await self._keys.find(token.public_id), now)
        return Proved(token.principal, token.expires_at, token.public_id)

    async def _key(self, credential: str, now: datetime) -> Proved:
        key = read_api_key(credential)
        if key is None:
            raise Unauthenticated("This is not a key: its checksum is wrong. Was it copied whole?")
        found = self._live(await self._keys.find(key.public_id), now, key)
        if found.last_used_on != day_of(now):
            self._note_use(found.id)
        roles = frozenset(found.roles)
        principal = Principal(
            subject=found.holder,
            roles=roles,
            scopes=frozenset(found.scopes) & scopes_of(roles),
            sites=None if found.sites is None else frozenset(found.sites),
            vendors=None if found.vendors is None else frozenset(found.vendors),
        )
        return Proved(principal, found.expires_at or now + FOREVER, found.public_id)

    def _live(self, found: AccessKey | None, now: datetime, key: ApiKey | None = None) -> AccessKey:
        """Return the key if it opens the door; one sentence for every reason, so that nothing is told about keys of others."""
        proved = found is not None and (key is None or hmac.compare_digest(found.fingerprint, fingerprint(self._pepper, key)))
        if found is None or not proved or not is_live(found, now):
            raise Unauthenticated("The key is unknown, expired or revoked.")
        return found

    def _note_use(self, key_id: UUID) -> None:
        """Write the day of use beside the request, not in its way; a note that fails is made again at the next use."""
        task = asyncio.create_task(self._write_note(key_id))
        self._notes.add(task)
        task.add_done_callback(self._notes.discard)

    async def _write_note(self, key_id: UUID) -> None:
        try:
            await self._keys.note_use(key_id)
        except AntiphonError:
            return
