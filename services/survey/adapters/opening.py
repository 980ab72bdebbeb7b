"""Which carriers this installation has, by its settings."""

import httpx

from services.kit.certificates import trusted
from services.kit.mail import mail_sender
from services.kit.service import Runtime
from services.survey.adapters.mail import MailCarrier
from services.survey.adapters.messages import MessageCarrier
from services.survey.adapters.trustpilot import TrustpilotAccount, TrustpilotCarrier
from services.survey.domain.carrying import Carrier
from services.survey.settings import SurveySettings

CARRIERS = "carriers"
CLIENT = "carrier_client"


async def open_carriers(runtime: Runtime) -> None:
    """Open a way for mail, and for each other channel that the settings name a provider for."""
    settings: SurveySettings = runtime.settings
    client = httpx.AsyncClient(verify=trusted(trust_env=False), trust_env=False)
    runtime.resources[CLIENT] = client
    carriers: dict[str, Carrier] = {"email": MailCarrier(mail_sender(settings), settings.mail_from, runtime.clock)}
    secret = settings.carrier_secret.get_secret_value() if settings.carrier_secret else ""
    for channel, url in (("sms", settings.sms_url), ("message", settings.message_url)):
        if url:
            carriers[channel] = MessageCarrier(client, url, secret, runtime.clock)
    account = _trustpilot(settings)
    if account is not None:
        carriers["review"] = TrustpilotCarrier(client, account, runtime.clock)
    runtime.resources[CARRIERS] = carriers


async def close_carriers(runtime: Runtime) -> None:
    """Close the connections to providers."""
    await runtime.resources[CLIENT].aclose()


def _trustpilot(settings: SurveySettings) -> TrustpilotAccount | None:
    known = (settings.trustpilot_business_unit, settings.trustpilot_business_user, settings.trustpilot_key, settings.trustpilot_secret)
    unit, user, key, secret = known
    if not unit or not user or not key or not secret:
        return None
    return TrustpilotAccount(
        business_unit_id=unit,
        business_user_id=user,
        api_key=key,
        api_secret=secret,
        template_id=settings.trustpilot_template,
        sender_name=settings.brand,
        sender_email=settings.trustpilot_sender or settings.mail_from.rpartition("<")[2].rstrip(">"),
        login_url=settings.trustpilot_login_url.rstrip("/"),
        invitations_url=settings.trustpilot_url.rstrip("/"),
    )
