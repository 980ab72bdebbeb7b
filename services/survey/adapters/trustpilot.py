"""Review invitations by Trustpilot's Invitation API.

Source: Trustpilot, "Invitation API: create an invitation": `POST /v1/private/business-units/{id}/email-invitations` on
invitations-api.trustpilot.com with a business user's token; with a client-credentials token the user is named in `x-business-user-id`.
`referenceNumber` comes back as `referenceId` with the review: it is the invitation's id, which says nothing to anybody else.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import httpx
import orjson
from pydantic import SecretStr

from services.kit.clock import Clock
from services.survey.adapters.messages import posted, reference_in
from services.survey.domain.carrying import CarrierAway, Parcel

LOGIN = "/v1/oauth/oauth-business-users-for-applications/accesstoken"
_EARLY = timedelta(minutes=5)
_LOCALES = {
    "en": "en-US",
    "zh-Hans": "zh-CN",
    "ru": "ru-RU",
    "es": "es-ES",
    "pt": "pt-BR",
    "fr": "fr-FR",
    "de": "de-DE",
    "ar": "ar-SA",
    "he": "he-IL",
    "it": "it-IT",
}


@dataclass(frozen=True, slots=True)
class TrustpilotAccount:
    """Where and as whom we speak."""

    business_unit_id: str
    business_user_id: str
    api_key: str
    api_secret: SecretStr
    template_id: str | None
    sender_name: str
    sender_email: str
    login_url: str
    invitations_url: str


class TrustpilotCarrier:
    """Asks Trustpilot to invite a customer. Trustpilot knows no idempotency key: after an unsure outcome nothing else is tried."""

    def __init__(self, client: httpx.AsyncClient, account: TrustpilotAccount, clock: Clock) -> None:
        self._client = client
        self._account = account
        self._clock = clock
        self._token: tuple[str, datetime] | None = None

    async def carry(self, parcel: Parcel) -> str | None:
        """Create the invitation."""
        account = self._account
        headers = {
            "Authorization": f"Bearer {await self._signed_in()}",
            "x-business-user-id": account.business_user_id,
            "Content-Type": "application/json",
            "Idempotency-Key": parcel.key,
        }
        body = orjson.dumps(invitation_of(parcel, account, self._clock.now()))
        url = f"{account.invitations_url}/v1/private/business-units/{account.business_unit_id}/email-invitations"
        try:
            return reference_in(await posted(self._client, url, headers, body))
        except CarrierAway:
            self._token = None  # it may have been taken back; the next try signs in anew
            raise

    async def _signed_in(self) -> str:
        now = self._clock.now()
        if self._token is not None and self._token[1] - _EARLY > now:
            return self._token[0]
        account = self._account
        try:
            answer = await self._client.post(
                account.login_url + LOGIN,
                auth=(account.api_key, account.api_secret.get_secret_value()),
                data={"grant_type": "client_credentials"},
                timeout=15.0,
            )
            answer.raise_for_status()
            found = answer.json()
            token, seconds = str(found["access_token"]), int(found.get("expires_in", 3600))
        except (httpx.HTTPError, ValueError, KeyError, TypeError, AttributeError) as error:
            raise CarrierAway("trustpilot_login") from error  # nothing was asked yet
        self._token = (token, now + timedelta(seconds=seconds))
        return token


def invitation_of(parcel: Parcel, account: TrustpilotAccount, now: datetime) -> dict[str, object]:
    """Return the body of the request; times are UTC in ISO 8601."""
    wanted = (parcel.wanted_at or now).astimezone(UTC).replace(tzinfo=None, microsecond=0)
    service: dict[str, object] = {"preferredSendTime": wanted.isoformat(), "tags": []}
    if account.template_id:
        service["templateId"] = account.template_id
    return {
        "type": "email",
        "consumerEmail": parcel.address,
        "consumerName": parcel.name or parcel.address.partition("@")[0],
        "referenceNumber": parcel.key,
        "locale": _LOCALES.get(parcel.language, "en-US"),
        "senderName": account.sender_name,
        "senderEmail": account.sender_email,
        "replyTo": account.sender_email,
        "serviceReviewInvitation": service,
    }
