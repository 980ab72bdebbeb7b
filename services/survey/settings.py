"""Settings of survey: the environment variables that start with ANTIPHON_SURVEY_."""

from typing import Annotated

from pydantic import Field

from services.kit.settings import ServiceSettings, prefix


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
