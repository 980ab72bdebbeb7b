"""Fetching a review from a platform that only said that there is one."""

from collections.abc import Mapping
from typing import Any

from services.feedback.adapters.platform_client import GOOGLE_REVIEWS, Credentials, PlatformClient, PlatformRefusedError, google_review


class ReviewFetcher(PlatformClient):
    """Reads one review by the platform's own id."""

    async def __call__(self, kind: str, review: str, credentials: Credentials, settings: Mapping[str, Any]) -> dict[str, Any]:
        """Return the review as the platform tells it; raises PlatformRefusedError, PlatformIsAwayError or ReviewGoneError."""
        base = settings.get("api_url")
        if kind == "google":  # GET /v4/{name=accounts/*/locations/*/reviews/*}
            if "api_token" not in credentials:
                raise PlatformRefusedError("The source has no API token.")
            address = f"{base or GOOGLE_REVIEWS}/v4/{google_review(review)}"
            return await self.ask("GET", address, headers={"Authorization": f"Bearer {await self.google_bearer(credentials)}"})
        # Feefo: GET /api/20/reviews/all filtered by the feedback id; a token shows customer and order as well
        merchant = settings.get("author_id")
        if not merchant:
            raise PlatformRefusedError("The source has no author_id: at Feefo that is the merchant identifier.")
        headers = {"Authorization": f"Bearer {credentials['api_token']}"} if "api_token" in credentials else {}
        query = {"merchant_identifier": merchant, "id": review, "since_period": "all"}
        return await self.ask("GET", f"{base or 'https://api.feefo.com'}/api/20/reviews/all", query=query, headers=headers)
