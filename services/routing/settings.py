"""Settings of routing. How long an offer stands and how soon somebody is asked again belongs to each queue, not to the installation."""

from services.kit.settings import ServiceSettings, prefix


class RoutingSettings(ServiceSettings):
    """The shared settings alone."""

    model_config = prefix("ANTIPHON_ROUTING_")
