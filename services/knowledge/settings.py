"""Settings of the knowledge service."""

from services.kit.settings import ServiceSettings, prefix


class KnowledgeSettings(ServiceSettings):
    """Read from ANTIPHON_KNOWLEDGE_*; beyond what every service needs there is nothing to set."""

    model_config = prefix("ANTIPHON_KNOWLEDGE_")
