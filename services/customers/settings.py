"""Settings of customers."""

from typing import Annotated

from pydantic import Field

from services.kit.settings import ServiceSettings, prefix


class CustomersSettings(ServiceSettings):
    """What customers needs to know beside what every service does."""

    model_config = prefix("ANTIPHON_CUSTOMERS_")

    offer_quiet_days: Annotated[
        int, Field(ge=0, le=365, description="days after a bad score or a complaint in which nothing is offered to the customer")
    ] = 30
