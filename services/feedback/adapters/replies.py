"""Publishing a reply through the API of the platform that the review stands on, in the shape that each documents."""

from collections.abc import Mapping
from typing import Any

from services.feedback.adapters.platform_client import GOOGLE_REVIEWS, Credentials, PlatformClient, google_review


class ReplyDoor(PlatformClient):
    """Publishes replies. `review` is the platform's own id; the same reply again replaces itself on Trustpilot and at Google."""

    async def __call__(self, kind: str, review: str, text: str, credentials: Credentials, settings: Mapping[str, Any]) -> None:
        """Publish; raises PlatformRefusedError or PlatformIsAwayError."""
        base, author = settings.get("api_url"), settings.get("author_id")
        if kind == "trustpilot":  # POST /v1/private/reviews/{reviewId}/reply with the business user's token
            body = {"message": text} | ({"authorBusinessUserId": author} if author else {})
            address = f"{base or 'https://api.trustpilot.com'}/v1/private/reviews/{review}/reply"
            await self.ask("POST", address, headers={"Authorization": f"Bearer {credentials['api_token']}"}, body=body)
        elif kind == "google":  # PUT /v4/{name=accounts/*/locations/*/reviews/*}/reply
            address = f"{base or GOOGLE_REVIEWS}/v4/{google_review(review)}/reply"
            await self.ask("PUT", address, headers={"Authorization": f"Bearer {await self.google_bearer(credentials)}"}, body={"comment": text})
        else:  # Yext: POST /v2/accounts/{account}/reviews/{id}/comments; the account is the caller's own when left out
            address = f"{base or 'https://api.yextapis.com'}/v2/accounts/{author or 'me'}/reviews/{review}/comments"
            body = {"content": text, "visibility": "PUBLIC"}
            await self.ask("POST", address, query={"v": "20240101"}, headers={"api-key": credentials["api_token"]}, body=body)
