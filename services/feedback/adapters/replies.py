"""Publishing a reply through the API of the platform that the review stands on, in the shape that each documents."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import httpx

from services.kit.certificates import trusted

TIMEOUT_S = 15.0
LONGEST_NOTE = 200


class ReplyRefusedError(ValueError):
    """The platform says no, and will say no again: a person must look."""


class PlatformIsAwayError(ConnectionError):
    """The platform did not answer, or asks for patience: try again later."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What is to be published where. `review` is the platform's own id."""

    kind: str
    review: str
    text: str
    token: str
    api_url: str | None
    author: str | None


Request = tuple[str, Mapping[str, str], Mapping[str, str], Mapping[str, Any]]
"""Address, query, headers, JSON."""


def _trustpilot(answer: Answer) -> Request:
    """POST /v1/private/reviews/{reviewId}/reply with the business user's token (contracts b2)."""
    base = answer.api_url or "https://api.trustpilot.com"
    body = {"message": answer.text} | ({"authorBusinessUserId": answer.author} if answer.author else {})
    return f"{base}/v1/private/reviews/{answer.review}/reply", {}, {"Authorization": f"Bearer {answer.token}"}, body


def _yext(answer: Answer) -> Request:
    """POST /v2/accounts/{account}/reviews/{id}/comments; `author` is the account, the caller's own when left out."""
    base = answer.api_url or "https://api.yextapis.com"
    path = f"{base}/v2/accounts/{answer.author or 'me'}/reviews/{answer.review}/comments"
    return path, {"v": "20240101"}, {"api-key": answer.token}, {"content": answer.text, "visibility": "PUBLIC"}


_SHAPES: Mapping[str, Callable[[Answer], Request]] = {"trustpilot": _trustpilot, "yext": _yext}


class ReplyDoor:
    """Speaks to the platforms; one connection pool per process."""

    def __init__(self, transport: httpx.AsyncBaseTransport | None = None) -> None:
        self._client = httpx.AsyncClient(verify=trusted(), timeout=TIMEOUT_S, transport=transport, follow_redirects=False)

    async def __call__(self, kind: str, review: str, text: str, token: str, api_url: str | None, author: str | None) -> None:
        """Publish; see `publish`."""
        await self.publish(Answer(kind, review, text, token, api_url, author))

    async def publish(self, answer: Answer) -> None:
        """Publish; raises ReplyRefusedError or PlatformIsAwayError. The same reply again replaces itself on Trustpilot."""
        address, query, headers, body = _SHAPES[answer.kind](answer)
        try:
            response = await self._client.post(address, params=query, headers=headers, json=body)
        except httpx.HTTPError as error:
            raise PlatformIsAwayError(type(error).__name__) from error
        if response.status_code in {408, 425, 429} or response.status_code >= 500:  # noqa: PLR2004 - theirs, and later
            raise PlatformIsAwayError(f"{response.status_code}")
        if not response.is_success:
            raise ReplyRefusedError(f"{response.status_code} {' '.join(response.text.split())}"[:LONGEST_NOTE])

    async def close(self) -> None:
        """Close the connections."""
        await self._client.aclose()
