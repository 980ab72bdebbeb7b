"""Asking the API of a review platform: what went wrong is either its no, or that it is away."""

import time
from collections.abc import Mapping
from typing import Any

import httpx
import orjson

from services.kit.certificates import trusted

TIMEOUT_S = 15.0
LONGEST_NOTE = 200
GOOGLE_REVIEWS = "https://mybusiness.googleapis.com"
GOOGLE_TOKENS = "https://oauth2.googleapis.com/token"
EARLY_S = 60.0
"""A token is asked for anew so long before it ends, so that none ends on its way."""

Credentials = Mapping[str, str]
"""What a source keeps sealed: api_token, and for Google client_id and client_secret."""


class PlatformRefusedError(ValueError):
    """The platform says no, and will say no again: a person must look."""


class PlatformIsAwayError(ConnectionError):
    """The platform did not answer, or asks for patience: try again later."""


class ReviewGoneError(LookupError):
    """The platform knows no such review (any more)."""


class PlatformClient:
    """Speaks to the platforms; one connection pool per process."""

    def __init__(self, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._client = httpx.AsyncClient(verify=trusted(), timeout=TIMEOUT_S, transport=transport, follow_redirects=False)
        self._google: dict[tuple[str, str], tuple[str, float]] = {}

    async def ask(
        self,
        method: str,
        address: str,
        *,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: Mapping[str, Any] | None = None,
        form: Mapping[str, str] | None = None,
    ) -> dict[str, Any]:
        """Return the JSON object of the answer, empty where there is none; raises PlatformRefusedError, PlatformIsAwayError, ReviewGoneError."""
        try:
            response = await self._client.request(method, address, params=query, headers=headers, json=body, data=form)
        except httpx.HTTPError as error:
            raise PlatformIsAwayError(type(error).__name__) from error
        if response.status_code in {408, 425, 429} or response.status_code >= 500:  # noqa: PLR2004 - theirs, and later
            raise PlatformIsAwayError(f"{response.status_code}")
        if method == "GET" and response.status_code in {404, 410}:
            raise ReviewGoneError(f"{response.status_code}")
        if not response.is_success:
            raise PlatformRefusedError(f"{response.status_code} {' '.join(response.text.split())}"[:LONGEST_NOTE])
        try:
            found = orjson.loads(response.content)
        except orjson.JSONDecodeError:
            return {}
        return found if isinstance(found, dict) else {}

    async def google_bearer(self, credentials: Credentials) -> str:
        """Return an access token for Google: made of the refresh token (OAuth 2.0, RFC 6749 section 6), or the one that was put without a client."""
        token, client = credentials["api_token"], credentials.get("client_id")
        if client is None:
            return token
        kept = self._google.get((client, token))
        if kept is not None and time.monotonic() < kept[1]:
            return kept[0]
        form = {"client_id": client, "client_secret": credentials.get("client_secret", ""), "refresh_token": token, "grant_type": "refresh_token"}
        answer = await self.ask("POST", GOOGLE_TOKENS, form=form)
        access, lasts = answer.get("access_token"), answer.get("expires_in", 0)
        if not isinstance(access, str) or not isinstance(lasts, int):
            raise PlatformRefusedError("Google gave no access token.")
        self._google[client, token] = (access, time.monotonic() + lasts - EARLY_S)
        return access

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()


def google_review(name: str) -> str:
    """Return the resource name of a review as a path; raises PlatformRefusedError for anything that would lead elsewhere."""
    parts = name.split("/")
    plain = all(part and part.replace("-", "").replace("_", "").isalnum() and part.isascii() for part in parts)
    if parts[::2] != ["accounts", "locations", "reviews"] or len(parts) != len(("accounts", "", "locations", "", "reviews", "")) or not plain:
        raise PlatformRefusedError("This is no resource name of a review at Google.")
    return name
