"""Settings of survey: the environment variables that start with ANTIPHON_SURVEY_."""

from typing import Annotated, Literal, Self

from pydantic import Field, SecretStr, model_validator

from services.kit.settings import ServiceSettings, prefix
from services.survey.domain.fatigue import Cap, CapScope
from services.survey.domain.programme import Channel
from services.survey.domain.shipped import DECENT
from services.survey.domain.timing import Window

SHORTEST_SECRET = 24


class SurveySettings(ServiceSettings):
    """What survey needs to know beside the shared settings."""

    model_config = prefix("ANTIPHON_SURVEY_")

    brand: Annotated[str, Field(min_length=1, max_length=60, description="name that customers read on the page and in the mail")] = "Antiphon"
    fastest_answer_seconds: Annotated[
        float, Field(ge=0, le=60, description="an answer that comes sooner after the page was shown is flagged as a machine's; 0 flags none")
    ] = 2.0
    sweep_links_per_minute: Annotated[
        int,
        Field(
            ge=1,
            le=10_000,
            description="answers to more different links than this within a minute from one network (/24, /48) are flagged as a sweep",
        ),
    ] = 20
    sms_url: Annotated[str | None, Field(max_length=500, description="where text messages are posted; None: no text messages")] = None
    message_url: Annotated[str | None, Field(max_length=500, description="where messages of a messaging service are posted; None: none")] = None
    carrier_secret: Annotated[
        SecretStr | None,
        Field(description="signs what goes to the providers and checks their reports (whsec_… or any text of 24 characters); needed with a provider"),
    ] = None
    message_window_hours: Annotated[
        float, Field(ge=0, le=720, description="a messaging service is used only so long after the customer's own last message; 0: always")
    ] = 24.0
    telling_channels: Annotated[
        tuple[Literal[Channel.EMAIL, Channel.SMS, Channel.MESSAGE], ...],
        Field(min_length=1, description="channels by which customers are told what changed; the preferred one first, then in this order"),
    ] = (Channel.EMAIL, Channel.SMS, Channel.MESSAGE)
    telling_caps: Annotated[
        tuple[Cap, ...],
        Field(
            max_length=10,
            description="caps of telling, as a programme's, over asks and tellings together (scope `programme` or `survey`: tellings alone)",
        ),
    ] = (Cap(limit=3, days=30),)
    telling_window: Annotated[Window, Field(description="decent hours for tellings, on the customer's clock")] = DECENT
    telling_patience_days: Annotated[
        float, Field(gt=0, le=365, description="how long a telling waits for an hour, for room in the caps or for its customer before it is given up")
    ] = 60.0
    trustpilot_business_unit: Annotated[str | None, Field(max_length=100, description="Trustpilot business unit id; None: no review invitations")] = (
        None
    )
    trustpilot_business_user: Annotated[str | None, Field(max_length=100, description="Trustpilot business user who invites (Admin or Manager)")] = (
        None
    )
    trustpilot_key: Annotated[str | None, Field(max_length=200, description="Trustpilot API key")] = None
    trustpilot_secret: Annotated[SecretStr | None, Field(description="Trustpilot API secret")] = None
    trustpilot_template: Annotated[str | None, Field(max_length=100, description="Trustpilot template of service reviews; None: their default")] = (
        None
    )
    trustpilot_sender: Annotated[str | None, Field(max_length=200, description="sender and reply address of review invitations; None: mail_from")] = (
        None
    )
    trustpilot_login_url: Annotated[str, Field(max_length=200, description="where Trustpilot gives tokens")] = "https://api.trustpilot.com"
    trustpilot_url: Annotated[str, Field(max_length=200, description="Trustpilot's Invitation API")] = "https://invitations-api.trustpilot.com"

    @model_validator(mode="after")
    def _providers_need_a_secret(self) -> Self:
        if (self.sms_url or self.message_url) and len(self.carrier_secret.get_secret_value() if self.carrier_secret else "") < SHORTEST_SECRET:
            message = f"ANTIPHON_SURVEY_CARRIER_SECRET must be set to at least {SHORTEST_SECRET} characters when a provider is"
            raise ValueError(message)
        return self

    @model_validator(mode="after")
    def _tellings_are_about_no_contact(self) -> Self:
        if any(cap.scope is CapScope.ATTRIBUTE for cap in self.telling_caps):
            message = "ANTIPHON_SURVEY_TELLING_CAPS cannot count by an attribute: a telling is about no contact"
            raise ValueError(message)
        return self
