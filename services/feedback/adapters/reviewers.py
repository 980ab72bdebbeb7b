"""Asking the author of a review who they are, through the platform that it stands on."""

from collections.abc import Mapping
from typing import Any

from services.feedback.adapters.platform_client import Credentials, PlatformClient


class ReviewerDoor(PlatformClient):
    """Asks at Trustpilot (Find reviewer). The author decides; what they tell comes with a later version of the review, as its reference."""

    async def __call__(self, review: str, message: str, credentials: Credentials, settings: Mapping[str, Any]) -> None:
        """Ask; raises PlatformRefusedError or PlatformIsAwayError."""
        address = f"{settings.get('api_url') or 'https://api.trustpilot.com'}/v1/private/reviews/{review}/find-reviewer"
        await self.ask("POST", address, headers={"Authorization": f"Bearer {credentials['api_token']}"}, body={"message": message})
