"""Where reviews come from: a secret address for each source, its platform's credentials sealed."""

import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Annotated, Any, Literal
from uuid import NAMESPACE_OID, UUID, uuid5

import orjson
from pydantic import Field

from services.feedback import repository
from services.feedback.models import WebhookSource
from services.feedback.use_cases.fetch_reviews import fetch_again
from services.feedback.use_cases.sealing import Vault, vault_of
from services.kit.db import UnitOfWork
from services.kit.fields import Command, Reference

KINDS = Literal[
    "trustpilot", "yotpo", "reviewsio", "feefo", "google", "yext", "yelp", "trustoo", "webwinkelkeur", "formbricks", "chatwoot", "quackback", "email"
]  # fmt: skip


SEALED = ("signing_secret", "api_token", "client_id", "client_secret")


class PutWebhookSource(Command):
    """Where reviews come from. `reference_kind` says what the platform's reference is with us: an account, an order or a plain reference."""

    kind: KINDS = "trustpilot"
    reference_kind: Literal["account", "order", "reference"] = "account"
    new_secret: bool = False
    """True makes a new address; the former one stays good for the hours of ANTIPHON_FEEDBACK_SECRET_GRACE_HOURS."""
    signing_secret: Annotated[str | None, Field(min_length=6, max_length=255)] = None
    """What the platform signs with (Formbricks, WebwinkelKeur); then nothing unsigned is heard. Kept sealed, never shown."""
    api_url: Annotated[str, Field(max_length=300, pattern=r"^https://[^\s]+$", json_schema_extra={"format": "uri"})] | None = None
    """Base address of the platform's API, for public replies and for fetching reviews; null: the platform's own."""
    api_token: Annotated[str | None, Field(min_length=6, max_length=4_000)] = None
    """Token for that API; with a client, Google's refresh token. Kept sealed, never shown."""
    client_id: Reference | None = None
    """At Google the OAuth client that the refresh token was given to. Kept with the token."""
    client_secret: Annotated[str | None, Field(min_length=6, max_length=255)] = None
    """Its secret. Kept sealed, never shown."""
    author_id: Reference | None = None
    """Who answers there, e.g. Trustpilot's business user; at Feefo the merchant identifier."""


async def put_webhook_source(uow: UnitOfWork, key: str, command: PutWebhookSource, grace_hours: int) -> dict[str, Any]:
    """Create or change a source. The secret is in the answer only when it was made now; we keep its hash."""
    known = next((one for one in await repository.webhook_sources(uow) if one.key == key), None)
    secret = secrets.token_urlsafe(24) if known is None or command.new_secret else None
    row: dict[str, Any] = {
        "key": key,
        "kind": command.kind,
        "reference_kind": command.reference_kind,
        "secret_hash": _hash(secret) if secret else known.secret_hash if known else "",
        "previous_hash": known.previous_hash if known else None,
        "previous_until": known.previous_until if known else None,
        "version": known.version + 1 if known else 1,
        "settings": {"api_url": command.api_url, "author_id": command.author_id},
        "credentials": _credentials(uow, key, command) or (known.credentials if known else None),
    }
    if known is not None and secret is not None:
        row |= {"previous_hash": known.secret_hash, "previous_until": uow.now + timedelta(hours=grace_hours)}
    await uow.upsert(WebhookSource, row, key=("key",))
    await fetch_again(uow, key)
    return {**row, "secret": secret}


def _credentials(uow: UnitOfWork, key: str, command: PutWebhookSource) -> bytes | None:
    named = {name: value for name in SEALED if (value := getattr(command, name)) is not None}
    return vault_of(uow).seal(_row_of(key), orjson.dumps(named)) if named else None


def credentials_of(vault: Vault, source: WebhookSource) -> dict[str, str]:
    """Return the credentials of a source; empty when it has none."""
    if source.credentials is None:
        return {}
    found: dict[str, str] = orjson.loads(vault.open(_row_of(source.key), source.credentials))
    return found


def _row_of(key: str) -> UUID:
    return uuid5(NAMESPACE_OID, f"webhook_source/{key}")


def fitting(sources: Sequence[WebhookSource], kind: str, secret: str, now: datetime) -> WebhookSource | None:
    """Return the source of this kind that the secret opens, if any. Every known hash is compared in constant time, so timing tells nothing."""
    given, found = _hash(secret), None
    for source in sources:
        former_holds = source.previous_hash is not None and source.previous_until is not None and now < source.previous_until
        fits = hmac.compare_digest(given, source.secret_hash)
        fits_former = hmac.compare_digest(given, source.previous_hash or "-") and former_holds
        found = source if source.kind == kind and (fits or fits_former) else found
    return found


def _hash(secret: str) -> str:
    return sha256(secret.encode("utf-8", "replace")).hexdigest()
