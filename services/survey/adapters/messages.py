"""Text messages and messaging through any provider that speaks a small HTTP contract, or a ten-line bridge to one that does not.

`POST <url>` with `{"key", "channel", "to", "language", "text"}`, `Idempotency-Key: <key>` and the signature of Standard Webhooks.
2xx with an optional `{"reference": …}` is taken; 409 says that the key was taken before; 429 and 5xx but 504 are busy; other 4xx are final.
"""

import httpx
import orjson

from services.kit.clock import Clock
from services.survey.domain.carrying import CarrierAway, CarrierRefused, CarrierUnsure, Parcel
from services.survey.domain.signing import signature

PATIENCE_S = 15.0
_LONGEST_REFERENCE = 200


class MessageCarrier:
    """Speaks with one provider."""

    def __init__(self, client: httpx.AsyncClient, url: str, secret: str, clock: Clock) -> None:
        self._client = client
        self._url = url
        self._secret = secret
        self._clock = clock

    async def carry(self, parcel: Parcel) -> str | None:
        """Hand it over under its key."""
        content = {"key": parcel.key, "channel": parcel.channel, "to": parcel.address, "language": parcel.language, "text": parcel.text}
        body = orjson.dumps(content)
        stamp = int(self._clock.now().timestamp())
        headers = {
            "Content-Type": "application/json",
            "Idempotency-Key": parcel.key,
            "webhook-id": parcel.key,
            "webhook-timestamp": str(stamp),
            "webhook-signature": signature(self._secret, parcel.key, stamp, body),
        }
        return reference_in(await posted(self._client, self._url, headers, body))


async def posted(client: httpx.AsyncClient, url: str, headers: dict[str, str], body: bytes) -> httpx.Response:
    """Send a message to a provider and sort what may go wrong by whether it may have been taken."""
    try:
        answer = await client.post(url, headers=headers, content=body, timeout=PATIENCE_S, follow_redirects=False)
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout) as error:
        raise CarrierAway(type(error).__name__) from error
    except httpx.HTTPError as error:
        raise CarrierUnsure(type(error).__name__) from error
    if answer.is_success or answer.status_code == httpx.codes.CONFLICT:
        return answer
    word = f"http_{answer.status_code}"
    if answer.status_code in {httpx.codes.REQUEST_TIMEOUT, httpx.codes.GATEWAY_TIMEOUT}:
        raise CarrierUnsure(word)
    busy = answer.status_code == httpx.codes.TOO_MANY_REQUESTS or answer.is_server_error
    if busy or answer.status_code in {httpx.codes.UNAUTHORIZED, httpx.codes.FORBIDDEN} or answer.has_redirect_location:
        raise CarrierAway(word)  # a wrong key of ours is no fault of the address
    raise CarrierRefused(word)


def reference_in(answer: httpx.Response) -> str | None:
    """Return the provider's own reference, when it gave one that can be kept."""
    try:
        found = answer.json()
    except ValueError:
        return None
    reference = found.get("reference") if isinstance(found, dict) else None
    return reference[:_LONGEST_REFERENCE] if isinstance(reference, str) else None
